"""The query that maps a table: its pieces, the columns it takes, and what it says about the graph it makes."""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.errors import Finding, QueryError, Severity
from kg.files import columns
from kg.files.columns import Column
from kg.files.turtle import not_utf8
from kg.frontmatter import Entry, Reader
from kg.terms import DCTERMS, OWL, TYPE, Triple, expand

ROWNUM = "ROWNUM"


LEAVE_OUT = ("table-column", "table-missing", "table-syntax", "table-truncated", "not-utf8")
"""The codes of what is wrong with a file so that its whole table is left out, and the rest is built."""


class Refused(Exception):
    """The whole table is; the finding says why.

    What is wrong with a query is an error. A file that cannot be used leaves its table out, and the rest is built.
    """

    def __init__(self, code: str, message: str, fix: str, path: Path, line: int | None = None) -> None:
        super().__init__(message)
        severity: Severity = "warning" if path.suffix == ".csv" else "error"
        self.finding = Finding(code, severity, message, fix, file=name(path), line=line)


class Mapping(NamedTuple):
    """A CONSTRUCT query in pieces, with the triples that describe its graph."""

    parts: sparql.Parts
    variables: list[str]
    """Those that the rows give a value to."""
    computed: dict[str, list[str]]
    """The variables that BIND gives a value, each with those that it is computed from."""
    header: list[Triple]
    columns: dict[str, Column]
    """What is declared of the columns, by name."""
    interval: tuple[str, ...]
    """The columns with the beginning and the end of the time of a row, where it has one."""
    once: tuple[str, ...]
    """The columns in which no two rows may agree, unless they speak of different times."""

    def takes(self) -> list[str]:
        """The columns of the table that it needs, whether its query names them or only its front matter."""
        own = {variable: column.name for column in self.columns.values() for variable in column.variables}
        needed = (*(own.get(v, v) for v in self.variables), *self.columns, *self.interval, *self.once)
        return list(dict.fromkeys(needed))


def name(path: Path) -> str:
    """The name of a file of a table in findings: ``tables/NAME.csv``."""
    return f"{path.parent.name}/{path.name}"


def text(path: Path) -> str:
    """The text of a table or query.

    Raises:
        Refused: there is no such file, or it is not UTF-8.
    """
    try:
        content = path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as cause:
        fix = "A table is two files, NAME.csv and NAME.rq: add the other, or remove this one."
        code = "table-query-missing" if path.suffix == ".rq" else "table-missing"
        raise Refused(code, f"{name(path)} cannot be read: {cause.strerror}.", fix, path) from cause
    except UnicodeDecodeError as cause:
        finding = not_utf8(content, cause, name(path))
        raise Refused(finding.code, finding.message, finding.fix, path, finding.line) from cause


def read(query: Path, graph: NamedNode) -> Mapping:
    """The mapping that a file holds, which describes the given graph.

    Raises:
        Refused: it is no CONSTRUCT query with front matter, or it reaches for another machine.
    """
    written = text(query)
    fix = "A mapping is prefixes, CONSTRUCT { ... } and WHERE { ... }, and nothing behind it."
    try:
        sparql.refuse_remote(written)
        form = ox.Store().query(written)
        parts = sparql.parts(written)
    except SyntaxError as cause:
        said = sparql.unreadable(written, cause)
        raise Refused("table-query-syntax", said.message, fix, query, said.data["line"]) from cause
    except QueryError as cause:
        line = cause.data.get("line")
        raise Refused(f"table-{cause.code}", cause.message, cause.hint or fix, query, line) from cause
    if not isinstance(form, ox.QueryTriples) or parts.tail:
        raise Refused("table-query-form", "The query is no plain CONSTRUCT.", fix, query)
    return Mapping(parts, _variables(written), _computed(parts.body), *_front(written, graph, query))


def _variables(query: str) -> list[str]:
    """The variables that the rows give a value to: those that the query does not bind itself."""
    found = sparql.tokens(query)
    own = {after.text[1:] for token, after in pairwise(found) if token.is_word("AS")} | {ROWNUM}
    own |= {variable for block in sparql.values_blocks(query) for variable in block.variables}
    return [v for v in dict.fromkeys(t.text[1:] for t in found if t.kind == "var") if v not in own]


def _computed(body: str) -> dict[str, list[str]]:
    computed = {}
    for piece in sparql.split(body):
        if piece.kind == "bind":
            *needed, result = (t.text[1:] for t in sparql.tokens(piece.text) if t.kind == "var")
            computed[result] = list(dict.fromkeys(needed))
    return computed


_Front = tuple[list[Triple], dict[str, Column], tuple[str, ...], tuple[str, ...]]


def _front(query: str, graph: NamedNode, path: Path) -> _Front:
    """What the front matter says: the description of the graph, the columns, the interval and the key of a row.

    Raises:
        Refused: it does not say what it should.
    """
    reader = Reader(name(path))
    entries = reader.mapping(reader.read(query), "The front matter", _KEYS)
    declared = columns.read(entries.get("columns"), reader)
    interval, once = (reader.texts(entries, key, "the front matter") for key in ("interval", "once"))
    header = _header(entries, graph, reader)
    if len(interval) not in (0, 2) or any(c not in declared or declared[c].types != ("date",) for c in interval):
        reader.wrong("table-front-matter", "The interval is no pair of columns with dates.", entries["interval"].line)
    if reader.findings:
        first = reader.findings[0]
        raise Refused("table-front-matter", first.message, _FIX, path, first.line)
    return header, declared, interval, once


_KEYS = ("title", "source", "license", "columns", "interval", "once")
_FIX = "Write #+ title:, #+ source: with one or a list, #+ license: where there is one, and the columns as they are."


def _header(entries: Mapped[str, Entry], graph: NamedNode, reader: Reader) -> list[Triple]:
    """The description of the graph."""
    title = reader.text(entries, "title", "The front matter", 1)
    header = [Triple(graph, TYPE, NamedNode(OWL + "Ontology"))]
    header.append(Triple(graph, NamedNode(DCTERMS + "title"), Literal(title, language="en")))
    if "source" not in entries:
        reader.wrong("missing-key", "The front matter names no source.", 1)
    for key in ("source", "license"):
        for text in reader.texts(entries, key, "the front matter"):
            term = expand(text)
            if term is None:
                reader.wrong("table-front-matter", f"The {key} {text!r} is no IRI.", entries[key].line)
            else:
                header.append(Triple(graph, NamedNode(DCTERMS + key), term))
    return header
