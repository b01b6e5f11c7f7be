"""Where a source stands: on the axiom, else on the claim or record, else in the header, else in the schema."""

from __future__ import annotations

import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import Literal, NamedNode

from kg.files import blanks
from kg.files.load import Dataset
from kg.sources import Source, packed, sources, unpacked
from kg.terms import BASE, GENID, ID, PREF_LABEL, PREFIXES, TYPE, Triple, ep, ident

SEED, WORLD, SCHEMA = BASE + "facts/seed", BASE + "facts/world", BASE + "schema/blocs"
FOREIGN = "https://example.org/graph"

EVIDENCE = f"""
<{SEED}> a owl:Ontology ; dcterms:source id:document-3 .
ep:SurveyClaim rdfs:subClassOf ep:Claim .
id:document-3 a ep:Document .
id:cldr a ep:ReferenceSource .
id:editorial-1 a ep:Editorial ; ep:reason "Both are tier 2." .
id:claim-1 a ep:Claim ; ep:document id:document-3 ; ep:kind id:fact .
id:claim-2 a ep:SurveyClaim ; ep:document id:document-3 ; ep:kind id:estimate .
"""


def read(graphs: dict[str, str]) -> Dataset:
    """The graphs as the loader would give them."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    found = Dataset(Path())
    for graph, text in graphs.items():
        quads = ox.parse(prefixes + text, format=ox.RdfFormat.TURTLE)
        found.graphs[NamedNode(graph)] = blanks.skolemise(quad.triple for quad in quads)
    return found


def evidence(triple: Triple, facts: str, **others: str) -> set[Source]:
    """What a triple rests on where the seed graph says so much more, beside other graphs."""
    found = sources(read({SEED: EVIDENCE + facts} | others))[triple]
    assert len(set(found)) == len(found)
    return set(found)


def claim(number: int, kind: str, scope: str, graph: str = SEED, status: str = "stated") -> Source:
    return Source(ID + f"claim-{number}", ID + "document-3", graph, kind, status, scope)


def origin(name: str, status: str, scope: str, graph: str = SEED) -> Source:
    return Source(None, ID + name, graph, None, status, scope)


PART = Triple(ident("BR"), ep("partOf"), ident("America"))
AXIOM = "[] a owl:Axiom ; owl:annotatedSource id:BR ; owl:annotatedProperty ep:partOf ; owl:annotatedTarget id:America"
RECORD = Triple(ident("membership-1"), ep("member"), ident("BR"))


def test_a_triple_rests_on_the_claim_of_its_axiom_and_not_on_the_header() -> None:
    facts = f"id:BR ep:partOf id:America . {AXIOM} ; ep:claim id:claim-1 ."
    assert evidence(PART, facts) == {claim(1, "fact", "axiom")}


def test_several_axioms_and_several_annotations_of_one_triple_add_up() -> None:
    facts = f"""id:BR ep:partOf id:America . {AXIOM} ; ep:claim id:claim-1, id:claim-2 .
        {AXIOM} ; ep:source id:editorial-1, id:cldr ."""
    assert evidence(PART, facts) == {
        claim(1, "fact", "axiom"),
        claim(2, "estimate", "axiom"),
        origin("editorial-1", "editorial", "axiom"),
        origin("cldr", "reference", "axiom"),
    }


def test_an_axiom_that_names_no_source_leaves_the_triple_to_the_header() -> None:
    facts = f'id:BR ep:partOf id:America . {AXIOM} ; rdfs:comment "Mainland" .'
    assert evidence(PART, facts) == {origin("document-3", "stated", "header")}


def test_an_axiom_about_a_value_is_found_by_that_value() -> None:
    label = Triple(ident("BR"), PREF_LABEL, Literal("Brazil", language="en"))
    about = AXIOM.replace("ep:partOf", "skos:prefLabel").replace("id:America", '"Brazil"@en')
    assert evidence(label, f'id:BR skos:prefLabel "Brazil"@en . {about} ; ep:source id:cldr .') == {
        origin("cldr", "reference", "axiom")
    }


def test_a_claim_is_its_own_source() -> None:
    document = Triple(ident("claim-2"), ep("document"), ident("document-3"))
    assert evidence(document, "") == {claim(2, "estimate", "record")}


def test_an_editorial_states_its_own_reason() -> None:
    reason = Triple(ident("editorial-1"), ep("reason"), Literal("Both are tier 2."))
    assert evidence(reason, "") == {origin("editorial-1", "editorial", "record")}


def test_every_triple_of_a_record_rests_on_what_states_it() -> None:
    facts = "id:membership-1 a ep:Membership ; ep:member id:BR ; ep:statedBy id:claim-1, id:cldr ."
    expected = {claim(1, "fact", "record"), origin("cldr", "reference", "record")}
    assert evidence(RECORD, facts) == expected
    assert evidence(Triple(ident("membership-1"), TYPE, ep("Membership")), facts) == expected


def test_an_axiom_on_a_triple_of_a_record_goes_before_the_record() -> None:
    about = AXIOM.replace("id:BR", "id:membership-1").replace("ep:partOf", "ep:member").replace("America", "BR")
    facts = f"id:membership-1 ep:member id:BR ; ep:statedBy id:claim-1 . {about} ; ep:claim id:claim-2 ."
    assert evidence(RECORD, facts) == {claim(2, "estimate", "axiom")}


def test_a_blank_node_rests_on_what_the_record_rests_on_that_it_hangs_below() -> None:
    facts = "id:rule-1 ep:statedBy id:claim-1 ; ep:amount [ ep:unit [ ep:code 'CNY' ] ] ."
    found = sources(read({SEED: EVIDENCE + facts}))
    (code,) = (triple for triple in found if triple.predicate == ep("code"))
    assert str(code.subject).startswith(f"<{GENID}")
    assert found[code] == (claim(1, "fact", "record"),)


def test_the_header_is_the_source_of_what_has_none_of_its_own() -> None:
    country = Triple(ident("BR"), TYPE, ep("Country"))
    header = f"<{WORLD}> dcterms:source id:cldr, id:editorial-1 . id:BR a ep:Country ."
    assert evidence(country, "", **{WORLD: header}) == {
        origin("cldr", "reference", "header", WORLD),
        origin("editorial-1", "editorial", "header", WORLD),
    }


@pytest.mark.parametrize("graph", [SCHEMA, BASE + "ontology"])
def test_a_definition_rests_on_its_module_whatever_its_header_says(graph: str) -> None:
    text = f"<{graph}> dcterms:source id:cldr . ep:partOf a owl:TransitiveProperty ."
    definition = Triple(ep("partOf"), TYPE, NamedNode(PREFIXES["owl"] + "TransitiveProperty"))
    assert evidence(definition, "", **{graph: text}) == {Source(None, graph, graph, None, "schema", "schema")}


def test_an_axiom_of_the_schema_may_rest_on_a_claim() -> None:
    text = f"id:BR ep:partOf id:America . {AXIOM} ; ep:claim id:claim-1 ."
    assert evidence(PART, "", **{SCHEMA: text}) == {claim(1, "fact", "axiom", SCHEMA)}


def test_a_triple_of_several_graphs_has_the_sources_of_all() -> None:
    country = Triple(ident("BR"), TYPE, ep("Country"))
    header = f"<{WORLD}> dcterms:source id:cldr . id:BR a ep:Country ."
    assert evidence(country, "id:BR a ep:Country .", **{WORLD: header}) == {
        origin("document-3", "stated", "header"),
        origin("cldr", "reference", "header", WORLD),
    }


@pytest.mark.parametrize("graph", [FOREIGN, BASE + "contributed/mine"])
def test_what_is_contributed_is_marked_so_even_when_it_names_a_claim_of_ours(graph: str) -> None:
    text = f"id:BR ep:partOf id:America . {AXIOM} ; ep:claim id:claim-1 ."
    assert evidence(PART, "", **{graph: text}) == {claim(1, "fact", "axiom", graph, "contributed")}


def test_a_contributed_triple_about_a_record_of_ours_does_not_pass_for_stated() -> None:
    facts = "id:membership-1 ep:statedBy id:claim-1 ."
    found = evidence(RECORD, facts, **{FOREIGN: "id:membership-1 ep:member id:BR ."})
    assert found == {Source(None, FOREIGN, FOREIGN, None, "contributed", "header")}


def test_a_contributed_annotation_adds_nothing_to_a_triple_of_ours() -> None:
    found = evidence(PART, "id:BR ep:partOf id:America .", **{FOREIGN: f"{AXIOM} ; ep:claim id:claim-1 ."})
    assert found == {origin("document-3", "stated", "header")}


def test_every_asserted_triple_has_a_source() -> None:
    dataset = read({SEED: EVIDENCE + "id:BR ep:partOf [ a ep:Place ] .", SCHEMA: "ep:Place a owl:Class .", WORLD: ""})
    found = sources(dataset)
    assert set(found) == set(dataset.triples())
    assert all(found.values())


def test_what_triples_rest_on_travels_between_processes() -> None:
    said = list(sources(read({SEED: EVIDENCE + "id:BR a ep:Place ; ep:partOf id:America .", WORLD: ""})).values())
    read_again = unpacked(packed(said))
    assert read_again == said
    assert len({id(group) for group in read_again}) == len({id(group) for group in said})


def test_ten_thousand_triples_take_a_fraction_of_a_second() -> None:
    records = "".join(
        f"id:membership-{n} a ep:Membership ; ep:member id:BR ; ep:bloc id:b{n % 7} ; ep:statedBy id:claim-1 .\n"
        for n in range(2500)
    )
    dataset = read({SEED: EVIDENCE + records})
    before = time.perf_counter()
    assert len(sources(dataset)) > 10_000
    assert time.perf_counter() - before < 2, "ten times what a slow machine needs"
