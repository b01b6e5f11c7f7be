"""What is the same has the same properties: table 4 of the OWL 2 RL rules, by cliques.

The things that are known to be the same form a clique. Facts are kept closed under replacement: whenever one enters
that speaks of a member of a clique, its copies for the other members enter with it. So when two cliques become one,
the facts of one member each stand for those of all, and nothing is derived over and over again: as many steps are
made as triples come out, not the square of it. Each of these steps is an instance of a rule below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product

from pyoxigraph import NamedNode

from kg.reasoning.facts import Fact, Facts
from kg.reasoning.horn import Atom, Rule, Var, X, Y, Z
from kg.terms import SAME_AS

_P = Var("p")


def _replacing(rule: str, body: Atom, head: Atom) -> Rule:
    text = "what is the same has the same properties"
    return Rule(rule, text, (Atom(X, SAME_AS, Y), body), head, different=((_P, SAME_AS), (X, Y)))


SYMMETRY = Rule("eq-sym", "owl:sameAs is symmetric", (Atom(X, SAME_AS, Y),), Atom(Y, SAME_AS, X), different=((X, Y),))
TRANSITIVITY = Rule(
    "eq-trans",
    "owl:sameAs is transitive",
    (Atom(X, SAME_AS, Y), Atom(Y, SAME_AS, Z)),
    Atom(X, SAME_AS, Z),
    different=((X, Z),),
)
THROUGH_LITERAL = Rule(
    "eq-trans",
    "owl:sameAs is symmetric and transitive",
    (Atom(X, SAME_AS, Z), Atom(Y, SAME_AS, Z)),
    Atom(X, SAME_AS, Y),
    different=((X, Y),),
    literals=(Z,),
)
"""A literal is never a subject; where the tables make it one for a step, two steps are taken together."""
BY_SUBJECT = _replacing("eq-rep-s", Atom(X, _P, Z), Atom(Y, _P, Z))
BY_OBJECT = _replacing("eq-rep-o", Atom(Z, _P, X), Atom(Z, _P, Y))
FROM_LITERAL = Rule(
    "eq-rep-o",
    "what is the same has the same properties, and owl:sameAs is symmetric",
    (Atom(Y, SAME_AS, X), Atom(Z, _P, X)),
    Atom(Z, _P, Y),
    different=((_P, SAME_AS), (X, Y)),
    literals=(X,),
)
BY_PREDICATE = Rule(
    "eq-rep-p",
    "what is the same has the same properties",
    (Atom(X, SAME_AS, Y), Atom(Z, X, Var("o"))),
    Atom(Z, Y, Var("o")),
    different=((X, SAME_AS), (Y, SAME_AS), (X, Y)),
)
RULES = (SYMMETRY, TRANSITIVITY, THROUGH_LITERAL, BY_SUBJECT, BY_OBJECT, FROM_LITERAL, BY_PREDICATE)
"""eq-ref, that everything is the same as itself, says nothing and is among the trivial rules."""


class Equated(Facts):
    """Facts that are closed under replacement within the cliques known so far."""

    def __init__(self, *, keep: int) -> None:
        super().__init__(keep=keep)
        self._same = self._id(SAME_AS)
        self._equality: Mapping[Rule, int] = {rule: self._reason(rule.id, rule.axiom) for rule in RULES}

    def _copy(self, fact: Fact) -> None:
        subject, predicate, value, number = fact
        if predicate == self._same:
            return
        found = {value: number}
        for other, rule, same, source in self._for_object(value):
            found[other] = self._replaced(rule, subject, predicate, other, (same, found[source]))
        for other in self._others(subject):
            if other not in self._literals:
                same = self._equal(subject, other)
                for each, copied in found.items():
                    self._replaced(BY_SUBJECT, other, predicate, each, (same, copied))

    def _for_object(self, value: int) -> Iterator[tuple[int, Rule, int, int]]:
        """What may stand in the place of an object: by which rule, which equality, and for which object."""
        others = self._others(value)
        if value not in self._literals:
            yield from ((other, BY_OBJECT, self._equal(value, other), value) for other in others)
            return
        things = [other for other in others if other not in self._literals]
        yield from ((thing, FROM_LITERAL, self._equal(thing, value), value) for thing in things)
        for other in others:
            if other in self._literals:
                yield other, BY_OBJECT, self._equal(things[0], other), things[0]

    def _replaced(self, rule: Rule, subject: int, predicate: int, value: int, premises: tuple[int, int]) -> int:
        """The number of the copy that a rule makes of a fact."""
        fact = len(self.facts)
        self._relations[predicate].add(subject, value, fact)
        self.facts.append((subject, predicate, value, fact))
        self._first.append((self._equality[rule], premises if self._keep else (), ()))
        return fact

    def _others(self, thing: int) -> list[int]:
        return [other for other in self._cliques.get(thing, ()) if other != thing]

    def _equal(self, one: int, other: int) -> int:
        fact = self._relations[self._same].find(one, other)
        assert fact is not None
        return fact

    # --- two cliques become one ---

    def _merge_each(self, facts: Iterable[Fact]) -> None:
        """Takes account of facts that say that two things are the same."""
        for one, _, other, fact in facts:
            self._merge(one, other, fact)

    def _merge(self, one: int, other: int, fact: int) -> None:
        ones, others = self._cliques.get(one, [one]), self._cliques.get(other, [other])
        if one == other or ones is others:
            return
        if other in self._literals and len(others) > 1:
            thing = next(each for each in others if each not in self._literals)
            premises = fact, self._equal(thing, other)
            self._conclude(self._equality[THROUGH_LITERAL], one, self._same, thing, premises)
            return  # that fact will be taken account of, and it speaks of no literal
        self._pair(ones, others, fact)
        self._exchange_properties(one, other, fact)
        self._exchange_predicates(ones, others)
        both = [*ones, *others]
        self._cliques.update((member, both) for member in both)

    def _pair(self, ones: Sequence[int], others: Sequence[int], fact: int) -> None:
        """Says of each of some things and each of others that they are the same, in both directions."""
        one, same, other, _ = self.facts[fact]
        trans, sym = self._equality[TRANSITIVITY], self._equality[SYMMETRY]
        for y in others:
            if y != other:
                self._conclude(trans, one, same, y, (fact, self._equal(other, y)))
        for x in ones:
            if x != one and x not in self._literals:
                for y in others:
                    self._conclude(trans, x, same, y, (self._equal(x, one), self._equal(one, y)))
        for y in others:
            if y not in self._literals:
                self._conclude(sym, y, same, one, (self._equal(one, y),))
                for x in ones:
                    if x in self._literals:
                        self._conclude(trans, y, same, x, (self._equal(y, one), self._equal(one, x)))
                    elif x != one:
                        self._conclude(sym, y, same, x, (self._equal(x, y),))

    def _exchange_properties(self, one: int, other: int, fact: int) -> None:
        """Gives each of two things the properties of the other; copies for what is the same enter with them."""
        by_subject, by_object = self._equality[BY_SUBJECT], self._equality[BY_OBJECT]
        back = None if other in self._literals else self._equal(other, one)
        for predicate, relation in list(self._relations.items()):
            if predicate == self._same:
                continue
            if back is not None:
                theirs = list(relation.of_subject(other).items())
                for value, premise in list(relation.of_subject(one).items()):
                    self._conclude(by_subject, other, predicate, value, (fact, premise))
                for value, premise in theirs:
                    self._conclude(by_subject, one, predicate, value, (back, premise))
            theirs = list(relation.of_object(other).items())
            for subject, premise in list(relation.of_object(one).items()):
                self._conclude(by_object, subject, predicate, other, (fact, premise))
            for subject, premise in theirs:
                rule, equal = (self._equality[FROM_LITERAL], fact) if back is None else (by_object, back)
                self._conclude(rule, subject, predicate, one, (equal, premise))

    # --- predicates ---

    def _exchange_predicates(self, ones: Sequence[int], others: Sequence[int]) -> None:
        """Gives things the facts of each other as predicates; later ones follow by ``_say_with_each_predicate``."""
        for old, new in chain(product(ones, others), product(others, ones)):
            if old in self._relations:
                rows = list(self._relations[old].by_subject().items())
                for subject, value, fact in [(subject, *pair) for subject, row in rows for pair in row.items()]:
                    self._rename(subject, old, value, new, fact)

    def _say_with_each_predicate(self, facts: Iterable[Fact]) -> None:
        """Says with every predicate that is the same as theirs what some facts say."""
        for subject, predicate, value, fact in facts:
            for other in self._others(predicate):
                self._rename(subject, predicate, value, other, fact)

    def _rename(self, subject: int, old: int, value: int, new: int, fact: int) -> None:
        if self._same not in (old, new) and isinstance(self.terms[new], NamedNode):
            premises = self._equal(old, new), fact
            self._conclude(self._equality[BY_PREDICATE], subject, new, value, premises)
