"""What there is to be had, for machines: the datasets of a snapshot in DCAT 3 and VoID."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg import datasets
from kg.datasets import Described
from kg.terms import BASE, DCTERMS, EP, INFERRED, PREFIXES, TYPE, XSD, Term, Triple, ep

DCAT, VOID, SD = (
    "http://www.w3.org/ns/dcat#",
    "http://rdfs.org/ns/void#",
    "http://www.w3.org/ns/sparql-service-description#",
)
CATALOGUE = NamedNode(BASE + "datasets")
"""The catalogue, which is also the dataset of all that is in the default graph."""
_TITLE = "Entrepôt: cross-border e-commerce, with sources"
_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <%s> { ?s ?p ?o } }"


def written(manifest: Mapping[str, Any], root: str, media_format: ox.RdfFormat) -> bytes:
    """The description as it is sent.

    Args:
        root: the address of the service, ending in a slash.
    """
    prefixes = {**PREFIXES, "dcat": DCAT, "void": VOID}
    content = ox.serialize(triples(manifest, root), format=media_format, prefixes=prefixes)
    assert content is not None
    return content


def triples(manifest: Mapping[str, Any], root: str) -> Iterator[Triple]:
    """The catalogue, the service by which to query it, its datasets, and what is inferred from all of them."""
    endpoint, service = NamedNode(root + "sparql"), NamedNode(root + "sparql#service")
    yield from _said(
        CATALOGUE,
        (TYPE, NamedNode(DCAT + "Catalog")),
        (TYPE, NamedNode(VOID + "Dataset")),
        (NamedNode(DCTERMS + "title"), Literal(_TITLE, language="en")),
        (NamedNode(DCAT + "service"), service),
        (NamedNode(VOID + "sparqlEndpoint"), endpoint),
        (NamedNode(VOID + "triples"), _count(manifest["counts"]["triples"])),
        (NamedNode(VOID + "uriSpace"), Literal(BASE + "id/")),
        (NamedNode(VOID + "vocabulary"), NamedNode(EP)),
    )
    yield from _said(
        service,
        (TYPE, NamedNode(DCAT + "DataService")),
        (NamedNode(DCTERMS + "title"), Literal("SPARQL 1.1", language="en")),
        (NamedNode(DCAT + "endpointURL"), endpoint),
        (NamedNode(DCAT + "servesDataset"), CATALOGUE),
    )
    for described in datasets.read(manifest):
        yield from _dataset(described, endpoint)
    yield from _part(INFERRED, "What follows from all the others", manifest["counts"]["inferred"], endpoint)


def _dataset(described: Described, endpoint: NamedNode) -> Iterator[Triple]:
    graph = NamedNode(described.graph)
    yield from _part(graph, described.title, described.triples, endpoint)
    yield from _said(
        graph,
        (NamedNode(DCTERMS + "identifier"), Literal(described.file)),
        *((NamedNode(DCTERMS + "source"), NamedNode(source)) for source in described.sources),
    )
    if described.license:
        yield Triple(graph, NamedNode(DCTERMS + "license"), NamedNode(described.license))
    if described.until:
        yield Triple(graph, NamedNode(DCTERMS + "date"), Literal(described.until, datatype=NamedNode(XSD + "date")))
    if described.rows is not None:
        yield Triple(graph, ep("rows"), _count(described.rows))


def _part(graph: NamedNode, title: str, size: int, endpoint: NamedNode) -> Iterator[Triple]:
    """A graph as a dataset of the catalogue, with where to get it."""
    where = NamedNode(f"{endpoint.value}?{urlencode({'query': _GRAPH % graph.value})}")
    copy = NamedNode(f"{graph.value}#distribution")
    yield from _said(
        CATALOGUE,
        (NamedNode(DCAT + "dataset"), graph),
        (NamedNode(VOID + "subset"), graph),
    )
    yield from _said(
        graph,
        (TYPE, NamedNode(DCAT + "Dataset")),
        (TYPE, NamedNode(VOID + "Dataset")),
        (NamedNode(DCTERMS + "title"), Literal(title, language="en")),
        (NamedNode(VOID + "triples"), _count(size)),
        (NamedNode(DCAT + "distribution"), copy),
    )
    yield from _said(
        copy,
        (TYPE, NamedNode(DCAT + "Distribution")),
        (NamedNode(DCAT + "accessURL"), where),
        (NamedNode(DCAT + "mediaType"), NamedNode("https://www.iana.org/assignments/media-types/text/turtle")),
    )


def _said(subject: NamedNode, *pairs: tuple[NamedNode, Term]) -> Iterator[Triple]:
    return (Triple(subject, predicate, value) for predicate, value in pairs)


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))
