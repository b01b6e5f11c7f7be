"""SWRL rules run as Protégé saves them; what is not supported is refused by name, never dropped in silence."""

from __future__ import annotations

import pytest
from naive_reasoner import one, replays, turtle
from swrl_texts import built_in, imp, of_class, related, valued, variables

from kg.reasoning import swrl
from kg.reasoning.builtins import BUILT_INS
from kg.reasoning.reason import reason
from kg.reasoning.rules import compile_rules
from kg.terms import TYPE, ep

AS_PROTEGE_SAVES_IT = """
<urn:swrl:var#x> a swrl:Variable . <urn:swrl:var#y> a swrl:Variable .
[ a swrl:Imp ; rdfs:label "owners of shops are sellers" ;
  swrl:body [ a swrl:AtomList ;
      rdf:first [ a swrl:IndividualPropertyAtom ; swrl:propertyPredicate ep:owns ;
                  swrl:argument1 <urn:swrl:var#x> ; swrl:argument2 <urn:swrl:var#y> ] ;
      rdf:rest [ a swrl:AtomList ;
          rdf:first [ a swrl:ClassAtom ; swrl:classPredicate ep:Shop ; swrl:argument1 <urn:swrl:var#y> ] ;
          rdf:rest rdf:nil ] ] ;
  swrl:head [ a swrl:AtomList ;
      rdf:first [ a swrl:ClassAtom ; swrl:classPredicate ep:Seller ; swrl:argument1 <urn:swrl:var#x> ] ;
      rdf:rest rdf:nil ] ] .
"""
FACTS = "id:DX ep:owns id:store . id:store a ep:Shop . id:eBay ep:owns id:office ."


def test_a_rule_as_protege_saves_it_names_its_label_as_the_reason() -> None:
    closure = reason(turtle(AS_PROTEGE_SAVES_IT + FACTS))
    (derivation,) = closure.derivations(one("id:DX a ep:Seller ."))
    assert (derivation.rule, derivation.axiom) == ("swrl", "owners of shops are sellers")
    assert derivation.premises == (one("id:DX ep:owns id:store ."), one("id:store a ep:Shop ."))
    assert one("id:eBay a ep:Seller .") not in closure


def test_lists_in_brackets_do_as_well() -> None:
    x, y = "<urn:swrl:var#x>", "<urn:swrl:var#y>"
    body = related("IndividualPropertyAtom", x, y, "ep:owns") + of_class("Shop", "y")
    closure = reason(turtle(imp(body, of_class("Seller", "x")) + FACTS))
    assert one("id:DX a ep:Seller .") in closure
    assert one("id:eBay a ep:Seller .") not in closure


def test_several_head_atoms_are_several_conclusions() -> None:
    closure = reason(turtle(imp(of_class("Shop", "x"), of_class("Seller", "x") + of_class("Agent", "x")) + FACTS))
    assert one("id:store a ep:Seller .") in closure
    assert one("id:store a ep:Agent .") in closure


def test_an_empty_head_is_a_violation() -> None:
    closure = reason(turtle(imp(of_class("Shop", "x") + of_class("Office", "x"), "") + "id:s a ep:Shop, ep:Office ."))
    assert [violation.message for violation in closure.violations] == ["The rule “a rule” forbids this."]


def test_constants_and_literals_may_stand_in_atoms() -> None:
    body = related("IndividualPropertyAtom", "<urn:swrl:var#x>", "id:store", "ep:owns")
    body += related("DatavaluedPropertyAtom", "<urn:swrl:var#x>", "7", "ep:employs")
    closure = reason(turtle(imp(body, of_class("Small", "x")) + FACTS + "id:DX ep:employs 7 . id:eBay ep:employs 7 ."))
    assert one("id:DX a ep:Small .") in closure
    assert one("id:eBay a ep:Small .") not in closure


def test_the_same_is_what_is_equal_or_said_to_be_the_same() -> None:
    body = of_class("Shop", "x") + of_class("Office", "y")
    body += related("SameIndividualAtom", "<urn:swrl:var#x>", "<urn:swrl:var#y>")
    facts = "id:a a ep:Shop, ep:Office . id:b a ep:Shop . id:c a ep:Office . id:b owl:sameAs id:c . id:d a ep:Shop ."
    closure = reason(turtle(imp(body, of_class("Both", "x")) + facts))
    assert {one(f"id:{name} a ep:Both .") in closure for name in "abc"} == {True}
    assert one("id:d a ep:Both .") not in closure


def test_different_is_only_what_is_said_to_be_different_in_either_direction() -> None:
    body = of_class("Shop", "x") + of_class("Shop", "y")
    body += related("DifferentIndividualsAtom", "<urn:swrl:var#x>", "<urn:swrl:var#y>")
    facts = "id:a a ep:Shop . id:b a ep:Shop . id:c a ep:Shop . id:a owl:differentFrom id:b ."
    closure = reason(turtle(imp(body, of_class("Rival", "x")) + facts))
    assert [one(f"id:{name} a ep:Rival .") in closure for name in "abc"] == [True, True, False]


def test_a_same_atom_in_the_head_makes_them_the_same() -> None:
    body = related("IndividualPropertyAtom", "<urn:swrl:var#x>", "<urn:swrl:var#y>", "ep:formerly")
    head = related("SameIndividualAtom", "<urn:swrl:var#x>", "<urn:swrl:var#y>")
    closure = reason(turtle(imp(body, head) + "id:new ep:formerly id:old . id:old ep:owns id:store ."))
    assert one("id:new ep:owns id:store .") in closure


def test_a_rule_that_is_switched_off_in_protege_does_not_run() -> None:
    switch = "swrla:isRuleEnabled false ; rdfs:label"
    text = "@prefix swrla: <http://swrl.stanford.edu/ontologies/3.3/swrla.owl#> ." + AS_PROTEGE_SAVES_IT
    closure = reason(turtle(text.replace("rdfs:label", switch) + FACTS))
    assert one("id:DX a ep:Seller .") not in closure


# --- built-ins ---------------------------------------------------------------------------------------------


def concluded(rule: str, facts: str) -> set[str]:
    """The objects of ep:out, or the local names of the ep:Yes, that follow."""
    closure = reason(turtle(rule + facts))
    outs = {str(t.object) for t in closure.triples() if t.predicate.value.endswith("#out")}
    yes = {
        t.subject.value.rpartition("/")[2] for t in closure.triples() if t.predicate == TYPE and t.object == ep("Yes")
    }
    return {out.replace("http://www.w3.org/2001/XMLSchema#", "xsd:") for out in outs} | yes


COMPARISONS = {
    "greaterThan": {"over"},
    "greaterThanOrEqual": {"over", "exact", "spelt"},
    "lessThan": {"under"},
    "lessThanOrEqual": {"under", "exact", "spelt"},
    "equal": {"exact", "spelt"},
    "notEqual": {"over", "under", "text"},
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_numbers_are_compared_by_value(name: str) -> None:
    facts = 'id:over ep:age 18.5 . id:under ep:age 9 . id:exact ep:age 18 . id:spelt ep:age "018.0"^^xsd:decimal .'
    facts += ' id:text ep:age "19" . id:thing ep:age id:over .'
    rule = imp(valued("age") + built_in(name, "v", "18"), of_class("Yes", "x"))
    assert concluded(rule, variables("v") + facts) == COMPARISONS[name]


def test_instants_are_compared_only_where_it_can_be_told() -> None:
    rule = imp(valued("at") + built_in("lessThan", "v", '"2026-01-01T00:00:00Z"^^xsd:dateTime'), of_class("Yes", "x"))
    facts = """id:before ep:at "2026-01-01T00:30:00+01:00"^^xsd:dateTime .
        id:after ep:at "2026-01-01T00:30:00Z"^^xsd:dateTime .
        id:nowhere ep:at "2025-12-31T23:00:00"^^xsd:dateTime . id:date ep:at "2025-12-31"^^xsd:date ."""
    assert concluded(rule, variables("v") + facts) == {"before"}


COMPUTED = {
    ("add", "v", "1"): '"8"^^<xsd:integer>',
    ("add", "v", "1", "0.5"): '"8.5"^^<xsd:decimal>',
    ("subtract", "v", "9"): '"-2"^^<xsd:integer>',
    ("multiply", "v", "1.10"): '"7.7"^^<xsd:decimal>',
    ("multiply", "v", "1.0e1"): '"70"^^<xsd:double>',
    ("divide", "v", "2"): '"3.5"^^<xsd:decimal>',
    ("divide", "v", "7"): '"1"^^<xsd:integer>',
    ("divide", "v", "3"): '"2.333333333333333333"^^<xsd:decimal>',
    ("divide", "v", "0"): None,
    ("mod", "v", "4"): '"3"^^<xsd:integer>',
    ("mod", "-7", "4"): '"-3"^^<xsd:integer>',
    ("abs", "-7"): '"7"^^<xsd:integer>',
    ("round", "2.5"): '"3"^^<xsd:integer>',
    ("round", "-2.5"): '"-2"^^<xsd:integer>',
    ("floor", "-2.5"): '"-3"^^<xsd:integer>',
    ("ceiling", "-2.5"): '"-2"^^<xsd:integer>',
    ("ceiling", "v"): '"7"^^<xsd:integer>',
    ("stringConcat", '"a"', '"-"', '"b"'): '"a-b"',
    ("stringConcat", '"a"', "v"): None,
    ("add", "v", '"1"'): None,
}


@pytest.mark.parametrize("call", COMPUTED, ids=" ".join)
def test_a_built_in_with_a_free_first_argument_computes_it(call: tuple[str, ...]) -> None:
    name, *arguments = call
    rule = imp(valued("in") + built_in(name, "w", *arguments), valued("out", "w"))
    expected = COMPUTED[call]
    assert concluded(rule, variables("vw") + "id:a ep:in 7 .") == ({expected} if expected else set())


def test_every_built_in_has_a_case() -> None:
    strings = {"contains", "startsWith"}
    assert {call[0] for call in COMPUTED} | set(COMPARISONS) | strings == set(BUILT_INS)
    assert len(BUILT_INS) == 18


def test_a_computation_whose_first_argument_is_bound_is_a_test_by_value() -> None:
    rule = imp(valued("in") + valued("sum", "w") + built_in("add", "w", "v", "1"), of_class("Yes", "x"))
    facts = "id:a ep:in 7 ; ep:sum 8.0 . id:b ep:in 7 ; ep:sum 9 ."
    assert concluded(rule, variables("vw") + facts) == {"a"}


def test_built_ins_may_stand_in_any_order_and_before_what_binds_them() -> None:
    body = built_in("greaterThan", "u", "10") + built_in("add", "u", "w", "1") + built_in("multiply", "w", "v", "2")
    rule = imp(body + valued("in"), of_class("Yes", "x"))
    assert concluded(rule, variables("uvw") + "id:a ep:in 7 . id:b ep:in 4 .") == {"a"}


def test_a_string_contains_or_starts_with_another() -> None:
    facts = 'id:a ep:name "cross-border" . id:b ep:name "order"@en . id:c ep:name "bOrder" . id:d ep:name 7 .'
    contains = imp(valued("name") + built_in("contains", "v", '"order"'), of_class("Yes", "x"))
    starts = imp(valued("name") + built_in("startsWith", "v", '"order"'), of_class("Yes", "x"))
    assert concluded(contains, variables("v") + facts) == {"a", "b"}
    assert concluded(starts, variables("v") + facts) == {"b"}


def test_an_atom_may_ask_for_a_datatype_by_value() -> None:
    facts = 'id:a ep:in 7 . id:b ep:in 7.0 . id:c ep:in 7.5 . id:d ep:in "7" . id:e ep:in -7 . id:f ep:in id:a .'
    for datatype, expected in (
        ("integer", {"a", "b", "e"}),
        ("decimal", {"a", "b", "c", "e"}),
        ("nonNegativeInteger", {"a", "b"}),
        ("string", {"d"}),
        ("byte", {"a", "b", "e"}),
    ):
        atom = f"[ a swrl:DataRangeAtom ; swrl:dataRange xsd:{datatype} ; swrl:argument1 <urn:swrl:var#v> ]"
        assert concluded(imp(valued("in") + atom, of_class("Yes", "x")), variables("v") + facts) == expected


def test_a_proof_by_a_built_in_is_replayed_by_the_independent_checker() -> None:
    body = valued("in") + built_in("multiply", "w", "v", "2") + built_in("lessThan", "w", "20")
    triples = turtle(variables("vw") + imp(body, valued("out", "w")) + "id:a ep:in 7, 8 . id:b ep:in 10 .")
    closure, rules = reason(triples), compile_rules(triples)
    derived = [triple for triple in closure.triples() if not closure.is_asserted(triple)]
    assert len(derived) == 2
    for triple in derived:
        assert all(replays(rules, triple, step) for step in closure.derivations(triple))


# --- what is refused ---------------------------------------------------------------------------------------


def problems(text: str) -> list[str]:
    triples = turtle(text)
    findings = swrl.check(triples, compile_rules(triples))
    assert all(finding.severity == "error" and finding.fix and finding.focus for finding in findings)
    return [finding.message for finding in findings]


def test_another_built_in_is_refused_by_name_and_the_rule_does_not_run() -> None:
    triples = turtle(imp(valued("name") + built_in("endsWith", "v", '"x"'), of_class("Yes", "x"), label="ends"))
    (finding,) = swrl.check(triples, [])
    assert finding.message == "SWRL rule “ends”: the built-in swrlb:endsWith is not supported."
    assert finding.fix.startswith("Write it as a rule in ontology/rules with STRENDS; SWRL rules have equal, notEqual,")
    query = "[ a swrl:BuiltinAtom ; swrl:builtin <http://sqwrl.stanford.edu/ontologies/built-ins/3.4/sqwrl.owl#count> ]"
    assert problems(imp(of_class("Shop", "x") + query, of_class("Yes", "x"))) == [
        "SWRL rule “a rule”: the built-in <http://sqwrl.stanford.edu/ontologies/built-ins/3.4/sqwrl.owl#count> is not"
        " supported."
    ]
    rule = imp(of_class("Shop", "x") + built_in("matches", "x", '"s.*"'), of_class("Yes", "x"))
    assert concluded(rule, FACTS) == set()


@pytest.mark.parametrize(
    ("body", "head", "problem"),
    [
        (
            valued("in") + built_in("greaterThan", "v"),
            of_class("Yes", "x"),
            "swrlb:greaterThan takes 2 arguments, and has 1",
        ),
        (valued("in") + built_in("add", "w"), of_class("Yes", "x"), "swrlb:add takes 2 or more arguments, and has 1"),
        (
            valued("in") + built_in("greaterThan", "z", "7"),
            of_class("Yes", "x"),
            "its built-in swrlb:greaterThan needs ?z, which nothing in its body binds",
        ),
        (
            valued("in") + built_in("add", "v", "z", "1"),
            of_class("Yes", "x"),
            "its built-in swrlb:add needs ?z, which nothing in its body binds",
        ),
        (valued("in"), built_in("equal", "v", "7"), "its head has a built-in"),
        (built_in("equal", "7", "7"), of_class("Yes", "x"), "its body is about no individual"),
    ],
)
def test_a_built_in_that_cannot_work_is_refused(body: str, head: str, problem: str) -> None:
    assert problems(variables("vw") + imp(body, head)) == [f"SWRL rule “a rule”: {problem}."]


ADDS = valued("price") + built_in("add", "w", "v", "1")


@pytest.mark.parametrize(
    ("axioms", "head", "way"),
    [
        ("", valued("price", "w"), "ep:price → ep:price"),
        ("ep:cost rdfs:subPropertyOf ep:price .", valued("cost", "w"), "ep:price → ep:cost → ep:price"),
        (
            "ep:cost owl:equivalentProperty ep:amount . ep:amount rdfs:subPropertyOf ep:price .",
            valued("cost", "w"),
            "ep:price → ep:cost → ep:amount → ep:price",
        ),
    ],
)
def test_a_value_that_comes_back_to_what_computes_it_is_refused(axioms: str, head: str, way: str) -> None:
    rule = variables("vw") + imp(ADDS, head, label="dearer") + axioms
    assert problems(rule) == [
        "SWRL rule “dearer”: what it computes by swrlb:add comes back to it as its own input "
        f"({way}), so that it could go on without end."
    ]
    assert len(reason(turtle(rule + "id:a ep:price 1 ."))) < 60  # and the rule does not run


def test_two_rules_that_feed_each_other_are_refused_and_a_harmless_third_is_kept() -> None:
    there = imp(ADDS, valued("cost", "w"), label="there")
    back = imp(valued("cost") + built_in("stringConcat", "w", "v", '"0"'), valued("price", "w"), label="back")
    third = imp(ADDS, valued("out", "w"), label="third")
    rules = variables("vw") + there + back + third
    assert [problem.split("”")[0] for problem in problems(rules)] == ["SWRL rule “there", "SWRL rule “back"]
    assert concluded(rules, "id:a ep:price 1 .") == {'"2"^^<xsd:integer>'}


def test_a_value_that_goes_elsewhere_is_kept_whatever_its_subject_becomes() -> None:
    body = of_class("Shop", "x") + ADDS
    axioms = "ep:cost rdfs:domain ep:Shop . ep:Shop rdfs:subClassOf [ owl:onProperty ep:in ; owl:hasValue id:BR ] ."
    assert problems(variables("vw") + imp(body, valued("cost", "w")) + axioms) == []


def test_rounding_a_value_in_place_ends_and_is_kept() -> None:
    rule = imp(valued("out") + built_in("round", "w", "v"), valued("out", "w"))
    assert problems(variables("vw") + rule) == []
    assert concluded(variables("vw") + rule, "id:a ep:out 2.5 .") == {'"2.5"^^<xsd:decimal>', '"3"^^<xsd:integer>'}


def test_an_unnamed_class_is_refused_in_the_words_of_protege() -> None:
    atom = """[ a swrl:ClassAtom ; swrl:argument1 <urn:swrl:var#x> ;
                swrl:classPredicate [ owl:onProperty ep:owns ; owl:someValuesFrom ep:Shop ] ]"""
    assert problems(imp(atom, of_class("Seller", "x"))) == [
        "SWRL rule “a rule”: an atom speaks of “ep:owns some ep:Shop”, which is no named class."
    ]


def test_a_head_variable_that_nothing_binds_is_refused() -> None:
    assert problems(imp(of_class("Shop", "x"), of_class("Seller", "y"))) == [
        "SWRL rule “a rule”: its head speaks of ?y, which no atom of its body binds."
    ]


def test_other_atoms_and_broken_lists_are_refused() -> None:
    unnamed = "[ a swrl:DataRangeAtom ; swrl:dataRange [ owl:oneOf ( 1 ) ] ; swrl:argument1 <urn:swrl:var#x> ]"
    assert problems(imp(unnamed, of_class("Seller", "x"))) == [
        "SWRL rule “a rule”: an atom speaks of “{1}”, which is no named datatype."
    ]
    other = "[ a swrl:QueryAtom ; swrl:argument1 <urn:swrl:var#x> ]"
    assert problems(imp(other, of_class("Seller", "x"))) == ["SWRL rule “a rule”: QueryAtom is not supported."]
    broken = AS_PROTEGE_SAVES_IT.replace("rdf:rest rdf:nil ] ] ;", "] ] ;")
    assert problems(broken) == [
        "SWRL rule “owners of shops are sellers”: its body is no complete list of atoms."
    ]  # fmt: skip
