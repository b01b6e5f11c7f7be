"""A rule as Python: for each atom of its body, the function that new facts matching that atom are handed to.

The function looks up the other atoms, the most bound first, among the facts that came before, and concludes from each
solution, naming the facts it rests on in the order of the body. An instance of a rule is found once: from the last of
its premises, whichever other facts have come since. If one fact serves for two atoms, the join of the first of these
finds it; hence atoms before the given one ask for facts older than it, and atoms after it may have the same.

The text of a function names no term, only ``k0``, ``k1`` ... for the rule's constants, so rules of one shape share
one compiled text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from kg.reasoning.facts import Fact, Index, Relations
from kg.reasoning.horn import Call, Rule, Slot, Var
from kg.terms import TYPE, Term

Join: TypeAlias = Callable[[Sequence[Fact]], None]
"""What new facts are handed to."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the function of a rule works on besides the fact it is given."""

    reason: int
    ids: Sequence[int]
    """The numbers of the rule's constants."""
    members: Sequence[frozenset[int]]
    """The terms of each ``among``."""
    calls: Sequence[Callable[..., object]]
    """The calls as functions of numbers."""
    same: int
    """The number of ``owl:sameAs``."""
    literals: set[int]
    relations: Relations
    bases: Mapping[int, Index]
    """By transitive predicate, and there by subject, its facts that do not come from transitivity itself."""
    conclude: Callable[..., None]
    """What to call with a conclusion whose predicate only the solution tells."""
    violate: Callable[[tuple[int, ...]], None]


def constants(rule: Rule) -> tuple[Term, ...]:
    """The terms of a rule in order of appearance: what ``k0``, ``k1`` ... stand for."""
    atoms = [*rule.body, rule.head] if rule.head else rule.body
    slots = [slot for atom in atoms for slot in atom] + [slot for pair in rule.different for slot in pair]
    slots += [slot for call in rule.calls for slot in call.slots]
    return tuple(dict.fromkeys(slot for slot in slots if not isinstance(slot, Var)))


def join(rule: Rule, given: int, parts: Parts) -> Join:
    """The function to call with new facts that may match the atom ``given`` of a rule's body."""
    return _compiled(source(rule, given))(parts)


@cache
def _compiled(text: str) -> Callable[[Parts], Join]:
    namespace: dict[str, Callable[[Parts], Join]] = {}
    exec(compile(text, "<join>", "exec"), namespace)
    return namespace["make"]


def source(rule: Rule, given: int) -> str:
    """The text that makes the function.

    >>> from kg.reasoning.horn import Atom
    >>> from kg.terms import ep
    >>> x, y, z = Var("x"), Var("y"), Var("z")
    >>> body = Atom(x, ep("focusesOn"), y), Atom(y, ep("hasPart"), z)
    >>> print(source(Rule("prp-spo2", "", body, Atom(x, ep("covers"), z)), given=0))
    def make(parts, none={}, never=1 << 62):
        [k0, k1, k2] = parts.ids
        reason = parts.reason
        by_subject1 = parts.relations[k1].by_subject()
        enter2 = parts.relations[k2].enter
        def join(facts):
            for s, p, o, n in facts:
                for v0, m1 in by_subject1.get(o, none).items():
                    if m1 <= n:
                        enter2(s, v0, (reason, (n, m1), ()))
        return join
    """
    return _Writer(rule, given).text()


class _Writer:
    """Writes one function line by line; a variable has a name in Python once a line has bound it.

    ``n`` is the number of the fact given, ``m0``, ``m1`` ... are those found for the atoms of the body.
    """

    def __init__(self, rule: Rule, given: int) -> None:
        self.rule, self.given = rule, given
        self.names: dict[Slot, str] = {term: f"k{number}" for number, term in enumerate(constants(rule))}
        self.filters = list(rule.different)
        self.literals = list(rule.literals)
        self.members = list(enumerate(rule.among))
        self.calls = list(enumerate(rule.calls))
        self.made: dict[str, str] = {}
        self.lines: list[str] = []
        self.indent = 3

    def text(self) -> str:
        self._match_given()
        rest = [i for i in range(len(self.rule.body)) if i != self.given]
        while rest:
            self._filter()
            chosen = min(rest, key=self._cost)
            rest.remove(chosen)
            self._look_up(chosen)
        self._filter()
        self._conclude()
        constants = ", ".join(name for name in self.names.values() if name[0] == "k")
        head = ["def make(parts, none={}, never=1 << 62):"]
        head += [f"    [{constants}] = parts.ids"] * bool(constants)
        head += ["    reason = parts.reason"]
        head += [f"    {name} = {value}" for name, value in self.made.items()]
        join = ["    def join(facts):", "        for s, p, o, n in facts:", *self.lines, "    return join"]
        return "\n".join([*head, *join])

    def _conclude(self) -> None:
        premises = ["n" if i == self.given else f"m{i}" for i in range(len(self.rule.body))]
        grounds = f"({', '.join(premises)}{',' * (len(premises) == 1)})"
        head = self.rule.head
        if head is None:
            self.made["violate"] = "parts.violate"
            self._line(f"violate({grounds})")
            return
        subject, predicate, value = map(self._name, head)
        if self._may_be_literal(head.subject):
            self.made["literals"] = "parts.literals"
            self._line(f"if {subject} not in literals:", block=True)
        if isinstance(head.predicate, Var):
            self.made["conclude"] = "parts.conclude"
            self._line(f"conclude(reason, {subject}, {predicate}, {value}, {grounds})")
            return
        name = f"enter{predicate[1:]}"
        self.made[name] = f"parts.relations[{predicate}].enter"
        ends = f"{value}, {subject}" if head.predicate == TYPE else f"{subject}, {value}"
        self._line(f"{name}({ends}, (reason, {grounds}, ()))")

    def _may_be_literal(self, slot: Slot) -> bool:
        return isinstance(slot, Var) and all(slot not in (atom.subject, atom.predicate) for atom in self.rule.body)

    def _line(self, text: str, *, block: bool = False) -> None:
        self.lines.append("    " * self.indent + text)
        self.indent += block

    def _name(self, slot: Slot) -> str:
        return self.names[slot]

    def _is_bound(self, slot: Slot) -> bool:
        return slot in self.names

    def _bind(self, slot: Slot) -> str:
        return self.names.setdefault(slot, f"v{sum(name[0] == 'v' for name in self.names.values())}")

    def _match_given(self) -> None:
        for slot, argument in zip(self.rule.body[self.given], "spo", strict=True):
            if not self._is_bound(slot):
                self.names[slot] = argument
            elif argument != "p":  # only facts of a constant predicate are handed over
                self._line(f"if {argument} != {self._name(slot)}: continue")

    def _filter(self) -> None:
        """Writes each condition as soon as all that it speaks of is bound."""
        for pair in [pair for pair in self.filters if all(map(self._is_bound, pair))]:
            self.filters.remove(pair)
            self._line(f"if {self._name(pair[0])} != {self._name(pair[1])}:", block=True)
        for slot in [slot for slot in self.literals if self._is_bound(slot)]:
            self.literals.remove(slot)
            self.made["literals"] = "parts.literals"
            self._line(f"if {self._name(slot)} in literals:", block=True)
        for item in [item for item in self.members if self._is_bound(item[1][0])]:
            self.members.remove(item)
            self.made[f"members{item[0]}"] = f"parts.members[{item[0]}]"
            self._line(f"if {self._name(item[1][0])} in members{item[0]}:", block=True)
        while found := next((item for item in self.calls if all(map(self._is_bound, item[1].slots))), None):
            self.calls.remove(found)
            self._call(*found)

    def _call(self, index: int, call: Call) -> None:
        self.made[f"call{index}"] = f"parts.calls[{index}]"
        value = f"call{index}({', '.join(map(self._name, call.slots))})"
        if call.result is None:
            self._line(f"if {value}:", block=True)
        elif self._is_bound(call.result):
            self._line(f"if {value} == {self._name(call.result)}:", block=True)
        else:
            self._line(f"{self._bind(call.result)} = {value}")
            self._line(f"if {self._name(call.result)} is not None:", block=True)

    def _cost(self, index: int) -> int:
        """How many facts a look-up is likely to give, least first: a test, a subject's values, a value's subjects,
        the instances of a class, all facts of a predicate."""
        subject, _, value = self.rule.body[index]
        if self._is_bound(subject):
            return 0 if self._is_bound(value) else 1
        if isinstance(value, Var):
            return 2 if self._is_bound(value) else 4
        return 3

    def _look_up(self, index: int) -> None:
        subject, _, value = self.rule.body[index]
        if self._is_bound(subject) and self._is_bound(value):
            self._line(f"m{index} = {self._test(index)}")
        elif self._is_bound(subject):
            self._each(value, index, f"{self._index(index, 'by_subject')}.get({self._name(subject)}, none)")
        elif self._is_bound(value):
            self._each(
                subject, index, self._row(index) or f"{self._index(index, 'by_object')}.get({self._name(value)}, none)"
            )
        else:
            rows = self._index(index, "by_subject")
            self._line(f"for {self._bind(subject)}, row in list({rows}.items()):", block=True)
            self._each(value, index, "row")
        self._line(f"if m{index} {'<' if index < self.given else '<='} n:", block=True)

    def _test(self, index: int) -> str:
        subject, predicate, value = self.rule.body[index]
        row = self._row(index) if predicate == TYPE else None
        if row:
            return f"{row}.get({self._name(subject)}, never)"
        rows = self._index(index, "by_subject" if predicate != TYPE else "by_object")
        outer, inner = (subject, value) if predicate != TYPE else (value, subject)
        return f"{rows}.get({self._name(outer)}, none).get({self._name(inner)}, never)"

    def _each(self, slot: Slot, index: int, row: str) -> None:
        """Writes the loop over a row; over a copy of it where the conclusion may be of the same predicate."""
        head = self.rule.head
        items = f"{row}.items()"
        if head is not None and head.predicate == self.rule.body[index].predicate and not row.startswith("base"):
            items = f"list({items})"
        self._line(f"for {self._bind(slot)}, m{index} in {items}:", block=True)

    def _row(self, index: int) -> str | None:
        """The name of the row of an atom's constant object."""
        _, predicate, value = self.rule.body[index]
        if isinstance(value, Var):
            return None
        name = f"row{index}"
        self.made[name] = f"parts.relations[{self._name(predicate)}].by_object().setdefault({self._name(value)}, {{}})"
        return name

    def _index(self, index: int, side: str) -> str:
        predicate = self._name(self.rule.body[index].predicate)
        if self.rule.is_transitivity and index == 1:
            self.made["base"] = f"parts.bases[{predicate}]"
            return "base"
        name = f"{side}{predicate[1:]}"
        self.made[name] = f"parts.relations[{predicate}].{side}()"
        return name
