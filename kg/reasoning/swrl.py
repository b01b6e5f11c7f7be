"""SWRL rules, as Protégé saves them or with lists in brackets, become Horn rules; what is not supported is refused.

Class, property, same and different atoms are supported. Source: SWRL, W3C Member Submission of 21 May 2004;
``urn:swrl:var#x`` and typed ``AtomList`` nodes are the spelling of the OWL API.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from pyoxigraph import Literal, NamedNode

from kg.errors import Finding
from kg.reasoning.horn import Atom, Rule, Slot, Var
from kg.reasoning.schema import LABEL, NIL, RULE_ENABLED, Schema, is_anonymous, owl
from kg.terms import SAME_AS, SWRL, TYPE, Term, Triple, written

DIFFERENT_FROM = owl("differentFrom")


def read(schema: Schema) -> tuple[list[Rule], list[Finding]]:
    """The rules of every enabled ``swrl:Imp``, and a finding for each one that cannot be used.

    A rule with several atoms in its head becomes one for each; one without any says that its body cannot be.
    """
    rules: list[Rule] = []
    findings: list[Finding] = []
    for node in schema.instances(_swrl("Imp")):
        if not _is_enabled(schema, node):
            continue
        name = schema.value(node, LABEL)
        label = name.value if isinstance(name, Literal) else "a rule without a label"
        try:
            rules += list(_compile(schema, node, label))
        except _Refused as refusal:
            problem, fix = refusal.args
            findings.append(Finding("swrl", "error", f"SWRL rule “{label}”: {problem}.", fix, focus=str(node.value)))
    return rules, findings


def check(triples: Iterable[Triple]) -> list[Finding]:
    """A finding for each SWRL rule among the triples that cannot be used, with what to write instead."""
    return read(Schema(triples))[1]


class _Refused(Exception):
    """What is wrong with a rule, and what to write instead."""


def _swrl(name: str) -> NamedNode:
    return NamedNode(SWRL + name)


def _is_enabled(schema: Schema, node: Term) -> bool:
    switch = schema.value(node, RULE_ENABLED)
    return switch is None or switch.value not in ("false", "0")


def _compile(schema: Schema, node: Term, label: str) -> Iterator[Rule]:
    """The Horn rules of one ``swrl:Imp``.

    Raises:
        _Refused: it has an atom that is not supported, or a head variable that nothing binds.
    """
    head = [_triple(schema, atom) for atom in _atoms(schema, node, "head")]
    body = [list(_ways(schema, atom)) for atom in _atoms(schema, node, "body")]
    for way in product(*body):
        atoms = tuple(each for each in way if isinstance(each, Atom))
        same = [each for each in way if not isinstance(each, Atom)]
        if not head:
            yield from _unified(Rule("swrl", label, atoms, None, message=f"The rule “{label}” forbids this."), same)
        for conclusion in head:
            yield from _unified(Rule("swrl", label, atoms, conclusion), same)


def _ways(schema: Schema, node: Term) -> Iterator[Atom | tuple[Slot, Slot]]:
    """The ways in which an atom of a body can hold: a triple, or two slots that are one term.

    Two names are the same if they are equal or ``owl:sameAs``; they are different only where somebody says so, in
    either direction.
    """
    atom = _triple(schema, node)
    yield atom
    if atom.predicate == SAME_AS:
        yield atom.subject, atom.object
    if atom.predicate == DIFFERENT_FROM:
        yield Atom(atom.object, DIFFERENT_FROM, atom.subject)


def _unified(rule: Rule, same: list[tuple[Slot, Slot]]) -> Iterator[Rule]:
    """The rule with slots that are the same made one; none where two constants would have to be."""
    for index, (a, b) in enumerate(same):
        if a == b:
            continue
        old, new = (a, b) if isinstance(a, Var) else (b, a)
        if not isinstance(old, Var):
            return
        rest = [(_replace(x, old, new), _replace(y, old, new)) for x, y in same[index + 1 :]]
        body = tuple(_replace_in(atom, old, new) for atom in rule.body)
        head = _replace_in(rule.head, old, new) if rule.head else None
        yield from _unified(Rule("swrl", rule.axiom, body, head, message=rule.message), rest)
        return
    bound = {slot for atom in rule.body for slot in atom}
    unbound = [slot for slot in rule.head or () if isinstance(slot, Var) and slot not in bound]
    if unbound:
        raise _Refused(
            f"its head speaks of {unbound[0]}, which no atom of its body binds",
            "Add a class or property atom about it to the body.",
        )
    yield rule


def _replace(slot: Slot, old: Var, new: Slot) -> Slot:
    return new if slot == old else slot


def _replace_in(atom: Atom, old: Var, new: Slot) -> Atom:
    return Atom(*(_replace(slot, old, new) for slot in atom))


def _atoms(schema: Schema, node: Term, part: str) -> tuple[Term, ...]:
    start = schema.value(node, _swrl(part))
    atoms = schema.members(start)
    if start is None or (not atoms and start != NIL):
        raise _Refused(f"its {part} is no complete list of atoms", "Write the rule anew in Protégé.")
    return atoms


def _triple(schema: Schema, node: Term) -> Atom:
    """The triple that an atom stands for."""
    kinds = [kind for kind in schema.values(node, TYPE) if kind.value.startswith(SWRL)]
    kind = kinds[0].value[len(SWRL) :] if kinds else "atom without a type"
    if kind == "ClassAtom":
        return Atom(_slot(schema, node, "argument1"), TYPE, _named(schema, node, "classPredicate", "class"))
    if kind in ("IndividualPropertyAtom", "DatavaluedPropertyAtom"):
        return _related(schema, node, _named(schema, node, "propertyPredicate", "property"))
    if kind == "SameIndividualAtom":
        return _related(schema, node, SAME_AS)
    if kind == "DifferentIndividualsAtom":
        return _related(schema, node, DIFFERENT_FROM)
    if kind == "BuiltinAtom":
        builtin = schema.value(node, _swrl("builtin"))
        kind = f"the built-in {written(builtin)}" if builtin else kind
        raise _Refused(f"{kind} is not supported", "Write it as a rule in ontology/rules, where SPARQL can compute.")
    raise _Refused(
        f"{kind} is not supported", "Use atoms about named classes, properties, and same or different individuals."
    )


def _related(schema: Schema, node: Term, prop: NamedNode) -> Atom:
    return Atom(_slot(schema, node, "argument1"), prop, _slot(schema, node, "argument2"))


def _named(schema: Schema, node: Term, part: str, what: str) -> NamedNode:
    term = schema.value(node, _swrl(part))
    if not isinstance(term, NamedNode) or is_anonymous(term):
        text = f"“{schema.written(term)}”" if term is not None else "nothing"
        raise _Refused(f"an atom speaks of {text}, which is no named {what}", f"Name the {what} and use its name.")
    return term


def _slot(schema: Schema, node: Term, part: str) -> Slot:
    term = schema.value(node, _swrl(part))
    if term is None:
        raise _Refused(f"an atom has no swrl:{part}", "Write the rule anew in Protégé.")
    if _swrl("Variable") in schema.values(term, TYPE):
        return Var(term.value.removeprefix("urn:swrl:var#"))
    return term
