"""The atoms of a SWRL rule: each node of its body or head as a triple with variables, or as a built-in."""

from __future__ import annotations

from pyoxigraph import NamedNode

from kg.reasoning.builtins import BUILT_INS, DATA_RANGE, BuiltInAtom
from kg.reasoning.horn import Atom, Slot, Var
from kg.reasoning.schema import NIL, Schema, is_anonymous, owl
from kg.terms import SAME_AS, SWRL, SWRLB, TYPE, Term, written

DIFFERENT_FROM = owl("differentFrom")


class Refused(Exception):
    """What is wrong with a rule, and what to write instead."""


def swrl(name: str) -> NamedNode:
    return NamedNode(SWRL + name)


def atoms(schema: Schema, node: Term, part: str) -> tuple[Term, ...]:
    start = schema.value(node, swrl(part))
    atoms = schema.members(start)
    if start is None or (not atoms and start != NIL):
        raise Refused(f"its {part} is no complete list of atoms", "Write the rule anew in Protégé.")
    return atoms


def atom(schema: Schema, node: Term) -> Atom | BuiltInAtom:
    """The triple or the built-in that an atom stands for."""
    kinds = [kind for kind in schema.values(node, TYPE) if kind.value.startswith(SWRL)]
    kind = kinds[0].value[len(SWRL) :] if kinds else "atom without a type"
    match kind:
        case "ClassAtom":
            return Atom(_slot(schema, node, "argument1"), TYPE, _named(schema, node, "classPredicate", "class"))
        case "IndividualPropertyAtom" | "DatavaluedPropertyAtom":
            return _related(schema, node, _named(schema, node, "propertyPredicate", "property"))
        case "SameIndividualAtom":
            return _related(schema, node, SAME_AS)
        case "DifferentIndividualsAtom":
            return _related(schema, node, DIFFERENT_FROM)
        case "DataRangeAtom":
            datatype = _named(schema, node, "dataRange", "datatype")
            return BuiltInAtom(DATA_RANGE, (datatype, _slot(schema, node, "argument1")))
        case "BuiltinAtom":
            return _call(schema, node)
    raise Refused(
        f"{kind} is not supported",
        "Use atoms about named classes, properties, named datatypes, and same or different individuals.",
    )


def _call(schema: Schema, node: Term) -> BuiltInAtom:
    builtin = schema.value(node, swrl("builtin"))
    if builtin is None:
        raise Refused("a built-in atom names no built-in", "Write the rule anew in Protégé.")
    name = builtin.value.removeprefix(SWRLB)
    if name not in BUILT_INS:
        raise Refused(f"the built-in {written(builtin)} is not supported", _instead(name))
    known = BUILT_INS[name]
    arguments = tuple(_as_slot(schema, term) for term in schema.members(schema.value(node, swrl("arguments"))))
    arity = [number + known.computes for number in known.arity]
    if len(arguments) not in arity:
        takes = arity[0] if len(arity) == 1 else f"{arity[0]} or more"
        raise Refused(f"swrlb:{name} takes {takes} arguments, and has {len(arguments)}", "Correct its arguments.")
    return BuiltInAtom(name, arguments)


_IN_SPARQL = {
    "endsWith": "STRENDS",
    "stringEqualIgnoreCase": "LCASE",
    "containsIgnoreCase": "LCASE and CONTAINS",
    "stringLength": "STRLEN",
    "upperCase": "UCASE",
    "lowerCase": "LCASE",
    "substring": "SUBSTR",
    "substringBefore": "STRBEFORE",
    "substringAfter": "STRAFTER",
    "matches": "REGEX",
    "replace": "REPLACE",
    "booleanNot": "!",
    "integerDivide": "FLOOR",
    "unaryMinus": "-",
}


def _instead(name: str) -> str:
    use = f" with {_IN_SPARQL[name]}" if name in _IN_SPARQL else ", where SPARQL can compute"
    return f"Write it as a rule in ontology/rules{use}; SWRL rules have {', '.join(BUILT_INS)}."


def _related(schema: Schema, node: Term, prop: NamedNode) -> Atom:
    return Atom(_slot(schema, node, "argument1"), prop, _slot(schema, node, "argument2"))


def _named(schema: Schema, node: Term, part: str, what: str) -> NamedNode:
    term = schema.value(node, swrl(part))
    if not isinstance(term, NamedNode) or is_anonymous(term):
        text = f"“{schema.written(term)}”" if term is not None else "nothing"
        raise Refused(f"an atom speaks of {text}, which is no named {what}", f"Name the {what} and use its name.")
    return term


def _slot(schema: Schema, node: Term, part: str) -> Slot:
    term = schema.value(node, swrl(part))
    if term is None:
        raise Refused(f"an atom has no swrl:{part}", "Write the rule anew in Protégé.")
    return _as_slot(schema, term)


def _as_slot(schema: Schema, term: Term) -> Slot:
    if swrl("Variable") in schema.values(term, TYPE):
        return Var(term.value.removeprefix("urn:swrl:var#"))
    return term
