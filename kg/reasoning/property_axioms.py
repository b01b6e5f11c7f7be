"""Axioms about properties as Horn rules: table 5 of the OWL 2 RL rules.

Above each family stands its logic: ``T(s, p, o)`` is a triple, capital letters come from the axiom, small ones are
variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from kg.reasoning.horn import Atom, Rule, Var, X, Y, Z, is_a, never
from kg.reasoning.schema import DOMAIN, RANGE, SUB_PROPERTY, Schema, is_anonymous, owl
from kg.terms import SAME_AS, Term


def domain(schema: Schema) -> Iterator[Rule]:
    """prp-dom: T(x, P, y) → T(x, type, C), where C is a domain of P."""
    for p, c in schema.pairs(DOMAIN):
        text = f"the domain of {schema.written(p)} is {schema.written(c)}"
        yield Rule("prp-dom", text, (schema.related(X, p, Y),), is_a(X, c))


def range_(schema: Schema) -> Iterator[Rule]:
    """prp-rng: T(x, P, y) → T(y, type, C), where C is a range of P."""
    for p, c in schema.pairs(RANGE):
        text = f"the range of {schema.written(p)} is {schema.written(c)}"
        yield Rule("prp-rng", text, (schema.related(X, p, Y),), is_a(Y, c))


def functional(schema: Schema) -> Iterator[Rule]:
    """prp-fp: T(x, P, y) ∧ T(x, P, z) → T(y, sameAs, z)."""
    for p in schema.instances(owl("FunctionalProperty")):
        values = schema.related(X, p, Y), schema.related(X, p, Z)
        yield Rule("prp-fp", f"{schema.written(p)} is functional", values, Atom(Y, SAME_AS, Z), ((Y, Z),))


def inverse_functional(schema: Schema) -> Iterator[Rule]:
    """prp-ifp: T(x, P, z) ∧ T(y, P, z) → T(x, sameAs, y)."""
    for p in schema.instances(owl("InverseFunctionalProperty")):
        holders = schema.related(X, p, Z), schema.related(Y, p, Z)
        yield Rule("prp-ifp", f"{schema.written(p)} is inverse functional", holders, Atom(X, SAME_AS, Y), ((X, Y),))


def irreflexive(schema: Schema) -> Iterator[Rule]:
    """prp-irp: T(x, P, x) → ⊥."""
    for p in schema.instances(owl("IrreflexiveProperty")):
        name = schema.written(p)
        yield never("prp-irp", f"{name} is irreflexive", (Atom(X, p, X),), f"{{x}} cannot have {name} to itself.")


def symmetric(schema: Schema) -> Iterator[Rule]:
    """prp-symp: T(x, P, y) → T(y, P, x)."""
    for p in schema.instances(owl("SymmetricProperty")):
        yield Rule("prp-symp", f"{schema.written(p)} is symmetric", (Atom(X, p, Y),), Atom(Y, p, X))


def asymmetric(schema: Schema) -> Iterator[Rule]:
    """prp-asyp: T(x, P, y) ∧ T(y, P, x) → ⊥."""
    for p in schema.instances(owl("AsymmetricProperty")):
        name = schema.written(p)
        message = f"{{x}} and {{y}} cannot have {name} to each other."
        yield never("prp-asyp", f"{name} is asymmetric", (Atom(X, p, Y), Atom(Y, p, X)), message)


def transitive(schema: Schema) -> Iterator[Rule]:
    """prp-trp: T(x, P, y) ∧ T(y, P, z) → T(x, P, z)."""
    for p in schema.instances(owl("TransitiveProperty")):
        yield Rule("prp-trp", f"{schema.written(p)} is transitive", (Atom(X, p, Y), Atom(Y, p, Z)), Atom(X, p, Z))


def sub_property(schema: Schema) -> Iterator[Rule]:
    """prp-spo1: T(x, P, y) → T(x, Q, y), where P ⊑ Q."""
    for p, q in schema.pairs(SUB_PROPERTY):
        if p != q:
            yield _implied("prp-spo1", schema, p, q, "⊑")


def equivalent_properties(schema: Schema) -> Iterator[Rule]:
    """prp-eqp1: T(x, P, y) → T(x, Q, y), where P ≡ Q; prp-eqp2: the other way round."""
    for p, q in schema.pairs(owl("equivalentProperty")):
        if p != q:
            yield _implied("prp-eqp1", schema, p, q, "≡")
            yield _implied("prp-eqp2", schema, q, p, "≡")


def _implied(rule: str, schema: Schema, p: Term, q: Term, sign: str) -> Rule:
    text = f"{schema.written(p)} {sign} {schema.written(q)}"
    return Rule(rule, text, (schema.related(X, p, Y),), schema.related(X, q, Y))


def property_chain(schema: Schema) -> Iterator[Rule]:
    """prp-spo2: T(x0, P1, x1) ∧ ... ∧ T(xn-1, Pn, xn) → T(x0, P, xn), where P ⊒ P1 ∘ ... ∘ Pn."""
    for p, node in schema.pairs(owl("propertyChainAxiom")):
        chain = schema.members(node)
        if chain:
            ends = [Var(f"x{i}") for i in range(len(chain) + 1)]
            body = tuple(schema.related(ends[i], q, ends[i + 1]) for i, q in enumerate(chain))
            text = f"{schema.written(p)} ⊒ {' ∘ '.join(map(schema.written, chain))}"
            yield Rule("prp-spo2", text, body, schema.related(ends[0], p, ends[-1]))


def inverse(schema: Schema) -> Iterator[Rule]:
    """prp-inv1: T(x, P, y) → T(y, Q, x), where P and Q are inverse; prp-inv2: T(x, Q, y) → T(y, P, x)."""
    for p, q in schema.pairs(owl("inverseOf")):
        if not is_anonymous(p) and not is_anonymous(q):
            text = f"{schema.written(p)} is the inverse of {schema.written(q)}"
            yield Rule("prp-inv1", text, (Atom(X, p, Y),), Atom(Y, q, X))
            yield Rule("prp-inv2", text, (Atom(X, q, Y),), Atom(Y, p, X))


def disjoint_properties(schema: Schema) -> Iterator[Rule]:
    """prp-pdw, prp-adp: T(x, P, y) ∧ T(x, Q, y) → ⊥, where P and Q are disjoint."""
    disjoint = [("prp-pdw", *pair) for pair in schema.pairs(owl("propertyDisjointWith"))]
    for members in schema.lists("AllDisjointProperties", "members"):
        disjoint += [("prp-adp", *pair) for pair in combinations(members, 2)]
    for rule, *pair in disjoint:
        p, q = sorted(pair, key=str)
        names = f"{schema.written(p)} and {schema.written(q)}"
        body = schema.related(X, p, Y), schema.related(X, q, Y)
        yield never(rule, f"{names} are disjoint", body, f"{{x}} cannot have both {names} to {{y}}.")


def key(schema: Schema) -> Iterator[Rule]:
    """prp-key: T(x, type, C) ∧ T(y, type, C) ∧ T(x, Pi, zi) ∧ T(y, Pi, zi) for *every* key property Pi → x = y."""
    for c, node in schema.pairs(owl("hasKey")):
        properties = schema.members(node)
        if properties:
            body = [is_a(X, c), is_a(Y, c)]
            for i, p in enumerate(properties):
                body += [schema.related(X, p, Var(f"z{i}")), schema.related(Y, p, Var(f"z{i}"))]
            text = f"{schema.written(c)} has the key {', '.join(map(schema.written, properties))}"
            yield Rule("prp-key", text, tuple(body), Atom(X, SAME_AS, Y), ((X, Y),))


def negative_assertion(schema: Schema) -> Iterator[Rule]:
    """prp-npa1, prp-npa2: T(A, P, B) → ⊥, where it is asserted that this does not hold; B may be a literal."""
    for node, subject in schema.pairs(owl("sourceIndividual")):
        for rule, target in (("prp-npa1", "targetIndividual"), ("prp-npa2", "targetValue")):
            p, value = schema.value(node, owl("assertionProperty")), schema.value(node, owl(target))
            if p and value:
                fact = f"{schema.written(subject)} {schema.written(p)} {schema.written(value)}"
                body = (schema.related(subject, p, value),)
                yield never(rule, f"not {fact}", body, f"{fact} is asserted not to hold.")


FAMILIES: tuple[Callable[[Schema], Iterator[Rule]], ...] = (
    domain,
    range_,
    functional,
    inverse_functional,
    irreflexive,
    symmetric,
    asymmetric,
    transitive,
    sub_property,
    equivalent_properties,
    property_chain,
    inverse,
    disjoint_properties,
    key,
    negative_assertion,
)
