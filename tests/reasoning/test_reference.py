"""On the documents' graph our closure is owlrl's, on the rules where owlrl is right.

owlrl takes hours for the whole world, so all documents and, of each table, some of what it speaks of are compared by
``make soak``, and one document always.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

import pytest
from naive_reasoner import one, turtle
from pyoxigraph import NamedNode

from kg.files.load import load
from kg.reasoning import reference
from kg.reasoning.reason import reason
from kg.settings import Settings
from kg.terms import SWRL, Triple

RULE = NamedNode(SWRL + "Imp")
ENOUGH = 500
"""Triples of a table."""


def graph(settings: Settings, without: str) -> list[Triple]:
    """What the ontology says but for some graphs and for SWRL rules, which owlrl does not know."""
    graphs = load(settings.ontology).graphs.items()
    triples = [t for name, graph in graphs if not re.search(without, name.value) for t in sample(name.value, graph)]
    return [triple for triple in dict.fromkeys(triples) if triple.object != RULE]


def sample(name: str, triples: Sequence[Triple]) -> Sequence[Triple]:
    """All that a graph says of some of its subjects, if it is that of a long table."""
    if "/tables/" not in name or len(triples) <= ENOUGH:
        return triples
    subjects = sorted({str(triple.subject) for triple in triples})
    chosen = set(Random(name).sample(subjects, len(subjects) * ENOUGH // len(triples)))
    return [triple for triple in triples if str(triple.subject) in chosen]


def compare(triples: list[Triple]) -> tuple[int, set[Triple], set[Triple]]:
    """How many triples follow, and what only we and only owlrl conclude."""
    closure, theirs = reason(triples), reference.close(triples)
    assert (closure.violations, theirs.errors) == ([], [])
    ours = {triple for triple in closure.triples() if not reference.is_trivial(triple)}
    others = {triple for triple in theirs.triples if not reference.is_trivial(triple)}
    return len(ours - set(triples)), ours - others, others - ours


def test_on_the_graph_of_a_document_the_closure_is_that_of_owlrl(settings: Settings) -> None:
    triples = graph(settings, without="/tables/|/seed-00[^3]")
    derived, only_ours, only_theirs = compare(triples)
    assert len(triples) > 4500 and derived > 1000
    assert (only_ours, only_theirs) == (set(), set())


@pytest.mark.soak
@pytest.mark.parametrize("without", ["/tables/", "/seed-00"], ids=["all documents", "the tables"])
def test_on_all_documents_and_on_the_tables_too(settings: Settings, without: str) -> None:
    triples = graph(settings, without=without)
    derived, only_ours, only_theirs = compare(triples)
    assert len(triples) > 5000 and derived > 2000
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
