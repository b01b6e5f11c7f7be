"""What a rule negates or aggregates cannot grow any more when the rule has run."""

from __future__ import annotations

from pathlib import Path

from naive_reasoner import turtle
from rule_files import accepted, rule

from kg.reasoning.order import check_strata
from kg.reasoning.rules import compile_rules

NEGATES = "CONSTRUCT { ?x ep:tier ?t } WHERE { ?x ep:inherits ?t FILTER NOT EXISTS { ?x ep:stated ?s } }"


def problems(folder: Path, files: dict[str, str], schema: str = "") -> list[str]:
    findings = check_strata(accepted(folder, files), compile_rules(turtle(schema)))
    assert all((finding.code, finding.severity) == ("rule-order", "error") and finding.file for finding in findings)
    return [finding.message for finding in findings]


def test_a_rule_that_concludes_something_else_may_negate(tmp_path: Path) -> None:
    assert problems(tmp_path, rule(NEGATES), "ep:tier rdfs:subPropertyOf ep:group .") == []


def test_a_rule_must_not_negate_what_it_concludes(tmp_path: Path) -> None:
    query = "CONSTRUCT { ?x ep:stated ?t } WHERE { ?x ep:inherits ?t FILTER NOT EXISTS { ?x ep:stated ?s } }"
    assert problems(tmp_path, rule(query)) == [
        "10-rule negates or aggregates ep:stated, to which the rule itself can still add."
    ]


def test_nor_what_the_axioms_make_of_its_conclusion(tmp_path: Path) -> None:
    schema = "ep:tier rdfs:subPropertyOf ep:group . ep:stated owl:propertyChainAxiom ( ep:group ep:partOf ) ."
    assert problems(tmp_path, rule(NEGATES), schema) == [
        "10-rule negates or aggregates ep:stated, to which the rule itself can still add, by ep:tier → ep:group → "
        "ep:stated."
    ]


def test_nor_what_a_later_rule_concludes(tmp_path: Path) -> None:
    later = rule("CONSTRUCT { ?x ep:stated ?t } WHERE { ?x ep:says ?t }", "20-later")
    assert problems(tmp_path, rule(NEGATES) | later) == [
        "10-rule negates or aggregates ep:stated, to which 20-later can still add."
    ]


def test_but_an_earlier_rule_may_conclude_it(tmp_path: Path) -> None:
    earlier = rule("CONSTRUCT { ?x ep:stated ?t } WHERE { ?x ep:says ?t }", "05-earlier")
    assert problems(tmp_path, earlier | rule(NEGATES)) == []


def test_what_is_aggregated_or_optional_must_not_grow_either(tmp_path: Path) -> None:
    sums = "CONSTRUCT { ?m ep:value ?t } WHERE { { SELECT ?m (SUM(?v) AS ?t) WHERE { ?m ep:value ?v } GROUP BY ?m } }"
    maybe = (
        "CONSTRUCT { ?m ep:weight ?w } WHERE { ?m ep:of ?v OPTIONAL { ?m ep:weight ?o } BIND(COALESCE(?o, 1) AS ?w) }"
    )
    assert len(problems(tmp_path, rule(sums, "10-sums") | rule(maybe, "20-maybe"))) == 2


def test_types_are_told_apart_by_class(tmp_path: Path) -> None:
    query = "CONSTRUCT { ?x a ep:Open } WHERE { ?x ep:p ?y FILTER NOT EXISTS { ?x a ep:Closed } }"
    assert problems(tmp_path, rule(query), "ep:Open rdfs:subClassOf ep:Market .") == []


def test_a_class_above_the_conclusion_has_grown(tmp_path: Path) -> None:
    query = "CONSTRUCT { ?x a ep:Open } WHERE { ?x ep:p ?y FILTER NOT EXISTS { ?x a ep:Closed } }"
    assert len(problems(tmp_path, rule(query), "ep:Open rdfs:subClassOf ep:Closed .")) == 1


def test_the_latest_of_some_observations_is_no_new_observation(tmp_path: Path) -> None:
    query = """CONSTRUCT { ?o a ep:Latest } WHERE { ?o a ep:Observation ; ep:year ?y
      FILTER NOT EXISTS { ?other a ep:Observation ; ep:year ?later FILTER(?later > ?y) } }"""
    assert problems(tmp_path, rule(query), "ep:Latest rdfs:subClassOf ep:Observation .") == []


def test_unless_an_axiom_makes_another_thing_the_latest(tmp_path: Path) -> None:
    query = """CONSTRUCT { ?o a ep:Latest } WHERE { ?o a ep:Observation ; ep:year ?y
      FILTER NOT EXISTS { ?other a ep:Observation ; ep:year ?later FILTER(?later > ?y) } }"""
    schema = """ep:Latest rdfs:subClassOf ep:Observation, [ owl:onProperty ep:copy ; owl:allValuesFrom ep:Latest ] ."""
    assert len(problems(tmp_path, rule(query), schema)) == 1


def test_a_variable_predicate_needs_to_be_declared(tmp_path: Path) -> None:
    query = (
        "CONSTRUCT { ?x ep:best ?y } WHERE { ?x ?link ?y FILTER NOT EXISTS { ?x ?better ?y . ?better ep:beats ?link } }"
    )
    (message,) = problems(tmp_path, rule(query))
    assert message.startswith("10-rule negates or aggregates a variable predicate")


def test_and_what_is_declared_is_checked(tmp_path: Path) -> None:
    query = (
        "CONSTRUCT { ?x ep:best ?y } WHERE { ?x ?link ?y FILTER NOT EXISTS { ?x ?better ?y . ?better ep:beats ?link } }"
    )
    files = rule(query, front="#+ negates: [ep:coversA, ep:coversB]\n")
    assert problems(tmp_path, files, "ep:best rdfs:subPropertyOf ep:coversB .") == [
        "10-rule negates or aggregates ep:coversB, to which the rule itself can still add, by ep:best → ep:coversB."
    ]


def test_a_conclusion_that_can_lead_to_equality_makes_everything_grow(tmp_path: Path) -> None:
    assert len(problems(tmp_path, rule(NEGATES), "ep:tier a owl:FunctionalProperty .")) == 1


def test_a_conclusion_that_is_an_axiom_makes_everything_grow(tmp_path: Path) -> None:
    query = """CONSTRUCT { ?p rdfs:subPropertyOf ep:q } WHERE { ?p ep:like ep:q FILTER NOT EXISTS { ?x ep:r ?y } }"""
    prefix = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    (message,) = problems(tmp_path, rule(prefix + query))
    assert message == (
        "10-rule negates or aggregates ep:r, to which the rule itself can still add, by rdfs:subPropertyOf → a variable"
        " predicate."
    )
