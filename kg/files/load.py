"""An ontology folder as a dataset: one named graph per file, no blank nodes, every literal as the store has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import cast

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.cache import NOTHING, Cache
from kg.errors import Finding
from kg.files import axioms, blanks, kept, links, modules, places
from kg.files.modules import Graph
from kg.files.tables import Table
from kg.terms import TYPE, XSD, Term, Triple

_PROBE, _STRING = NamedNode("x:probe"), XSD + "string"


@dataclass(frozen=True)
class SourceFile:
    """Where a graph came from; ``name`` is relative to the ontology folder, with slashes.

    ``lines`` has the line on which the block of each subject begins, or a table's row; a node without a name
    of its own has the line of the block that it stands in, and an ``owl:Axiom`` that of the annotated subject.
    ``rows`` counts those of a table that are used, ``refused`` the others; None where the file is no table.
    """

    graph: NamedNode
    path: Path
    name: str
    sha256: str
    lines: Mapping[str, int]
    rows: int | None = None
    refused: int | None = None


@dataclass
class Dataset:
    """The triples of a folder by graph, each graph with the file it came from."""

    root: Path
    graphs: dict[NamedNode, list[Triple]] = field(default_factory=dict)
    files: dict[NamedNode, SourceFile] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def triples(self) -> Iterator[Triple]:
        """Every triple once, whichever graphs it is in."""
        yield from dict.fromkeys(triple for triples in self.graphs.values() for triple in triples)

    def place(self, subject: Term, graph: NamedNode | None = None) -> tuple[str | None, int | None]:
        """The file and line where a subject's block begins: in the given graph, else in one that types it."""
        if graph in self.files:
            return self.files[graph].name, self.files[graph].lines.get(subject.value)
        files = [file for file in self.files.values() if subject.value in file.lines]
        typing = (f for f in files if any(t.subject == subject and t.predicate == TYPE for t in self.graphs[f.graph]))
        file = next(typing, files[0]) if files else None
        return (file.name, file.lines[subject.value]) if file else (None, None)

    def place_of(self, triple: Triple) -> tuple[str | None, int | None]:
        """The file and line of the first statement that says a triple."""
        for graph, triples in self.graphs.items():
            if graph in self.files and triple in triples:
                file, line = self.place(cast(Term, triple.subject), graph)
                text = self.files[graph].path.read_text(encoding="utf-8-sig")
                return file, (places.line_of(text, triple) if file and file.endswith(".ttl") else None) or line
        return None, None


def load(folder: Path, cache: Cache = NOTHING) -> Dataset:
    """What the folder says: ``entrepot.ttl``, all that it imports, and the tables; nothing is fetched.

    A blank node becomes ``.../genid/<name>``, named by what is said about it. Whatever is wrong is among the
    findings; a file that cannot be read is left out.
    """
    graphs, findings = modules.read(folder)
    found = [kept.read(csv, query, cache) for csv, query in _tables(folder)]
    links.link(found, [triple for graph in graphs for triple in graph.triples])
    values = _values(triple for graph in graphs for triple in graph.triples)
    dataset = Dataset(folder, findings=[*findings, *(finding for table in found for finding in table.findings())])
    for graph in graphs:
        dataset.graphs[graph.iri], dataset.files[graph.iri] = _settle(graph, values)
    for table in found:
        if not table.unusable:
            dataset.graphs[table.graph], dataset.files[table.graph] = _of_table(table)
    for iri, file in dataset.files.items():
        dataset.findings += axioms.findings(dataset.graphs[iri], file.name, file.lines)
    return dataset


def inputs(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of the folder that a build reads, by its name relative to the folder."""
    files = {p.relative_to(folder): p for p in folder.rglob("*") if p.suffix in (".ttl", ".csv", ".rq", ".xml")}
    seen = sorted(n for n, p in files.items() if p.is_file() and not any(part.startswith(".") for part in n.parts))
    return {name.as_posix(): sha256(files[name].read_bytes()).hexdigest() for name in seen}


def _tables(folder: Path) -> list[tuple[Path, Path]]:
    found = {p.with_suffix("") for suffix in ("csv", "rq") for p in folder.glob(f"tables/[!.]*.{suffix}")}
    return [(stem.with_suffix(".csv"), stem.with_suffix(".rq")) for stem in sorted(found)]


# --- one spelling for each value, one name for each blank node ----------------------------------------------


def _values(triples: Iterable[Triple]) -> dict[Literal, Literal]:
    """Each literal that the store spells in another way, with that spelling; found by storing all of them once."""
    literals = list({t.object for t in triples if isinstance(t.object, Literal) and t.object.datatype.value != _STRING})
    store = ox.Store()
    store.bulk_extend(ox.Quad(NamedNode(f"x:{i}"), _PROBE, literal) for i, literal in enumerate(literals))
    kept = {literals[int(q.subject.value[2:])]: q.object for q in store}
    return {before: after for before, after in kept.items() if before != after}


def _settle(graph: Graph, values: Mapping[Literal, Literal]) -> tuple[list[Triple], SourceFile]:
    before = [_with_value(triple, values) for triple in graph.triples]
    after = blanks.skolemise(before)
    pairs = zip(before, after, strict=True)
    lines = {str(new.subject)[1:-1]: graph.lines[old.subject] for old, new in pairs if old.subject in graph.lines}
    file = SourceFile(graph.iri, graph.path, graph.name, sha256(graph.content).hexdigest(), lines)
    return list(dict.fromkeys(after)), file


def _of_table(table: Table) -> tuple[list[Triple], SourceFile]:
    """As :func:`_settle`; what comes from the rows has been through a store, and so is spelled as there."""
    lines = table.lines()
    triples = table.triples()
    if any(isinstance(node, BlankNode) for node in lines):
        before, triples = triples, blanks.skolemise(triples)
        lines |= {new.subject: lines[old.subject] for old, new in zip(before, triples, strict=True)}
    said = {node.value: line for node, line in lines.items() if isinstance(node, NamedNode)}
    digest = sha256(table.csv.read_bytes()).hexdigest()
    name, sizes = f"tables/{table.csv.name}", (len(table.rows), len(table.refused))
    return list(dict.fromkeys(triples)), SourceFile(table.graph, table.csv, name, digest, said, *sizes)


def _with_value(triple: Triple, values: Mapping[Literal, Literal]) -> Triple:
    value = values.get(triple.object) if isinstance(triple.object, Literal) else None
    return triple if value is None else Triple(triple.subject, triple.predicate, value)
