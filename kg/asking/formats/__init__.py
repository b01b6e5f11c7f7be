"""The formats of an answer: JSON, tables for spreadsheets and data frames, and its evidence as a graph."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.asking.answer import Answer
from kg.asking.formats import columnar, delimited, envelope, graph, workbook

Write = Callable[[Answer], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """One way to write an answer; what ``write`` gives are the pieces of one document."""

    name: str
    """The suffix, and the value of ``format``."""
    media_type: str
    title: str
    write: Write
    evidence: str = "summary"
    """How much evidence the rows have where the caller does not say."""
    module: str | None = None
    """What has to be installed for it."""
    extra: str | None = None
    """The extra of the package that installs it."""

    @cached_property
    def installed(self) -> bool:
        return self.module is None or importlib.util.find_spec(self.module) is not None


_ALL = (
    Format("json", "application/json", "JSON", envelope.write),
    Format("csv", "text/csv", "CSV", delimited.csv, "none"),
    Format("tsv", "text/tab-separated-values", "TSV", delimited.tsv, "none"),
    Format("xlsx", workbook.MEDIA_TYPE, "Excel", workbook.write, module="xlsxwriter", extra="excel"),
    Format("parquet", columnar.MEDIA_TYPE, "Parquet", columnar.write, "none", "pyarrow", "parquet"),
    Format("ttl", "text/turtle", "Turtle", graph.turtle),
    Format("jsonld", "application/ld+json", "JSON-LD", graph.json_ld),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}
"""By name; those of the evidence as a graph come last."""
