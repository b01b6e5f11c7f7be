"""The evidence of an answer as a graph: the triples that its rows rest on, what each rests on, and the claims."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.asking.answer import Answer
from kg.asking.evidence import Fact
from kg.files.turtle import write
from kg.terms import EP, OWL, PREFIXES, TYPE, Triple, ep

_AXIOM = NamedNode(OWL + "Axiom")
_PARTS = [NamedNode(f"{OWL}annotated{part}") for part in ("Source", "Property", "Target")]


def turtle(answer: Answer) -> Iterator[bytes]:
    yield write(triples(answer)).encode()


def json_ld(answer: Answer) -> Iterator[bytes]:
    written = ox.serialize(triples(answer), format=ox.RdfFormat.JSON_LD, prefixes=PREFIXES)
    assert written is not None
    yield written


def triples(answer: Answer) -> list[Triple]:
    """Every triple of the evidence once, with an ``owl:Axiom`` naming its claims and sources; then the claims."""
    facts = {triple: fact for its in answer.evidence or () for triple, fact in its.triples.items()}
    claims = dict.fromkeys(claim for its in answer.evidence or () for claim in its.claims)
    found = list(facts)
    for triple, fact in facts.items():
        found += _axiom(triple, fact)
    for claim in claims:
        found += _claim(answer, claim)
    return list(dict.fromkeys(found))


def _axiom(triple: Triple, fact: Fact) -> Iterator[Triple]:
    node = BlankNode("b" + hashlib.sha256(str(triple).encode()).hexdigest()[:24])
    yield Triple(node, TYPE, _AXIOM)
    for part, term in zip(_PARTS, triple, strict=True):
        yield Triple(node, part, term)
    for claim in fact.claims:
        yield Triple(node, ep("claim"), NamedNode(claim))
    for source in dict.fromkeys(s.source for s in fact.sources if s.source and not s.claim):
        yield Triple(node, ep("source"), NamedNode(source))


def _claim(answer: Answer, iri: str) -> Iterator[Triple]:
    claim, node = answer.desk.claims.get(iri), NamedNode(iri)
    if claim is None:
        return
    yield Triple(node, TYPE, NamedNode(EP + "Claim"))
    for name, other in (("document", claim.document), ("kind", claim.kind)):
        if other:
            yield Triple(node, ep(name), NamedNode(other))
    for name, text in (("locator", claim.locator), ("statement", claim.statement)):
        if text:
            yield Triple(node, ep(name), Literal(text))
