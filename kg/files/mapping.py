"""The query that maps a table: its pieces, the columns it takes, and what it says about the graph it makes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.errors import Finding, QueryError
from kg.files.turtle import not_utf8
from kg.terms import DCTERMS, OWL, TYPE, Triple, expand

ROWNUM = "ROWNUM"


class Refused(Exception):
    """The whole table is; the finding says why."""

    def __init__(self, code: str, message: str, fix: str, path: Path, line: int | None = None) -> None:
        super().__init__(message)
        self.finding = Finding(code, "error", message, fix, file=name(path), line=line)


class Mapping(NamedTuple):
    """A CONSTRUCT query in pieces, with the triples that describe its graph."""

    parts: sparql.Parts
    columns: list[str]
    computed: dict[str, list[str]]
    """The variables that BIND gives a value, each with those that it is computed from."""
    header: list[Triple]


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
    return Mapping(parts, _columns(written), _computed(parts.body), _header(written, graph, query))


def _columns(query: str) -> list[str]:
    """The variables that the query takes from the table: those that it does not bind itself."""
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


def _header(query: str, graph: NamedNode, path: Path) -> list[Triple]:
    """The description of the graph, from the lines ``#+ title:``, ``#+ source:`` and ``#+ license:``."""
    header = [Triple(graph, TYPE, NamedNode(OWL + "Ontology"))]
    fix = "Write #+ title: once, #+ source: at least once and #+ license: where there is one, each on a line."
    keys = []
    for line, content in enumerate(query.split("\n"), 1):
        if not content.startswith("#+"):
            continue
        key, _, value = (part.strip() for part in content[2:].partition(":"))
        term = Literal(value, language="en") if key == "title" and value else expand(value)
        if key not in ("title", "source", "license") or term is None:
            raise Refused("table-front-matter", f"The line {content.strip()!r} cannot be used.", fix, path, line)
        keys.append(key)
        header.append(Triple(graph, NamedNode(DCTERMS + key), term))
    if keys.count("title") != 1 or "source" not in keys:
        raise Refused("table-front-matter", "The query does not name one title and a source.", fix, path, 1)
    return header
