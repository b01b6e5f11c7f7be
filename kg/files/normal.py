"""The named normalisations: what an OWL tool may write either way, written one way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import Literal, NamedNode

from kg.files.notation import with_point
from kg.terms import OWL, RDF, RDFS, TYPE, XSD, Triple

_BUILT_IN = (OWL, XSD, RDF, RDFS)
_DECLARED_AS = {
    NamedNode(OWL + kind)
    for kind in ("AnnotationProperty", "ObjectProperty", "DatatypeProperty", "Class", "NamedIndividual")
} | {NamedNode(RDFS + kind) for kind in ("Datatype", "Class")}
_SYMMETRIC = {
    *(NamedNode(OWL + name) for name in ("disjointWith", "propertyDisjointWith", "differentFrom")),
    *(NamedNode(OWL + name) for name in ("equivalentClass", "equivalentProperty", "sameAs")),
}
_DECIMAL = NamedNode(XSD + "decimal")
_SOURCE, _PROPERTY, _TARGET = (NamedNode(OWL + "annotated" + part) for part in ("Source", "Property", "Target"))


def normalise(triples: Iterable[Triple]) -> list[Triple]:
    """The triples in the same order, each once, after three changes that keep the meaning.

    * Declarations of the terms of OWL, RDF, RDFS and XML Schema are dropped: Protégé adds them.
    * ``"100"^^xsd:decimal`` is spelled ``100.0``: Protégé writes it bare, and then ``100`` is an integer.
    * A symmetric property of OWL between two IRIs goes from the smaller one, in ``owl:Axiom`` nodes too:
      Protégé may turn it round.
    """
    kept = [_with_point(t) for t in triples if not _declares_built_in(t)]
    turned = {old: new for old in kept if (new := _from_smaller(old)) != old}
    for axiom in _symmetric_axioms(kept):
        turned |= _turned_axiom(*axiom)
    return list(dict.fromkeys(turned.get(t, t) for t in kept))


def _declares_built_in(triple: Triple) -> bool:
    subject = triple.subject
    built_in = isinstance(subject, NamedNode) and subject.value.startswith(_BUILT_IN)
    return built_in and triple.predicate == TYPE and triple.object in _DECLARED_AS


def _with_point(triple: Triple) -> Triple:
    value = triple.object
    if not isinstance(value, Literal) or value.datatype != _DECIMAL:
        return triple
    return Triple(triple.subject, triple.predicate, Literal(with_point(value.value), datatype=_DECIMAL))


def _from_smaller(triple: Triple) -> Triple:
    one, other = triple.subject, triple.object
    if triple.predicate not in _SYMMETRIC or not isinstance(one, NamedNode) or not isinstance(other, NamedNode):
        return triple
    return Triple(other, triple.predicate, one) if other.value < one.value else triple


def _symmetric_axioms(triples: Sequence[Triple]) -> list[tuple[Triple, Triple, Triple]]:
    """The triples that say which axiom an ``owl:Axiom`` node is about, where its property is symmetric."""
    nodes = {t.subject for t in triples if t.predicate == _PROPERTY and t.object in _SYMMETRIC}
    parts = {node: dict[NamedNode, Triple]() for node in nodes}
    for triple in triples:
        if triple.subject in nodes:
            parts[triple.subject][triple.predicate] = triple
    whole = (found for found in parts.values() if {_SOURCE, _PROPERTY, _TARGET} <= found.keys())
    return [(found[_SOURCE], found[_PROPERTY], found[_TARGET]) for found in whole]


def _turned_axiom(source: Triple, property_: Triple, target: Triple) -> dict[Triple, Triple]:
    one, other, predicate = source.object, target.object, property_.object
    assert isinstance(predicate, NamedNode)
    if isinstance(one, NamedNode) and _from_smaller(Triple(one, predicate, other)).subject != one:
        return {
            source: Triple(source.subject, source.predicate, other),
            target: Triple(target.subject, target.predicate, one),
        }
    return {}
