"""From the value of a literal back to its lexical form: how each value is best written, whatever its datatype."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from kg.reasoning.datatypes import value
from kg.terms import RDF, XSD, Node


def _is_best(literal: Literal) -> bool:
    return literal.datatype == _STRING


_STRING = NamedNode(XSD + "string")


def respelled(term: Node) -> Literal | None:
    """The literal that stands for all of the same value; None for that one itself and where no value is known.

    >>> respelled(Literal("01.0", datatype=NamedNode(XSD + "decimal"))).value
    '1'
    """
    known = None if isinstance(term, Literal) and _is_best(term) else value(term)
    if known is None:
        return None
    spelled = _WRITERS[known[0]](known[1])
    return None if spelled == term else spelled


def _number(content: Decimal) -> Literal:
    if content == content.to_integral_value():
        return Literal(format(content.to_integral_value() + 0, "f"), datatype=NamedNode(XSD + "integer"))
    return Literal(format(content, "f").rstrip("0"), datatype=NamedNode(XSD + "decimal"))


def _floated(kind: str, code: str) -> Callable[[bytes], Literal]:
    def write(content: bytes) -> Literal:
        text = repr(struct.unpack(code, content)[0]).replace("inf", "INF").replace("nan", "NaN")
        return Literal(text, datatype=NamedNode(XSD + kind))

    return write


def _dated(content: tuple[Decimal, int | None]) -> Literal:
    seconds, offset = content
    days, rest = divmod(seconds, 86400)
    cycles, day = divmod(int(days) - 1, 146097)  # the calendar repeats itself every 400 years
    on = date.fromordinal(day + 146097 + 1)
    minutes, second = divmod(rest, 60)
    clock = f"{int(minutes) // 60:02}:{int(minutes) % 60:02}:{int(second):02}"
    fraction = format(second % 1, "f").rstrip("0").rstrip(".")[1:]
    zone = "" if offset is None else "Z" if offset == 0 else _zone(offset)
    year = on.year - 800 + 400 * cycles
    years = f"{'-' * (year < 0)}{abs(year):04}"
    text = f"{years}-{on.month:02}-{on.day:02}T{clock}{fraction}{zone}"
    return Literal(text, datatype=NamedNode(XSD + "dateTime"))


def _zone(offset: int) -> str:
    return f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"


_WRITERS: Mapping[str, Callable[..., Literal]] = {
    "number": _number,
    "text": lambda content: Literal(content[0], language=content[1]) if content[1] else Literal(content[0]),
    "double": _floated("double", ">d"),
    "float": _floated("float", ">f"),
    "boolean": lambda content: Literal(str(content).lower(), datatype=NamedNode(XSD + "boolean")),
    "instant": _dated,
    "uri": lambda content: Literal(content, datatype=NamedNode(XSD + "anyURI")),
    "hex": lambda content: Literal(content.hex().upper(), datatype=NamedNode(XSD + "hexBinary")),
    "base64": lambda content: Literal(base64.b64encode(content).decode(), datatype=NamedNode(XSD + "base64Binary")),
    "xml": lambda content: Literal(content[3:-4], datatype=NamedNode(RDF + "XMLLiteral")),
}
