"""owlrl, the reasoner that many know, as a reference to compare with; what it gets wrong is set aside.

Its rule for keys (prp-key) ignores the last property of a key and merges individuals that have nothing in common, so
``owl:hasKey`` is left out. In lists of different individuals and of disjoint properties it never looks at the last
member: it misses contradictions there, but what it finds is right, so these rules stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import rdflib
from owlrl.OWLRL import OWLRL_Semantics
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.reasoning.schema import DOMAIN, RANGE, SUB_PROPERTY, owl
from kg.terms import OWL, RDF, RDFS, SAME_AS, SUB_CLASS, TYPE, XSD, Term, Triple

LIMITS = (
    "prp-key is set aside: owlrl ignores the last property of a key and would merge individuals that differ in it.",
    "eq-diff2, eq-diff3, prp-adp: owlrl never looks at the last member of owl:AllDifferent or "
    "owl:AllDisjointProperties, so contradictions that involve it are not found.",
)
"""What to tell whoever uses it."""

_ERRORS = "http://www.daml.org/2002/03/agents/agent-ont#"


@dataclass(frozen=True)
class Reference:
    """What owlrl makes of a graph: the triples, the asserted ones included, and what it says cannot be."""

    triples: list[Triple]
    errors: list[str]


class _Sound(OWLRL_Semantics):  # type: ignore[misc]
    """owlrl's rules without the one that concludes what does not follow."""

    def _properties(self, triple: tuple[Any, Any, Any], cycle_num: int) -> None:
        if triple[1] != rdflib.OWL.hasKey:
            super()._properties(triple, cycle_num)


def close(triples: Iterable[Triple], *, axiomatic: bool = False) -> Reference:
    """The closure of the triples by owlrl.

    Args:
        axiomatic: whether to keep what holds of anything, which owlrl always derives.
    """
    asserted = dict.fromkeys(triples)
    graph = rdflib.Graph()
    for triple in asserted:
        graph.add((_to_rdflib(triple.subject), _to_rdflib(triple.predicate), _to_rdflib(triple.object)))
    semantics = _Sound(graph, False, axiomatic, False)
    semantics.closure()
    found = dict.fromkeys([*asserted, *_triples(graph)])
    kept = [triple for triple in found if triple in asserted or axiomatic or not is_trivial(triple)]
    return Reference(kept, list(semantics.error_messages))


def is_trivial(triple: Triple) -> bool:
    """Whether a triple says nothing: all is itself and a thing, classes lie between Nothing and Thing, and what OWL and
    XML Schema define themselves is known."""
    subject, predicate, value = triple
    if isinstance(subject, NamedNode) and subject.value.startswith(_STANDARDS):
        return True
    if subject == value:
        return predicate in _REFLEXIVE
    return value in _ANYTHING and predicate in (TYPE, SUB_CLASS, DOMAIN, RANGE)


_STANDARDS = (OWL, RDF, RDFS, XSD)
_REFLEXIVE = {SAME_AS, SUB_CLASS, SUB_PROPERTY, owl("equivalentClass"), owl("equivalentProperty")}
_ANYTHING = {owl("Thing"), NamedNode(RDFS + "Resource")}


# --- terms -------------------------------------------------------------------------------------------------


def _to_rdflib(term: object) -> rdflib.term.Identifier:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, Literal)
    datatype = None if term.language or term.datatype.value == XSD + "string" else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, lang=term.language, datatype=datatype, normalize=False)


def _triples(graph: rdflib.Graph) -> Iterator[Triple]:
    """The triples of a graph, without those that are none and those that owlrl reports its errors with."""
    reports = {subject for subject, _, cls in graph.triples((None, rdflib.RDF.type, None)) if _ERRORS in str(cls)}
    for subject, predicate, value in graph:
        is_triple = isinstance(predicate, rdflib.URIRef) and not isinstance(subject, rdflib.Literal)
        if is_triple and subject not in reports:
            yield Triple(_named(subject), NamedNode(str(predicate)), _term(value))


def _named(term: object) -> NamedNode | BlankNode:
    return NamedNode(str(term)) if isinstance(term, rdflib.URIRef) else BlankNode(str(term))


def _term(term: object) -> Term:
    if not isinstance(term, rdflib.Literal):
        return _named(term)
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
