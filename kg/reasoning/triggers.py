"""Which joins the new facts of a predicate are handed to, so that only what can match is tried."""

from __future__ import annotations

from collections import defaultdict

from kg.reasoning.facts import Fact
from kg.reasoning.joins import Join


class Triggers:
    """The joins that the facts of one predicate set off."""

    __slots__ = ("any", "by_object", "literal")

    def __init__(self) -> None:
        self.any: list[Join] = []
        self.literal: list[Join] = []  # for atoms whose object is to be a literal
        self.by_object: dict[int, list[Join]] = {}  # for atoms with a constant object: ?x rdf:type C

    def fire(self, facts: list[Fact], literals: set[int]) -> None:
        for join in self.any:
            join(facts)
        if self.literal:
            with_literals = [fact for fact in facts if fact[2] in literals]
            for join in self.literal if with_literals else ():
                join(with_literals)
        if self.by_object:
            rows = defaultdict[int, list[Fact]](list)
            for fact in facts:
                rows[fact[2]].append(fact)
            for value, row in rows.items():
                for join in self.by_object.get(value, ()):
                    join(row)
