"""Triples in their order of entry, each asserted or with the derivations that count.

A fact has a number, which says when it came. The first derivation of a derived fact is well-founded: its premises were
there before it. A further one counts, and is kept, only if no premise needs the fact in its own first proof; so a
proof that begins with any derivation and goes on by first ones never goes round. An asserted fact needs no proof and
may have derivations all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from pyoxigraph import Literal, NamedNode

from kg.terms import TYPE, Node, Triple

Fact: TypeAlias = tuple[int, int, int, int]
"""A triple by the numbers of its terms, subject, predicate and object, and its own number."""
Step: TypeAlias = tuple[int, tuple[int, ...], tuple[str, ...]]
"""A derivation by numbers: the reason, the premises, and in words what it found absent."""
Index: TypeAlias = dict[int, dict[int, int]]
"""The facts of a predicate: one end of the triple, the other end, the number of the fact."""


Enter: TypeAlias = Callable[[int, int, Step | None], None]
_NONE: Sequence[Step] = ()
_FEW = 8
"""Times to look through a whole relation for one of its inner ends, after which it pays to turn the index round."""
_MANY = 50
"""Facts to search from which on it pays to ask whether they are all too young to lead to what is searched."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """One step that leads to a triple: the rule, the axiom behind it, what it joins, what it found absent."""

    rule: str
    axiom: str
    premises: tuple[Triple, ...]
    absent: tuple[str, ...] = ()


class Relation:
    """The facts of one predicate, found by one end of the triple at first, and by the other once somebody asks.

    That end is the subject, but for ``rdf:type`` the class: hardly a rule asks for all classes of a thing.
    """

    __slots__ = ("_looks", "by_class", "enter", "index", "inverted")

    def __init__(self, *, by_class: bool) -> None:
        self.by_class = by_class
        self.index: Index = {}
        self.inverted: Index | None = None
        self._looks = 0
        self.enter: Enter
        """What enters a fact: both its ends in the order of the index, and a derivation, or None if it is asserted."""

    def find(self, subject: int, value: int) -> int | None:
        """The number of a fact; None if it is none."""
        outer, inner = (value, subject) if self.by_class else (subject, value)
        row = self.index.get(outer)
        return None if row is None else row.get(inner)

    def add(self, subject: int, value: int, fact: int) -> None:
        """Enters a fact into the indexes and nothing else."""
        outer, inner = (value, subject) if self.by_class else (subject, value)
        self.index.setdefault(outer, {})[inner] = fact
        if self.inverted is not None:
            self.inverted.setdefault(inner, {})[outer] = fact

    def by_subject(self) -> Index:
        """Subject, object, number: kept up to date from now on."""
        return self._other() if self.by_class else self.index

    def by_object(self) -> Index:
        """Object, subject, number: kept up to date from now on."""
        return self.index if self.by_class else self._other()

    def of_subject(self, subject: int) -> dict[int, int]:
        """Object and number of each fact about a subject."""
        return self._across(subject) if self.by_class else self.index.get(subject, {})

    def of_object(self, value: int) -> dict[int, int]:
        """Subject and number of each fact with an object."""
        return self.index.get(value, {}) if self.by_class else self._across(value)

    def _across(self, inner: int) -> dict[int, int]:
        if self.inverted is None and self._looks < _FEW:
            self._looks += 1
            return {outer: row[inner] for outer, row in self.index.items() if inner in row}
        return self._other().get(inner, {})

    def _other(self) -> Index:
        if self.inverted is None:
            inverted: Index = {}
            for outer, row in self.index.items():
                for inner, fact in row.items():
                    inverted.setdefault(inner, {})[outer] = fact
            self.inverted = inverted
        return self.inverted


class Relations(dict[int, Relation]):
    """Relations by predicate, each made when it is first asked for."""

    def __init__(self, made: Callable[[int], Relation]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, predicate: int) -> Relation:
        relation = self[predicate] = self._made(predicate)
        return relation


class Facts:
    """Triples with up to ``keep`` derivations each.

    ``terms``, ``facts``, ``reasons`` and ``steps`` show them by numbers: the terms of a fact are places in
    ``terms``, a reason is a rule's id and its axiom.
    """

    def __init__(self, *, keep: int) -> None:
        self.terms: list[Node] = []
        self.facts: list[Fact] = []
        self.reasons: list[tuple[str, str]] = []
        self._keep = keep
        self._reasons: dict[tuple[str, str], int] = {}
        self._ids: dict[Node, int] = {}
        self._literals: set[int] = set()
        self._type = self._id(TYPE)
        self._relations = Relations(self._relation)
        self._cliques: dict[int, list[int]] = {}  # of each thing that is the same as another, one list for all of them
        self._first: list[Step | None] = []  # of each fact, None for what was asserted before it was derived
        self._also_asserted: set[int] = set()  # after it was derived
        self._more: dict[int, list[Step]] = {}
        self._oldest: list[int] = []  # as far as it was needed

    # --- as triples ---

    def __contains__(self, triple: Triple) -> bool:
        return self._of(triple) is not None

    def __len__(self) -> int:
        return len(self.facts)

    def triples(self, start: int = 0) -> Iterator[Triple]:
        """The triples in order of entry, from the one numbered ``start`` on."""
        return (self.triple(fact) for fact in range(start, len(self.facts)))

    def is_asserted(self, triple: Triple) -> bool:
        fact = self._of(triple)
        return fact is not None and self.is_given(fact)

    def derivations(self, triple: Triple) -> tuple[Derivation, ...]:
        """The derivations that count; of a derived triple the first is well-founded."""
        fact = self._of(triple)
        return tuple(
            Derivation(*self.reasons[reason], tuple(map(self.triple, premises)), absent)
            for reason, premises, absent in (() if fact is None else self.steps(fact))
        )

    # --- by number ---

    def number(self, term: Node) -> int:
        """The number of a term; -1 if no fact has it."""
        return self._ids.get(term, -1)

    def find(self, subject: int, predicate: int, value: int) -> int | None:
        """The number of the fact with these terms; None if there is none."""
        relation = self._relations.get(predicate)
        return None if relation is None else relation.find(subject, value)

    def triple(self, fact: int) -> Triple:
        """The triple of the fact with that number."""
        subject, predicate, value = (self.terms[number] for number in self.facts[fact][:3])
        return Triple(cast(NamedNode, subject), cast(NamedNode, predicate), value)

    def is_given(self, fact: int) -> bool:
        """Whether the fact with that number is asserted."""
        return self._first[fact] is None or fact in self._also_asserted

    def steps(self, fact: int) -> Sequence[Step]:
        """The derivations of the fact with that number."""
        first, more = self._first[fact], self._more.get(fact, ())
        return more if first is None or not self._keep else (first, *more)

    def first_rule(self, fact: int) -> str | None:
        """The rule that derived the fact first, kept or not; None if it was asserted before."""
        first = self._first[fact]
        return None if first is None else self.reasons[first[0]][0]

    def having(self, is_property: Callable[[Node], bool], is_class: Callable[[Node], bool]) -> list[int]:
        """The facts, in order of entry, whose property passes a test, or their class if it is ``rdf:type``."""
        found: list[int] = []
        for predicate, relation in self._relations.items():
            if self.terms[predicate] == TYPE:
                rows = [row for cls, row in relation.index.items() if is_class(self.terms[cls])]
            else:
                rows = list(relation.index.values()) if is_property(self.terms[predicate]) else []
            found += [fact for row in rows for fact in row.values()]
        return sorted(found)

    # --- entry ---

    def _conclude(
        self,
        reason: int,
        subject: int,
        predicate: int,
        value: int,
        premises: tuple[int, ...],
        absent: tuple[str, ...] = (),
    ) -> None:
        """Enters a fact with its first derivation, or keeps a further one of a known fact if it counts."""
        relation = self._relations[predicate]
        outer, inner = (value, subject) if relation.by_class else (subject, value)
        relation.enter(outer, inner, (reason, premises, absent))

    def _relation(self, predicate: int) -> Relation:
        """The relation of a predicate, with a way into it that has all at hand: most of the time is spent there."""
        relation = Relation(by_class=predicate == self._type)
        facts, firsts, cliques, keep = self.facts, self._first, self._cliques, self._keep
        index, by_class = relation.index, relation.by_class

        def enter(outer: int, inner: int, step: Step | None) -> None:
            row = index.get(outer)
            if row is None:
                row = index[outer] = {}
            elif inner in row:
                self._enter_again(row[inner], step)
                return
            number = row[inner] = len(facts)
            if relation.inverted is not None:
                relation.inverted.setdefault(inner, {})[outer] = number
            fact = (inner, predicate, outer, number) if by_class else (outer, predicate, inner, number)
            facts.append(fact)
            firsts.append(step if keep or step is None else (step[0], (), ()))
            if cliques and (inner in cliques or outer in cliques):
                self._copy(fact)

        relation.enter = enter
        return relation

    def _enter_again(self, fact: int, step: Step | None) -> None:
        """Takes note that a known fact is asserted, or keeps a further derivation of it if that counts."""
        first, more = self._first[fact], self._more.get(fact, _NONE)
        if step is None:
            if first is not None:
                self._also_asserted.add(fact)
        elif len(more) < self._keep - (first is not None):
            for premise in step[1]:
                if premise >= fact and self._needs(premise, fact):
                    return
            if step != first and step not in more:
                self._more.setdefault(fact, []).append(step)

    def _copy(self, fact: Fact) -> None:
        """Enters the copies of a new fact."""
        raise NotImplementedError

    def _needs(self, fact: int, goal: int) -> bool:
        """Whether the first proof of a fact uses the goal. It looks back only, so what is older is not searched."""
        first = self._first[fact]
        if fact == goal or first is None or fact in self._also_asserted:
            return fact == goal
        if goal in first[1]:  # as in most cases
            return True
        inferred = not self.is_given(goal)
        waiting, seen = list(first[1]), {fact}
        while waiting:
            fact = waiting.pop()
            if fact == goal:
                return True
            first = self._first[fact]
            if fact > goal and first is not None and fact not in seen and fact not in self._also_asserted:
                seen.add(fact)
                if not inferred or len(waiting) + len(first[1]) < _MANY or self._oldest_inferred(fact) <= goal:
                    waiting.extend(first[1])
        return False

    def _oldest_inferred(self, fact: int) -> int:
        """The oldest of the derived facts that the first proof of a derived fact consists of, itself among them."""
        oldest = self._oldest
        for each in range(len(oldest), fact + 1):
            first = self._first[each]
            oldest.append(len(self.facts) if first is None else min([each, *map(oldest.__getitem__, first[1])]))
        return oldest[fact]

    # --- terms ---

    def _reason(self, rule: str, axiom: str) -> int:
        """The number of a reason; rules that read the same have the same one, so that no derivation is kept twice."""
        number = self._reasons.setdefault((rule, axiom), len(self.reasons))
        if number == len(self.reasons):
            self.reasons.append((rule, axiom))
        return number

    def _id(self, term: Node) -> int:
        number = self._ids.get(term)
        return self._new(term) if number is None else number

    def _new(self, term: Node) -> int:
        """The number of a term that has none yet."""
        number = self._ids[term] = len(self.terms)
        self.terms.append(term)
        if isinstance(term, Literal):
            self._literals.add(number)
            self._meet(number, term)
        return number

    def _meet(self, number: int, literal: Literal) -> None:
        """Takes note of a literal that was not known yet."""

    def _of(self, triple: Triple) -> int | None:
        """The number of the fact that a triple is; None if it is none."""
        return self.find(*map(self.number, triple))
