"""The values of literals, as far as XML Schema's numbers, strings, truth values, instants and days go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from kg.terms import XSD, Term, canonical

Number: TypeAlias = int | Decimal | float
Value: TypeAlias = Number | str | datetime | date
"""A truth value is an ``int`` in Python, and stays one here."""

_INTEGERS: Mapping[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
"""The least and the greatest value of every datatype of integers. Source: XML Schema 1.1 part 2, section 3.4."""


def value(term: Term) -> Value | None:
    """The value of a literal; None for other terms, other datatypes and what is written wrongly.

    >>> value(Literal("007", datatype=NamedNode(XSD + "integer")))
    7
    """
    if not isinstance(term, Literal):
        return None
    name = term.datatype.value.removeprefix(XSD)
    read = str if term.language else _READERS.get("integer" if name in _INTEGERS else name)
    try:
        return read(term.value) if read else None
    except (ValueError, InvalidOperation, KeyError):
        return None


_READERS: Mapping[str, Callable[[str], Value]] = {
    **dict.fromkeys(("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN"), str),
    "integer": int,
    "decimal": Decimal,
    "double": float,
    "float": float,
    "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "dateTime": datetime.fromisoformat,
    "date": date.fromisoformat,
}

EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_LAST_PLACE = Decimal("1e-18")
"""The store keeps decimals to this place."""


def literal(found: object) -> Literal:
    """The literal for a string or number, in the form in which the store gives it back."""
    if isinstance(found, str):
        return Literal(found)
    if isinstance(found, float):
        return canonical(Literal(repr(found), datatype=NamedNode(XSD + "double")))  # type: ignore[return-value]
    if isinstance(found, Decimal):
        text = format(EXACT.quantize(found, _LAST_PLACE), "f")
        return Literal(text.rstrip("0").rstrip(".") or "0", datatype=NamedNode(XSD + "decimal"))
    return Literal(str(found), datatype=NamedNode(XSD + "integer"))


def in_datatype(datatype: Term, term: Term) -> bool:
    """Whether the value of a literal belongs to a datatype, whichever datatype the literal is written with."""
    if not isinstance(term, Literal) or not isinstance(datatype, NamedNode):
        return False
    name, own = datatype.value.removeprefix(XSD), value(term)
    if own is None or term.language:
        return term.datatype == datatype
    if name in _INTEGERS:
        low, high = _INTEGERS[name]
        whole = _is_exact(own, term) and own == int(own)  # type: ignore[arg-type]
        return bool(whole and (low is None or own >= low) and (high is None or own <= high))  # type: ignore[operator]
    if name == "decimal":
        return _is_exact(own, term)
    return term.datatype == datatype or (name == "string" and isinstance(own, str))


def _is_exact(own: Value, term: Literal) -> bool:
    return isinstance(own, int | Decimal) and term.datatype.value != XSD + "boolean"
