"""Axioms about classes as Horn rules: tables 6 and 7 of the OWL 2 RL rules.

``T(s, p, o)`` is a triple, capital letters come from the axiom, small ones are variables. A class expression is
a class like any other: it is known by its node, and by its Manchester text in what people read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from pyoxigraph import Literal

from kg.reasoning.horn import Atom, Rule, Var, X, Y, Z, is_a, never
from kg.reasoning.schema import Schema, owl
from kg.terms import SAME_AS, SUB_CLASS, Term

THING = owl("Thing")


# --- class expressions (table 6) ---------------------------------------------------------------------------


def intersection(schema: Schema) -> Iterator[Rule]:
    """cls-int1: T(x, type, C1) ∧ ... ∧ T(x, type, Cn) → T(x, type, C), where C ≡ C1 ⊓ ... ⊓ Cn.

    cls-int2: T(x, type, C) → T(x, type, Ci).
    """
    for c, node in schema.pairs(owl("intersectionOf")):
        members = schema.members(node)
        if members:
            yield Rule("cls-int1", schema.definition(c), tuple(is_a(X, d) for d in members), is_a(X, c))
            for d in members:
                yield Rule("cls-int2", schema.definition(c), (is_a(X, c),), is_a(X, d))


def union(schema: Schema) -> Iterator[Rule]:
    """cls-uni: T(x, type, Ci) → T(x, type, C), where C ≡ C1 ⊔ ... ⊔ Cn."""
    for c, node in schema.pairs(owl("unionOf")):
        for d in schema.members(node):
            yield Rule("cls-uni", schema.definition(c), (is_a(X, d),), is_a(X, c))


def one_of(schema: Schema) -> Iterator[Rule]:
    """cls-oo: T(Ai, type, C), where C ≡ {A1 ... An}."""
    for c, node in schema.pairs(owl("oneOf")):
        for a in schema.members(node):
            if not isinstance(a, Literal):
                yield Rule("cls-oo", schema.definition(c), (), is_a(a, c))


def complement(schema: Schema) -> Iterator[Rule]:
    """cls-com: T(x, type, C) ∧ T(x, type, D) → ⊥, where C ≡ ¬D."""
    for c, d in schema.pairs(owl("complementOf")):
        message = f"{{x}} cannot be both “{schema.written(c)}” and “{schema.written(d)}”."
        yield never("cls-com", schema.definition(c), (is_a(X, c), is_a(X, d)), message)


def some_values(schema: Schema) -> Iterator[Rule]:
    """cls-svf1: T(x, P, y) ∧ T(y, type, D) → T(x, type, C), where C ≡ ∃P.D; cls-svf2: the same for D = Thing."""
    for c, p, d in schema.restrictions("someValuesFrom"):
        if d == THING:
            yield Rule("cls-svf2", schema.definition(c), (schema.related(X, p, Y),), is_a(X, c))
        else:
            yield Rule("cls-svf1", schema.definition(c), (schema.related(X, p, Y), is_a(Y, d)), is_a(X, c))


def all_values(schema: Schema) -> Iterator[Rule]:
    """cls-avf: T(x, type, C) ∧ T(x, P, y) → T(y, type, D), where C ≡ ∀P.D."""
    for c, p, d in schema.restrictions("allValuesFrom"):
        yield Rule("cls-avf", schema.definition(c), (is_a(X, c), schema.related(X, p, Y)), is_a(Y, d))


def has_value(schema: Schema) -> Iterator[Rule]:
    """cls-hv1: T(x, type, C) → T(x, P, A), where C ≡ ∃P.{A}; cls-hv2: T(x, P, A) → T(x, type, C)."""
    for c, p, a in schema.restrictions("hasValue"):
        yield Rule("cls-hv1", schema.definition(c), (is_a(X, c),), schema.related(X, p, a))
        yield Rule("cls-hv2", schema.definition(c), (schema.related(X, p, a),), is_a(X, c))


def at_most(schema: Schema) -> Iterator[Rule]:
    """cls-maxc1: T(x, type, C) ∧ T(x, P, y) → ⊥, where C ≡ ≤0 P.

    cls-maxc2: T(x, type, C) ∧ T(x, P, y) ∧ T(x, P, z) → T(y, sameAs, z), where C ≡ ≤1 P.
    """
    for c, p, number in schema.restrictions("maxCardinality"):
        yield from _at_most(schema, c, p, number, THING, ("cls-maxc1", "cls-maxc2"))


def at_most_of_class(schema: Schema) -> Iterator[Rule]:
    """cls-maxqc1: T(x, type, C) ∧ T(x, P, y) ∧ T(y, type, D) → ⊥, where C ≡ ≤0 P.D; cls-maxqc2: for D = Thing.

    cls-maxqc3: T(x, type, C) ∧ T(x, P, y) ∧ T(y, type, D) ∧ T(x, P, z) ∧ T(z, type, D) → T(y, sameAs, z), where
    C ≡ ≤1 P.D; cls-maxqc4: for D = Thing.
    """
    for c, p, number in schema.restrictions("maxQualifiedCardinality"):
        for d in schema.values(c, owl("onClass")):
            names = ("cls-maxqc2", "cls-maxqc4") if d == THING else ("cls-maxqc1", "cls-maxqc3")
            yield from _at_most(schema, c, p, number, d, names)


def _at_most(schema: Schema, c: Term, p: Term, number: Term, d: Term, names: tuple[str, str]) -> Iterator[Rule]:
    def value(slot: Var) -> tuple[Atom, ...]:
        return (schema.related(X, p, slot),) if d == THING else (schema.related(X, p, slot), is_a(slot, d))

    if number.value == "0":
        message = f"{{x}} is “{schema.written(c)}” and cannot have {schema.written(p)} to {{y}}."
        yield never(names[0], schema.definition(c), (is_a(X, c), *value(Y)), message)
    elif number.value == "1":
        body = (is_a(X, c), *value(Y), *value(Z))
        yield Rule(names[1], schema.definition(c), body, Atom(Y, SAME_AS, Z), ((Y, Z),))


# --- class axioms (table 7) --------------------------------------------------------------------------------


def sub_class(schema: Schema) -> Iterator[Rule]:
    """cax-sco: T(x, type, C) → T(x, type, D), where C ⊑ D."""
    for c, d in schema.pairs(SUB_CLASS):
        if c != d:
            yield Rule("cax-sco", f"{schema.written(c)} ⊑ {schema.written(d)}", (is_a(X, c),), is_a(X, d))


def equivalent_classes(schema: Schema) -> Iterator[Rule]:
    """cax-eqc1: T(x, type, C) → T(x, type, D), where C ≡ D; cax-eqc2: the other way round."""
    for c, d in schema.pairs(owl("equivalentClass")):
        if c != d:
            text = f"{schema.written(c)} ≡ {schema.written(d)}"
            yield Rule("cax-eqc1", text, (is_a(X, c),), is_a(X, d))
            yield Rule("cax-eqc2", text, (is_a(X, d),), is_a(X, c))


def disjoint_classes(schema: Schema) -> Iterator[Rule]:
    """cax-dw, cax-adc: T(x, type, C) ∧ T(x, type, D) → ⊥, where C and D are disjoint."""
    disjoint = [("cax-dw", *pair) for pair in schema.pairs(owl("disjointWith"))]
    for members in schema.lists("AllDisjointClasses", "members"):
        disjoint += [("cax-adc", *pair) for pair in combinations(members, 2)]
    for rule, *pair in disjoint:
        c, d = sorted(pair, key=str)
        message = f"{{x}} cannot be both a {schema.written(c)} and a {schema.written(d)}."
        text = f"{schema.written(c)} and {schema.written(d)} are disjoint"
        yield never(rule, text, (is_a(X, c), is_a(X, d)), message)


FAMILIES: tuple[Callable[[Schema], Iterator[Rule]], ...] = (
    intersection,
    union,
    one_of,
    complement,
    some_values,
    all_values,
    has_value,
    at_most,
    at_most_of_class,
    sub_class,
    equivalent_classes,
    disjoint_classes,
)
