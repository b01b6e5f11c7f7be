"""Why a row is in an answer: the triples that its question matched, and the claims and sources they rest on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from pyoxigraph import NamedNode

from kg.asking import Runner
from kg.asking.aggregates import SAMPLE, Aggregate, aggregates
from kg.asking.claims import KINDS, Claims, in_order, is_claim, local
from kg.asking.names import Names
from kg.asking.question import Question
from kg.asking.scopes import Scope, scopes
from kg.sparql import Values, bind, instantiator, values
from kg.sparql import values_blocks as blocks
from kg.terms import Term, Terms, Triple, in_words, written

STATUSES = ("stated", "reference", "editorial", "contributed", "inferred")
"""From the firmest to what is our own conclusion; a row has the last of those of its triples."""

CAP = 200
"""Solutions that are looked at for one row and one scope."""
_MOST = 20_000
"""Solutions that are looked at for the rows of one page and one scope together."""
_BREATH = 50
"""Rows after which others get a turn."""

Row = Mapping[str, Term]
_T = TypeVar("_T")


class Source(Protocol):
    """One thing that a triple rests on."""

    @property
    def claim(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def status(self) -> str: ...


class Fact(Protocol):
    """What is known of a triple in the graph."""

    @property
    def status(self) -> str: ...
    @property
    def claims(self) -> Sequence[str]: ...
    @property
    def sources(self) -> Sequence[Source]: ...
    @property
    def absent(self) -> Sequence[str]: ...


class Facts(Protocol):
    """Where triples are looked up; the proofs of a snapshot are one."""

    def fact(self, triple: Terms, /) -> Fact | None: ...


@dataclass(frozen=True)
class Evidence:
    """What one row rests on; claims are IRIs, in the order of their documents."""

    status: str
    kinds: tuple[str, ...]
    claims: tuple[str, ...]
    sources: tuple[Mapping[str, str | None], ...]
    roles: Mapping[str, tuple[str, ...]]
    absent: tuple[str, ...]
    conflicts: tuple[str, ...]
    more: bool
    """Whether there is more evidence than was looked at."""
    facts: Mapping[Terms, Fact]
    """Every triple with what it rests on, in the order of the question."""
    aggregated: Mapping[str, tuple[Sequence[Row], bool]]
    """By column, a sample of what was counted or summed up in it, and whether there is more."""

    @property
    def triples(self) -> Mapping[Triple, Fact]:
        """The same, with the triples put together."""
        return {Triple(*terms): fact for terms, fact in self.facts.items()}

    def as_json(self, *, full: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {
            "status": self.status,
            "kinds": list(self.kinds),
            "claims": [local(claim) for claim in self.claims],
            "sources": list(self.sources),
            "roles": {role: [local(claim) for claim in claims] for role, claims in self.roles.items()},
            "absent": list(self.absent),
            "conflicts": list(self.conflicts),
            "more": self.more,
        }
        if full:
            found["triples"] = [_triple(terms) | {"status": fact.status} for terms, fact in self.facts.items()]
        return found


def _triple(terms: Terms) -> dict[str, str]:
    return dict(zip(("subject", "predicate", "object"), map(written, terms), strict=True))


Solutions = tuple[Sequence[Row], bool]
"""What a scope gives for one row, and whether there is more."""


@dataclass(frozen=True)
class _Part:
    """What one scope contributes to a row."""

    solutions: Sequence[Row] = ()
    more: bool = False
    facts: dict[Terms, Fact] = field(default_factory=dict)
    bound: list[tuple[str, str]] = field(default_factory=list)
    """Claims, each with the variable that binds it."""
    absent: list[str] = field(default_factory=list)


_NOTHING = _Part()
_Parts = list[_Part]
"""What one scope contributes to each row."""


class Witness:
    """Gathers the evidence of a question's rows over one state of the graph."""

    def __init__(
        self, question: Question, given: Values, runner: Runner, facts: Facts, claims: Claims, names: Names
    ) -> None:
        """``given`` binds the parameters as in the query whose rows these are."""
        self._question, self._runner, self._facts, self._claims, self._names = question, runner, facts, claims, names
        self._given, self._scopes = given, scopes(question)
        self._aggregates = aggregates(question, self._scopes)
        self._begun: dict[Scope, asyncio.Task[Solutions]] = {}
        self._words: dict[str, str] = {}

    @asynccontextmanager
    async def ahead(self, limit: int) -> AsyncIterator[None]:
        """Runs the scopes while up to ``limit`` rows are on their way; they give what so many rows can use."""
        works = [self._run(scope, scope.keys, [], limit) for scope in self._scopes]
        async with _side_by_side(works) as tasks:
            self._begun = dict(zip(self._scopes, tasks, strict=True))
            yield
            await asyncio.gather(*tasks, return_exceptions=True)  # a process that owes a reply would be given up

    async def evidence(self, rows: Sequence[Row], lang: str | None = None) -> list[Evidence]:
        """What each row of a page rests on."""
        by_scope = await self._by_scope(self._scopes, rows, lang)
        found = []
        for number in range(len(rows)):
            found.append(self._weigh([parts[number] for parts in by_scope], lang))
            await _breathe(number)
        return found

    async def _by_scope(self, scopes: Iterable[Scope], rows: Sequence[Row], lang: str | None) -> list[_Parts]:
        """What each scope contributes to each row; while what one gave is read, the store is at the next."""
        found = []
        scopes = list(scopes)
        async with _side_by_side(self._parts(scope, rows, lang) for scope in scopes) as tasks:
            every = await asyncio.gather(*tasks)
        for scope, parts in zip(scopes, every, strict=True):
            too_much = scope.apart and any(part.more for part in parts)
            found += await self._by_scope(scope.apart, rows, lang) if too_much else [parts]
        return found

    async def _parts(self, scope: Scope, rows: Sequence[Row], lang: str | None) -> _Parts:
        """What a scope contributes to each row: it is run once for all of them, or by their keys if it gives much."""
        keys = [_key(scope, row) for row in rows]
        wanted = dict.fromkeys(key for key, row in zip(keys, rows, strict=True) if _concerns(scope, row))
        found: dict[_Key, _Part] = {}
        read = self._reader(scope, lang)
        for number, (key, solutions) in enumerate((await self._for_all(scope, list(wanted))).items()):
            if any(solutions):
                found[key] = read(*solutions)
            await _breathe(number)
        return [found.get(key, _NOTHING) for key in keys]

    async def _for_all(self, scope: Scope, keys: Sequence[_Key]) -> dict[_Key, Solutions]:
        """The scope as it stands, which the store plans like the question; for the keys if that gives too much."""
        if not keys:
            return {}
        solutions, more = await self._as_it_stands(scope, len(keys))
        if more and scope.apart:
            return dict.fromkeys(keys, ((), True))
        found: dict[_Key, Solutions] = {}
        for names, alike in _by_names(keys).items():
            found |= await self._together(scope, alike) if more and names else _shared(alike, solutions, more)
        return found

    async def _as_it_stands(self, scope: Scope, rows: int) -> Solutions:
        if scope not in self._begun:
            return await self._run(scope, scope.keys, [], rows)
        solutions, more = await self._begun[scope]
        return solutions[: CAP * rows], more or len(solutions) > CAP * rows

    async def _together(self, scope: Scope, keys: Sequence[_Key]) -> dict[_Key, Solutions]:
        names = [name for name, _ in keys[0]]
        solutions, more = await self._run(scope, names, keys, len(keys))
        if more and len(keys) > 1:  # some rows may have got nothing of it: ask for halves
            middle = len(keys) // 2
            return {**await self._together(scope, keys[:middle]), **await self._together(scope, keys[middle:])}
        return _shared(keys, solutions, more)

    async def _run(self, scope: Scope, names: Sequence[str], keys: Sequence[_Key], rows: int) -> Solutions:
        """The solutions with the named columns, of the keys if there are any; as many as so many rows can use."""
        limit = min(CAP * rows, _MOST)
        front = values(names, [tuple(term for _, term in key) for key in keys]) if keys else ""
        body = _bind(scope.body, self._given)
        found = await self._runner.select(f"{scope.select(names)}\n{front}\n{body}\n}} LIMIT {limit + 1}", limit)
        return found.rows, found.truncated

    def _reader(self, scope: Scope, lang: str | None) -> Callable[[Sequence[Row], bool], _Part]:
        """What says what the solutions of a scope contribute to a row."""
        blocks = [(block, [*map(instantiator, block.patterns)]) for block in scope.blocks]
        fact_of, phrase = self._facts.fact, self._names.phrase

        def read(solutions: Sequence[Row], more: bool) -> _Part:
            part = _Part(solutions, more)
            facts = part.facts
            for solution in solutions:
                part.bound.extend([(name, str(term.value)) for name, term in solution.items() if is_claim(term)])
                for block, instantiators in blocks:
                    if not block.own <= solution.keys():
                        continue
                    for instantiate in instantiators:
                        terms = instantiate(solution)
                        if terms is not None and (fact := fact_of(terms)):
                            facts[terms] = fact
                    for negated in block.absent:
                        part.absent.append(" and ".join(phrase(p, solution, lang) for p in negated))
            return part

        return read

    def _weigh(self, parts: Sequence[_Part], lang: str | None) -> Evidence:
        """What a row rests on, by what each scope contributes to it."""
        every: dict[Terms, Fact] = {}
        for part in parts:
            every.update(part.facts)
        bound = [each for part in parts for each in part.bound]
        absent = [text for part in parts for text in part.absent]
        facts = {id(fact): fact for fact in every.values()}.values()  # many triples share one
        proved = (self._in_words(text, lang) for fact in facts for text in fact.absent)
        claims = in_order([*(claim for _, claim in bound), *(claim for fact in facts for claim in fact.claims)])
        sources = [source for fact in facts for source in fact.sources if source.status != "schema"]
        put = {claim.kind for iri in claims if (claim := self._claims.get(iri))} | {source.kind for source in sources}
        kinds = {local(kind) for kind in put if kind}
        roles = self._question.roles
        return Evidence(
            status=_status(facts, absent),
            kinds=tuple(sorted(kinds, key=lambda kind: (KINDS.index(kind) if kind in KINDS else len(KINDS), kind))),
            claims=tuple(claims),
            sources=self._places(claims, sources),
            roles={
                role: tuple(in_order(claim for name, claim in bound if roles.get(name) == role))
                for role in roles.values()
            },
            absent=tuple(dict.fromkeys([*absent, *proved])),
            conflicts=self._claims.conflicts(claims, _things(every)),
            more=any(part.more for part in parts),
            facts=every,
            aggregated=_samples(self._aggregates, parts),
        )

    def _in_words(self, text: str, lang: str | None) -> str:
        if text not in self._words:
            self._words[text] = in_words(text, lambda iri: self._names.word(iri, lang))
        return self._words[text]

    def _places(self, claims: Sequence[str], sources: Sequence[Source]) -> tuple[Mapping[str, str | None], ...]:
        """Document and locator of each claim, then the sources that make no claims."""
        documents = {source.claim: source.source for source in sources if source.claim}
        places: list[Mapping[str, str | None]] = []
        for iri in claims:
            claim = self._claims.get(iri)
            document = claim.document if claim else documents.get(iri)
            locator = claim.locator if claim else None
            places.append({"document": document and local(document), "locator": locator, "claim": local(iri)})
        cited = {place["document"] for place in places}
        others = sorted({source.source or "" for source in sources if not source.claim} - {""})
        others = [other for other in others if local(other) not in cited]
        return (*places, *({"document": local(other), "locator": None, "claim": None} for other in others))


_Key = tuple[tuple[str, Term | None], ...]
"""What of a row a scope is run for; None where a column must be empty."""


def _key(scope: Scope, row: Row) -> _Key:
    """By the whole question a row is exactly itself; a part of it need not bind every column."""
    return tuple([(name, row.get(name)) for name in scope.keys if scope.apart or name in row])


def _by_names(keys: Iterable[_Key]) -> Mapping[tuple[str, ...], list[_Key]]:
    """The keys that have the same columns; a row leaves some empty."""
    found: dict[tuple[str, ...], list[_Key]] = {}
    for key in keys:
        found.setdefault(tuple([name for name, _ in key]), []).append(key)
    return found


def _shared(keys: Sequence[_Key], solutions: Iterable[Row], more: bool) -> dict[_Key, Solutions]:
    """The solutions that agree with each of the keys, which have the same columns."""
    names = [name for name, _ in keys[0]]
    by_key: dict[_Key, list[Row]] = {key: [] for key in keys}
    for solution in solutions:
        its = by_key.get(tuple([(name, solution.get(name)) for name in names]))
        if its is not None:
            its.append(solution)
    return {key: (its[:CAP], more or len(its) > CAP) for key, its in by_key.items()}


def _concerns(scope: Scope, row: Row) -> bool:
    """Whether the row may rest on the scope: it has one of the columns that nothing else binds, if there are any."""
    return not scope.own or bool(scope.own & row.keys())


def _samples(aggregates: Mapping[str, Aggregate], parts: Sequence[_Part]) -> Mapping[str, Solutions]:
    """By column, the first of what went into it."""
    shown = {aggregate.scope: aggregate.shown for aggregate in aggregates.values()}
    ordered = {scope: _in_order(names, parts[scope].solutions) for scope, names in shown.items()}
    found: dict[str, Solutions] = {}
    for column, aggregate in aggregates.items():
        counted = [each for each in ordered[aggregate.scope] if aggregate.variables <= each.keys()]
        found[column] = counted[:SAMPLE], parts[aggregate.scope].more or len(counted) > SAMPLE
    return found


def _in_order(names: Sequence[str], solutions: Sequence[Row]) -> list[Row]:
    """What the solutions say with those names, each once, in an order that is always the same."""
    found = {tuple([(name, str(s[name])) for name in names if name in s]): s for s in solutions}
    return [{name: found[each][name] for name, _ in each} for each in sorted(found)]


def _things(triples: Iterable[Terms]) -> set[str]:
    """What some triples are about."""
    ends = {end for subject, _, object_ in triples for end in (subject, object_)}
    return {end.value for end in ends if isinstance(end, NamedNode)}


def _status(facts: Iterable[Fact], absent: Sequence[str]) -> str:
    """The last of the triples' statuses; definitions alone are our reading, an absence is our conclusion."""
    statuses = {fact.status for fact in facts}
    if absent or not statuses:
        return "inferred"
    return max(statuses - {"schema"}, key=STATUSES.index, default="editorial")


@asynccontextmanager
async def _side_by_side(works: Iterable[Coroutine[None, None, _T]]) -> AsyncIterator[list[asyncio.Task[_T]]]:
    """Some works, begun; none goes on after that."""
    tasks = list(map(asyncio.create_task, works))
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _breathe(number: int) -> None:
    """Let others have a turn now and then."""
    if number % _BREATH == _BREATH - 1:
        await asyncio.sleep(0)


def _bind(body: str, given: Values) -> str:
    present = {block.variables for block in blocks(body)}
    return bind(body, {names: rows for names, rows in given.items() if names in present})
