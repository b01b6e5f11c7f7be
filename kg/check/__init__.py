"""A dataset judged by hygiene queries, shapes, the evidence of its assertions and the places of its claims."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox

from kg.cache import NOTHING, Cache
from kg.check.evidence import unsourced
from kg.check.hygiene import hygiene
from kg.check.places import misplaced
from kg.check.portions import judge
from kg.check.waivers import unwaived
from kg.errors import BuildFailed, Finding, unpacked
from kg.files.load import Dataset
from kg.sources import sources


def check(dataset: Dataset, queries: Path, documents: Path | None = None, *, cache: Cache = NOTHING) -> list[Finding]:
    """What loading found, then all else that is wrong, in the order of the files.

    Where loading met an error nothing else is checked: what could not be read would look undeclared everywhere.
    A warning is waived by ``ep:waives "code: reason"`` on its focus; an error cannot be.

    Args:
        queries: the folder whose ``hygiene/*.rq`` are run; a row is a finding with the file's name as its code.
        documents: the folder with the source documents, where they are at hand.
        cache: where the findings of shapes over unchanged portions are kept.
    """
    found: list[Finding] = []
    if not any(finding.severity == "error" for finding in dataset.findings):
        found += judge(dataset, cache)
        store = _store(dataset)
        for path in sorted(queries.glob("hygiene/*.rq")):
            found += hygiene(path, store, dataset)
        found += unsourced(dataset, sources(dataset))
        found += misplaced(dataset, documents)
    return [*dataset.findings, *sorted(dict.fromkeys(unwaived(found, dataset)), key=_order)]


def apart(folder: Path, queries: Path, documents: Path | None, cache: Cache) -> list[Finding]:
    """As :func:`check` of what the folder says, in a process of its own, for whose end this waits.

    Raises:
        BuildFailed: the process broke off.
    """
    places = {"folder": folder, "queries": queries, "documents": documents, "cache": cache.folder}
    said = {name: str(path) for name, path in places.items() if path} | {"salt": cache.salt}
    command = [sys.executable, "-m", "kg.check", json.dumps(said)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise BuildFailed(f"The process that checks the files ended with exit code {done.returncode}.", "See the log.")
    return unpacked(done.stdout)


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
