"""Whether every claim stands where it says, as far as the documents are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg.errors import Finding
from kg.files.load import Dataset
from kg.passages import Passages
from kg.terms import ep, written


def misplaced(dataset: Dataset, folder: Path | None) -> Iterator[Finding]:
    """A finding for each claim with a locator that its document does not have.

    Args:
        folder: where the documents are; one that is not there is not looked into.
    """
    if folder is None:
        return
    passages = Passages(folder, dict(_values(dataset, "sha256")))
    documents = dict(_values(dataset, "document"))
    for claim, locator in _values(dataset, "locator"):
        document = documents.get(claim)
        if document and passages.lacks(document, locator):
            yield Finding(
                "locator-not-in-document",
                "error",
                f"{written(NamedNode(claim))} stands at {locator} of {written(NamedNode(document))}, "
                "which has no such place.",
                "Count the paragraphs between blank lines, and the sentences in the paragraph, from 1.",
                claim,
                *dataset.place(NamedNode(claim)),
            )


def _values(dataset: Dataset, name: str) -> Iterator[tuple[str, str]]:
    """The values of a property of ours, by the IRI of their subject."""
    wanted = ep(name)
    for subject, predicate, value in dataset.triples():
        if predicate == wanted and isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
            yield subject.value, value.value
