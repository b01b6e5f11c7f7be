"""A table as triples: ``NAME.csv`` through the CONSTRUCT query ``NAME.rq`` beside it, where a column is a variable.

A cell is a plain string, an empty one is unbound, and ``?ROWNUM`` is the line of the row. Source: TARQL.
"""

from __future__ import annotations

import csv as comma_separated
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.errors import Finding
from kg.files import mapping
from kg.files.mapping import ROWNUM, Mapping, Refused
from kg.terms import BASE, XSD, Term, Triple

_GRAPH = "_graph"
"""The variable that holds the graph into which the triples of a row go, so that rows can be told apart."""
_INTEGER = NamedNode(XSD + "integer")


class _Row(NamedTuple):
    line: int
    cells: Sequence[Term | None]

    @property
    def graph(self) -> NamedNode:
        return NamedNode(f"row:{self.line}")


def graph(csv: Path) -> NamedNode:
    """The graph of a table, which is also the IRI of the ontology that it makes."""
    return NamedNode(f"{BASE}tables/{csv.stem}")


def read(csv: Path, query: Path) -> tuple[list[Triple], list[Finding], dict[str, int]]:
    """The triples of a table, row by row behind their header; what is wrong; and the first line of each subject.

    A table whose file, header or query is wrong is refused whole, and there are no triples. A row that is wrong
    is refused by itself, with a warning.
    """
    try:
        query_parts = mapping.read(query, graph(csv))
        rows, refused = _rows(csv, query_parts.columns)
        failed = _failed(rows, query_parts, query)
    except Refused as cause:
        return [], [cause.finding], {}
    sound = [row for row in rows if row.line not in failed]
    made = _construct(sound, query_parts)
    refused |= failed | {row.line: "it yields no triple" for row in sound if not made[row.graph]}
    triples, lines = list(query_parts.header), {graph(csv).value: 1}
    for row in sound:
        triples += made[row.graph]
        for triple in made[row.graph]:
            if isinstance(triple.subject, NamedNode):
                lines.setdefault(triple.subject.value, row.line)
    return triples, [_finding(csv, line, refused[line]) for line in sorted(refused)], lines


def _finding(csv: Path, line: int, reason: str) -> Finding:
    fix = "Correct the row, or the query; the other rows are loaded."
    return Finding("row-refused", "warning", f"Row left out: {reason}.", fix, file=mapping.name(csv), line=line)


# --- the table ---------------------------------------------------------------------------------------------


def _rows(csv: Path, columns: Sequence[str]) -> tuple[list[_Row], dict[int, str]]:
    """The rows with their cells in the given columns; and by line, what is wrong with those of another length."""
    reader = comma_separated.reader(io.StringIO(mapping.text(csv), newline=""), strict=True)
    rows: list[_Row] = []
    refused: dict[int, str] = {}
    try:
        header = next(reader, [])
        places = [_place(column, header, csv) for column in columns]
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                refused[line] = f"it has {len(cells)} cells, and the header has {len(header)}"
            elif cells:
                rows.append(_Row(line, [Literal(cells[place]) if cells[place] else None for place in places]))
            line = reader.line_num + 1
    except comma_separated.Error as cause:
        fix = "Quote a cell with a comma, a quotation mark or a line break in it, and double the marks inside."
        raise Refused("table-syntax", f"This is no CSV: {cause}.", fix, csv, reader.line_num) from cause
    return rows, refused


def _place(column: str, header: Sequence[str], csv: Path) -> int:
    if header.count(column) != 1:
        message = f"The query takes ?{column}, and {header.count(column)} columns have that name."
        raise Refused("table-column", message, "Let header and query agree on the name.", csv, 1)
    return header.index(column)


# --- rows through the query --------------------------------------------------------------------------------


def _where(rows: Sequence[_Row], query: Mapping) -> str:
    """The WHERE clause with the rows in front of it, as terms."""
    terms = ((row.graph, Literal(str(row.line), datatype=_INTEGER), *row.cells) for row in rows)
    return f"WHERE {{ {sparql.values([_GRAPH, ROWNUM, *query.columns], terms)} {query.parts.body}\n}}"


def _failed(rows: Sequence[_Row], query: Mapping, path: Path) -> dict[int, str]:
    """The rows in which a BIND gives no value although it has all that it needs, by line, with the reason."""
    try:
        solutions = ox.Store().query(f"{query.parts.prologue} SELECT * {_where(rows, query)}")
    except SyntaxError as cause:
        fix = "Let the WHERE clause be BIND and FILTER over the columns."
        raise Refused("table-query-form", "No rows can be put in front of its WHERE clause.", fix, path) from cause
    assert isinstance(solutions, ox.QuerySolutions)
    known = {variable.value for variable in solutions.variables}
    failed = {}
    for solution in solutions:
        for result, needed in query.computed.items():
            given = {name: solution[name] for name in needed if name in known}
            if solution[result] is None and None not in given.values():
                values = ", ".join(f"?{name} is {term.value!r}" for name, term in given.items())
                failed[int(solution[ROWNUM].value)] = f"?{result} has no value where {values}"
    return failed


def _construct(rows: Sequence[_Row], query: Mapping) -> dict[NamedNode, list[Triple]]:
    """The triples that each row makes, sorted, by the row's graph."""
    store = ox.Store()
    template = f"INSERT {{ GRAPH ?{_GRAPH} {{ {query.parts.head}\n}} }}"
    store.update(f"{query.parts.prologue} {template} {_where(rows, query)}")
    found = ((row.graph, store.quads_for_pattern(None, None, None, row.graph)) for row in rows)
    return {graph: sorted((quad.triple for quad in quads), key=str) for graph, quads in found}
