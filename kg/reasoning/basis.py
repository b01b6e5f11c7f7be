"""What each fact rests on: its status and its sources, worked out bottom-up over all derivations that count.

A fact's *basis* is the set of origins (claims or sources) each of which alone supports it: those that assert it, and
those that support every premise of one of its derivations. Definitions support everything. So do the types and labels
that only their file's header vouches for, or hardly a conclusion would rest on a single claim. An empty basis means
that several origins had to be joined, or that something had to be absent: the fact is inferred. Otherwise it is
as good as the best of its basis.

Derivations may support each other in a circle. Everything here is therefore a least fixpoint: values start with what
is asserted and grow until no derivation adds to them, so that a circle without a foot in the asserted facts adds
nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeAlias, TypeVar

from pyoxigraph import NamedNode

from kg.reasoning.closure import Closure, Step
from kg.sources import Source
from kg.terms import RDFS, SKOS, TYPE, Node

RANKS = ("stated", "reference", "editorial", "contributed")
"""The statuses of sources, best first."""
STATUSES = (*RANKS, "inferred", "schema")
"""Every status that a fact can have."""

COUNTS, DESCRIBES, DEFINES = 0, 1, 2
"""What a fact takes at least: a source that counts, types and labels from headers, or definitions alone."""

_TYPING = ("prp-dom", "prp-rng")
_LABELS = (SKOS, RDFS + "label", RDFS + "comment")
_NONE: frozenset[int] = frozenset()
_Value = TypeVar("_Value")
Numbers: TypeAlias = frozenset[int]


@dataclass(frozen=True)
class Bases:
    """What every fact of a closure rests on, by the number of the fact; sources by their place in ``sources``."""

    sources: Sequence[Source]
    status: Sequence[str]
    own: Sequence[Numbers]
    """The sources that assert the fact itself."""
    all: Sequence[Numbers]
    """Those of the asserted facts under all its derivations; definitions only where it rests on nothing else."""


def best(statuses: Iterable[str]) -> str:
    """The best of some statuses.

    >>> best(["schema", "editorial", "reference"])
    'reference'
    """
    return min(statuses, key=STATUSES.index)


def bases(closure: Closure, sources: Callable[[int], tuple[Source, ...]]) -> Bases:
    """What every fact rests on.

    Args:
        sources: give what the asserted fact of that number rests on by itself.
    """
    numbers: dict[Source, int] = {}
    own = [_NONE] * len(closure)
    levels = [COUNTS] * len(closure)
    seen: dict[tuple[int, bool], tuple[Numbers, int]] = {}  # most triples of a record share one tuple of sources
    describing = {number for number, term in enumerate(closure.terms) if _describes(term)}
    for fact in filter(closure.is_given, range(len(closure))):
        found, describes = sources(fact), closure.facts[fact][1] in describing
        if (id(found), describes) not in seen:
            each = frozenset([numbers.setdefault(source, len(numbers)) for source in found])
            seen[id(found), describes] = each, max(_level(source, describes=describes) for source in found)
        own[fact], levels[fact] = seen[id(found), describes]
    listed = list(numbers)
    network = _Network(closure)
    definitions = frozenset(number for source, number in numbers.items() if source.status == "schema")

    @cache
    def beyond_definitions(each: Numbers) -> Numbers:
        return each - definitions or each

    return Bases(
        sources=listed,
        status=_statuses(network, own, listed, network.settle(levels, _least_level, max)),
        own=own,
        all=list(map(beyond_definitions, network.settle(own, _sources_below, _union))),
    )


def _telling(closure: Closure, fact: int) -> Sequence[Step]:
    """The derivations of a fact that are evidence for it.

    That a property's domain or range gives a thing its type says what the property means, not what a source says
    of the thing: it is left out where the type is asserted, or follows otherwise from facts that are older.
    """
    steps = closure.steps(fact)
    others = [step for step in steps if closure.reasons[step[0]][0] not in _TYPING]
    if len(others) == len(steps):
        return steps
    founded = closure.is_given(fact) or any(max(step[1], default=0) < fact for step in others)
    return others if founded else steps


def _describes(predicate: Node) -> bool:
    """Whether a triple with that predicate says what a thing is or how it is called."""
    return isinstance(predicate, NamedNode) and (predicate == TYPE or predicate.value.startswith(_LABELS))


def _level(source: Source, *, describes: bool) -> int:
    if source.status == "schema":
        return DEFINES
    return DESCRIBES if describes and source.scope == "header" and source.status != "contributed" else COUNTS


def _least_level(step: Step, levels: Sequence[int]) -> int:
    _, premises, absent = step
    if absent:
        return COUNTS
    least = DEFINES
    for premise in premises:
        if levels[premise] < least:
            least = levels[premise]
    return least


def _sources_below(step: Step, known: Sequence[Numbers]) -> Numbers:
    below = _NONE
    for premise in step[1]:
        if known[premise] is not below:
            below = _union(below, known[premise])
    return below


def _statuses(network: _Network, own: Sequence[Numbers], listed: Sequence[Source], levels: Sequence[int]) -> list[str]:
    origins: dict[tuple[str, str], int] = {}
    counted = {number: _origin(source, origins) for number, source in enumerate(listed) if source.status != "schema"}
    ranks = [status for _, status in origins]

    def supporting(step: Step, known: Sequence[Numbers]) -> Numbers:
        """The origins that support all that counts among the premises of a derivation."""
        _, premises, absent = step
        least = _least_level(step, levels)
        if absent or least == DEFINES:
            return _NONE
        needed = [known[premise] for premise in premises if levels[premise] == least]
        return needed[0] if len(needed) == 1 else needed[0].intersection(*needed[1:])

    @cache
    def bests(basis: Numbers) -> str:
        return best([ranks[number] for number in basis])

    @cache
    def origins_of(each: Numbers) -> Numbers:
        return frozenset([counted[number] for number in each if number in counted])

    asserted = list(map(origins_of, own))
    return [
        bests(basis) if basis else "schema" if level == DEFINES else "inferred"
        for basis, level in zip(network.settle(asserted, supporting, _union), levels, strict=True)
    ]


def _origin(source: Source, origins: dict[tuple[str, str], int]) -> int:
    """The number of what a source stands for: its claim or document, whichever graphs cite it."""
    return origins.setdefault((source.claim or source.source or source.graph, source.status), len(origins))


def _union(one: Numbers, other: Numbers) -> Numbers:
    """Both together; one of them as it is where it holds the other, since most facts share what they rest on."""
    if other <= one:
        return one
    return other if one <= other else one | other


class _Network:
    """The facts of a closure and the derivations between them, over which values spread from premises."""

    def __init__(self, closure: Closure) -> None:
        self.steps = [_telling(closure, fact) for fact in range(len(closure))]
        self.derived = [fact for fact, steps in enumerate(self.steps) if steps]

    def settle(
        self,
        asserted: Sequence[_Value],
        derived: Callable[[Step, Sequence[_Value]], _Value],
        join: Callable[[_Value, _Value], _Value],
    ) -> list[_Value]:
        """The least values that hold what is asserted, joined with what each derivation gives.

        One pass in order of entry settles all but the facts that have a premise younger than themselves.
        """
        values, steps = list(asserted), self.steps

        def grows(fact: int) -> bool:
            value = before = values[fact]
            for step in steps[fact]:
                value = join(value, derived(step, values))
            values[fact] = value
            return value is not before and value != before

        for fact in self.derived:
            grows(fact)
        waiting = deque(self.late)
        queued = set(waiting)
        while waiting:
            fact = waiting.popleft()
            queued.discard(fact)
            if grows(fact):
                fresh = [each for each in self.dependents[fact] if each not in queued]
                waiting.extend(fresh)
                queued.update(fresh)
        return values

    @cached_property
    def late(self) -> list[int]:
        """The facts that have a premise younger than themselves."""
        return [fact for fact in self.derived if any(max(step[1], default=0) > fact for step in self.steps[fact])]

    @cached_property
    def dependents(self) -> dict[int, list[int]]:
        """The facts that each fact is a premise of."""
        found = defaultdict(list)
        for fact in self.derived:
            for _, premises, _ in self.steps[fact]:
                for premise in premises:
                    found[premise].append(fact)
        return found
