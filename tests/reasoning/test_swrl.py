"""SWRL rules run as Protégé saves them; what is not supported is refused by name, never dropped in silence."""

from __future__ import annotations

from naive_reasoner import one, turtle

from kg.reasoning import swrl
from kg.reasoning.reason import reason

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


def variables(text: str) -> str:
    return "".join(f"<urn:swrl:var#{name}> a swrl:Variable . " for name in text)


def of_class(name: str, variable: str) -> str:
    return f"[ a swrl:ClassAtom ; swrl:classPredicate ep:{name} ; swrl:argument1 <urn:swrl:var#{variable}> ]"


def related(kind: str, one: str, other: str, predicate: str = "") -> str:
    prop = f"swrl:propertyPredicate {predicate} ;" if predicate else ""
    return f"[ a swrl:{kind} ; {prop} swrl:argument1 {one} ; swrl:argument2 {other} ]"


def imp(body: str, head: str, label: str = "a rule") -> str:
    return f'{variables("xyz")} [] a swrl:Imp ; rdfs:label "{label}" ; swrl:body ( {body} ) ; swrl:head ( {head} ) .'


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


def problems(text: str) -> list[str]:
    findings = swrl.check(turtle(text))
    assert all(finding.severity == "error" and finding.fix and finding.focus for finding in findings)
    return [finding.message for finding in findings]


def test_a_built_in_is_refused_by_name_and_the_rule_does_not_run() -> None:
    builtin = "[ a swrl:BuiltinAtom ; swrl:builtin swrlb:greaterThan ; swrl:arguments ( <urn:swrl:var#x> 18 ) ]"
    rule = imp(of_class("Shop", "x") + builtin, of_class("Adult", "x"), label="adults")
    assert problems(rule) == ["SWRL rule “adults”: the built-in swrlb:greaterThan is not supported."]
    assert one("id:store a ep:Adult .") not in reason(turtle(rule + FACTS))


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
    ranged = "[ a swrl:DataRangeAtom ; swrl:dataRange xsd:string ; swrl:argument1 <urn:swrl:var#x> ]"
    assert problems(imp(ranged, of_class("Seller", "x"))) == ["SWRL rule “a rule”: DataRangeAtom is not supported."]
    broken = AS_PROTEGE_SAVES_IT.replace("rdf:rest rdf:nil ] ] ;", "] ] ;")
    assert problems(broken) == [
        "SWRL rule “owners of shops are sellers”: its body is no complete list of atoms."
    ]  # fmt: skip
