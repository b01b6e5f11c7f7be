"""The closure is what a naive reasoner finds, and its proofs can be replayed and never go round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import strategies as st
from naive_reasoner import close, first_proof, one, replays, turtle
from pyoxigraph import BlankNode, Literal
from swrl_texts import built_in, imp, of_class, related, valued, variables

from kg.reasoning import equality
from kg.reasoning.closure import Closure, Derivation
from kg.reasoning.literals import ILL_TYPED
from kg.reasoning.rules import Atom, Call, Rule, Var, compile_rules
from kg.terms import SAME_AS, Term, Triple

# --- random ontologies -------------------------------------------------------------------------------------

VOCABULARY = {
    "C": ("ep:A", "ep:B", "ep:C"),
    "P": ("ep:p", "ep:q"),
    "I": ("id:a", "id:b", "id:c"),
    "N": ("0", "1"),
    "L": ('"1"^^xsd:integer', '"01"^^xsd:integer', '"1.0"^^xsd:decimal', '"one"', '"2"^^xsd:integer', '"x"^^xsd:byte'),
    "D": ("xsd:integer", "xsd:string", "xsd:byte"),
}
_XY = "<urn:swrl:var#x>", "<urn:swrl:var#y>"
EXPRESSIONS = (
    "[ owl:onProperty P ; owl:someValuesFrom C ]",
    "[ owl:onProperty P ; owl:allValuesFrom C ]",
    "[ owl:onProperty P ; owl:hasValue I ]",
    "[ owl:onProperty P ; owl:maxCardinality N ]",
    "[ owl:onProperty P ; owl:maxQualifiedCardinality N ; owl:onClass C ]",
    "[ owl:intersectionOf ( C C ) ]",
    "[ owl:unionOf ( C C ) ]",
    "[ owl:oneOf ( I ) ]",
    "[ owl:onProperty ep:code ; owl:hasValue L ]",
    "[ owl:onProperty ep:code ; owl:someValuesFrom D ]",
    "[ owl:onProperty ep:code ; owl:allValuesFrom D ]",
)
AXIOMS = (
    *("C rdfs:subClassOf C .", "C owl:disjointWith C .", "C owl:hasKey ( P ep:code ) .", "C owl:hasKey ( ep:code ) ."),
    *(f"C rdfs:subClassOf {expression} ." for expression in EXPRESSIONS),
    *(f"C owl:equivalentClass {expression} ." for expression in EXPRESSIONS),
    *("P rdfs:subPropertyOf P .", "P owl:inverseOf P .", "P rdfs:domain C .", "P rdfs:range C ."),
    *("P owl:propertyDisjointWith P .", "P owl:propertyChainAxiom ( P P ) .", "P owl:propertyChainAxiom ( P P P ) ."),
    *(f"P a owl:{kind}Property ." for kind in ("Transitive", "Symmetric", "Asymmetric", "Irreflexive", "Functional")),
    *("P a owl:TransitiveProperty .", "P a owl:InverseFunctionalProperty .", "P owl:sameAs P .", "C owl:sameAs C ."),
    *("ep:code a owl:FunctionalProperty .", "ep:code a owl:InverseFunctionalProperty .", "ep:code rdfs:range D ."),
    "[] a owl:AllDifferent ; owl:members ( id:a id:b ) .",
)
RULES = (
    imp(of_class("A", "x") + related("IndividualPropertyAtom", *_XY, "ep:p"), of_class("B", "y"), label="along"),
    imp(related("IndividualPropertyAtom", *_XY, "ep:q"), related("SameIndividualAtom", *_XY), label="same"),
    imp(of_class("A", "x") + related("DifferentIndividualsAtom", *_XY), of_class("C", "y"), label="different"),
    imp(valued("code") + built_in("lessThan", "v", "1"), of_class("A", "x"), label="small"),
    imp(valued("code") + built_in("add", "w", "v", "1"), valued("next", "w"), label="next"),
    imp(valued("next") + valued("code", "w", "y") + built_in("equal", "v", "w"), of_class("B", "y"), label="equal"),
)
"""SWRL rules, with what they compute and compare."""
FACTS = (
    *("I a C .", "I P I .", "I P I .", "I P I .", "I ep:code L .", "I ep:code L ."),
    *("I owl:sameAs I .", "I owl:sameAs L .", "I owl:differentFrom I ."),
)


def ontology(seed: int) -> list[Triple]:
    """Some axioms over three classes and two properties, and facts about three individuals and a few literals."""
    random = Random(seed)
    lines = random.choices(AXIOMS, k=random.randint(4, 9)) + random.choices(FACTS, k=random.randint(5, 10))
    text = re.sub(r"\b[CPINLD]\b", lambda slot: random.choice(VOCABULARY[slot[0]]), "\n".join(lines))
    return turtle("\n".join([variables("vwxyz"), text, *random.choices(RULES, k=random.randint(0, 1))]))


ONTOLOGIES = st.integers(0, 10**9).map(ontology)
SAMPLE = range(25)
ALL = pytest.param(range(25, 500), marks=pytest.mark.soak)
over_many = pytest.mark.parametrize("seeds", [SAMPLE, ALL], ids=["sample", "all"])
"""A claim about random ontologies: some of them with the other tests, the rest in the soak."""


def closed(triples: Sequence[Triple], rules: Sequence[Rule], keep: int = 8) -> Closure:
    closure = Closure(rules, keep=keep)
    closure.assert_triples(triples)
    closure.saturate()
    return closure


def named(premises: Sequence[Triple]) -> frozenset[Term]:
    """What is named in some triples: two class expressions that read the same make one violation."""
    return frozenset(term for triple in premises for term in triple if not isinstance(term, BlankNode))


@over_many
def test_the_closure_is_what_a_naive_reasoner_finds(seeds: range) -> None:
    for seed in seeds:
        _same_as_naive(ontology(seed))


def _same_as_naive(triples: list[Triple]) -> None:
    rules = compile_rules(triples)
    closure = closed(triples, rules)
    known, found = close(triples, rules)
    assert set(closure.triples()) == known
    assert len(closure) == len(known)
    clashes = {
        (each.rule, each.axiom, named(each.premises))
        for each in found
        if each.conclusion is None and (each.axiom != ILL_TYPED.axiom or each.premises[0] in triples)
    }  # how a literal is written is found fault with where it is asserted
    assert {(each.rule, each.axiom, named(each.premises)) for each in closure.violations} == clashes


@over_many
def test_every_proof_can_be_replayed_and_none_goes_round(seeds: range) -> None:
    for seed in seeds:
        _proofs_hold(ontology(seed))


def _proofs_hold(triples: list[Triple]) -> None:
    rules = compile_rules(triples)
    closure = closed(triples, rules)
    order = {triple: number for number, triple in enumerate(closure.triples())}
    for triple in order:
        derivations = closure.derivations(triple)
        assert len(derivations) <= 8 and len(set(derivations)) == len(derivations)
        assert derivations or closure.is_asserted(triple)
        for derivation in derivations:
            assert replays(rules, triple, derivation)
            assert not any(triple in first_proof(closure, premise) for premise in derivation.premises)
        if not closure.is_asserted(triple):
            assert all(order[premise] < order[triple] for premise in derivations[0].premises)


@over_many
def test_no_derivation_that_counts_is_missed(seeds: range) -> None:
    for seed in seeds:
        _none_is_missed(ontology(seed))


def _none_is_missed(triples: list[Triple]) -> None:
    rules = compile_rules(triples)
    closure = closed(triples, rules, keep=10**6)
    linear = {(rule.id, rule.axiom) for rule in rules if rule.is_transitivity or rule in equality.RULES}
    expected = {
        (each.conclusion, each.rule, each.axiom, each.premises)
        for each in close(triples, rules)[1]
        if each.conclusion is not None
        and (each.rule, each.axiom) not in linear
        and not any(each.conclusion in first_proof(closure, premise) for premise in each.premises)
    }
    kept = {
        (triple, step.rule, step.axiom, step.premises)
        for triple in closure.triples()
        for step in closure.derivations(triple)
        if (step.rule, step.axiom) not in linear
    }
    assert kept == expected


@over_many
def test_in_two_portions_it_comes_to_the_same(seeds: range) -> None:
    for seed in seeds:
        _same_in_two_portions(ontology(seed))


def _same_in_two_portions(triples: list[Triple]) -> None:
    rules = compile_rules(triples)
    at_once = closed(triples, rules)
    cut = len(triples) // 2
    portions = Closure(rules[: len(rules) // 2])
    portions.assert_triples(triples[:cut])
    portions.saturate()
    portions.assert_triples(triples[cut:])
    portions.extend(rules)
    portions.saturate()
    assert set(portions.triples()) == set(at_once.triples())
    for triple in at_once.triples():
        assert portions.is_asserted(triple) == at_once.is_asserted(triple)
        for derivation in portions.derivations(triple):
            assert not any(triple in first_proof(portions, premise) for premise in derivation.premises)


# --- single claims -----------------------------------------------------------------------------------------


def reasoned(text: str, keep: int = 8) -> Closure:
    triples = turtle(text)
    return closed(triples, compile_rules(triples), keep)


def test_an_asserted_triple_stays_asserted_and_says_what_else_leads_to_it() -> None:
    closure = reasoned("ep:Country rdfs:subClassOf ep:Place . id:BR a ep:Country, ep:Place .")
    triple = one("id:BR a ep:Place .")
    assert closure.is_asserted(triple)
    assert closure.derivations(triple) == (
        Derivation("cax-sco", "ep:Country ⊑ ep:Place", (one("id:BR a ep:Country ."),)),
    )


def test_inverse_properties_do_not_prove_each_other() -> None:
    closure = reasoned("ep:partOf owl:inverseOf ep:hasPart . id:BR ep:partOf id:LatinAmerica .")
    assert len(closure.derivations(one("id:LatinAmerica ep:hasPart id:BR ."))) == 1
    assert closure.derivations(one("id:BR ep:partOf id:LatinAmerica .")) == ()


def test_a_defined_class_and_its_value_do_not_prove_each_other() -> None:
    closure = reasoned("""
        ep:Emerging owl:equivalentClass [ owl:onProperty ep:tier ; owl:hasValue id:tier-2 ] .
        ep:Market rdfs:subClassOf ep:Emerging .
        id:BR a ep:Market .
    """)
    assert len(closure.derivations(one("id:BR a ep:Emerging ."))) == 1
    assert len(closure.derivations(one("id:BR ep:tier id:tier-2 ."))) == 1


def test_two_ways_to_a_triple_are_both_kept() -> None:
    closure = reasoned("""
        ep:covers owl:propertyChainAxiom ( ep:focusesOn ep:hasPart ) .
        id:DX ep:focusesOn id:LatinAmerica, id:SouthAmerica .
        id:LatinAmerica ep:hasPart id:BR . id:SouthAmerica ep:hasPart id:BR .
    """)
    assert len(closure.derivations(one("id:DX ep:covers id:BR ."))) == 2


def test_no_more_than_so_many_derivations_are_kept() -> None:
    facts = " ".join(f"id:DX ep:sells id:product-{number} ." for number in range(20))
    assert (
        len(reasoned(f"ep:sells rdfs:domain ep:Seller . {facts}", keep=8).derivations(one("id:DX a ep:Seller ."))) == 8
    )
    assert (
        len(reasoned(f"ep:sells rdfs:domain ep:Seller . {facts}", keep=3).derivations(one("id:DX a ep:Seller ."))) == 3
    )


def test_a_derived_triple_that_is_asserted_later_becomes_asserted() -> None:
    closure = reasoned("ep:Country rdfs:subClassOf ep:Place . id:BR a ep:Country .")
    triple = one("id:BR a ep:Place .")
    assert not closure.is_asserted(triple)
    closure.assert_triples([triple])
    assert closure.is_asserted(triple)
    assert len(closure) == 3


def test_a_path_is_extended_by_one_step_at_a_time() -> None:
    chain = " ".join(f"id:n{number} ep:partOf id:n{number + 1} ." for number in range(60))
    closure = reasoned(f"ep:partOf a owl:TransitiveProperty . {chain}")
    assert len(closure) == 1 + 60 * 61 // 2
    (derivation,) = closure.derivations(one("id:n0 ep:partOf id:n60 ."))
    assert derivation.premises == (one("id:n0 ep:partOf id:n59 ."), one("id:n59 ep:partOf id:n60 ."))


def test_what_is_concluded_from_outside_is_reasoned_on() -> None:
    closure = reasoned("ep:tier rdfs:domain ep:Market . id:BR ep:statedTier id:tier-2 .")
    concluded, said = one("id:BR ep:tier id:tier-2 ."), one("id:BR ep:statedTier id:tier-2 .")
    stated = closure.find(*map(closure.number, said))
    assert stated is not None and closure.triple(stated) == said
    assert closure.conclude(concluded, "10-tier", "as stated", (stated,), ("x",))
    assert not closure.conclude(concluded, "11-tier", "by region", (stated,))
    closure.saturate()
    assert one("id:BR a ep:Market .") in closure
    assert [each.rule for each in closure.derivations(concluded)] == ["10-tier", "11-tier"]


def test_a_literal_is_never_a_subject() -> None:
    closure = reasoned('ep:code a owl:FunctionalProperty ; rdfs:range ep:Code . id:BR ep:code "BR", "BRA" .')
    assert len(closure) == 4


def test_a_violation_says_what_cannot_be_and_from_which_triples() -> None:
    (violation,) = reasoned("ep:A owl:disjointWith ep:B . id:x a ep:A, ep:B .").violations
    assert violation.message == "id:x cannot be both a ep:A and a ep:B."
    assert set(violation.premises) == {one("id:x a ep:A ."), one("id:x a ep:B .")}


def test_statistics_count_what_is_there() -> None:
    closure = reasoned("ep:Country rdfs:subClassOf ep:Place . id:BR a ep:Country, ep:Place . id:AR a ep:Country .")
    counts = closure.statistics
    assert (counts["asserted"], counts["derived"], counts["derivations"], counts["violations"]) == (4, 1, 2, 0)


def test_a_condition_may_be_computed_and_bind_a_variable() -> None:
    def doubled(number: Term) -> Literal | None:
        return Literal(int(number.value) * 2) if int(number.value) < 10 else None

    x, y, z = Var("x"), Var("y"), Var("z")
    price, twice = one("id:a ep:price id:b .").predicate, one("id:a ep:twice id:b .").predicate
    known = Call("odd", lambda number: int(number.value) % 2, (y,))
    rule = Rule(
        "swrl", "twice", (Atom(x, price, y),), Atom(x, twice, z), calls=(known, Call("double", doubled, (y,), z))
    )
    closure = closed(turtle("id:a ep:price 3, 4, 11 ."), [rule])
    assert set(closure.triples()) == set(turtle("id:a ep:price 3, 4, 11 ; ep:twice 6 ."))
    assert close(turtle("id:a ep:price 3, 4, 11 ."), [rule])[0] == set(closure.triples())


def test_a_key_of_two_properties_takes_both_of_them_by_value() -> None:
    closure = reasoned("""
        ep:Seller owl:hasKey ( ep:basedIn ep:number ) .
        id:a a ep:Seller ; ep:basedIn id:BR ; ep:number 1 .
        id:b a ep:Seller ; ep:basedIn id:BR ; ep:number "01"^^xsd:integer .
        id:c a ep:Seller ; ep:basedIn id:BR ; ep:number 2 .
        id:d a ep:Seller ; ep:basedIn id:AR ; ep:number 1 .
        id:e a ep:Seller ; ep:basedIn id:BR .
        id:f ep:basedIn id:BR ; ep:number 1 .
    """)
    same = {triple for triple in closure.triples() if triple.predicate == SAME_AS}
    assert same == set(turtle("id:a owl:sameAs id:b . id:b owl:sameAs id:a ."))


@pytest.mark.parametrize("first", ["id:a ep:p id:b .", ""])
def test_predicates_that_are_the_same_say_the_same_before_and_after(first: str) -> None:
    triples = turtle(f"{first} ep:p owl:sameAs ep:q .")
    closure = closed(triples, compile_rules(triples))
    closure.assert_triples(turtle("id:c ep:q id:d ."))
    closure.saturate()
    expected = f"{first.replace('ep:p', 'ep:q')} id:c ep:p id:d ."
    assert set(turtle(expected)) <= set(closure.triples())
