"""Triples in their order of entry, each asserted or with the derivations that count.

The first derivation of a derived triple is well-founded: its premises were there before it. A further one counts, and
is kept, only if no premise needs the triple in its own first proof; so a proof that begins with any derivation and
goes on by first ones never goes round. An asserted triple needs no proof and may have derivations all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from pyoxigraph import Literal, NamedNode

from kg.terms import Node, Triple

Key: TypeAlias = tuple[int, int, int]
"""A triple by the numbers of its terms."""
Step: TypeAlias = tuple[int, tuple[int, ...], tuple[str, ...]]
"""A derivation by numbers: the reason, the premises, and in words what it found absent."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """One step that leads to a triple: the rule, the axiom behind it, what it joins, what it found absent."""

    rule: str
    axiom: str
    premises: tuple[Triple, ...]
    absent: tuple[str, ...] = ()


class Facts:
    """Triples with up to ``keep`` derivations each.

    ``terms``, ``facts``, ``reasons`` and ``steps`` show them by numbers: a fact is three places in ``terms``, a
    reason is a rule's id and its axiom.
    """

    def __init__(self, *, keep: int) -> None:
        self.terms: list[Node] = []
        self.facts: list[Key] = []
        self.reasons: list[tuple[str, str]] = []
        self._keep = keep
        self._ids: dict[Node, int] = {}
        self._literals: set[int] = set()
        self._numbers: dict[Key, int] = {}
        self._asserted: set[int] = set()
        self._steps: dict[int, list[Step]] = {}

    # --- as triples ---

    def __contains__(self, triple: Triple) -> bool:
        return self._find(triple) is not None

    def __len__(self) -> int:
        return len(self.facts)

    def triples(self, start: int = 0) -> Iterator[Triple]:
        """The triples in order of entry, from the one numbered ``start`` on."""
        return (self.triple(fact) for fact in range(start, len(self.facts)))

    def is_asserted(self, triple: Triple) -> bool:
        return self._find(triple) in self._asserted

    def derivations(self, triple: Triple) -> tuple[Derivation, ...]:
        """The derivations that count; of a derived triple the first is well-founded."""
        fact = self._find(triple)
        return tuple(
            Derivation(*self.reasons[reason], tuple(map(self.triple, premises)), absent)
            for reason, premises, absent in (() if fact is None else self.steps(fact))
        )

    # --- by number ---

    def triple(self, fact: int) -> Triple:
        """The triple of the fact with that number."""
        return self._decode(self.facts[fact])

    def is_given(self, fact: int) -> bool:
        """Whether the fact with that number is asserted."""
        return fact in self._asserted

    def steps(self, fact: int) -> Sequence[Step]:
        """The derivations of the fact with that number."""
        return self._steps.get(fact, ())

    # --- entry ---

    def _assert(self, key: Key) -> None:
        fact = self._numbers.get(key)
        self._asserted.add(self._append(key) if fact is None else fact)

    def _conclude(self, reason: int, key: Key, premises: tuple[Key, ...], absent: tuple[str, ...] = ()) -> None:
        """Enters a triple with its first derivation, or keeps a further one of a known triple if it counts."""
        fact = self._numbers.get(key)
        if fact is None:
            if key[0] not in self._literals:  # a literal is no subject
                self._steps[self._append(key)] = [(reason, self._numbered(premises), absent)]
            return
        steps = self._steps.setdefault(fact, [])
        if len(steps) < self._keep:
            step = reason, self._numbered(premises), absent
            if step not in steps and not any(self._needs(premise, fact) for premise in step[1] if premise >= fact):
                steps.append(step)

    def _append(self, key: Key) -> int:
        fact = self._numbers[key] = len(self.facts)
        self.facts.append(key)
        return fact

    def _numbered(self, premises: tuple[Key, ...]) -> tuple[int, ...]:
        return tuple([self._numbers[key] for key in premises])

    def _needs(self, fact: int, goal: int) -> bool:
        """Whether the first proof of a fact uses the goal. It looks back only, so what is older is not searched."""
        waiting, seen = [fact], set[int]()
        while waiting:
            fact = waiting.pop()
            if fact == goal:
                return True
            if fact > goal and fact not in seen and fact not in self._asserted:
                seen.add(fact)
                waiting.extend(self._steps[fact][0][1])
        return False

    # --- terms ---

    def _reason(self, rule: str, axiom: str) -> int:
        self.reasons.append((rule, axiom))
        return len(self.reasons) - 1

    def _id(self, term: Node) -> int:
        number = self._ids.get(term)
        if number is None:
            number = self._ids[term] = len(self.terms)
            self.terms.append(term)
            if isinstance(term, Literal):
                self._literals.add(number)
        return number

    def _encode(self, triple: Triple) -> Key:
        subject, predicate, value = triple
        return self._id(subject), self._id(predicate), self._id(value)

    def _decode(self, key: Key) -> Triple:
        subject, predicate, value = (self.terms[number] for number in key)
        return Triple(cast(NamedNode, subject), cast(NamedNode, predicate), value)

    def _find(self, triple: Triple) -> int | None:
        subject, predicate, value = (self._ids.get(term, -1) for term in triple)
        return self._numbers.get((subject, predicate, value))
