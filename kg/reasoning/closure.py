"""To be added, recent, stable: forward chaining until nothing follows any more.

Facts stand in one list in their order of entry, and a mark moves along it. Those before the mark are stable: every
instance of a rule among them has been found. The next ones are recent: they are handed to the joins of the atoms that
they match. What these conclude goes to the end of the list, to be added. A join looks for facts older than the one it
is handed, so each instance is found from the last of its premises and never again. More facts or more rules continue
the work and do not repeat it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from pyoxigraph import Literal

from kg.reasoning import equality
from kg.reasoning.datatypes import is_ill_typed
from kg.reasoning.equality import Equated
from kg.reasoning.facts import Derivation, Fact, Index, Step
from kg.reasoning.horn import Atom, Call, Rule, Slot, Var, X, Y
from kg.reasoning.joins import Join, Parts, constants
from kg.reasoning.joins import join as made
from kg.reasoning.keys import Key, is_key
from kg.reasoning.literals import ILL_TYPED
from kg.reasoning.triggers import Triggers
from kg.terms import Term, Triple, written

__all__ = ["Closure", "Derivation", "Step", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """What cannot be, and the triples from which it follows."""

    rule: str
    axiom: str
    message: str
    premises: tuple[Triple, ...]


_ROUND = 100_000
"""How many facts are recent at most, so that handing them over takes a bounded amount of memory."""


class Closure(Equated):
    """Triples with all that rules derive from them, and what among it cannot be."""

    def __init__(self, rules: Iterable[Rule] = (), *, keep: int = 8) -> None:
        self._ill_typed: set[int] = set()
        super().__init__(keep=keep)
        self.violations: list[Violation] = []
        self._mark = 0
        self._rules: set[Rule] = {*equality.RULES, ILL_TYPED}
        self._triggers: dict[int, Triggers] = defaultdict(Triggers)
        self._anywhere: list[Join] = []  # of atoms whose predicate is a variable
        self._keys: dict[Rule, Key] = {}
        self._bases: dict[int, Index] = {}
        self._chaining: set[tuple[int, int]] = set()  # the predicate and reason of each rule of transitivity
        self._violated: set[tuple[str, str, frozenset[int]]] = set()
        self._triggers[self._same].any.append(self._merge_each)
        self.extend(rules)

    def extend(self, rules: Iterable[Rule]) -> int:
        """The number of rules that were not known yet; they apply to what is there and to what comes."""
        known = len(self._rules)
        for rule in rules:
            before = len(self._rules)
            self._rules.add(rule)
            if len(self._rules) > before:
                self._add(rule)
        return len(self._rules) - known

    def assert_triples(self, triples: Iterable[Triple]) -> None:
        known, new, relations = self._ids.get, self._new, self._relations
        for subject, predicate, value in triples:
            s, p = known(subject), known(predicate)
            if s is None:
                s = new(subject)
            if p is None:
                p = self._id(predicate)  # which may be the subject
            o = known(value)
            if o is None:
                o = new(value)
            relation = relations[p]
            if relation.by_class:
                relation.enter(o, s, None)
            else:
                relation.enter(s, o, None)
            if self._ill_typed and o in self._ill_typed:
                self._violate(ILL_TYPED, (cast(int, relation.find(s, o)),))

    def conclude(
        self, triple: Iterable[Term], rule: str, axiom: str, premises: tuple[int, ...], absent: tuple[str, ...] = ()
    ) -> bool:
        """Whether the triple was not known before. The derivation is kept in either case if it counts.

        Args:
            premises: the numbers of facts.
        """
        known = len(self)
        subject, predicate, value = map(self._id, triple)
        self._conclude(self._reason(rule, axiom), subject, predicate, value, premises, absent)
        return len(self) > known

    def _meet(self, number: int, literal: Literal) -> None:
        if is_ill_typed(literal):
            self._ill_typed.add(number)

    def saturate(self) -> None:
        """Adds what is still to be added, with all that follows from it."""
        while self._mark < len(self.facts):
            recent = self._recent(min(self._mark + _ROUND, len(self.facts)))
            for predicate in recent.keys() & self._bases.keys():
                self._extend_base(predicate, recent[predicate])
            for predicate, facts in recent.items():
                if predicate in self._triggers:
                    self._triggers[predicate].fire(facts, self._literals)
                for join in self._anywhere:
                    join(facts)
                if predicate in self._cliques:
                    self._say_with_each_predicate(facts)

    def _recent(self, end: int) -> dict[int, list[Fact]]:
        """The facts from the mark on by predicate; the mark moves behind them."""
        recent = defaultdict[int, list[Fact]](list)
        for fact in self.facts[self._mark : end]:
            recent[fact[1]].append(fact)
        self._mark = end
        return recent

    @property
    def statistics(self) -> dict[str, int]:
        derived = sum(step is not None for step in self._first)
        asserted = len(self.facts) - derived + len(self._also_asserted)
        return {
            "rules": len(self._rules),
            "asserted": asserted,
            "derived": len(self.facts) - asserted,
            "derivations": derived * bool(self._keep) + sum(map(len, self._more.values())),
            "violations": len(self.violations),
        }

    # --- rules ---

    def _add(self, rule: Rule) -> None:
        if rule.head and not rule.body:
            subject, predicate, value = map(self._constant, rule.head)
            self._conclude(self._reason(rule.id, rule.axiom), subject, predicate, value, ())
            return
        reason = self._reason(rule.id, rule.axiom)
        if rule.is_transitivity:
            self._keep_base(self._constant(rule.body[1].predicate), reason)
        for given, atom in enumerate(rule.body):
            if is_key(rule) and given % 2:  # its index looks at both sides at once
                continue
            joins = self._waiting(rule, atom)
            joins.append(self._first_time(joins, rule, given, reason))
            if self._mark:
                joins[-1](self._stable(atom))

    def _waiting(self, rule: Rule, atom: Atom) -> list[Join]:
        """The joins that a fact matching the atom of a rule sets off."""
        if isinstance(atom.predicate, Var):
            return self._anywhere
        triggers = self._triggers[self._constant(atom.predicate)]
        if not isinstance(atom.object, Var):
            return triggers.by_object.setdefault(self._constant(atom.object), [])
        return triggers.literal if atom.object in rule.literals else triggers.any

    def _first_time(self, joins: list[Join], rule: Rule, given: int, reason: int) -> Join:
        """A join that makes way for the one it stands for as soon as there is a fact for it; most never have one."""

        place = len(joins)

        def first_time(facts: Sequence[Fact]) -> None:
            join = self._made(rule, given, reason)
            if rule.is_transitivity and given == 1:
                join = self._from_base(join)
            joins[place] = join
            join(facts)

        return first_time

    def _made(self, rule: Rule, given: int, reason: int) -> Join:
        if not is_key(rule):
            return made(rule, given, self._parts(rule, reason))
        if rule not in self._keys:
            self._keys[rule] = Key(rule, self._parts(rule, reason))
        return self._keys[rule].join(given)

    def _parts(self, rule: Rule, reason: int) -> Parts:
        return Parts(
            reason=reason,
            ids=list(map(self._id, constants(rule))),
            members=[frozenset(map(self._id, terms)) for _, terms in rule.among],
            calls=list(map(self._on_numbers, rule.calls)),
            same=self._same,
            literals=self._literals,
            relations=self._relations,
            bases=self._bases,
            conclude=self._conclude,
            violate=partial(self._violate, rule),
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

    def _stable(self, atom: Atom) -> list[Fact]:
        """The facts before the mark that match the atom of a rule."""
        found: Iterable[int] = range(self._mark)
        if not isinstance(atom.predicate, Var):
            relation = self._relations[self._constant(atom.predicate)]
            if isinstance(atom.object, Var):
                found = [fact for row in relation.index.values() for fact in row.values()]
            else:
                found = relation.by_object().get(self._constant(atom.object), {}).values()
        return [self.facts[fact] for fact in found if fact < self._mark]

    # --- transitivity ---

    def _keep_base(self, predicate: int, reason: int) -> None:
        """Keeps the facts of a transitive predicate apart that do not come from transitivity itself.

        A path is extended by one such step at a time, which finds every path and finds it once per last step.
        """
        self._chaining.add((predicate, reason))
        if predicate not in self._bases:
            self._bases[predicate] = {}
            self._extend_base(predicate, self._stable(Atom(X, cast(Term, self.terms[predicate]), Y)))

    def _extend_base(self, predicate: int, facts: Iterable[Fact]) -> None:
        base = self._bases[predicate]
        for subject, _, value, fact in filter(self._is_base, facts):
            base.setdefault(subject, {})[value] = fact

    def _is_base(self, fact: Fact) -> bool:
        """Whether a fact of a transitive predicate stands by itself and is no path of others."""
        _, predicate, _, number = fact
        first = self._first[number]
        return first is None or number in self._also_asserted or (predicate, first[0]) not in self._chaining

    def _from_base(self, join: Join) -> Join:
        return lambda facts: join(list(filter(self._is_base, facts)))

    # --- violations ---

    def _violate(self, rule: Rule, premises: tuple[int, ...]) -> None:
        bound = {
            slot.name: number
            for atom, fact in zip(rule.body, premises, strict=True)
            for slot, number in zip(atom, self.facts[fact][:3], strict=True)
            if isinstance(slot, Var)
        }
        found = rule.id, rule.axiom, frozenset(bound.values())  # turned round, it is the same violation
        if found not in self._violated:
            self._violated.add(found)
            names = {name: written(cast(Term, self.terms[number])) for name, number in bound.items()}
            message = re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], match[0]), rule.message)
            self.violations.append(Violation(rule.id, rule.axiom, message, tuple(map(self.triple, premises))))
