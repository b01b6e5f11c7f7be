"""A dataset judged by hygiene queries, shapes, the evidence of its assertions and the places of its claims."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from kg.cache import NOTHING, Cache
from kg.check import portions
from kg.check.evidence import unsourced
from kg.check.hygiene import hygiene
from kg.check.places import misplaced
from kg.check.waivers import unwaived
from kg.errors import BuildFailed, Finding, unpacked
from kg.files.load import Dataset
from kg.sources import Source, Sourced, sources
from kg.sources import unpacked as unpacked_sources


def check(
    dataset: Dataset,
    queries: Path,
    documents: Path | None = None,
    *,
    evidence: Sourced | None = None,
    cache: Cache = NOTHING,
) -> list[Finding]:
    """What loading found, then all else that is wrong, in the order of the files.

    Where loading met an error nothing else is checked: what could not be read would look undeclared everywhere.
    A warning is waived by ``ep:waives "code: reason"`` on its focus; an error cannot be.

    Args:
        queries: the folder whose ``hygiene/*.rq`` are run; a row is a finding with the file's name as its code.
        documents: the folder with the source documents, where they are at hand.
        evidence: what the triples rest on, where that is known already.
        cache: where the findings of shapes over unchanged portions are kept.
    """
    found: list[Finding] = []
    if not any(finding.severity == "error" for finding in dataset.findings):
        found += portions.judge(dataset, cache)
        store = _store(dataset)
        for path in sorted(queries.glob("hygiene/*.rq")):
            found += hygiene(path, store, dataset)
        found += unsourced(dataset, evidence or sources(dataset))
        found += misplaced(dataset, documents)
    return [*dataset.findings, *sorted(dict.fromkeys(unwaived(found, dataset)), key=_order)]


class Judge:
    """A process that reads the files by itself, and finds out what they rest on and what is wrong with them.

    As a context it ends with the block, whether somebody asked for the results or not.
    """

    def __init__(self, folder: Path, queries: Path, documents: Path | None, cache: Cache) -> None:
        places = {"folder": folder, "queries": queries, "documents": documents, "cache": cache.folder}
        said = {name: str(path) for name, path in places.items() if path} | {"salt": cache.salt}
        command = [sys.executable, "-m", "kg.check", json.dumps(said)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self._reader = ThreadPoolExecutor(1)
        self._sources = self._reader.submit(self._line)
        self._findings = self._reader.submit(self._line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.shutdown()
        assert self._process.stdout
        self._process.stdout.close()
        self._process.wait()

    def done(self) -> bool:
        """Whether the findings are there."""
        return self._findings.done()

    def sources(self) -> list[tuple[Source, ...]]:
        """What each asserted triple rests on, in the order of the dataset; this comes before the findings.

        Raises:
            BuildFailed: the process broke off.
        """
        return unpacked_sources(self._sources.result())

    def findings(self) -> list[Finding]:
        """What :func:`check` finds.

        Raises:
            BuildFailed: the process broke off.
        """
        return unpacked(self._findings.result())

    def _line(self) -> bytes:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            code = self._process.wait()
            raise BuildFailed(f"The process that checks the files ended with exit code {code}.", "See the log.")
        return line


def _store(dataset: Dataset) -> ox.Store:
    """Every triple once in the default graph, and in the named graph of each file that holds it."""
    store = ox.Store()
    for graph, triples in dataset.graphs.items():
        store.bulk_extend(ox.Quad(s, p, o, graph) for s, p, o in triples)
        store.bulk_extend(ox.Quad(s, p, o) for s, p, o in triples)
    return store


def _order(finding: Finding) -> tuple[str, int, str, str, str, str]:
    """By place, then by all that is said, so that the same data always give the same list."""
    place = finding.file or "", finding.line or 0
    return *place, finding.code, finding.message, finding.focus or "", finding.fix
