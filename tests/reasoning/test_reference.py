"""On the documents' graph our closure is owlrl's, on the rules where owlrl is right; tables are too much for owlrl."""

from __future__ import annotations

import pytest
from naive_reasoner import one, turtle
from pyoxigraph import NamedNode

from kg.files.load import load
from kg.reasoning import reference
from kg.reasoning.reason import reason
from kg.settings import Settings
from kg.terms import SWRL, Triple

RULE = NamedNode(SWRL + "Imp")


def documents(settings: Settings, *, tables: bool) -> list[Triple]:
    """What the ontology and the documents say, without SWRL rules, which owlrl does not know."""
    graphs = load(settings.ontology).graphs.items()
    triples = [t for name, graph in graphs if tables or "/tables/" not in name.value for t in graph]
    return [triple for triple in dict.fromkeys(triples) if triple.object != RULE]


def compare(triples: list[Triple]) -> tuple[int, set[Triple], set[Triple]]:
    """How many triples follow, and what only we and only owlrl conclude."""
    closure, theirs = reason(triples), reference.close(triples)
    assert (closure.violations, theirs.errors) == ([], [])
    ours = {triple for triple in closure.triples() if not reference.is_trivial(triple)}
    others = {triple for triple in theirs.triples if not reference.is_trivial(triple)}
    return len(ours - set(triples)), ours - others, others - ours


def test_on_the_documents_graph_the_closure_is_that_of_owlrl(settings: Settings) -> None:
    triples = documents(settings, tables=False)
    assert len(triples) > 4500
    derived, only_ours, only_theirs = compare(triples)
    assert derived > 1000
    assert (only_ours, only_theirs) == (set(), set())


@pytest.mark.soak
def test_with_the_tables_too(settings: Settings) -> None:
    triples = documents(settings, tables=True)
    derived, only_ours, only_theirs = compare(triples)
    assert len(triples) > 7000 and derived > 2000
    assert (only_ours, only_theirs) == (set(), set())


def test_what_owlrl_gets_wrong_is_set_aside() -> None:
    triples = turtle("""
        ep:Country owl:hasKey ( ep:code ) . id:BR a ep:Country ; ep:code "BR" . id:AR a ep:Country ; ep:code "AR" .
        ep:Country rdfs:subClassOf ep:Place .
    """)
    found = reference.close(triples).triples
    assert one("id:BR a ep:Place .") in found
    assert one("id:BR owl:sameAs id:AR .") not in found
    assert set(triples) <= set(found)
    assert reference.LIMITS[0].startswith("prp-key")


def test_trivial_triples_are_kept_only_where_asked_for() -> None:
    triples = turtle("id:BR a ep:Country .")
    same = one("id:BR owl:sameAs id:BR .")
    assert same not in reference.close(triples).triples
    assert same in reference.close(triples, axiomatic=True).triples
