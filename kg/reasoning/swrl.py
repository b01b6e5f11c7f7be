"""SWRL rules, as Protégé saves them or with lists in brackets, become Horn rules; what is not supported is refused.

Atoms about named classes, properties, datatypes and same or different individuals are supported, and the built-ins of
``builtins``. Source: SWRL, W3C Member Submission of 21 May 2004; ``urn:swrl:var#x`` and typed ``AtomList`` nodes are
the spelling of the OWL API.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from kg.errors import Finding
from kg.reasoning import endless
from kg.reasoning.builtins import BuiltInAtom
from kg.reasoning.horn import Atom, Call, Rule, Slot, Var
from kg.reasoning.schema import LABEL, RULE_ENABLED, Schema
from kg.reasoning.swrl_atoms import DIFFERENT_FROM, Refused, atom, atoms, swrl
from kg.terms import SAME_AS, Term, Triple, written


def read(schema: Schema, axioms: Sequence[Rule]) -> tuple[list[Rule], list[Finding]]:
    """The rules of every enabled ``swrl:Imp``, and a finding for each one that cannot be used.

    A rule with several atoms in its head becomes one for each; one without any says that its body cannot be.

    Args:
        axioms: the rules of the axioms, through which what a rule computes may come back to it.
    """
    compiled: dict[Term, list[Rule]] = {}
    findings: list[Finding] = []
    for node in schema.instances(swrl("Imp")):
        if _is_enabled(schema, node):
            try:
                compiled[node] = list(_compile(schema, node, _label(schema, node)))
            except Refused as refusal:
                findings.append(_finding(schema, node, refusal))
    ways = endless.ways([*axioms, *(rule for rules in compiled.values() for rule in rules)])
    for node, rules in list(compiled.items()):
        way = next((ways[rule] for rule in rules if rule in ways), None)
        if way:
            findings.append(_finding(schema, node, _without_end(rules, way)))
            del compiled[node]
    return [rule for rules in compiled.values() for rule in rules], findings


def check(triples: Iterable[Triple], rules: Sequence[Rule]) -> list[Finding]:
    """A finding for each SWRL rule among the triples that cannot be used with the other rules."""
    return read(Schema(triples), rules)[1]


def _label(schema: Schema, node: Term) -> str:
    name = schema.value(node, LABEL)
    return name.value if isinstance(name, Literal) else "a rule without a label"


def _finding(schema: Schema, node: Term, refusal: Refused) -> Finding:
    problem, fix = refusal.args
    message = f"SWRL rule “{_label(schema, node)}”: {problem}."
    return Finding("swrl", "error", message, fix, focus=str(node.value))


def _without_end(rules: Sequence[Rule], way: Sequence[NamedNode]) -> Refused:
    names = " and ".join(dict.fromkeys(f"swrlb:{call.name}" for rule in rules for call in rule.calls if call.result))
    path = " → ".join(map(written, way))
    return Refused(
        f"what it computes by {names} comes back to it as its own input ({path}), so that it could go on without end",
        "Conclude a property of its own, or compute the value in a rule in ontology/rules, which runs once.",
    )


def _is_enabled(schema: Schema, node: Term) -> bool:
    switch = schema.value(node, RULE_ENABLED)
    return switch is None or switch.value not in ("false", "0")


def _compile(schema: Schema, node: Term, label: str) -> Iterator[Rule]:
    """The Horn rules of one ``swrl:Imp``.

    Raises:
        Refused: it has an atom that is not supported, or a variable that nothing binds.
    """
    head = [_concluded(schema, each) for each in atoms(schema, node, "head")]
    body = [list(_ways(schema, each)) for each in atoms(schema, node, "body")]
    for way in product(*body):
        names = _names(each for each in way if isinstance(each, tuple))
        if names is None:
            continue
        triples = tuple(_renamed(each, names) for each in way if isinstance(each, Atom))
        built_ins = [
            BuiltInAtom(each.name, tuple(names.get(slot, slot) for slot in each.arguments))
            for each in way
            if isinstance(each, BuiltInAtom)
        ]
        calls = _calls(triples, built_ins)
        if not head:
            yield Rule("swrl", label, triples, None, calls=calls, message=f"The rule “{label}” forbids this.")
        for conclusion in head:
            rule = Rule("swrl", label, triples, _renamed(conclusion, names), calls=calls)
            _refuse_unbound(rule)
            yield rule


def _concluded(schema: Schema, node: Term) -> Atom:
    found = atom(schema, node)
    if isinstance(found, BuiltInAtom):
        raise Refused("its head has a built-in", "Let the body compute it and the head say it with a property.")
    return found


_Way: TypeAlias = Atom | BuiltInAtom | tuple[Slot, Slot]


def _ways(schema: Schema, node: Term) -> Iterator[_Way]:
    """The ways in which an atom of a body can hold: a triple, a built-in, or two slots that are one term.

    Two names are the same if they are equal or ``owl:sameAs``; they are different only where somebody says so, in
    either direction.
    """
    found = atom(schema, node)
    yield found
    if isinstance(found, BuiltInAtom):
        return
    if found.predicate == SAME_AS:
        yield found.subject, found.object
    if found.predicate == DIFFERENT_FROM:
        yield Atom(found.object, DIFFERENT_FROM, found.subject)


def _names(same: Iterable[tuple[Slot, Slot]]) -> dict[Slot, Slot] | None:
    """What to write for which variable where slots are one term; None where two constants would have to be."""
    names: dict[Slot, Slot] = {}
    for pair in same:
        a, b = (names.get(slot, slot) for slot in pair)
        if a != b:
            old, new = (a, b) if isinstance(a, Var) else (b, a)
            if not isinstance(old, Var):
                return None
            names = {key: new if value == old else value for key, value in names.items()} | {old: new}
    return names


def _renamed(triple: Atom, names: Mapping[Slot, Slot]) -> Atom:
    return Atom(*(names.get(slot, slot) for slot in triple))


def _calls(triples: Sequence[Atom], built_ins: Sequence[BuiltInAtom]) -> tuple[Call, ...]:
    """The built-ins in an order in which each finds bound what it needs.

    Raises:
        Refused: there is no such order.
    """
    bound: set[Slot] = {slot for triple in triples for slot in triple if isinstance(slot, Var)}
    if built_ins and not bound:
        raise Refused("its body is about no individual", "Add a class or property atom with a variable to the body.")
    waiting, calls = list(built_ins), list[Call]()
    while ready := next(((each, call) for each in waiting if (call := each.call(bound))), None):
        waiting.remove(ready[0])
        calls.append(ready[1])
        bound |= {ready[1].result} if ready[1].result else set()
    if waiting:
        given = waiting[0].arguments[waiting[0].computes :]
        missing = next(slot for slot in (*given, *waiting[0].arguments) if isinstance(slot, Var) and slot not in bound)
        raise Refused(
            f"its built-in swrlb:{waiting[0].name} needs {missing}, which nothing in its body binds",
            f"Add a property atom to the body that gives {missing} its value.",
        )
    return tuple(calls)


def _refuse_unbound(rule: Rule) -> None:
    bound = {slot for triple in rule.body for slot in triple} | {call.result for call in rule.calls}
    missing = next((slot for slot in rule.head or () if isinstance(slot, Var) and slot not in bound), None)
    if missing:
        raise Refused(
            f"its head speaks of {missing}, which no atom of its body binds",
            "Add a class or property atom about it to the body.",
        )
