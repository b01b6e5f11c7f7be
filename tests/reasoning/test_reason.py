"""Reasoning compiles the axioms that it derives, and says how it gets on."""

from __future__ import annotations

from pathlib import Path

from naive_reasoner import one, turtle
from rule_files import accepted, rule

from kg.reasoning.reason import reason
from kg.reasoning.rules import compile_rules


def test_a_derived_axiom_is_compiled_and_used() -> None:
    closure = reason(
        turtle("""
            ep:refines rdfs:subPropertyOf rdfs:subPropertyOf .
            ep:deeplyExplores ep:refines ep:focusesOn .
            id:DX ep:deeplyExplores id:BR .
        """)
    )
    (derivation,) = closure.derivations(one("id:DX ep:focusesOn id:BR ."))
    assert (derivation.rule, derivation.axiom) == ("prp-spo1", "ep:deeplyExplores ⊑ ep:focusesOn")


def test_an_axiom_that_a_stratified_rule_concludes_is_compiled_and_used(tmp_path: Path) -> None:
    files = rule("CONSTRUCT { ?p a <http://www.w3.org/2002/07/owl#TransitiveProperty> } WHERE { ?p a ep:Containment }")
    facts = (
        "ep:partOf a ep:Containment . id:Rio ep:partOf id:BR . id:BR ep:partOf id:America . id:America ep:partOf id:W ."
    )
    closure = reason(turtle(facts), accepted(tmp_path, files))
    assert one("id:Rio ep:partOf id:W .") in closure


def test_each_step_up_the_hierarchy_names_an_axiom_that_somebody_wrote() -> None:
    closure = reason(turtle("ep:A rdfs:subClassOf ep:B . ep:B rdfs:subClassOf ep:C . id:x a ep:A ."))
    assert one("ep:A rdfs:subClassOf ep:C .") in closure
    assert [each.axiom for each in closure.derivations(one("id:x a ep:C ."))] == ["ep:B ⊑ ep:C"]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    files = rule("CONSTRUCT { ?x a ep:Seller } WHERE { ?x ep:sells ?y }", "10-seller")
    facts = "ep:Seller rdfs:subClassOf ep:Agent . id:DX ep:sells id:torches ."
    reason(turtle(facts), accepted(tmp_path, files), told.append)
    rules = len(compile_rules(turtle(facts)))
    assert told == [
        f"reasoning over 2 triples with {rules} rules",
        "derived 0 triples",
        "10-seller concludes 1, and 1 more follows",
    ]
