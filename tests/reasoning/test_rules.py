"""Every rule derives what it should and nothing beside it: one folder of Turtle a case."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from naive_reasoner import first_proof, turtle
from pyoxigraph import BlankNode, NamedNode

from kg.reasoning.reason import reason
from kg.reasoning.rules import compile_rules
from kg.terms import GENID, Term, Triple

CASES = sorted(path.parent for path in (Path(__file__).parent.parent / "cases" / "rules").glob("*/given.ttl"))
TABLES = {
    "eq": ["ref", "sym", "trans", "rep-s", "rep-p", "rep-o", "diff1", "diff2", "diff3"],
    "prp": [
        *("ap", "dom", "rng", "fp", "ifp", "irp", "symp", "asyp", "trp", "spo1", "spo2", "eqp1", "eqp2", "pdw", "adp"),
        *("inv1", "inv2", "key", "npa1", "npa2"),
    ],
    "cls": [
        *("thing", "nothing1", "nothing2", "int1", "int2", "uni", "com", "svf1", "svf2", "avf", "hv1", "hv2"),
        *("maxc1", "maxc2", "maxqc1", "maxqc2", "maxqc3", "maxqc4", "oo"),
    ],
    "cax": ["sco", "eqc1", "eqc2", "dw", "adc"],
    "dt": ["type1", "type2", "eq", "diff", "not-type"],
    "scm": [
        *("cls", "sco", "eqc1", "eqc2", "op", "dp", "spo", "eqp1", "eqp2", "dom1", "dom2", "rng1", "rng2"),
        *("hv", "svf1", "svf2", "avf1", "avf2", "int", "uni"),
    ],
}
"""Tables 4 to 9 of OWL 2 Profiles (Second Edition), section 4.3: every rule by its table.

Where a conclusion of a datatype rule has a literal for its subject, which RDF does not allow, its case shows what comes
of it: dt-type2 a class that depends on the value, dt-diff and dt-not-type a contradiction.
"""


def read(path: Path) -> list[Triple]:
    return [quad.triple for quad in ox.parse(path.read_text(encoding="utf-8"), format=ox.RdfFormat.TURTLE)]


def skolemised(triples: list[Triple]) -> list[Triple]:
    def named(term: Term) -> Term:
        return NamedNode(GENID + term.value) if isinstance(term, BlankNode) else term

    return [Triple(named(t.subject), t.predicate, named(t.object)) for t in triples]


def rule_of(case: Path) -> str:
    return case.name.partition(".")[0]


def concludes(case: Path) -> bool:
    return (case / "expect.ttl").exists() or (case / "violations.txt").exists()


def refuses(case: Path) -> bool:
    """Whether the case says what does not follow, or that something looks like a contradiction and is none."""
    return (case / "not-expect.ttl").exists()


def test_every_rule_has_a_case_and_a_negative_twin() -> None:
    rules = {f"{table}-{name}" for table, names in TABLES.items() for name in names}
    assert {rule_of(case) for case in CASES} == rules
    assert {rule_of(case) for case in CASES if concludes(case)} == rules
    assert {rule_of(case) for case in CASES if refuses(case)} == rules
    assert (len(rules), len(CASES)) == (78, 124)


def test_the_cases_that_other_reasoners_get_wrong_are_among_them() -> None:
    names = {case.name for case in CASES}
    assert names >= {f"prp-key.{which}" for which in ("no-values", "different-values", "last-property-differs")}
    assert names >= {f"{rule}.two-members" for rule in ("eq-diff2", "eq-diff3", "prp-adp", "cax-adc")}
    assert names >= {"eq-diff2.last-member", "prp-adp.last-member", "prp-ifp.different-values"}


@pytest.mark.parametrize("nodes", ["blank", "skolemised"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rule(case: Path, nodes: str) -> None:
    given = read(case / "given.ttl")
    axiomatic = (case / "axiomatic").exists()
    closure = reason(given if nodes == "blank" else skolemised(given), axiomatic=axiomatic)
    violations = [f"{each.rule}: {each.message}" for each in closure.violations]
    said = case / "violations.txt"
    assert violations == (said.read_text(encoding="utf-8").splitlines() if said.exists() else [])
    for triple in read(case / "expect.ttl") if (case / "expect.ttl").exists() else []:
        assert triple in closure, f"{triple} is missing"
        assert rule_of(case) in {
            step.rule for each in first_proof(closure, triple) for step in closure.derivations(each)
        }
    for triple in read(case / "not-expect.ttl") if (case / "not-expect.ttl").exists() else []:
        assert triple not in closure, f"{triple} does not follow"


def axioms(text: str) -> set[str]:
    return {rule.axiom for rule in compile_rules(turtle(text))} - {rule.axiom for rule in compile_rules([])}


def test_an_axiom_reads_as_in_protege() -> None:
    assert axioms("ep:covers owl:propertyChainAxiom ( ep:focusesOn ep:hasPart ) .") == {
        "ep:covers ⊒ ep:focusesOn ∘ ep:hasPart"
    }
    assert axioms("ep:Country rdfs:subClassOf ep:Place .") == {"ep:Country ⊑ ep:Place"}
    assert "ep:A ⊑ ep:p some (ep:B and (not ep:C))" in axioms(
        """ep:A rdfs:subClassOf [ owl:onProperty ep:p ; owl:someValuesFrom
            [ owl:intersectionOf ( ep:B [ owl:complementOf ep:C ] ) ] ] ."""
    )
    assert "ep:A ⊑ ep:p max 1 ep:B" in axioms(
        "ep:A rdfs:subClassOf [ owl:onProperty ep:p ; owl:maxQualifiedCardinality 1 ; owl:onClass ep:B ] ."
    )
    assert "ep:A ⊑ inverse ep:p value id:BR" not in axioms("")
    assert "ep:A ⊑ (inverse ep:p) value id:BR" in axioms(
        "ep:A rdfs:subClassOf [ owl:onProperty [ owl:inverseOf ep:p ] ; owl:hasValue id:BR ] ."
    )


def test_restrictions_are_compared_where_two_agree_and_their_values_stay_as_written() -> None:
    given = """ep:p rdfs:subPropertyOf ep:q . ep:C owl:onProperty ep:p ; owl:hasValue "01"^^xsd:integer .
        ep:D owl:onProperty ep:q ; owl:hasValue """
    closure = reason(turtle(f'{given} "01"^^xsd:integer .'))
    assert turtle("ep:C rdfs:subClassOf ep:D .")[0] in closure
    assert not any(triple in closure for triple in turtle("ep:C owl:hasValue 1 . ep:D owl:hasValue 1 ."))
    assert "scm-hv" not in {rule.id for rule in compile_rules(turtle(f"{given} 2 ."))}


def test_a_broken_list_makes_no_rule() -> None:
    assert axioms("ep:A owl:intersectionOf _:x . _:x rdf:first ep:B .") == set()
    assert axioms("ep:A owl:intersectionOf _:x . _:x rdf:first ep:B ; rdf:rest _:x .") == set()
    assert axioms("ep:A owl:intersectionOf _:x . _:x rdf:first ep:B, ep:C ; rdf:rest () .") == set()


def test_a_literal_for_a_property_makes_no_rule() -> None:
    assert axioms('ep:p rdfs:subPropertyOf "ep:q" .') == set()


def test_a_property_that_is_a_blank_node_gets_a_name_in_rules() -> None:
    closure = reason(
        turtle("""
            ep:knows owl:propertyChainAxiom ( _:all rdf:first ) .
            _:all owl:propertyChainAxiom ( _:all rdf:rest ) .
            ep:knowsAllOf rdfs:subPropertyOf _:all .
            id:a ep:knowsAllOf ( id:b id:c ) .
        """)
    )
    assert set(turtle("id:a ep:knows id:b, id:c .")) <= set(closure.triples())


def test_the_same_axiom_in_two_files_is_one_rule() -> None:
    triples = turtle("ep:Country rdfs:subClassOf ep:Place .")
    assert compile_rules(triples * 2) == compile_rules(triples)
