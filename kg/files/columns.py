"""The columns of a table as its query declares them: what a cell may hold, and the terms that it becomes.

A column that is not declared holds plain strings. A declared one has a type: ``string``, ``decimal``, ``integer``,
``date`` (a year, month or day, whose first or last second counts), or the classes one of which the individual that
the cell names must have. Instead of a type it may list its ``values``, each with the individual that it means.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from kg.frontmatter import Entry, Reader
from kg.terms import EP, ID, XSD, Term, expand, ident

_KEYS = ("type", "values", "prefix", "optional", "minimum", "maximum", "bound", "doc")
_LITERALS = ("string", "decimal", "integer", "date")
_DECIMAL, _INTEGER, _DATETIME = (NamedNode(XSD + name) for name in ("decimal", "integer", "dateTime"))
_NUMBER = {"decimal": re.compile(r"-?\d+(\.\d+)?", re.ASCII), "integer": re.compile(r"-?\d+", re.ASCII)}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[\w-])?", re.ASCII)


class Unfit(Exception):
    """A cell does not hold what its column asks for; the text says how."""


class Reference(NamedTuple):
    """What a cell names, and the classes one of which that individual must have."""

    column: str
    individual: NamedNode
    classes: tuple[NamedNode, ...]


@dataclass(frozen=True)
class Column:
    """One column. ``types`` is one literal type, or names of classes; ``bound`` is the second of a date that counts."""

    name: str
    types: tuple[str, ...] = ("string",)
    values: Mapping[str, NamedNode] = field(default_factory=dict)
    prefix: str = ""
    optional: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    bound: str = "first"

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the query that the column gives values to."""
        return (self.name, self.name + "Precision") if self.types == ("date",) else (self.name,)

    def terms(self, cell: str) -> dict[str, Term]:
        """The terms that a cell gives to the variables of the column, none where it is empty.

        Raises:
            Unfit: the cell does not hold what the column asks for.
        """
        if not cell:
            if not self.optional:
                raise Unfit("is empty")
            return {}
        if self.values:
            if cell not in self.values:
                raise Unfit(f"is {cell!r}, which is none of {', '.join(self.values)}")
            return {self.name: self.values[cell]}
        match self.types:
            case ("string",):
                return {self.name: Literal(cell)}
            case ("date",):
                return dict(zip(self.variables, _instant(cell, self.bound), strict=True))
            case ("decimal" | "integer" as kind,):
                return {self.name: self._number(cell, kind)}
        if not _NAME.fullmatch(cell):
            raise Unfit(f"is {cell!r}, which can be the name of nothing")
        return {self.name: ident(self.prefix + cell)}

    def reference(self, terms: Mapping[str, Term]) -> Reference | None:
        """What the cell refers to, which must be of one of the classes of the column."""
        individual = terms.get(self.name)
        if not isinstance(individual, NamedNode) or self.values:
            return None
        return Reference(self.name, individual, tuple(NamedNode(EP + name) for name in self.types))

    def _number(self, cell: str, kind: str) -> Literal:
        if not _NUMBER[kind].fullmatch(cell):
            wanted = "a number such as 1250.5" if kind == "decimal" else "a whole number"
            raise Unfit(f"is {cell!r}, not {wanted}")
        if self.minimum is not None and Decimal(cell) < self.minimum:
            raise Unfit(f"is {cell}, below {self.minimum}")
        if self.maximum is not None and Decimal(cell) > self.maximum:
            raise Unfit(f"is {cell}, above {self.maximum}")
        return Literal(cell, datatype=_DECIMAL if kind == "decimal" else _INTEGER)


def _instant(cell: str, bound: str) -> tuple[Term, Term]:
    """The first or last second of a year, month or day, and how exact the date is."""
    match = _DATE.fullmatch(cell)
    if not match:
        raise Unfit(f"is {cell!r}, not a date such as 2026-01-31, 2026-01 or 2026")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if not (year >= 1 and 1 <= (month or 1) <= 12 and 1 <= (day or 1) <= calendar.monthrange(year, month or 1)[1]):
        raise Unfit(f"is {cell!r}, a day that no calendar has")
    precision = ident("day" if day else "month" if month else "year")
    if bound == "first":
        text = f"{year:04}-{month or 1:02}-{day or 1:02}T00:00:00Z"
    else:
        month = month or 12
        text = f"{year:04}-{month:02}-{day or calendar.monthrange(year, month)[1]:02}T23:59:59Z"
    return Literal(text, datatype=_DATETIME), precision


def read(entry: Entry | None, reader: Reader) -> dict[str, Column]:
    """The declared columns by name; what is wrong with them is among the findings of the reader."""
    columns = {}
    for name, given in reader.mapping(entry, "columns").items():
        what = f"The column {name}"
        keys = reader.mapping(given, what, _KEYS)
        columns[name] = Column(
            name=name,
            types=_types(keys, what, reader, given.line),
            values=_values(keys.get("values"), what, reader),
            prefix=reader.optional_text(keys, "prefix", what) or "",
            optional=reader.flag(keys, "optional", what),
            minimum=reader.number(keys, "minimum", what),
            maximum=reader.number(keys, "maximum", what),
            bound=_bound(keys, what, reader),
        )
    return columns


def _types(keys: Mapping[str, Entry], what: str, reader: Reader, line: int) -> tuple[str, ...]:
    types = reader.texts(keys, "type", what) or ("string",)
    wrong = [t for t in types if t not in _LITERALS and not re.fullmatch(r"[A-Z]\w*", t)]
    if wrong or (len(types) > 1 and set(types) & set(_LITERALS)):
        fix = f"Name one of {', '.join(_LITERALS)}, or one or more classes."
        reader.wrong("table-front-matter", f"{what} cannot be of the type {', '.join(wrong or types)}.", line, fix)
    return types


def _values(entry: Entry | None, what: str, reader: Reader) -> dict[str, NamedNode]:
    values = {}
    for cell, given in reader.mapping(entry, f"values of {what}").items():
        term = expand(given.value) if isinstance(given.value, str) else None
        if term is None or not term.value.startswith(ID):
            reader.wrong("table-front-matter", f"{what} takes {cell!r} for no individual.", given.line, "Write id:...")
        else:
            values[cell] = term
    return values


def _bound(keys: Mapping[str, Entry], what: str, reader: Reader) -> str:
    bound = reader.optional_text(keys, "bound", what) or "first"
    if bound not in ("first", "last"):
        reader.wrong("table-front-matter", f"{what} has the bound {bound!r}.", keys["bound"].line, "Say first or last.")
    return bound
