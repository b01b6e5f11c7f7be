"""``why.sqlite``: every fact of a closure with its status, its sources and its derivations, written once, then read.

Facts have the numbers of their order of entry, so the premises of a first derivation have smaller numbers than its
conclusion, and following first derivations always ends. So does following those with the shallowest proofs, which are
shown: each premise has a shallower one than its conclusion.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, cast

import pyoxigraph as ox

from kg.reasoning.basis import Bases, bases, best
from kg.reasoning.closure import Closure, Step
from kg.reasoning.schema import Schema, is_anonymous, is_schema_class, is_schema_property
from kg.sources import Source
from kg.terms import Term, Terms, Triple


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
    gaps INTEGER, steps TEXT
);
"""
"""``gap`` is a set of absences: ``fact.gaps`` names that of all in its shallowest proof.

``evidence`` is a set of sources: ``fact.own`` names that of its assertion, ``fact.evidence`` that of all leaves.

``fact.steps`` has the derivations in order of entry: an array in JSON, of arrays of the number of the reason, those of
the premises, and what was found absent. ``fact.proof`` is the place in it of the one with the shallowest proof, where
the fact is not asserted.
"""

_INDEXES = """
CREATE UNIQUE INDEX term_text ON term (text);
CREATE UNIQUE INDEX fact_spo ON fact (s, p, o);
"""


# --- writing -----------------------------------------------------------------------------------------------


def write(path: Path, closure: Closure, sources: Callable[[int], tuple[Source, ...]]) -> None:
    """Writes the facts, derivations and sources of a closure to a new file.

    Args:
        sources: give what the asserted fact of that number rests on by itself.

    Raises:
        LookupError: an asserted fact has no sources, as ``sources`` says.
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
        _insert(connection, "fact", 10, _facts(closure, found, evidence, gaps))
        _insert(connection, "gap", 2, ((n, text) for texts, n in gaps.items() for text in sorted(texts)))
        _insert(connection, "evidence", 2, ((n, each) for numbers, n in evidence.items() for each in sorted(numbers)))
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
    written = json.JSONEncoder(separators=(",", ":")).encode
    depths, shallowest = _shallowest(closure, steps)
    absent = _absent(steps, depths, shallowest)
    for (subject, predicate, value, fact), depth, missing, ways in zip(
        closure.facts, depths, absent, steps, strict=True
    ):
        assert not depth or all(premise < fact for premise in ways[0][1]), closure.triple(fact)
        own = None if depth else evidence.setdefault(found.own[fact], len(evidence))
        proof = shallowest[fact] if depth else None
        all_sources = evidence.setdefault(found.all[fact], len(evidence))
        gap = gaps.setdefault(missing, len(gaps)) if missing else None
        said = written(ways) if ways else None
        yield fact, subject, predicate, value, found.status[fact], own, all_sources, proof, gap, said


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

    The depths are a least fixpoint. A pass in order of entry settles all but the facts with a premise younger than
    themselves; if it settles these too, there is nothing left.
    """
    depths: list[float] = [0 if closure.is_given(fact) else math.inf for fact in range(len(closure))]
    derived = [fact for fact, depth in enumerate(depths) if depth]
    late = [fact for fact in derived if any(max(premises, default=0) > fact for _, premises, _ in steps[fact])]
    shallowest = [0] * len(closure)

    def settled(facts: Iterable[int]) -> bool:
        unchanged = True
        for fact in facts:
            least = depths[fact]
            for way, (_, premises, _) in enumerate(steps[fact]):
                depth = 1.0
                for premise in premises:
                    if depths[premise] >= depth:
                        depth = depths[premise] + 1
                if depth < least:
                    least, shallowest[fact], unchanged = depth, way, False
            depths[fact] = least
        return unchanged

    while not (settled(derived) or settled(late)):
        pass
    return depths, shallowest


# --- reading -----------------------------------------------------------------------------------------------


class Why:
    """Answers why a triple holds."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self.fact: Callable[[Triple | Terms], Fact | None] = lru_cache(maxsize=_REMEMBERED)(self._fact)
        """What a triple rests on; None if it does not hold. Triples that rest on the same have one fact."""
        self._resting_on = lru_cache(maxsize=_REMEMBERED)(self._weighed)

    def close(self) -> None:
        self._connection.close()

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
        ways = range(len(self._steps(number)))
        return [self._tree(_Node(number, way), nodes, _FIRST) for way in ways if way != shown.way]

    def having(self, predicates: Iterable[Term]) -> list[tuple[str, str, str, bool]]:
        """The triples with one of the predicates as texts in N-Triples, each with whether it is asserted."""
        numbers = list(map(self._term_number, predicates))
        texts, among = _TEXTS.format("a.text, b.text, c.text, own IS NOT NULL"), ", ".join("?" * len(numbers))
        return [(s, p, o, bool(own)) for s, p, o, own in self._rows(f"{texts} WHERE p IN ({among})", *numbers)]

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

    def _fact(self, triple: Triple | Terms) -> Fact | None:
        number = self._number(triple)
        if number is None:
            return None
        (found,) = self._rows("SELECT status, own IS NOT NULL, evidence, gaps FROM fact WHERE id = ?", number)
        return self._resting_on(*found)

    def _weighed(self, status: str, asserted: int, evidence: int, gaps: int | None) -> Fact:
        absent = self._rows("SELECT text FROM gap WHERE id = ? ORDER BY text", gaps) if status == "inferred" else []
        sources = self._sources(evidence)
        return Fact(
            status=status,
            claims=tuple(dict.fromkeys(source.claim for source in sources if source.claim)),
            sources=sources,
            kinds=tuple(sorted({source.kind for source in sources if source.kind})),
            asserted=bool(asserted),
            absent=tuple(text for (text,) in absent),
        )

    def _number(self, triple: Triple | Terms) -> int | None:
        numbers = (self._term_number(term) for term in triple)
        rows = self._rows("SELECT id FROM fact WHERE s = ? AND p = ? AND o = ?", *numbers)
        return rows[0][0] if rows else None

    def _triple(self, number: int) -> Triple:
        ((s, p, o),) = self._rows(f"{_TEXTS.format('a.text, b.text, c.text')} WHERE fact.id = ?", number)
        (quad,) = ox.parse(f"{s} {p} {o} .", format=ox.RdfFormat.N_TRIPLES)
        return Triple(quad.subject, quad.predicate, quad.object)

    def _sources(self, evidence: int) -> tuple[Source, ...]:
        query = f"SELECT {', '.join(_SOURCE)} FROM evidence e JOIN source ON source.id = e.source WHERE e.id = ?"
        return tuple(Source(*row) for row in self._rows(f"{query} ORDER BY source.id", evidence))

    # --- proofs ---

    def _node(self, number: int, choice: str) -> _Node:
        """The node of a fact: a leaf if it is asserted, else by the derivation of that choice."""
        ((own, way),) = self._rows(f"SELECT own, {choice} FROM fact WHERE id = ?", number)
        return _Node(number, way if own is None else None)

    def _steps(self, number: int) -> list[Step]:
        ((said,),) = self._rows("SELECT steps FROM fact WHERE id = ?", number)
        return json.loads(said) if said else []

    def _tree(self, root: _Node, limit: int, choice: str) -> Proof:
        """Plans a proof from the root down, nearest nodes first, until the limit; then builds it from the leaves up."""
        plan = [root]
        for node in plan:  # grows as it is walked
            if node.way is not None:
                steps = self._steps(node.fact)
                node.step, node.others = steps[node.way], len(steps) - 1
                premises = node.step[1]
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
        if node.step is None:
            sources = self._sources(own)
            return Asserted(triple, sources, best(source.status for source in sources))
        reason, _, absent = node.step
        ((rule, axiom),) = self._rows("SELECT rule, axiom FROM reason WHERE id = ?", reason)
        return Derived(triple, rule, axiom, premises, tuple(absent), node.others, status, node.more)


@dataclass(slots=True)
class _Node:
    """A node of a proof in the making: its fact, and if it is no leaf its derivation and where its premises stand."""

    fact: int
    way: int | None
    """The place of the derivation among those of the fact."""
    step: Step | None = None
    others: int = 0
    premises: list[int] = field(default_factory=list)
    more: bool = False


_REMEMBERED = 50_000
"""Facts that are kept after they were looked up; those of a snapshot never change."""
_SHALLOWEST, _FIRST = "proof", "0"
"""The place of the derivation of a fact by which a proof goes on."""

_TEXTS = "SELECT {} FROM fact JOIN term a ON a.id = s JOIN term b ON b.id = p JOIN term c ON c.id = o"
_SOURCE = [f"source.{each.name}" for each in fields(Source)]
