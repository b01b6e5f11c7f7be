"""Shapes over a dataset, portion by portion: what has not changed is not judged again, and what has, side by side.

A portion is one table, or all that stands in no table. With it goes whatever else is said of its subjects, and the
hierarchy of classes, so that each node is judged by all that is said of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode

from kg.cache import Cache
from kg.check.evidence import TABLES
from kg.check.shapes import shapes
from kg.errors import Finding
from kg.files.load import Dataset
from kg.terms import SUB_CLASS, Node, Triple

_SMALL = 5_000
"""Triples up to which a portion is judged sooner here than in a process that first has to start."""


def judge(dataset: Dataset, cache: Cache) -> Callable[[], list[Finding]]:
    """Begin to judge a dataset by its shapes; what is called for the findings waits until all is done."""
    files = sorted(dataset.root.glob("shapes/*.ttl"))
    law = b"".join(path.read_bytes() for path in files)
    beside = ThreadPoolExecutor(os.cpu_count())
    found: list[list[Finding]] = []
    waiting: list[tuple[str, Future[list[Finding]]]] = []
    for triples in _portions(dataset):
        content = _written(triples)
        key = cache.key("shapes", law, content)
        if (kept := cache.get(key)) is not None:
            found.append(_read(kept))
        elif len(triples) > _SMALL:
            waiting.append((key, beside.submit(_apart, files, content)))
        else:
            found.append(judged(files, content))
            cache.put(key, said(found[-1]))
    beside.shutdown(wait=False)

    def findings() -> list[Finding]:
        for key, future in waiting:
            found.append(future.result())
            cache.put(key, said(found[-1]))
        waiting.clear()
        return [_placed(finding, dataset) for each in found for finding in each]

    return findings


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


def judged(files: Sequence[Path], content: bytes) -> list[Finding]:
    """The findings of the files of shapes about the triples, without the places of their focus nodes."""
    store = ox.Store()
    store.bulk_load(content, format=ox.RdfFormat.N_TRIPLES)
    return [finding for path in files for finding in shapes(path, store)]


def _apart(files: Sequence[Path], content: bytes) -> list[Finding]:
    """As :func:`judged`, in a process of its own."""
    command = [sys.executable, "-m", "kg.check", *map(str, files)]
    return _read(subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout)


def _written(triples: Sequence[Triple]) -> bytes:
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    return content


def said(findings: Sequence[Finding]) -> bytes:
    """The findings as they travel and are kept."""
    return json.dumps([finding.as_json() for finding in findings]).encode()


def _read(content: bytes) -> list[Finding]:
    return [Finding(**each) for each in json.loads(content)]


def _placed(finding: Finding, dataset: Dataset) -> Finding:
    """The finding with the place of its focus; what is wrong with a file of shapes has one already."""
    if finding.file or not finding.focus:
        return finding
    file, line = dataset.place(NamedNode(finding.focus))
    return replace(finding, file=file, line=line)
