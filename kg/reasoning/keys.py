"""Keys by an index of their own: who has these values for all properties of a key?

Joined like any other rule, a key would compare each thing with all that share its first property; with many sellers in
one city that is most of the work. Here each thing is entered under the values that it has for the whole key, once it
has them all, and meets those who have them too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product

from kg.reasoning.facts import Fact, Index
from kg.reasoning.horn import Rule, Slot, X
from kg.reasoning.joins import Join, Parts, constants


def is_key(rule: Rule) -> bool:
    """Whether a rule is a key as ``property_axioms`` writes it: each atom about x, followed by the same about y."""
    return rule.id == "prp-key"


class Key:
    """Whoever has values for all properties of a key, by these values."""

    def __init__(self, rule: Rule, parts: Parts) -> None:
        numbers = dict[Slot, int](zip(constants(rule), parts.ids, strict=True))
        kind, *properties = rule.body[::2]
        self._reason = parts.reason
        self._say_same = parts.relations[parts.same].enter
        self._members = parts.relations[numbers[kind.predicate]].by_object().setdefault(numbers[kind.object], {})
        self._by_owner = [_owned(parts, numbers[p.predicate], forwards=p.subject == X) for p in properties]
        self._forwards = [p.subject == X for p in properties]
        self._holders: defaultdict[tuple[int, ...], dict[int, tuple[int, ...]]] = defaultdict(dict)

    def join(self, given: int) -> Join:
        """What facts are handed to that match the atom ``given`` of the rule, one about x."""
        place = given // 2 - 1  # among the properties; the first atom is about the class

        def join(facts: Sequence[Fact]) -> None:
            for subject, _, value, fact in facts:
                forwards = place < 0 or self._forwards[place]
                thing, end = (subject, value) if forwards else (value, subject)
                for values, grounds in self._complete(thing, fact, {place: end} if place >= 0 else {}):
                    self._enter(thing, values, grounds)

        return join

    def _complete(
        self, thing: int, last: int, given: Mapping[int, int]
    ) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The values that a thing has for the whole key by facts up to the last, with these facts."""
        kind = self._members.get(thing)
        if kind is None or kind > last:
            return
        choices = []
        for place, index in enumerate(self._by_owner):
            row = index.get(thing, {})
            found = {given[place]: last} if place in given else row
            choices.append([(value, fact) for value, fact in found.items() if fact <= last])
        for chosen in product(*choices):
            yield tuple(value for value, _ in chosen), (kind, *(fact for _, fact in chosen))

    def _enter(self, thing: int, values: tuple[int, ...], grounds: tuple[int, ...]) -> None:
        holders = self._holders[values]
        if thing in holders:
            return
        for other, theirs in holders.items():
            self._say_same(thing, other, (self._reason, _in_turn(grounds, theirs), ()))
            self._say_same(other, thing, (self._reason, _in_turn(theirs, grounds), ()))
        holders[thing] = grounds


def _in_turn(ours: Iterable[int], theirs: Iterable[int]) -> tuple[int, ...]:
    return tuple(chain.from_iterable(zip(ours, theirs, strict=True)))


def _owned(parts: Parts, predicate: int, *, forwards: bool) -> Index:
    relation = parts.relations[predicate]
    return relation.by_subject() if forwards else relation.by_object()
