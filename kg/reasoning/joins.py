"""A rule as Python: for each atom of its body, the function that a new triple matching that atom sets off.

The function looks up the other atoms, the most bound first, in the relations of their predicates, and hands each
solution to ``conclude`` with the triples it rests on, in the order of the body. Its text names no term, only ``k0``,
``k1`` ... for the rule's constants, so rules of one shape share one compiled text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeAlias

from kg.reasoning.horn import Atom, Call, Rule, Slot, Var
from kg.terms import Term

Join: TypeAlias = Callable[[int, int, int], None]
"""What a new triple is handed to."""


class Relation:
    """The triples of one predicate, found by subject and by object, and the joins that a new one sets off.

    ``base`` is kept for a transitive predicate: those of its triples that do not come from transitivity itself.
    A path is extended by one such step at a time, which finds every path and finds it once per last step.
    """

    __slots__ = ("base", "joins", "joins_at", "objects", "subjects")

    def __init__(self) -> None:
        self.objects: dict[int, set[int]] = {}
        self.subjects: dict[int, set[int]] = {}
        self.joins: list[Join] = []
        self.joins_at: dict[int, list[Join]] = {}  # for atoms with a constant object: ?x rdf:type C
        self.base: Relation | None = None

    def add(self, subject: int, value: int) -> None:
        self.objects.setdefault(subject, set()).add(value)
        self.subjects.setdefault(value, set()).add(subject)

    def fire(self, subject: int, predicate: int, value: int) -> None:
        for join in self.joins:
            join(subject, predicate, value)
        for join in self.joins_at.get(value, ()):
            join(subject, predicate, value)

    def pairs(self) -> Iterator[tuple[int, int]]:
        return ((subject, value) for subject, values in self.objects.items() for value in values)


Relations: TypeAlias = defaultdict[int, Relation]


def constants(rule: Rule) -> tuple[Term, ...]:
    """The terms of a rule in order of appearance: what ``k0``, ``k1`` ... stand for."""
    atoms = [*rule.body, rule.head] if rule.head else rule.body
    slots = [slot for atom in atoms for slot in atom] + [slot for pair in rule.different for slot in pair]
    slots += [slot for call in rule.calls for slot in call.slots]
    return tuple(dict.fromkeys(slot for slot in slots if not isinstance(slot, Var)))


def maker(rule: Rule, given: int) -> Callable[..., Join]:
    """What makes the function to call with each new triple that may match the atom ``given`` of a rule's body.

    It takes what ``source`` shows: the ``number`` by which ``conclude`` knows the rule, the ``ids`` of its constants,
    the ``members`` of each ``among``, the ``calls`` as functions of numbers, the ``relations`` by predicate, and
    ``conclude`` itself.
    """
    return _compiled(source(rule, given))


@cache
def _compiled(text: str) -> Callable[..., Join]:
    namespace: dict[str, Callable[..., Join]] = {}
    exec(compile(text, "<join>", "exec"), namespace)
    return namespace["make"]


def source(rule: Rule, given: int) -> str:
    """The text of the function that ``maker`` gives.

    >>> from kg.terms import ep
    >>> x, y, z = Var("x"), Var("y"), Var("z")
    >>> body = Atom(x, ep("focusesOn"), y), Atom(y, ep("hasPart"), z)
    >>> print(source(Rule("prp-spo2", "", body, Atom(x, ep("covers"), z)), given=0))
    def make(number, ids, members, calls, relations, conclude):
        [k0, k1, k2] = ids
        r1 = relations[k1]
        def join(s, p, o):
            v0 = s
            v1 = o
            for v2 in r1.objects.get(v1, ()):
                conclude(number, (v0, k2, v2), ((v0, k0, v1), (v1, k1, v2)))
        return join
    """
    return _Writer(rule, given).text()


class _Writer:
    """Writes one function line by line; a variable has a name in Python once a line has bound it."""

    def __init__(self, rule: Rule, given: int) -> None:
        self.rule, self.given = rule, given
        self.constants = constants(rule)
        self.bound: dict[Var, str] = {}
        self.filters = list(rule.different)
        self.members = list(enumerate(rule.among))
        self.calls = list(enumerate(rule.calls))
        self.relations: dict[str, str] = {}
        self.lines: list[str] = []
        self.indent = 2

    def text(self) -> str:
        self._match_given()
        rest = [i for i in range(len(self.rule.body)) if i != self.given]
        while rest:
            self._filter()
            chosen = min(rest, key=self._cost)
            rest.remove(chosen)
            self._look_up(chosen)
        self._filter()
        self._line(f"conclude(number, {self._conclusion()}, {self._premises()})")
        constants = ", ".join(f"k{number}" for number in range(len(self.constants)))
        head = ["def make(number, ids, members, calls, relations, conclude):", f"    [{constants}] = ids"]
        head += [f"    {name} = {value}" for name, value in self.relations.items()]
        return "\n".join([*head, "    def join(s, p, o):", *self.lines, "    return join"])

    def _conclusion(self) -> str:
        return self._triple(self.rule.head) if self.rule.head else "None"

    def _premises(self) -> str:
        triples = [self._triple(atom) for atom in self.rule.body]
        return f"({', '.join(triples)}{',' * (len(triples) == 1)})"

    def _line(self, text: str, *, block: bool = False) -> None:
        self.lines.append("    " * self.indent + text)
        self.indent += block

    def _name(self, slot: Slot) -> str:
        return self.bound[slot] if isinstance(slot, Var) else f"k{self.constants.index(slot)}"

    def _is_bound(self, slot: Slot) -> bool:
        return not isinstance(slot, Var) or slot in self.bound

    def _bind(self, slot: Slot) -> str:
        assert isinstance(slot, Var)
        return self.bound.setdefault(slot, f"v{len(self.bound)}")

    def _triple(self, atom: Atom) -> str:
        return f"({', '.join(map(self._name, atom))})"

    def _match_given(self) -> None:
        for slot, argument in zip(self.rule.body[self.given], "spo", strict=True):
            if self._is_bound(slot):
                if argument != "p":  # only triples of a constant predicate are handed over
                    self._line(f"if {argument} != {self._name(slot)}: return")
            else:
                self._line(f"{self._bind(slot)} = {argument}")

    def _filter(self) -> None:
        """Writes each condition as soon as all that it speaks of is bound."""
        for pair in [pair for pair in self.filters if all(map(self._is_bound, pair))]:
            self.filters.remove(pair)
            self._line(f"if {self._name(pair[0])} != {self._name(pair[1])}:", block=True)
        for item in [item for item in self.members if self._is_bound(item[1][0])]:
            self.members.remove(item)
            self._line(f"if {self._name(item[1][0])} in members[{item[0]}]:", block=True)
        while found := next((item for item in self.calls if all(map(self._is_bound, item[1].slots))), None):
            self.calls.remove(found)
            self._call(*found)

    def _call(self, index: int, call: Call) -> None:
        value = f"calls[{index}]({', '.join(map(self._name, call.slots))})"
        if call.result is None:
            self._line(f"if {value}:", block=True)
        elif call.result in self.bound:
            self._line(f"if {value} == {self._name(call.result)}:", block=True)
        else:
            self._line(f"{self._bind(call.result)} = {value}")
            self._line(f"if {self._name(call.result)} is not None:", block=True)

    def _cost(self, index: int) -> int:
        """How many triples a look-up is likely to give, least first: a test, a subject's values, a value's subjects,
        the instances of a class, all triples of a predicate."""
        subject, predicate, value = self.rule.body[index]
        if self._is_bound(subject):
            cost = 0 if self._is_bound(value) else 1
        elif isinstance(value, Var):
            cost = 2 if self._is_bound(value) else 4
        else:
            cost = 3
        return cost if self._is_bound(predicate) else cost + 5

    def _look_up(self, index: int) -> None:
        subject, predicate, value = self.rule.body[index]
        relation = self._relation(index, predicate)
        if self._is_bound(subject):
            self._values(value, f"{relation}.objects.get({self._name(subject)}, ())")
        elif self._is_bound(value):
            self._values(subject, f"{relation}.subjects.get({self._name(value)}, ())")
        else:
            self._line(f"for {self._bind(subject)}, values in {relation}.objects.items():", block=True)
            self._values(value, "values")

    def _values(self, slot: Slot, values: str) -> None:
        if self._is_bound(slot):
            self._line(f"if {self._name(slot)} in {values}:", block=True)
        else:
            self._line(f"for {self._bind(slot)} in {values}:", block=True)

    def _relation(self, index: int, predicate: Slot) -> str:
        """The name of the relation to look up, found once for a constant predicate, else in a loop or a test."""
        if not isinstance(predicate, Var):
            name = self._name(predicate)
            base = self.rule.is_transitivity and index == 1
            self.relations["base" if base else f"r{name[1:]}"] = f"relations[{name}]{'.base' * base}"
            return "base" if base else f"r{name[1:]}"
        if predicate in self.bound:
            self._line(f"if {self.bound[predicate]} in relations:", block=True)
            return f"relations[{self.bound[predicate]}]"
        self._line(f"for {self._bind(predicate)}, relation in relations.items():", block=True)
        return "relation"
