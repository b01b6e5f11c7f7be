"""Random graphs for property tests: blank nodes in trees and circles, lists, odd literals and odd IRIs."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.terms import EP, ID, OWL, RDF, RDFS, SKOS, SWRL, TYPE, XSD, Term, Triple

FIRST, REST, NIL = (NamedNode(RDF + name) for name in ("first", "rest", "nil"))

_SPELLINGS = ["1", "-1", "+1", "007", "1.", ".5", "1.50", "-0", "1e5", ".5E-3", "true", "false", "0", "abc", ""]
_TYPES = [XSD + name for name in ("integer", "decimal", "double", "boolean", "dateTime")] + [EP + "odd", "urn:x:type"]
_IRIS = [
    ID + "BR",
    ID + "a.b",
    ID + "a.",
    ID + "-a",
    ID + "1",
    ID,
    ID + "a/b",
    EP + "São",
    "urn:x:%20",
    "http://x.org/a,b",
]
_IRIS += [OWL + "Axiom", OWL + "Class", OWL + "Ontology", SWRL + "AtomList", "http://x.org/#a", "http://x.org/é"]
_PREDICATES = [EP + "p", RDFS + "label", SKOS + "prefLabel", OWL + "annotatedSource", "http://x.org/a"]

iris = st.sampled_from(_IRIS).map(NamedNode)
blanks = st.sampled_from("abcd").map(BlankNode)
numbers = st.builds(Literal, st.sampled_from(_SPELLINGS), datatype=st.sampled_from(_TYPES).map(NamedNode))
texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\n\r\t'), max_size=8)
strings = st.builds(Literal, texts) | st.builds(Literal, texts, language=st.sampled_from(["en", "zh-hans", "pt-br"]))
terms = st.one_of(iris, blanks, numbers, strings)
predicates = st.sampled_from([*map(NamedNode, _PREDICATES), TYPE, FIRST, REST])


def _list(head: str, items: list[Term], typed: bool) -> list[Triple]:
    """The cells of a list whose nodes no other list has, and a triple that points at it."""
    cells = [BlankNode(f"{head}{place}") for place in range(len(items))]
    triples = [Triple(NamedNode(ID + "BR"), NamedNode(EP + "list"), [*cells, NIL][0])]
    for cell, item, rest in zip(cells, items, [*cells, NIL][1:], strict=True):
        triples += [Triple(cell, FIRST, item), Triple(cell, REST, rest)]
        triples += [Triple(cell, TYPE, NamedNode(SWRL + "AtomList"))] if typed else []
    return triples


triples = st.builds(Triple, iris | blanks, predicates, terms)
lists = st.builds(_list, st.sampled_from(["m", "n"]), st.lists(terms, max_size=4), st.booleans())
graphs = st.builds(lambda single, several: [*single, *several], st.lists(triples, max_size=12), lists | st.just([]))


def canonical(graph: list[Triple]) -> ox.Dataset:
    """Equal for isomorphic graphs, and only for these."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in graph)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset
