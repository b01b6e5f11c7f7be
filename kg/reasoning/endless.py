"""Rules whose computed values would come back to them as inputs, so that they could make new ones without end.

A value is a literal and travels as the object of one property after another. Each rule gives such steps: from the
properties that its body reads a value by to the one that its head says it with. Where a rule computes the value, and
the step lies on a circle, every round could make a value that was not there before. This is weak acyclicity, known
from data exchange (Fagin, Kolaitis, Miller and Popa 2005), for values instead of nulls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode

from kg.reasoning.builtins import BUILT_INS
from kg.reasoning.horn import Call, Rule, Slot, Var


def ways(rules: Sequence[Rule]) -> dict[Rule, list[NamedNode]]:
    """The rules that could go on without end, each with the properties by which its value comes back to it."""
    steps: dict[NamedNode, set[NamedNode]] = {}
    for rule in rules:
        for source, target in _steps(rule):
            steps.setdefault(source, set()).add(target)
    found = {}
    for rule in rules:
        circles = (_path(target, source, steps) for source, target in _steps(rule) if _grows(rule))
        circle = next(filter(None, circles), None)
        if circle:
            found[rule] = [circle[-1], *circle] if len(circle) > 1 else circle * 2
    return found


def _grows(rule: Rule) -> bool:
    """Whether the rule concludes a value that it computes, by built-ins that can lead to ever new ones."""
    made = _made(rule)
    origins = _origins(rule.head.object if rule.head else None, made)
    return any(call.name in BUILT_INS and BUILT_INS[call.name].grows for slot, call in made.items() if slot in origins)


def _steps(rule: Rule) -> list[tuple[NamedNode, NamedNode]]:
    """From each property that gives the rule a value to the property by which it concludes that or what it makes."""
    if rule.head is None or not isinstance(rule.head.predicate, NamedNode):
        return []
    origins = _origins(rule.head.object, _made(rule))
    read = [atom.predicate for atom in rule.body if atom.object in origins and isinstance(atom.predicate, NamedNode)]
    return [(predicate, rule.head.predicate) for predicate in read]


def _made(rule: Rule) -> dict[Var, Call]:
    """The variables that the rule computes, each with the built-in that does it."""
    return {call.result: call for call in rule.calls if call.result}


def _origins(value: Slot | None, made: Mapping[Var, Call]) -> set[Slot]:
    """The variables that a value comes from, itself included."""
    found: set[Slot] = set()
    waiting = [value]
    while waiting:
        slot = waiting.pop()
        if isinstance(slot, Var) and slot not in found:
            found.add(slot)
            waiting += made[slot].slots if slot in made else ()
    return found


def _path(start: NamedNode, goal: NamedNode, steps: Mapping[NamedNode, set[NamedNode]]) -> list[NamedNode] | None:
    """The shortest way by steps from one property to another, both included; None if there is none."""
    paths, seen = [[start]], {start}
    for path in paths:  # grows as it is walked
        if path[-1] == goal:
            return path
        for following in sorted(steps.get(path[-1], ()), key=str):
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return None
