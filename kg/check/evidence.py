"""Whether every assertion in the facts names what it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from kg.check.words import listed, readable
from kg.errors import Finding
from kg.files.hierarchy import below
from kg.files.load import Dataset
from kg.sources import Source, Sourced
from kg.terms import BASE, EP, OWL, RDFS, TYPE, Triple, ep, written

FACTS, TABLES = BASE + "facts/", BASE + "tables/"


def unsourced(dataset: Dataset, evidence: Sourced) -> Iterator[Finding]:
    """A finding for each subject in a graph of facts that has properties of ours without evidence of its own.

    Codes and annotations may rest on the header, as types and labels do; a header that names nothing to rest
    on is a finding too, for tables as well.
    """
    triples = list(dataset.triples())
    exempt = below(ep("code"), NamedNode(RDFS + "subPropertyOf"), triples)
    exempt |= {t.subject for t in triples if t.predicate == TYPE and t.object == NamedNode(OWL + "AnnotationProperty")}
    for graph in dataset.graphs:
        if not graph.value.startswith((FACTS, TABLES)):
            continue
        own = [t for t in dataset.graphs[graph] if t.subject != graph and not _sourced(evidence[t])]
        if any(evidence[t][0].scope == "schema" for t in own):
            yield Finding(
                "missing-header-source",
                "error",
                f"{written(graph)} states facts, but its header names nothing that types, labels and codes rest on.",
                "Add dcterms:source to the header: a document, a reference source or an editorial.",
                graph.value,
                *dataset.place(graph, graph),
            )
        if graph.value.startswith(FACTS):
            yield from _bare(graph, [t for t in own if t.predicate not in exempt], dataset)


def _sourced(found: Iterable[Source]) -> bool:
    """Whether a triple has evidence of its own, not only that of its graph."""
    return any(source.scope in ("axiom", "record") for source in found)


def _bare(graph: NamedNode, triples: Iterable[Triple], dataset: Dataset) -> Iterator[Finding]:
    bare: dict[NamedNode, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value.startswith(EP) and isinstance(triple.subject, NamedNode):
            bare[triple.subject].add(written(triple.predicate))
    for subject, properties in bare.items():
        yield Finding(
            "fact-without-source",
            "error",
            f"{readable(subject)} is given {listed(properties)} without a claim or source.",
            "Annotate the axiom with ep:claim or ep:source, or make it a record with ep:statedBy.",
            subject.value,
            *dataset.place(subject, graph),
        )
