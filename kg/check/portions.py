"""Shapes over a dataset, portion by portion: what has not changed is not judged again.

A portion is one table, or all that stands in no table. With it goes whatever else is said of its subjects, and the
hierarchy of classes, so that each node is judged by all that is said of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode

from kg.cache import Cache
from kg.check.evidence import TABLES
from kg.check.shapes import shapes
from kg.errors import Finding, packed, unpacked
from kg.files.load import Dataset
from kg.terms import SUB_CLASS, Node, Triple


def judge(dataset: Dataset, cache: Cache) -> list[Finding]:
    """What the shapes find wrong with a dataset."""
    files = sorted(dataset.root.glob("shapes/*.ttl"))
    law = b"".join(path.read_bytes() for path in files)
    found: list[Finding] = []
    for triples in _portions(dataset):
        content = _written(triples)
        key = cache.key("shapes", law, content)
        if (kept := cache.get(key)) is not None:
            found += unpacked(kept)
        else:
            fresh = _judged(files, content)
            cache.put(key, packed(fresh).encode())
            found += fresh
    return [_placed(finding, dataset) for finding in found]


def _portions(dataset: Dataset) -> Iterator[list[Triple]]:
    tables = [graph for graph in dataset.graphs if graph.value.startswith(TABLES)]
    others = [t for graph, triples in dataset.graphs.items() if graph not in tables for t in triples]
    hierarchy = [triple for triple in others if triple.predicate == SUB_CLASS]
    groups: list[Iterable[Triple]] = [others, *(dataset.graphs[graph] for graph in tables)]
    subjects = [{triple.subject for triple in group} for group in groups]
    said: dict[Node, set[int]] = defaultdict(set)
    for number, nodes in enumerate(subjects):
        for node in nodes:
            said[node].add(number)
    shared: dict[Node, list[Triple]] = {node: [] for node, numbers in said.items() if len(numbers) > 1}
    for group in groups:
        for triple in group:
            if triple.subject in shared:
                shared[triple.subject].append(triple)
    for group, nodes in zip(groups, subjects, strict=True):
        more = (triple for node in sorted(nodes & shared.keys(), key=str) for triple in shared[node])
        yield list(dict.fromkeys((*group, *hierarchy, *more)))


# --- one portion -------------------------------------------------------------------------------------------


def _judged(files: Sequence[Path], content: bytes) -> list[Finding]:
    """The findings of the files of shapes about the triples, without the places of their focus nodes."""
    store = ox.Store()
    store.bulk_load(content, format=ox.RdfFormat.N_TRIPLES)
    return [finding for path in files for finding in shapes(path, store)]


def _written(triples: Sequence[Triple]) -> bytes:
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    return content


def _placed(finding: Finding, dataset: Dataset) -> Finding:
    """The finding with the place of its focus; what is wrong with a file of shapes has one already."""
    if finding.file or not finding.focus:
        return finding
    file, line = dataset.place(NamedNode(finding.focus))
    return replace(finding, file=file, line=line)
