"""The datasets that a snapshot is made of: each file with its title, licence, sources, their date, and its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pyoxigraph import NamedNode

from kg.files.load import Dataset
from kg.terms import DCTERMS, TYPE, Node, Triple, ep

_TITLE, _LICENSE, _SOURCE = (NamedNode(DCTERMS + name) for name in ("title", "license", "source"))
_RESTS_ON = {_SOURCE, ep("source"), ep("claim"), ep("statedBy")}
_DOCUMENT, _WRITTEN_UNTIL = ep("document"), ep("writtenUntil")
_KINDS = {ep("Document"), ep("ReferenceSource"), ep("Editorial")}


@dataclass(frozen=True, slots=True)
class Described:
    """One dataset, which is one graph and one file.

    ``sources`` are the documents, works of reference and readings that its statements rest on, those of the header
    first. ``until`` is the last day on which one of them was written. ``rows`` and ``refused``, the rows that could
    not be used, are None where the file is no table.
    """

    graph: str
    file: str
    title: str
    license: str | None
    sources: tuple[str, ...]
    until: str | None
    triples: int
    rows: int | None = None
    refused: int | None = None

    @property
    def kind(self) -> str:
        """The folder that the file stands in: tables, facts or schema; schema also for the root file."""
        folder, slash, _ = self.file.partition("/")
        return folder if slash else "schema"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read(manifest: Mapping[str, Any]) -> list[Described]:
    """The datasets as the manifest of a snapshot has them."""
    return [Described(**{**given, "sources": tuple(given["sources"])}) for given in manifest.get("datasets", ())]


def describe(dataset: Dataset) -> list[Described]:
    """The files of an ontology folder, by their names."""
    documents: dict[Node, Node] = {}
    kinds: set[Node] = set()
    ends: dict[Node, str] = {}
    for triples in dataset.graphs.values():
        for subject, predicate, value in triples:
            if predicate == _DOCUMENT:
                documents[subject] = value
            elif predicate == TYPE and value in _KINDS:
                kinds.add(subject)
            elif predicate == _WRITTEN_UNTIL and not isinstance(value, Triple):
                ends[subject] = max(ends.get(subject, ""), value.value[:10])
    described = []
    for graph, file in sorted(dataset.files.items(), key=lambda item: item[1].name):
        triples = dataset.graphs[graph]
        header = {t.predicate: t.object for t in triples if t.subject == graph}
        sources = _sources(triples, graph, documents, kinds)
        described.append(
            Described(
                graph=graph.value,
                file=file.name,
                title=_text(header.get(_TITLE)) or file.name,
                license=_text(header.get(_LICENSE)),
                sources=tuple(source.value for source in sources),
                until=max((ends[source] for source in sources if source in ends), default=None),
                triples=len(triples),
                rows=file.rows,
                refused=file.refused,
            )
        )
    return described


def _sources(
    triples: list[Triple], graph: NamedNode, documents: Mapping[Node, Node], kinds: set[Node]
) -> list[NamedNode]:
    named = {t.object for t in triples if t.subject == graph and t.predicate == _SOURCE}
    all_of_them = {documents.get(t.object, t.object) for t in triples if t.predicate in _RESTS_ON}
    found = (node for node in all_of_them if isinstance(node, NamedNode) and node in kinds)
    return sorted(found, key=lambda node: (node not in named, node.value))


def _text(node: Node | None) -> str | None:
    return None if node is None or isinstance(node, Triple) else node.value
