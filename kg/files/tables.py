"""A table as triples: ``NAME.csv`` through the CONSTRUCT query ``NAME.rq`` beside it, where a column is a variable.

A cell is the term that its column declares, else a plain string; an empty one is unbound; ``?ROWNUM`` is the line
of the row. Source: TARQL, whose cells are strings.
"""

from __future__ import annotations

import csv as comma_separated
import io
from collections import defaultdict
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.errors import Finding
from kg.files import mapping
from kg.files.columns import Column, Reference, Unfit
from kg.files.mapping import ROWNUM, Mapping, Refused
from kg.terms import BASE, XSD, Node, Term, Triple

_GRAPH = "_graph"
"""The variable that holds the graph into which the triples of a row go, so that rows can be told apart."""
_INTEGER = NamedNode(XSD + "integer")


@dataclass
class Table:
    """What a table gives by the line of each row: its triples, or why it is left out."""

    graph: NamedNode
    csv: Path
    header: list[Triple] = field(default_factory=list)
    rows: dict[int, list[Triple]] = field(default_factory=dict)
    references: dict[Reference, list[int]] = field(default_factory=dict)
    """What cells refer to, with the lines of the rows that do."""
    refused: dict[int, str] = field(default_factory=dict)
    unusable: Finding | None = None
    """Why the table is refused whole."""

    def triples(self) -> list[Triple]:
        """Those of the header, then those of each row."""
        return [*self.header, *(triple for triples in self.rows.values() for triple in triples)]

    def lines(self) -> dict[Node, int]:
        """The first line of each subject; that of the graph itself is the header's."""
        lines: dict[Node, int] = {self.graph: 1}
        for line, triples in self.rows.items():
            for subject in {triple.subject for triple in triples}:
                lines.setdefault(subject, line)
        return lines

    def refuse(self, line: int, reason: str) -> None:
        """Leave a row out."""
        del self.rows[line]
        self.refused[line] = reason

    def findings(self) -> list[Finding]:
        """What is wrong, by line."""
        return [self.unusable] if self.unusable else [self._left_out(line) for line in sorted(self.refused)]

    def _left_out(self, line: int) -> Finding:
        message = f"Row left out: {self.refused[line]}."
        fix = "Correct the row, or the query; the other rows are loaded."
        return Finding("row-refused", "warning", message, fix, file=mapping.name(self.csv), line=line)


class _Row(NamedTuple):
    line: int
    cells: Mapped[str, str]
    terms: Mapped[str, Term]

    @property
    def graph(self) -> NamedNode:
        return NamedNode(f"row:{self.line}")


def graph(csv: Path) -> NamedNode:
    """The graph of a table, which is also the IRI of the ontology that it makes."""
    return NamedNode(f"{BASE}tables/{csv.stem}")


def read(csv: Path, query: Path) -> Table:
    """The table without the rows that are wrong by themselves; an empty one where file or query cannot be used."""
    table = Table(graph(csv), csv)
    try:
        query_parts = mapping.read(query, table.graph)
        rows, table.refused = _rows(csv, query_parts)
        table.refused |= _again(rows, query_parts)
        rows = [row for row in rows if row.line not in table.refused]
        where = _where(rows, query_parts)
        table.refused |= _failed(where, query_parts, query)
    except Refused as cause:
        table.unusable = cause.finding
        return table
    made = _construct(rows, where, query_parts)
    table.header = query_parts.header
    for row in rows:
        if row.line in table.refused:
            continue
        table.rows[row.line] = made[row.graph]
        if not made[row.graph]:
            table.refuse(row.line, "it yields no triple")
        for column in query_parts.columns.values():
            if reference := column.reference(row.terms):
                table.references.setdefault(reference, []).append(row.line)
    return table


# --- the table ---------------------------------------------------------------------------------------------


def _rows(csv: Path, query: Mapping) -> tuple[list[_Row], dict[int, str]]:
    """The rows with the cells that the query takes; and by line, what is wrong with the others."""
    text = mapping.text(csv)
    reader = comma_separated.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[_Row] = []
    refused: dict[int, str] = {}
    try:
        header = next(reader, [])
        places = {column: _place(column, header, csv) for column in query.takes()}
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                refused[line] = f"it has {len(cells)} cells, and the header has {len(header)}"
            elif cells:
                try:
                    rows.append(_row(line, {column: cells[place] for column, place in places.items()}, query))
                except Unfit as cause:
                    refused[line] = str(cause)
            line = reader.line_num + 1
    except comma_separated.Error as cause:
        fix = "Quote a cell with a comma, a quotation mark or a line break in it, and double the marks inside."
        raise Refused("table-syntax", f"This is no CSV: {cause}.", fix, csv, reader.line_num) from cause
    if text and not text.endswith(("\n", "\r")):
        fix = "Get the whole file again; if nothing is missing, end its last line."
        raise Refused("table-truncated", "The file breaks off in its last line.", fix, csv, reader.line_num)
    return rows, refused


def _place(column: str, header: Sequence[str], csv: Path) -> int:
    if header.count(column) != 1:
        message = f"The query takes ?{column}, and {header.count(column)} columns have that name."
        raise Refused("table-column", message, "Let header and query agree on the name.", csv, 1)
    return header.index(column)


def _row(line: int, cells: Mapped[str, str], query: Mapping) -> _Row:
    """The row with the terms of its cells.

    Raises:
        Unfit: a cell does not hold what its column asks for, or the row ends before it begins.
    """
    terms: dict[str, Term] = {}
    for column, cell in cells.items():
        try:
            terms |= query.columns.get(column, Column(column, optional=True)).terms(cell)
        except Unfit as cause:
            raise Unfit(f"?{column} {cause}") from cause
    if len(bounds := [column for column in query.interval if column in terms]) == 2:
        beginning, end = bounds
        if terms[beginning].value > terms[end].value:
            raise Unfit(f"?{end} is {cells[end]}, before ?{beginning}, which is {cells[beginning]}")
    return _Row(line, cells, terms)


def _again(rows: Sequence[_Row], query: Mapping) -> dict[int, str]:
    """The rows that agree with another one in what may be said once at a time, by line, with the reason."""
    alike: dict[tuple[str, ...], list[_Row]] = defaultdict(list)
    for row in rows if query.once else ():
        alike[tuple(row.cells[column] for column in query.once)].append(row)
    said = f"another row for the same time has the same {', '.join('?' + column for column in query.once)}"
    clashes = [(a, b) for same in alike.values() for a, b in combinations(same, 2) if _overlap(a, b, query.interval)]
    return {row.line: f"{said}, in line {other.line}" for a, b in clashes for row, other in ((a, b), (b, a))}


def _overlap(a: _Row, b: _Row, interval: Sequence[str]) -> bool:
    """Whether two rows speak of the same time; a row without any date speaks of another one than those with dates."""
    spans = [[row.terms.get(column) for column in interval] for row in (a, b)]
    if any(spans[0]) != any(spans[1]):
        return False
    latest_beginning = max((span[0].value for span in spans if interval and span[0]), default="")
    earliest_end = min((span[1].value for span in spans if interval and span[1]), default="9999")
    return latest_beginning <= earliest_end


# --- rows through the query --------------------------------------------------------------------------------


def _where(rows: Sequence[_Row], query: Mapping) -> str:
    """The WHERE clause with the rows in front of it, as terms."""
    names = query.variables
    terms = (
        (row.graph, Literal(str(row.line), datatype=_INTEGER), *(row.terms.get(name) for name in names)) for row in rows
    )
    return f"WHERE {{ {sparql.values([_GRAPH, ROWNUM, *names], terms)} {query.parts.body}\n}}"


def _failed(where: str, query: Mapping, path: Path) -> dict[int, str]:
    """The rows in which a BIND gives no value although it has all that it needs, by line, with the reason."""
    try:
        solutions = ox.Store().query(f"{query.parts.prologue} SELECT * {where}")
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


def _construct(rows: Sequence[_Row], where: str, query: Mapping) -> dict[NamedNode, list[Triple]]:
    """The triples that each row makes, sorted, by the row's graph."""
    store = ox.Store()
    template = f"INSERT {{ GRAPH ?{_GRAPH} {{ {query.parts.head}\n}} }}"
    store.update(f"{query.parts.prologue} {template} {where}")
    found = ((row.graph, store.quads_for_pattern(None, None, None, row.graph)) for row in rows)
    return {graph: sorted((quad.triple for quad in quads), key=str) for graph, quads in found}
