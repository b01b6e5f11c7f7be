"""What holds of anything: the rules and triples of the OWL 2 RL tables that tell nobody anything.

They are left out unless they are asked for: they add several triples for each term of a graph.
"""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from kg.reasoning.datatypes import DATATYPES
from kg.reasoning.horn import Atom, Call, Rule, Var, X, is_a
from kg.reasoning.schema import SUB_PROPERTY, owl
from kg.terms import OWL, RDFS, SAME_AS, SUB_CLASS

_P, _Y = Var("p"), Var("y")

ANNOTATION_PROPERTIES = tuple(
    NamedNode(namespace + name)
    for namespace, names in (
        (RDFS, ("label", "comment", "seeAlso", "isDefinedBy")),
        (OWL, ("deprecated", "versionInfo", "priorVersion", "backwardCompatibleWith", "incompatibleWith")),
    )
    for name in names
)
"""Source: OWL 2 Structural Specification (Second Edition), section 5.5."""


def _is_thing(term: object) -> bool:
    return not isinstance(term, Literal)


def _reflexive() -> list[Rule]:
    """eq-ref: T(s, p, o) → T(s, sameAs, s), T(p, sameAs, p), T(o, sameAs, o)."""
    body, text = (Atom(X, _P, _Y),), "everything is the same as itself"
    thing = (Call("is no literal", _is_thing, (_Y,)),)
    return [
        Rule("eq-ref", text, body, Atom(X, SAME_AS, X)),
        Rule("eq-ref", text, body, Atom(_P, SAME_AS, _P)),
        Rule("eq-ref", text, body, Atom(_Y, SAME_AS, _Y), calls=thing),
    ]


def _of_every(rule: str, kind: str, heads: tuple[Atom, ...]) -> list[Rule]:
    """scm-cls, scm-op, scm-dp: T(x, type, kind) → what holds of everything of that kind."""
    return [Rule(rule, f"what holds of every owl:{kind}", (is_a(X, owl(kind)),), head) for head in heads]


def _axiom(rule: str, head: Atom) -> Rule:
    return Rule(rule, "built into OWL", (), head)


_OF_CLASSES = (
    Atom(X, SUB_CLASS, X),
    Atom(X, owl("equivalentClass"), X),
    Atom(X, SUB_CLASS, owl("Thing")),
    Atom(owl("Nothing"), SUB_CLASS, X),
)
_OF_PROPERTIES = Atom(X, SUB_PROPERTY, X), Atom(X, owl("equivalentProperty"), X)

RULES: tuple[Rule, ...] = (
    *_reflexive(),
    *_of_every("scm-cls", "Class", _OF_CLASSES),
    *_of_every("scm-op", "ObjectProperty", _OF_PROPERTIES),
    *_of_every("scm-dp", "DatatypeProperty", _OF_PROPERTIES),
    _axiom("cls-thing", is_a(owl("Thing"), owl("Class"))),
    _axiom("cls-nothing1", is_a(owl("Nothing"), owl("Class"))),
    *(_axiom("prp-ap", is_a(prop, owl("AnnotationProperty"))) for prop in ANNOTATION_PROPERTIES),
    *(_axiom("dt-type1", is_a(datatype, NamedNode(RDFS + "Datatype"))) for datatype in DATATYPES),
)
