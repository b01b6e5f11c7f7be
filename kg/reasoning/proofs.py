"""``why.sqlite``: every fact of a closure with its status, its sources and its derivations, written once, then read.

Facts have the numbers of their order of entry, so the premises of a first derivation have smaller numbers than its
conclusion, and following first derivations always ends. So does following those with the shallowest proofs, which are
shown: each premise has a shallower one than its conclusion.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeAlias, cast

import pyoxigraph as ox

from kg.reasoning.basis import Bases, bases, best
from kg.reasoning.closure import Closure, Step
from kg.reasoning.schema import Schema, is_anonymous, is_schema_class, is_schema_property
from kg.sources import Source
from kg.terms import Term, Triple


@dataclass(frozen=True, slots=True)
class Fact:
    """A triple that holds, and what it rests on over all its derivations."""

    status: str
    claims: tuple[str, ...]
    """IRIs."""
    sources: tuple[Source, ...]
    kinds: tuple[str, ...]
    asserted: bool
    absent: tuple[str, ...]
    """What its proof needs that nothing says, in words."""


@dataclass(frozen=True, slots=True)
class Asserted:
    """A leaf of a proof: somebody says so."""

    triple: Triple
    sources: tuple[Source, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Derived:
    """An inner node of a proof: a rule concludes the triple from its premises and from what is absent."""

    triple: Triple
    rule: str
    axiom: str
    premises: tuple[Proof, ...]
    absent: tuple[str, ...]
    alternatives: int
    """How many other derivations there are."""
    status: str
    more: bool = False
    """Whether its premises are left out because the proof has reached its limit of nodes."""


Proof: TypeAlias = Asserted | Derived

_TABLES = """
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE expression (term INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE reason (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, axiom TEXT NOT NULL);
CREATE TABLE source (id INTEGER PRIMARY KEY, claim TEXT, source TEXT, graph TEXT, kind TEXT, status TEXT, scope TEXT);
CREATE TABLE gap (id INTEGER, text TEXT, PRIMARY KEY (id, text)) WITHOUT ROWID;
CREATE TABLE evidence (id INTEGER, source INTEGER, PRIMARY KEY (id, source)) WITHOUT ROWID;
CREATE TABLE fact (
    id INTEGER PRIMARY KEY, s INTEGER, p INTEGER, o INTEGER, status TEXT, own INTEGER, evidence INTEGER, proof INTEGER,
    gaps INTEGER
);
CREATE TABLE derivation (id INTEGER PRIMARY KEY, fact INTEGER, reason INTEGER, premises TEXT, absent TEXT);
"""
"""``gap`` is a set of absences: ``fact.gaps`` names that of all in its shallowest proof.

``evidence`` is a set of sources: ``fact.own`` names that of its assertion, ``fact.evidence`` that of all leaves.

``fact.proof`` is the derivation with the shallowest proof, where the fact is not asserted.

A derivation has the numbers of its premises, and what it found absent as an array in JSON, if it did.
"""

_INDEXES = """
CREATE UNIQUE INDEX term_text ON term (text);
CREATE UNIQUE INDEX fact_spo ON fact (s, p, o);
CREATE INDEX derivation_fact ON derivation (fact);
"""


# --- writing -----------------------------------------------------------------------------------------------


def write(path: Path, closure: Closure, sources: Mapping[Triple, tuple[Source, ...]]) -> None:
    """Writes the facts, derivations and sources of a closure to a new file.

    Raises:
        KeyError: an asserted triple has no sources.
    """
    found = bases(closure, sources)
    evidence: dict[frozenset[int], int] = {}
    gaps: dict[frozenset[str], int] = {}
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")
    with connection:
        _insert(connection, "term", 2, ((number, str(term)) for number, term in enumerate(closure.terms)))
        _insert(connection, "expression", 2, _expressions(closure))
        _insert(connection, "reason", 3, ((number, *reason) for number, reason in enumerate(closure.reasons)))
        _insert(connection, "source", 7, ((number, *astuple(source)) for number, source in enumerate(found.sources)))
        _insert(connection, "fact", 9, _facts(closure, found, evidence, gaps))
        _insert(connection, "gap", 2, ((n, text) for texts, n in gaps.items() for text in sorted(texts)))
        _insert(connection, "evidence", 2, ((n, each) for numbers, n in evidence.items() for each in sorted(numbers)))
        _insert(connection, "derivation", 5, _derivations(closure))
    connection.executescript(_INDEXES)
    connection.close()


def _insert(connection: sqlite3.Connection, table: str, width: int, rows: Iterable[tuple[object, ...]]) -> None:
    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)


def _expressions(closure: Closure) -> Iterator[tuple[int, str]]:
    """The Manchester text of every class expression."""
    schema = Schema(map(closure.triple, closure.having(is_schema_property, is_schema_class)))
    for number, term in enumerate(closure.terms):
        if is_anonymous(term):
            text = schema.expression(cast(Term, term))
            if text is not None:
                yield number, text


def _facts(
    closure: Closure, found: Bases, evidence: dict[frozenset[int], int], gaps: dict[frozenset[str], int]
) -> Iterator[tuple[object, ...]]:
    steps = list(map(closure.steps, range(len(closure))))
    depths, shallowest = _shallowest(closure, steps)
    absent, derivation = _absent(steps, depths, shallowest), 0
    for (subject, predicate, value, fact), depth, missing in zip(closure.facts, depths, absent, strict=True):
        own = None if depth else evidence.setdefault(found.own[fact], len(evidence))
        proof = derivation + shallowest[fact] if depth else None
        all_sources = evidence.setdefault(found.all[fact], len(evidence))
        gap = gaps.setdefault(missing, len(gaps)) if missing else None
        yield fact, subject, predicate, value, found.status[fact], own, all_sources, proof, gap
        derivation += len(steps[fact])


def _absent(
    steps: Sequence[Sequence[Step]], depths: Sequence[float], shallowest: Sequence[int]
) -> list[frozenset[str]]:
    """For each fact, what its shallowest proof needs that nothing says."""
    absent = [frozenset[str]()] * len(steps)
    for fact in sorted(filter(depths.__getitem__, range(len(steps))), key=depths.__getitem__):
        _, premises, own = steps[fact][shallowest[fact]]
        below = {absent[premise] for premise in premises if absent[premise]}
        if own or len(below) > 1:
            absent[fact] = frozenset(own).union(*below)
        elif below:
            (absent[fact],) = below
    return absent


def _shallowest(closure: Closure, steps: Sequence[Sequence[Step]]) -> tuple[list[float], list[int]]:
    """For each fact, how deep its shallowest proof is, and which of its derivations begins it, the first of several.

    The depths are a least fixpoint; a pass in order of entry settles nearly all of them.
    """
    depths: list[float] = [0 if closure.is_given(fact) else math.inf for fact in range(len(closure))]
    derived = [(fact, steps[fact]) for fact, depth in enumerate(depths) if depth]
    shallowest = [0] * len(closure)
    settled = False
    while not settled:
        settled = True
        for fact, ways in derived:
            least = depths[fact]
            for way, (_, premises, _) in enumerate(ways):
                depth = 0.0
                for premise in premises:
                    depth = max(depth, depths[premise])
                if depth + 1 < least:
                    least, shallowest[fact], settled = depth + 1, way, False
            depths[fact] = least
    return depths, shallowest


def _derivations(closure: Closure) -> Iterator[tuple[object, ...]]:
    number = 0
    for fact in range(len(closure)):
        steps = closure.steps(fact)
        assert closure.is_given(fact) or all(premise < fact for premise in steps[0][1]), closure.triple(fact)
        for reason, premises, absent in steps:
            yield number, fact, reason, " ".join(map(str, premises)), json.dumps(absent) if absent else None
            number += 1


# --- reading -----------------------------------------------------------------------------------------------


class Why:
    """Answers why a triple holds."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)

    def close(self) -> None:
        self._connection.close()

    def fact(self, triple: Triple) -> Fact | None:
        """What a triple rests on; None if it does not hold."""
        number = self._number(triple)
        if number is None:
            return None
        query = "SELECT status, own, evidence, gaps FROM fact WHERE id = ?"
        ((status, own, evidence, gaps),) = self._rows(query, number)
        absent = self._rows("SELECT text FROM gap WHERE id = ? ORDER BY text", gaps) if status == "inferred" else []
        sources = self._sources(evidence)
        return Fact(
            status=status,
            claims=tuple(dict.fromkeys(source.claim for source in sources if source.claim)),
            sources=sources,
            kinds=tuple(sorted({source.kind for source in sources if source.kind})),
            asserted=own is not None,
            absent=tuple(text for (text,) in absent),
        )

    def proof(self, triple: Triple, *, nodes: int = 500) -> Proof | None:
        """Why a triple holds, by the shallowest proof, with at most so many nodes; None if it does not hold."""
        number = self._number(triple)
        return None if number is None else self._tree(self._node(number, _SHALLOWEST), nodes, _SHALLOWEST)

    def alternatives(self, triple: Triple, *, nodes: int = 500) -> list[Proof]:
        """The other proofs of a triple: each begins with another derivation of it and goes on by first ones."""
        number = self._number(triple)
        if number is None:
            return []
        shown = self._node(number, _SHALLOWEST)
        return [
            self._tree(_Node(number, derivation), nodes, _FIRST)
            for (derivation,) in self._rows("SELECT id FROM derivation WHERE fact = ? ORDER BY id", number)
            if derivation != shown.derivation
        ]

    def near(self, triple: Triple) -> list[Triple]:
        """Up to ten triples that hold and agree with this one in two of three places."""
        s, p, o = (self._term_number(term) for term in triple)
        found: dict[int, None] = {}
        for where, pair in (("s = ? AND p = ?", (s, p)), ("s = ? AND o = ?", (s, o)), ("p = ? AND o = ?", (p, o))):
            found.update(dict.fromkeys(n for (n,) in self._rows(f"SELECT id FROM fact WHERE {where} LIMIT 10", *pair)))
        return [self._triple(number) for number in list(found)[:10]]

    def expression(self, term: Term) -> str | None:
        """The Manchester text of a class expression; None for every other term."""
        rows = self._rows(
            "SELECT expression.text FROM expression JOIN term ON id = term WHERE term.text = ?", str(term)
        )
        return rows[0][0] if rows else None

    # --- rows ---

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()

    def _term_number(self, term: object) -> int:
        rows = self._rows("SELECT id FROM term WHERE text = ?", str(term))
        return rows[0][0] if rows else -1

    def _number(self, triple: Triple) -> int | None:
        numbers = (self._term_number(term) for term in triple)
        rows = self._rows("SELECT id FROM fact WHERE s = ? AND p = ? AND o = ?", *numbers)
        return rows[0][0] if rows else None

    def _triple(self, number: int) -> Triple:
        query = "SELECT a.text, b.text, c.text FROM fact JOIN term a ON a.id = s JOIN term b ON b.id = p"
        ((s, p, o),) = self._rows(f"{query} JOIN term c ON c.id = o WHERE fact.id = ?", number)
        (quad,) = ox.parse(f"{s} {p} {o} .", format=ox.RdfFormat.N_TRIPLES)
        return Triple(quad.subject, quad.predicate, quad.object)

    def _sources(self, evidence: int) -> tuple[Source, ...]:
        query = f"SELECT {', '.join(_SOURCE)} FROM evidence e JOIN source ON source.id = e.source WHERE e.id = ?"
        return tuple(Source(*row) for row in self._rows(f"{query} ORDER BY source.id", evidence))

    # --- proofs ---

    def _node(self, number: int, choice: str) -> _Node:
        """The node of a fact: a leaf if it is asserted, else by the derivation of that choice."""
        ((own, derivation),) = self._rows(f"SELECT own, {choice} FROM fact WHERE id = ?", number)
        return _Node(number, derivation if own is None else None)

    def _tree(self, root: _Node, limit: int, choice: str) -> Proof:
        """Plans a proof from the root down, nearest nodes first, until the limit; then builds it from the leaves up."""
        plan = [root]
        for node in plan:  # grows as it is walked
            if node.derivation is not None:
                ((said,),) = self._rows("SELECT premises FROM derivation WHERE id = ?", node.derivation)
                premises = list(map(int, said.split()))
                node.more = len(plan) + len(premises) > limit
                if not node.more:
                    node.premises = list(range(len(plan), len(plan) + len(premises)))
                    plan += [self._node(number, choice) for number in premises]
        built: dict[int, Proof] = {}
        for place in reversed(range(len(plan))):
            built[place] = self._built(plan[place], tuple(built.pop(each) for each in plan[place].premises))
        return built[0]

    def _built(self, node: _Node, premises: tuple[Proof, ...]) -> Proof:
        triple = self._triple(node.fact)
        ((status, own),) = self._rows("SELECT status, own FROM fact WHERE id = ?", node.fact)
        if node.derivation is None:
            sources = self._sources(own)
            return Asserted(triple, sources, best(source.status for source in sources))
        query = "SELECT rule, axiom, absent FROM derivation d JOIN reason ON reason.id = d.reason WHERE d.id = ?"
        ((rule, axiom, said),) = self._rows(query, node.derivation)
        absent = tuple(json.loads(said)) if said else ()
        ((ways,),) = self._rows("SELECT COUNT(*) FROM derivation WHERE fact = ?", node.fact)
        return Derived(triple, rule, axiom, premises, absent, ways - 1, status, node.more)


@dataclass(slots=True)
class _Node:
    """A node of a proof in the making: its fact, its derivation if it is no leaf, and where its premises stand."""

    fact: int
    derivation: int | None
    premises: list[int] = field(default_factory=list)
    more: bool = False


_SHALLOWEST, _FIRST = "proof", "(SELECT MIN(id) FROM derivation WHERE fact = fact.id)"
"""Which derivation of a fact a proof goes on by."""

_SOURCE = [f"source.{each.name}" for each in fields(Source)]
