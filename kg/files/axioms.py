"""Annotated triples: an ``owl:Axiom`` node says which triple it is about, and that triple must stand there too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from kg.errors import Finding
from kg.terms import GENID, OWL, TYPE, Term, Triple, written

AXIOM = NamedNode(OWL + "Axiom")
SOURCE, PROPERTY, TARGET = (NamedNode(OWL + "annotated" + part) for part in ("Source", "Property", "Target"))


def findings(triples: Sequence[Triple], file: str, lines: Mapping[str, int]) -> Iterator[Finding]:
    """One finding for each ``owl:Axiom`` node of a graph that is incomplete or annotates what is not said there.

    An OWL tool takes such a node for the statement itself, an RDF tool does not: they would read different data.
    A value without a name counts as said where the subject has any such value of the same property.
    """
    if not any(triple.object == AXIOM for triple in triples):
        return
    said = set(triples)
    unnamed = {(t.subject, t.predicate) for t in triples if isinstance(t.object, NamedNode) and _is_unnamed(t.object)}
    for node, parts in _nodes(triples).items():
        line = lines.get(node)
        triple = _annotated(parts)
        if triple is None:
            message = "An owl:Axiom lacks annotatedSource, annotatedProperty or annotatedTarget, or has two of one."
            fix = "Let it annotate one triple."
            yield Finding("axiom-incomplete", "error", message, fix, focus=node, file=file, line=line)
        elif triple not in said and not (_is_unnamed(triple.object) and (triple.subject, triple.predicate) in unnamed):
            subject, predicate, object_ = (end if isinstance(end, Triple) else written(end) for end in triple)
            message = f"An owl:Axiom annotates {subject} {predicate} {object_}, which the file does not say."
            fix = "Write the triple itself too, or correct the owl:Axiom."
            yield Finding("axiom-without-triple", "error", message, fix, focus=node, file=file, line=line)


def _nodes(triples: Sequence[Triple]) -> dict[str, dict[NamedNode, list[Term]]]:
    """What each ``owl:Axiom`` node says that it annotates."""
    typed = (t.subject for t in triples if t.predicate == TYPE and t.object == AXIOM)
    nodes = {n.value: dict[NamedNode, list[Term]]() for n in typed if isinstance(n, NamedNode)}
    for t in triples:
        if t.predicate in (SOURCE, PROPERTY, TARGET) and isinstance(t.subject, NamedNode) and t.subject.value in nodes:
            assert not isinstance(t.object, Triple)
            nodes[t.subject.value].setdefault(t.predicate, []).append(t.object)
    return nodes


def _annotated(parts: Mapping[NamedNode, Sequence[Term]]) -> Triple | None:
    source, property_, target = (parts.get(part, ()) for part in (SOURCE, PROPERTY, TARGET))
    if len(source) != 1 or len(property_) != 1 or len(target) != 1:
        return None
    if isinstance(source[0], Literal) or not isinstance(property_[0], NamedNode):
        return None
    return Triple(source[0], property_[0], target[0])


def _is_unnamed(term: Term | Triple) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(GENID)
