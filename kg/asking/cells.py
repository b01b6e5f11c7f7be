"""What a cell holds, as a value of Python: a term of an answer for people, JSON and spreadsheets."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from pyoxigraph import Literal

from kg.asking.names import Names
from kg.asking.question import Column
from kg.terms import XSD, Term, shorten


def cell(names: Names, lang: str, term: Term | None, decimals: int | None) -> Any:
    """A term as JSON: an entity with its label, a number, a truth value, a text, or None."""
    if term is None:
        return None
    return value(term, decimals) if isinstance(term, Literal) else entity(term, names, lang)


def entity(term: Term, names: Names, lang: str) -> dict[str, str]:
    """A thing by its shortest identifier, and what to call it."""
    return {"id": shorten(term.value).strip("<>"), "label": names.word(term, lang)}


def meaning_of_empty(column: Column) -> str | None:
    """What it means that a cell of the column holds nothing; None where each holds something."""
    return column.empty or ("not stated" if column.optional else None)


def shown(found: Any, column: Column) -> str:
    """A cell in words, an empty one with the meaning of its emptiness."""
    match found:
        case None:
            return meaning_of_empty(column) or "not stated"
        case bool():
            return "yes" if found else "no"
        case {"label": str(label)}:
            return label
    return str(found)


_INTEGERS = frozenset(
    XSD + name
    for name in """integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger
    unsignedInt unsignedLong unsignedShort unsignedByte""".split()  # noqa: SIM905
)
_WIDE = Context(prec=60)
"""Wide enough for every decimal of the store."""


def value(literal: Literal, decimals: int | None) -> Any:
    """A literal as JSON; a decimal is rounded to the column's places, a whole one is an integer."""
    datatype, text = literal.datatype.value, literal.value
    if datatype == XSD + "boolean":
        return text == "true"
    if datatype in _INTEGERS:
        return int(text)
    if datatype == XSD + "decimal":
        if decimals is None and text.partition(".")[2].strip("0"):
            return float(text)
        number = Decimal(text)
        if decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, _WIDE)
        return int(number) if number == number.to_integral_value() else float(number)
    if datatype in (XSD + "double", XSD + "float"):
        number = Decimal(text.replace("INF", "Infinity"))
        return float(round(number, decimals) if decimals is not None else number) if number.is_finite() else None
    return text
