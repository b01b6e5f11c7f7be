"""Axioms and triples are spoken of in plain English, with labels."""

from __future__ import annotations

import pytest
from naive_reasoner import one, turtle
from pyoxigraph import NamedNode

from kg.reasoning.rules import compile_rules
from kg.reasoning.wording import axiom_in_words, labels, says

NAMES = """
ep:Country rdfs:label "Land"@de, "country"@en . ep:Area rdfs:label "area" . ep:owns rdfs:label "owns" .
ep:ownedBy rdfs:label "is owned by" . ep:hasPart rdfs:label "contains" . ep:covers rdfs:label "covers" .
id:AT rdfs:label "Österreich"@de .
"""
SAID = {
    "ep:Country rdfs:subClassOf ep:Area .": "every country is an area",
    "ep:Country owl:equivalentClass ep:Area .": "“country” means “area”",
    "ep:owns rdfs:subPropertyOf ep:covers .": "“owns” implies “covers”",
    "ep:owns owl:equivalentProperty ep:covers .": "“owns” means “covers”",
    "ep:covers owl:propertyChainAxiom ( ep:owns ep:hasPart ) .": "“owns”, then “contains”, is “covers”",
    "ep:owns a owl:FunctionalProperty .": "“owns” has at most one value",
    "ep:owns a owl:InverseFunctionalProperty .": "“owns” leads to one value from one thing only",
    "ep:owns a owl:TransitiveProperty .": "“owns” is transitive",
    "ep:owns owl:inverseOf ep:ownedBy .": "“owns” is the inverse of “is owned by”",
    "ep:owns rdfs:domain ep:Country .": "whatever owns something is of the class “country”",
    "ep:owns rdfs:range ep:Country .": "whatever something owns is of the class “country”",
    "ep:Country owl:disjointWith ep:Area .": "area and country are disjoint",
    "ep:Country owl:hasKey ( ep:owns ) .": "country has the key owns",
    "ep:Country rdfs:subClassOf [ owl:onProperty ep:owns ; owl:maxCardinality 1 ] .":
        "every country is “owns at most 1”",
    "ep:Country rdfs:subClassOf [ owl:onProperty ep:owns ; owl:someValuesFrom ep:Area ] .":
        "every country is “owns some area”",
    "[ owl:onProperty ep:owns ; owl:someValuesFrom ep:Area ] rdfs:subClassOf ep:Country .":
        "whatever is “owns some area” is a country",
}  # fmt: skip


@pytest.mark.parametrize("axiom", SAID)
def test_an_axiom_in_words(axiom: str) -> None:
    triples = turtle(NAMES + axiom)
    always = set(compile_rules([]))
    rules = [rule for rule in compile_rules(triples) if rule not in always]
    assert SAID[axiom] in {axiom_in_words(rule.id, rule.axiom, labels(triples)) for rule in rules}


def test_an_english_name_comes_before_others_and_any_before_none() -> None:
    label = labels(turtle(NAMES))
    assert [label(NamedNode(f"https://w3id.org/entrepot/id/{name}")) for name in ("AT", "DE")] == [
        "Österreich",
        "id:DE",
    ]
    assert label(one("id:x a ep:Country .").object) == "country"
    assert labels([], {"": "urn:", "x": "urn:y:"})(NamedNode("urn:y:z")) == "x:z"


def test_a_class_expression_is_named_by_what_it_says() -> None:
    triples = turtle(NAMES + "id:x a [ owl:onProperty ep:owns ; owl:minCardinality 1 ] .")
    (said,) = [triple for triple in triples if triple.subject == NamedNode("https://w3id.org/entrepot/id/x")]
    assert says(said, labels(triples)) == "id:x is “owns at least 1”"


def test_equality_is_said_in_words() -> None:
    label = labels(turtle(NAMES))
    assert says(one("id:AT owl:sameAs id:A ."), label) == "Österreich is the same as id:A"
    assert says(one("id:AT owl:differentFrom id:A ."), label) == "Österreich is different from id:A"
    assert says(one("ep:Country rdfs:subClassOf ep:Area ."), label) == "country is a kind of area"
