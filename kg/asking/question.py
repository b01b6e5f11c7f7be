"""What a question is: its parameters, its columns and its query text, known to be valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from kg.sparql import Element, Parts, parts, tokens
from kg.terms import Term

VALUE_TYPES = {
    "string": ("string",),
    "language": ("string",),
    "integer": ("integer",),
    "decimal": ("decimal", "integer"),
    "boolean": ("boolean",),
    "dateTime": ("dateTime",),
    "year": ("integer",),
}
"""The types that are no class, and the datatypes that a default of each may have."""
RESERVED = ("evidence", "lang", "limit", "offset", "format")
"""What every question understands, so that no parameter may be called so."""


@dataclass(frozen=True)
class Parameter:
    """What a caller may set."""

    name: str
    type: str
    """A class's local name, a value type, or ``table``."""
    doc: str
    optional: bool = False
    many: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str | None = None
    """A unit, or the name of the parameter whose value is the unit."""
    empty: str | None = None
    table: Mapping[str, str] = field(default_factory=dict)
    """The type of each column of a table."""
    default: tuple[tuple[Term | None, ...], ...] = ()
    """What stands in the file: a row for each value; None is UNDEF."""

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(self.table) or (self.name,)

    @property
    def types(self) -> tuple[str, ...]:
        """The type of each variable."""
        return tuple(self.table.values()) or (self.type,)

    @property
    def literals(self) -> tuple[str, ...]:
        """The variables that take values rather than entities."""
        return tuple(v for v, type_ in zip(self.variables, self.types, strict=True) if type_ in VALUE_TYPES)

    @property
    def is_as_of(self) -> bool:
        """Whether it is the date asked about: today where it is not given, whatever stands in the file."""
        return self.name == "asOf"

    @property
    def has_default(self) -> bool:
        return any(term is not None for row in self.default for term in row)


@dataclass(frozen=True)
class Column:
    """What a cell holds, and what it means that it holds nothing."""

    name: str
    type: str
    doc: str
    unit: str | None = None
    """A unit, or the name of the parameter whose value is the unit."""
    optional: bool = False
    empty: str | None = None
    decimals: int | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """One query file that is known to be valid and to mean what it says; equal only to itself."""

    name: str
    topic: str
    summary: str
    answers: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    columns: tuple[Column, ...]
    """In the order of the SELECT clause."""
    roles: Mapping[str, str]
    """The role in which the claims that a variable binds are evidence."""
    exceptions: Mapping[str, str]
    """What the file is excused from, with the reason."""
    text: str
    """The whole file."""
    file: str
    """Relative to the folder of queries."""
    elements: tuple[Element, ...] = field(repr=False)

    @cached_property
    def query(self) -> str:
        """The file without its front matter."""
        return self.text[tokens(self.text)[0].start :]

    @cached_property
    def parts(self) -> Parts:
        return parts(self.query)

    @cached_property
    def is_grouped(self) -> bool:
        """Whether a row sums up several solutions."""
        return any(token.is_word("GROUP") for token in tokens(self.parts.tail))
