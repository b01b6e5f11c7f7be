"""Exemptions from a check are annotations, so that they can be counted and end when they are no longer needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from kg.errors import Finding
from kg.files.load import Dataset
from kg.terms import ep, written


def unwaived(found: Iterable[Finding], dataset: Dataset) -> Iterator[Finding]:
    """The findings without those that an ``ep:waives`` waives, and one for each waiver that waives nothing."""
    waivers = {
        (triple.subject.value, triple.object.value.partition(":")[0].strip()): triple.subject
        for triple in dataset.triples()
        if triple.predicate == ep("waives")
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal)
    }
    used: set[tuple[str | None, str]] = set()
    for finding in found:
        waiver = (finding.focus, finding.code)
        if finding.severity == "error" or waiver not in waivers:
            yield finding
        else:
            used.add(waiver)
    for (focus, code), subject in waivers.items():
        if (focus, code) not in used:
            message = f"{written(subject)} waives {code}, but no warning of that name arises there."
            fix = "Remove the ep:waives; errors cannot be waived."
            yield Finding("idle-waiver", "warning", message, fix, focus, *dataset.place(subject))
