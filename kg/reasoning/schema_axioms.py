"""What axioms say about each other: table 9 of the OWL 2 RL rules.

Here alone the axioms are premises: ``T(s, p, o)`` is a triple, small letters are variables. Their conclusions are
there to be asked; rules are compiled only from those whose premises do not do as much by rules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pyoxigraph import NamedNode

from kg.reasoning.horn import Atom, Rule, Var, X, Y, Z
from kg.reasoning.schema import DOMAIN, RANGE, SUB_PROPERTY, Schema, owl
from kg.terms import SUB_CLASS

C, D, P, Q = Var("c"), Var("d"), Var("p"), Var("q")


def _chaining(rule: str, p: NamedNode, name: str) -> Rule:
    """scm-sco, scm-spo: T(x, P, y) ∧ T(y, P, z) → T(x, P, z), where x and z differ."""
    return Rule(rule, f"{name} is transitive", (Atom(X, p, Y), Atom(Y, p, Z)), Atom(X, p, Z), different=((X, Z),))


def _two_ways(rule: str, equivalent: NamedNode, below: NamedNode, what: str) -> Iterator[Rule]:
    """scm-eqc1, scm-eqp1: T(x, ≡, y) → T(x, ⊑, y), T(y, ⊑, x); scm-eqc2, scm-eqp2: both of these → T(x, ≡, y)."""
    text = f"equivalent {what} are below each other"
    for head in (Atom(X, below, Y), Atom(Y, below, X)):
        yield Rule(f"{rule}1", text, (Atom(X, equivalent, Y),), head, different=((X, Y),))
    both = Atom(X, below, Y), Atom(Y, below, X)
    text = f"{what} below each other are equivalent"
    yield Rule(f"{rule}2", text, both, Atom(X, equivalent, Y), different=((X, Y),))


def _widening(rule: str, end: NamedNode, name: str) -> Iterator[Rule]:
    """scm-dom1, scm-rng1: T(p, domain, c) ∧ T(c, ⊑, d) → T(p, domain, d); scm-dom2, scm-rng2: T(q, domain, c) ∧
    T(p, ⊑, q) → T(p, domain, c)."""
    above = Atom(P, end, C), Atom(C, SUB_CLASS, D)
    yield Rule(f"{rule}1", f"what is above the {name} is one too", above, Atom(P, end, D))
    below = Atom(Q, end, C), Atom(P, SUB_PROPERTY, Q)
    yield Rule(f"{rule}2", f"a subproperty has the {name} of its superproperty", below, Atom(P, end, C))


def _comparing(rule: str, facet: str, above: Atom) -> Rule:
    """Of two restrictions that agree in filler or property, one is below the other where its property or filler is; for
    properties under ``allValuesFrom`` it is the other way round."""
    fillers = (Y, Z) if above == _NARROWER else (Y, Y)
    properties = (P, P) if above == _NARROWER else (P, Q)
    body = [
        part
        for cls, filler, prop in zip((C, D), fillers, properties, strict=True)
        for part in (Atom(cls, owl(facet), filler), Atom(cls, owl("onProperty"), prop))
    ]
    turned = facet == "allValuesFrom" and above == _LESSER
    head = Atom(D, SUB_CLASS, C) if turned else Atom(C, SUB_CLASS, D)
    text = f"restrictions by {facet} are compared"
    return Rule(rule, text, (*body, above), head, different=((C, D),))


_NARROWER, _LESSER = Atom(Y, SUB_CLASS, Z), Atom(P, SUB_PROPERTY, Q)
RULES = (
    _chaining("scm-sco", SUB_CLASS, "rdfs:subClassOf"),
    _chaining("scm-spo", SUB_PROPERTY, "rdfs:subPropertyOf"),
    *_two_ways("scm-eqc", owl("equivalentClass"), SUB_CLASS, "classes"),
    *_two_ways("scm-eqp", owl("equivalentProperty"), SUB_PROPERTY, "properties"),
    *_widening("scm-dom", DOMAIN, "domain"),
    *_widening("scm-rng", RANGE, "range"),
)
_COMPARISONS = (
    ("scm-hv", "hasValue", _LESSER),
    ("scm-svf1", "someValuesFrom", _NARROWER),
    ("scm-svf2", "someValuesFrom", _LESSER),
    ("scm-avf1", "allValuesFrom", _NARROWER),
    ("scm-avf2", "allValuesFrom", _LESSER),
)

REDUNDANT = frozenset(
    f"scm-{name}"
    for name in ("sco", "spo", "eqc1", "eqc2", "eqp1", "eqp2", "dom1", "dom2", "rng1", "rng2", "int", "uni")
)
"""The rules whose conclusions are axioms that need no rules of their own: those of the premises do as much."""


def members_of_intersection(schema: Schema) -> Iterator[Rule]:
    """scm-int: T(C, ⊑, Ci), where C ≡ C1 ⊓ ... ⊓ Cn."""
    for c, node in schema.pairs(owl("intersectionOf")):
        for d in schema.members(node):
            yield Rule("scm-int", schema.definition(c), (), Atom(c, SUB_CLASS, d))


def members_of_union(schema: Schema) -> Iterator[Rule]:
    """scm-uni: T(Ci, ⊑, C), where C ≡ C1 ⊔ ... ⊔ Cn."""
    for c, node in schema.pairs(owl("unionOf")):
        for d in schema.members(node):
            yield Rule("scm-uni", schema.definition(c), (), Atom(d, SUB_CLASS, c))


FAMILIES: tuple[Callable[[Schema], Iterator[Rule]], ...] = (members_of_intersection, members_of_union)


def comparisons(schema: Schema) -> Iterator[Rule]:
    """scm-hv, scm-svf1, scm-svf2, scm-avf1, scm-avf2, where two restrictions agree in filler or property. They speak of
    axioms alone, so nothing of theirs is compared by value."""
    for rule, facet, above in _COMPARISONS:
        found = schema.pairs(owl(facet))
        properties = [prop for cls, _ in found for prop in schema.values(cls, owl("onProperty"))]
        shared = properties if above == _NARROWER else [filler for _, filler in found]
        if len(set(shared)) < len(shared):
            yield _comparing(rule, facet, above)
