"""Where the evidence of an asserted triple stands: its axiom, its record, or the header of its graph."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from pyoxigraph import NamedNode

from kg.files.hierarchy import below
from kg.terms import BASE, DCTERMS, GENID, OWL, SUB_CLASS, TYPE, Node, Triple, ep

if TYPE_CHECKING:
    from kg.files.load import Dataset

Status: TypeAlias = Literal["stated", "reference", "editorial", "contributed", "schema"]
Scope: TypeAlias = Literal["axiom", "record", "header", "schema"]

ANNOTATED = tuple(NamedNode(OWL + part) for part in ("annotatedSource", "annotatedProperty", "annotatedTarget"))
HEADER_SOURCE = NamedNode(DCTERMS + "source")
STATUS: dict[NamedNode, Status] = {
    ep("Document"): "stated",
    ep("ReferenceSource"): "reference",
    ep("Editorial"): "editorial",
}
"""What each class of sources makes of the triples that rest on it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that a triple rests on by itself.

    ``claim`` is an IRI; ``source`` is that of its document, of a reference or editorial individual, or, where
    nothing else is named, of the graph. ``kind`` is the local name of the claim's kind. ``scope`` says where it
    was found: on the triple's own axiom, on its record, in its graph's header, or that it is a definition.
    """

    claim: str | None
    source: str | None
    graph: str
    kind: str | None
    status: Status
    scope: Scope = "axiom"


Sourced: TypeAlias = Mapping[Triple, tuple[Source, ...]]
"""What each asserted triple rests on."""


def sources(dataset: Dataset) -> dict[Triple, tuple[Source, ...]]:
    """What each asserted triple rests on, never nothing; a triple of several graphs has the sources of all.

    First hit wins: the triple's ``owl:Axiom`` nodes; the claim, source or record that is its subject, or that
    its blank subject hangs below; the ``dcterms:source`` of its graph's header; else the graph itself.
    A contributed graph is judged by what stands in it alone, so that nothing in it passes for the project's.
    """
    described = _Described(dataset)
    found: dict[Triple, tuple[Source, ...]] = {}
    for graphs in _realms(dataset):
        evidence = _Evidence(described, graphs)
        for graph, triples in graphs.items():
            header = _header(graph, triples, described)
            for triple in triples:
                here = evidence.of(triple) or header
                found[triple] = _joined(found[triple], here) if triple in found else here
    return found


def packed(said: Sequence[tuple[Source, ...]]) -> str:
    """What some triples rest on, in their order, as it travels between processes: a line of JSON."""
    groups = {id(group): group for group in said}  # most triples of a record share one
    places = {which: place for place, which in enumerate(groups)}
    sources: dict[Source, int] = {}
    members = [[sources.setdefault(source, len(sources)) for source in group] for group in groups.values()]
    return json.dumps([list(map(astuple, sources)), members, [places[id(group)] for group in said]])


def unpacked(text: str | bytes) -> list[tuple[Source, ...]]:
    """What :func:`packed` wrote; triples that rest on the same have one tuple for it."""
    sources, members, numbers = json.loads(text)
    known = [Source(*each) for each in sources]
    groups = [tuple(map(known.__getitem__, group)) for group in members]
    return [groups[number] for number in numbers]


def is_contributed(graph: NamedNode) -> bool:
    """Whether a graph comes from outside the project."""
    return not graph.value.startswith(BASE) or graph.value.startswith(BASE + "contributed/")


def is_schema(graph: NamedNode) -> bool:
    """Whether a graph holds definitions: the root ontology or a module of the schema."""
    return graph.value == BASE + "ontology" or graph.value.startswith(BASE + "schema/")


class _Described:
    """What the dataset says of its claims and sources; the project's word goes before a contributed one."""

    def __init__(self, dataset: Dataset) -> None:
        triples = [t for graph in sorted(dataset.graphs, key=is_contributed) for t in dataset.graphs[graph]]
        hierarchy = [t for t in triples if t.predicate == SUB_CLASS]
        status = {cls: STATUS[kind] for kind in STATUS for cls in below(kind, SUB_CLASS, hierarchy)}
        claims = below(ep("Claim"), SUB_CLASS, hierarchy)
        self.claims: set[Node] = set()
        self.status: dict[Node, Status] = {}
        self.kind: dict[Node, str] = {}
        self.document: dict[Node, str] = {}
        for subject, predicate, value in triples:
            if predicate == TYPE and value in claims:
                self.claims.add(subject)
            elif predicate == TYPE and value in status:
                self.status.setdefault(subject, status[value])
            elif predicate == _KIND and isinstance(value, NamedNode):
                self.kind.setdefault(subject, _local(value.value))
            elif predicate == _DOCUMENT and isinstance(value, NamedNode):
                self.document.setdefault(subject, value.value)

    def source(self, node: NamedNode, graph: NamedNode, scope: Scope) -> Source:
        """What it means to rest on that claim or source, as a graph says."""
        foreign: Status | None = "contributed" if is_contributed(graph) else None
        if node in self.claims:
            document, kind = self.document.get(node), self.kind.get(node)
            return Source(node.value, document, graph.value, kind, foreign or "stated", scope)
        status = foreign or self.status.get(node, "editorial")
        return Source(None, node.value, graph.value, None, status, scope)


class _Evidence:
    """What a group of graphs says about the evidence of its own triples, by triple and by subject."""

    def __init__(self, described: _Described, graphs: dict[NamedNode, list[Triple]]) -> None:
        self._axioms: dict[Triple, tuple[Source, ...]] = {}
        self._subjects: dict[Node, tuple[Source, ...]] = {}
        self._parents: dict[Node, list[Node]] = defaultdict(list)
        self._found: dict[Node, tuple[Source, ...]] = {}
        annotated: dict[Node, dict[Node, Node]] = defaultdict(dict)
        for graph, triples in graphs.items():
            for subject, predicate, value in triples:
                if predicate in ANNOTATED:
                    annotated[subject][predicate] = value
                elif not isinstance(subject, NamedNode) or not isinstance(value, NamedNode):
                    continue
                elif predicate in _EVIDENCE:
                    self._add(subject, described.source(value, graph, _EVIDENCE[predicate]))
                elif predicate == TYPE and (subject in described.claims or subject in described.status):
                    self._add(subject, described.source(subject, graph, "record"))
                elif value.value.startswith(GENID):
                    self._parents[value].append(subject)
        for node, parts in annotated.items():
            triple = _annotated(parts)
            if triple and node in self._subjects:
                self._axioms[triple] = _joined(self._axioms.get(triple, ()), self._subjects[node])

    def of(self, triple: Triple) -> tuple[Source, ...]:
        """What the triple rests on by its axioms, else by its subject; nothing where neither says."""
        if triple in self._axioms:
            return self._axioms[triple]
        subject = triple.subject
        found = self._found.get(subject)
        if found is None:
            found = self._found[subject] = self._of_subject(subject)
        return found

    def _add(self, subject: NamedNode, source: Source) -> None:
        self._subjects[subject] = _joined(self._subjects.get(subject, ()), (source,))

    def _of_subject(self, subject: Node) -> tuple[Source, ...]:
        level: list[Node] = [subject]
        seen = {subject}
        while level:
            if found := _joined(*(self._subjects.get(node, ()) for node in level)):
                return found
            level = [parent for node in level for parent in self._parents.get(node, ()) if parent not in seen]
            seen.update(level)
        return ()


def _realms(dataset: Dataset) -> Iterable[dict[NamedNode, list[Triple]]]:
    """The project's graphs as one group, then each contributed graph by itself."""
    yield {graph: triples for graph, triples in dataset.graphs.items() if not is_contributed(graph)}
    for graph, triples in dataset.graphs.items():
        if is_contributed(graph):
            yield {graph: triples}


def _header(graph: NamedNode, triples: Iterable[Triple], described: _Described) -> tuple[Source, ...]:
    named = [t.object for t in triples if t.predicate == HEADER_SOURCE and t.subject == graph]
    origins = [node for node in named if isinstance(node, NamedNode)]
    if is_schema(graph) or not (origins or is_contributed(graph)):
        return (Source(None, graph.value, graph.value, None, "schema", "schema"),)
    return tuple(described.source(node, graph, "header") for node in origins or [graph])


def _annotated(parts: dict[Node, Node]) -> Triple | None:
    """The triple that an ``owl:Axiom`` node is about; None where it names no whole one."""
    subject, predicate, value = (parts.get(part) for part in ANNOTATED)
    if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode) and value is not None:
        return Triple(subject, predicate, value)
    return None


def _joined(*groups: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for group in groups for source in group))


def _local(iri: str) -> str:
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


_KIND, _DOCUMENT = ep("kind"), ep("document")
_EVIDENCE: dict[NamedNode, Scope] = {ep("claim"): "axiom", ep("source"): "axiom", ep("statedBy"): "record"}
