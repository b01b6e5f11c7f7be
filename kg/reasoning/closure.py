"""To be added, recent, stable: forward chaining until nothing follows any more.

Facts stand in one list in their order of entry, and a mark moves along it. Those before the mark are stable: they are
indexed, and every instance of a rule among them has been found. The one at the mark is recent: it is indexed and
joined with what is stable. So each instance is found when the last of its premises becomes recent, and what it
concludes goes to the end of the list, to be added. More facts or more rules continue the work and never repeat it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import cast

from kg.reasoning.facts import Derivation, Facts, Key, Step
from kg.reasoning.horn import Atom, Call, Rule, Slot, Var
from kg.reasoning.joins import Join, Relation, Relations, constants, maker
from kg.terms import Term, Triple, written

__all__ = ["Closure", "Derivation", "Step", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """What cannot be, and the triples from which it follows."""

    rule: str
    axiom: str
    message: str
    premises: tuple[Triple, ...]


class Closure(Facts):
    """Triples with all that rules derive from them, and what among it cannot be."""

    def __init__(self, rules: Iterable[Rule] = (), *, keep: int = 8) -> None:
        super().__init__(keep=keep)
        self.violations: list[Violation] = []
        self._mark = 0
        self._rules: set[Rule] = set()
        self._outside: dict[tuple[str, str], int] = {}  # the reasons that are no rules of ours
        self._relations: Relations = defaultdict(Relation)
        self._anywhere: list[Join] = []  # the joins of atoms whose predicate is a variable
        self._chaining: set[tuple[int, int]] = set()  # the predicate and reason of each rule of transitivity
        self._violated: set[tuple[str, str, frozenset[int]]] = set()
        self.extend(rules)

    def extend(self, rules: Iterable[Rule]) -> int:
        """The number of rules that were not known yet; they apply to what is there and to what comes."""
        fresh = [rule for rule in dict.fromkeys(rules) if rule not in self._rules]
        for rule in fresh:
            self._rules.add(rule)
            self._add(rule)
        return len(fresh)

    def assert_triples(self, triples: Iterable[Triple]) -> None:
        for triple in triples:
            self._assert(self._encode(triple))

    def conclude(self, triple: Triple, derivation: Derivation) -> bool:
        """Whether the triple was not known before. The derivation is kept in either case if it counts.

        Raises:
            KeyError: a premise is not in the closure.
        """
        name = derivation.rule, derivation.axiom
        if name not in self._outside:
            self._outside[name] = self._reason(*name)
        known = len(self)
        premises = tuple(map(self._encode, derivation.premises))
        self._conclude(self._outside[name], self._encode(triple), premises, derivation.absent)
        return len(self) > known

    def saturate(self) -> None:
        """Adds what is still to be added, with all that follows from it."""
        while self._mark < len(self.facts):
            subject, predicate, value = self.facts[self._mark]
            relation = self._relations[predicate]
            base = relation.base if relation.base and self._is_base(self._mark, predicate) else None
            self._mark += 1
            relation.add(subject, value)
            if base:
                base.add(subject, value)
                base.fire(subject, predicate, value)
            relation.fire(subject, predicate, value)
            for join in self._anywhere:
                join(subject, predicate, value)

    @property
    def statistics(self) -> dict[str, int]:
        return {
            "rules": len(self._rules),
            "asserted": len(self._asserted),
            "derived": len(self.facts) - len(self._asserted),
            "derivations": sum(map(len, self._steps.values())),
            "violations": len(self.violations),
        }

    # --- rules ---

    def _add(self, rule: Rule) -> None:
        reason = self._reason(rule.id, rule.axiom)
        ids = list(map(self._id, constants(rule)))
        members = [frozenset(map(self._id, terms)) for _, terms in rule.among]
        calls = list(map(self._on_numbers, rule.calls))
        conclude = self._conclude if rule.head else partial(self._violate, rule)
        if rule.is_transitivity:
            self._keep_base(rule.body[1].predicate, reason)
        for given, atom in enumerate(rule.body):
            join = maker(rule, given)(reason, ids, members, calls, self._relations, conclude)
            self._register(join, atom, base=rule.is_transitivity and given == 1)
            if given == 0:
                self._catch_up(join, atom)
        if rule.head and not rule.body:
            subject, predicate, value = (self._constant(slot) for slot in rule.head)
            self._conclude(reason, (subject, predicate, value), ())

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

    def _keep_base(self, predicate: Slot, reason: int) -> None:
        relation = self._relations[self._constant(predicate)]
        self._chaining.add((self._constant(predicate), reason))
        if relation.base is None:
            relation.base = Relation()
            for pair in relation.pairs():
                relation.base.add(*pair)

    def _is_base(self, fact: int, predicate: int) -> bool:
        """Whether a fact of a transitive predicate stands by itself and is no path of others."""
        steps = self._steps.get(fact)
        return fact in self._asserted or not steps or (predicate, steps[0][0]) not in self._chaining

    def _register(self, join: Join, atom: Atom, *, base: bool) -> None:
        if isinstance(atom.predicate, Var):
            self._anywhere.append(join)
            return
        relation = self._relations[self._constant(atom.predicate)]
        if base and relation.base:
            relation = relation.base
        if isinstance(atom.object, Var):
            relation.joins.append(join)
        else:
            relation.joins_at.setdefault(self._constant(atom.object), []).append(join)

    def _catch_up(self, join: Join, atom: Atom) -> None:
        """Finds every instance of a new rule among the facts that are stable already."""
        if isinstance(atom.predicate, Var):
            for fact in self.facts[: self._mark]:
                join(*fact)
        else:
            predicate = self._constant(atom.predicate)
            for subject, value in self._relations[predicate].pairs():
                join(subject, predicate, value)

    # --- violations ---

    def _violate(self, rule: Rule, _reason: int, _head: None, premises: tuple[Key, ...]) -> None:
        bound = {
            slot.name: number
            for atom, key in zip(rule.body, premises, strict=True)
            for slot, number in zip(atom, key, strict=True)
            if isinstance(slot, Var)
        }
        found = rule.id, rule.axiom, frozenset(bound.values())  # turned round, it is the same violation
        if found not in self._violated:
            self._violated.add(found)
            names = {name: written(cast(Term, self.terms[number])) for name, number in bound.items()}
            message = re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], match[0]), rule.message)
            self.violations.append(Violation(rule.id, rule.axiom, message, tuple(map(self._decode, premises))))
