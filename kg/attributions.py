"""The README's list of data sources, made from the headers of the tables and files of facts.

``python -m kg.attributions README.md`` brings it up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import NamedNode

from kg import datasets, licences
from kg.files import load as loading
from kg.files.load import Dataset
from kg.settings import CHECKOUT
from kg.terms import DCTERMS, ID, Triple

BEGIN, END = "<!-- made by: python -m kg.attributions README.md -->", "<!-- end of what is made -->"
_SHOWN, _READING = 3, f"{ID}editorial-"
_TITLE, _LICENSE, _PACKAGE = (DCTERMS + name for name in ("title", "license", "identifier"))

Named = Mapping[str, Mapping[str, str]]
"""What is said of each source, by predicate."""


def text(dataset: Dataset) -> str:
    """The list as a table in Markdown: what there is, where it comes from, under which licence it stands."""
    said = _said(dataset)
    lines = ["| what | from | licence |", "| --- | --- | --- |"]
    for each in datasets.describe(dataset):
        if each.kind != "schema":
            name = licences.name(each.license) if each.license else ""
            lines.append(f"| {each.title} (`{each.file}`) | {_sources(each.sources, said)} | {name} |")
    return "\n".join(lines)


def replaced(readme: str, section: str) -> str:
    """A page with the list in the place that is marked for it."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{section}\n{END}{after}"


def _said(dataset: Dataset) -> Named:
    found: dict[str, dict[str, str]] = {}
    for triples in dataset.graphs.values():
        for subject, predicate, value in triples:
            if isinstance(subject, NamedNode) and predicate.value in (_TITLE, _LICENSE, _PACKAGE):
                assert not isinstance(value, Triple)
                found.setdefault(subject.value, {})[predicate.value] = value.value
    return found


def _sources(sources: tuple[str, ...], said: Named) -> str:
    """The first sources, those of the header, with the package that they came in and their own licence."""
    read = [source for source in sources if not source.startswith(_READING)]
    shown = read if len(read) <= _SHOWN + 1 else read[:_SHOWN]
    parts = [_source(said.get(source, {}), source) for source in shown]
    if len(read) < len(sources):
        parts.append("our own readings, with reasons")
    more = len(read) - len(shown)
    return "; ".join([*parts, f"and {more} more, named with each fact"] if more else parts).replace("|", "\\|")


def _source(said: Mapping[str, str], iri: str) -> str:
    title = said.get(_TITLE, iri)
    package = said.get(_PACKAGE)
    licence = licences.name(said[_LICENSE]) if _LICENSE in said else None
    beside = ", ".join(part for part in (package, licence) if part and part not in title)
    return f"{title} ({beside})" if beside else title


if __name__ == "__main__":
    page = Path(sys.argv[1])
    made = replaced(page.read_text(encoding="utf-8"), text(loading.load(CHECKOUT / "ontology")))
    page.write_text(made, encoding="utf-8", newline="\n")
