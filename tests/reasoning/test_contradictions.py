"""A contradiction is shown with the axiom, the proof and the facts to look at, that with the fewest facts first."""

from __future__ import annotations

from naive_reasoner import turtle

from kg.errors import Finding
from kg.reasoning.contradictions import Words, findings
from kg.reasoning.reason import reason
from kg.reasoning.wording import labels

NAMES = """
ep:Country rdfs:label "country" . ep:Bloc rdfs:label "bloc" . ep:Place rdfs:label "place" . id:BR rdfs:label "Brazil" .
ep:partOf rdfs:label "is part of" .
"""


def found(text: str) -> list[Finding]:
    triples = turtle(NAMES + text)
    words = Words(labels(triples), lambda triple: ("facts.ttl", triples.index(triple)), lambda _: (None, None))
    return findings(reason(triples), words)


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert found("ep:Country owl:disjointWith ep:Bloc . id:BR a ep:Country .") == []


def test_the_contradiction_with_the_fewest_facts_comes_first() -> None:
    one, two = found("""
        ep:Place owl:disjointWith ep:Bloc . ep:partOf a owl:AsymmetricProperty, owl:IrreflexiveProperty .
        id:BR a ep:Place, ep:Bloc . id:x ep:partOf id:x .
    """)
    assert one.message == "id:x cannot have is part of to itself. 1 more contradiction comes of these facts."
    assert two.message == "Brazil cannot be both a bloc and a place."
    assert (len(one.facts), len(two.facts)) == (1, 2)


def test_what_follows_from_another_contradiction_is_counted_there() -> None:
    (finding,) = found("""
        ep:Country rdfs:subClassOf ep:Place . ep:Place owl:disjointWith ep:Bloc . ep:Country owl:disjointWith ep:Bloc .
        id:BR a ep:Country, ep:Bloc .
    """)
    assert finding.message.endswith("1 more contradiction comes of these facts.")


def test_a_fact_is_listed_once_however_often_the_proof_needs_it() -> None:
    (finding,) = found("""
        ep:Country rdfs:subClassOf ep:Place, ep:Bloc . ep:Place owl:disjointWith ep:Bloc . id:BR a ep:Country .
    """)
    assert [fact.partition(" (")[0] for fact in finding.facts] == ["Brazil is a country"]
    assert finding.proof[1:] == (
        "because Brazil is a bloc (inferred: cax-sco, every country is a bloc)",
        f"  because {finding.facts[0]}".replace(" (", " (", 1),
        "because Brazil is a place (inferred: cax-sco, every country is a place)",
        f"  because {finding.facts[0]}",
    )
    assert "this fact: Brazil is a country (facts.ttl" in finding.fix
    assert finding.fix.endswith("one of these 3 axioms: bloc and place are disjoint; every country is a bloc; "
                                "every country is a place.")  # fmt: skip


def test_a_long_proof_is_cut_and_its_facts_are_all_listed() -> None:
    chain = " ".join(f"id:n{number} ep:partOf id:n{number + 1} ." for number in range(100))
    (finding,) = found(f"""
        ep:partOf a owl:TransitiveProperty . id:n0 a [ owl:onProperty ep:partOf ; owl:hasValue id:BR ] .
        [] owl:sourceIndividual id:n0 ; owl:assertionProperty ep:partOf ; owl:targetIndividual id:n100 . {chain}
    """)
    assert len(finding.facts) == 100
    assert any("because of more than is shown here" in step for step in finding.proof)
    assert len(finding.proof) == 61


def test_a_graph_without_names_is_spoken_of_by_iri() -> None:
    (finding,) = found("""
        <urn:C> owl:disjointWith <urn:D> . <urn:x> a <urn:C>, <urn:D> .
    """)
    assert finding.message == "<urn:x> cannot be both a <urn:C> and a <urn:D>."


def test_of_very_many_contradictions_the_first_are_shown_and_the_rest_are_counted() -> None:
    both = " ".join(f"id:x{number} a ep:Place, ep:Bloc ." for number in range(300))
    shown = found(f"ep:Place owl:disjointWith ep:Bloc . {both}")
    assert len(shown) == 101
    assert shown[-1].message == "There are 200 more contradictions."


def test_a_fix_names_a_few_facts_and_the_finding_has_all() -> None:
    body = " ".join(f"ep:p{number}" for number in range(9))
    facts = " ".join(f"id:n{number} ep:p{number} id:n{number + 1} ." for number in range(9))
    (finding,) = found(
        f"ep:far a owl:IrreflexiveProperty ; owl:propertyChainAxiom ( {body} ) . {facts}".replace("n9", "n0")
    )
    assert len(finding.facts) == 9
    assert "; and 3 more; or else" in finding.fix
