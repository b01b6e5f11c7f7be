"""To be added, recent, stable: forward chaining until nothing follows any more.

Facts stand in one list in their order of entry, and a mark moves along it. Those before the mark are stable: every
instance of a rule among them has been found. The one at the mark is recent: it is joined with what is stable. So each
instance is found when the last of its premises becomes recent, and what it concludes goes to the end of the list, to
be added. More facts or more rules continue the work and never repeat it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import cast

from kg.reasoning import equality, joins
from kg.reasoning.datatypes import is_ill_typed
from kg.reasoning.equality import Equated
from kg.reasoning.facts import Derivation, Index, Step
from kg.reasoning.horn import Atom, Call, Rule, Slot, Var
from kg.reasoning.joins import Join, Parts
from kg.reasoning.literals import ILL_TYPED
from kg.terms import Node, Term, Triple, written

__all__ = ["Closure", "Derivation", "Step", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """What cannot be, and the triples from which it follows."""

    rule: str
    axiom: str
    message: str
    premises: tuple[Triple, ...]


class _Triggers:
    """What the facts of one predicate set off."""

    __slots__ = ("any", "by_object", "literal")

    def __init__(self) -> None:
        self.any: list[Join] = []
        self.literal: list[Join] = []  # for atoms whose object is to be a literal
        self.by_object: dict[int, list[Join]] = {}  # for atoms with a constant object: ?x rdf:type C


class Closure(Equated):
    """Triples with all that rules derive from them, and what among it cannot be."""

    def __init__(self, rules: Iterable[Rule] = (), *, keep: int = 8) -> None:
        self._ill_typed: set[int] = set()
        super().__init__(keep=keep)
        self.violations: list[Violation] = []
        self._mark = 0
        self._rules: set[Rule] = {*equality.RULES, ILL_TYPED}
        self._outside: dict[tuple[str, str], int] = {}  # the reasons that are no rules of ours
        self._triggers: dict[int, _Triggers] = defaultdict(_Triggers)
        self._anywhere: list[Join] = []  # of atoms whose predicate is a variable
        self._bases: dict[int, Index] = {}
        self._chaining: set[tuple[int, int]] = set()  # the predicate and reason of each rule of transitivity
        self._violated: set[tuple[str, str, frozenset[int]]] = set()
        self._triggers[self._same].any.append(self._merge)
        self.extend(rules)

    def extend(self, rules: Iterable[Rule]) -> int:
        """The number of rules that were not known yet; they apply to what is there and to what comes."""
        fresh = [rule for rule in dict.fromkeys(rules) if rule not in self._rules]
        for rule in fresh:
            self._rules.add(rule)
            self._add(rule)
        return len(fresh)

    def assert_triples(self, triples: Iterable[Triple]) -> None:
        number = self._id
        for subject, predicate, value in triples:
            fact = self._assert(number(subject), number(predicate), number(value))
            if self._ill_typed and self.facts[fact][2] in self._ill_typed:
                self._violate(ILL_TYPED, (fact,))

    def conclude(self, triple: Triple, derivation: Derivation) -> bool:
        """Whether the triple was not known before. The derivation is kept in either case if it counts.

        Raises:
            KeyError: a premise is not in the closure.
        """
        name = derivation.rule, derivation.axiom
        if name not in self._outside:
            self._outside[name] = self._reason(*name)
        known = len(self)
        premises = tuple(map(self._number, derivation.premises))
        subject, predicate, value = map(self._id, triple)
        self._conclude(self._outside[name], subject, predicate, value, premises, derivation.absent)
        return len(self) > known

    def _id(self, term: Node) -> int:
        known = len(self.terms)
        number = super()._id(term)
        if number == known and is_ill_typed(term):
            self._ill_typed.add(number)
        return number

    def _number(self, triple: Triple) -> int:
        fact = self._find(triple)
        if fact is None:
            raise KeyError(triple)
        return fact

    def saturate(self) -> None:
        """Adds what is still to be added, with all that follows from it."""
        facts, triggers = self.facts, self._triggers
        while self._mark < len(facts):
            fact = self._mark
            subject, predicate, value = facts[fact]
            if predicate in self._bases and self._is_base(fact, predicate):
                self._bases[predicate].setdefault(subject, {})[value] = fact
            set_off = triggers.get(predicate)
            if set_off is not None:
                for join in set_off.any:
                    join(subject, predicate, value, fact)
                if set_off.literal and value in self._literals:
                    for join in set_off.literal:
                        join(subject, predicate, value, fact)
                for join in set_off.by_object.get(value, ()):
                    join(subject, predicate, value, fact)
            for join in self._anywhere:
                join(subject, predicate, value, fact)
            self._mark = fact + 1

    @property
    def statistics(self) -> dict[str, int]:
        first = sum(step is not None for step in self._first) if self._keep else 0
        return {
            "rules": len(self._rules),
            "asserted": len(self._asserted),
            "derived": len(self.facts) - len(self._asserted),
            "derivations": first + sum(map(len, self._more.values())),
            "violations": len(self.violations),
        }

    # --- rules ---

    def _add(self, rule: Rule) -> None:
        if rule.head and not rule.body:
            subject, predicate, value = map(self._constant, rule.head)
            self._conclude(self._reason(rule.id, rule.axiom), subject, predicate, value, ())
            return
        parts = self._parts(rule)
        if rule.is_transitivity:
            self._keep_base(self._constant(rule.body[1].predicate), parts.reason)
        for given, atom in enumerate(rule.body):
            join = joins.join(rule, given, parts)
            base = rule.is_transitivity and given == 1
            self._register(partial(self._if_base, join) if base else join, atom, literal=atom.object in rule.literals)
            if self._mark:
                self._catch_up(join, atom, base=base)

    def _parts(self, rule: Rule) -> Parts:
        reason = self._reason(rule.id, rule.axiom)
        return Parts(
            reason=reason,
            ids=list(map(self._id, joins.constants(rule))),
            members=[frozenset(map(self._id, terms)) for _, terms in rule.among],
            calls=list(map(self._on_numbers, rule.calls)),
            literals=self._literals,
            relations=self._relations,
            bases=self._bases,
            conclude=self._conclude if rule.head else partial(self._violate, rule),
        )

    def _on_numbers(self, call: Call) -> Callable[..., object]:
        """A call as a function from the numbers of terms: to a truth value, or to the number of a term."""

        def holds(*numbers: int) -> object:
            return call.function(*[self.terms[number] for number in numbers])

        def computed(*numbers: int) -> int | None:
            term = call.function(*[self.terms[number] for number in numbers])
            return None if term is None else self._id(cast(Term, term))

        return computed if call.result else holds

    def _constant(self, slot: Slot) -> int:
        return self._id(cast(Term, slot))

    def _register(self, join: Join, atom: Atom, *, literal: bool) -> None:
        if isinstance(atom.predicate, Var):
            self._anywhere.append(join)
            return
        triggers = self._triggers[self._constant(atom.predicate)]
        if isinstance(atom.object, Var):
            (triggers.literal if literal else triggers.any).append(join)
        else:
            triggers.by_object.setdefault(self._constant(atom.object), []).append(join)

    def _catch_up(self, join: Join, atom: Atom, *, base: bool) -> None:
        """Finds every instance of a new rule whose last premise is a stable fact that matches the atom."""
        for fact in self._matching(atom):
            if fact < self._mark and (not base or self._is_base(fact, self.facts[fact][1])):
                join(*self.facts[fact], fact)

    def _matching(self, atom: Atom) -> list[int]:
        if isinstance(atom.predicate, Var):
            return list(range(self._mark))
        relation = self._relations[self._constant(atom.predicate)]
        if isinstance(atom.object, Var):
            return [fact for row in relation.index.values() for fact in row.values()]
        return list(relation.by_object().get(self._constant(atom.object), {}).values())

    # --- transitivity ---

    def _keep_base(self, predicate: int, reason: int) -> None:
        """Keeps the facts of a transitive predicate apart that do not come from transitivity itself.

        A path is extended by one such step at a time, which finds every path and finds it once per last step.
        """
        self._chaining.add((predicate, reason))
        if predicate not in self._bases:
            base = self._bases[predicate] = {}
            for subject, row in self._relations[predicate].by_subject().items():
                stable = {value: fact for value, fact in row.items() if fact < self._mark}
                base[subject] = stable

    def _is_base(self, fact: int, predicate: int) -> bool:
        """Whether a fact of a transitive predicate stands by itself and is no path of others."""
        first = self._first[fact]
        return first is None or fact in self._asserted or (predicate, first[0]) not in self._chaining

    def _if_base(self, join: Join, subject: int, predicate: int, value: int, fact: int) -> None:
        if self._is_base(fact, predicate):
            join(subject, predicate, value, fact)

    # --- violations ---

    def _violate(self, rule: Rule, premises: tuple[int, ...]) -> None:
        bound = {
            slot.name: number
            for atom, fact in zip(rule.body, premises, strict=True)
            for slot, number in zip(atom, self.facts[fact], strict=True)
            if isinstance(slot, Var)
        }
        found = rule.id, rule.axiom, frozenset(bound.values())  # turned round, it is the same violation
        if found not in self._violated:
            self._violated.add(found)
            names = {name: written(cast(Term, self.terms[number])) for name, number in bound.items()}
            message = re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], match[0]), rule.message)
            self.violations.append(Violation(rule.id, rule.axiom, message, tuple(map(self.triple, premises))))
