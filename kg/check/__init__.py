"""A dataset judged by hygiene queries, shapes, the evidence of its assertions and the places of its claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.cache import NOTHING, Cache
from kg.check.evidence import unsourced
from kg.check.hygiene import hygiene
from kg.check.places import misplaced
from kg.check.portions import judge
from kg.check.waivers import unwaived
from kg.errors import Finding
from kg.files.load import Dataset
from kg.sources import Sourced, sources


@dataclass(frozen=True)
class Judgement:
    """A dataset that is being judged: what is found already, and what the shapes will have found in the end."""

    dataset: Dataset
    found: Sequence[Finding]
    shapes: Callable[[], list[Finding]] = list

    def findings(self) -> list[Finding]:
        """All that is wrong, in the order of the files; waits for the shapes.

        A warning is waived by ``ep:waives "code: reason"`` on its focus; an error cannot be.
        """
        found = [*self.found, *self.shapes()]
        return [*self.dataset.findings, *sorted(dict.fromkeys(unwaived(found, self.dataset)), key=_order)]


def begin(
    dataset: Dataset, queries: Path, documents: Path | None = None, *, sourced: Sourced, cache: Cache = NOTHING
) -> Judgement:
    """Begin to judge a dataset.

    Where loading met an error nothing else is checked: what could not be read would look undeclared everywhere.

    Args:
        queries: the folder whose ``hygiene/*.rq`` are run; a row is a finding with the file's name as its code.
        documents: the folder with the source documents, where they are at hand.
        sourced: what each triple of the dataset rests on.
        cache: where the findings of shapes over unchanged portions are kept.
    """
    if any(finding.severity == "error" for finding in dataset.findings):
        return Judgement(dataset, ())
    judged = judge(dataset, cache)
    store = _store(dataset)
    found: list[Finding] = []
    for path in sorted(queries.glob("hygiene/*.rq")):
        found += hygiene(path, store, dataset)
    found += unsourced(dataset, sourced)
    found += misplaced(dataset, documents)
    return Judgement(dataset, found, judged)


def check(dataset: Dataset, queries: Path, documents: Path | None = None) -> list[Finding]:
    """What loading found, then all else that is wrong, in the order of the files."""
    return begin(dataset, queries, documents, sourced=sources(dataset)).findings()


def _store(dataset: Dataset) -> ox.Store:
    """Every triple once in the default graph, and in the named graph of each file that holds it."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in dataset.triples())
    for graph, triples in dataset.graphs.items():
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    return store


def _order(finding: Finding) -> tuple[str, int, str, str, str, str]:
    """By place, then by all that is said, so that the same data always give the same list."""
    place = finding.file or "", finding.line or 0
    return *place, finding.code, finding.message, finding.focus or "", finding.fix
