"""The values of literals: what a literal denotes, how it is best written, and which datatypes have it.

The datatypes are those of the OWL 2 RL profile. What is written in another datatype has no value that we know of, and
is never judged. Two literals are equal if their values are identical: ``1.0`` and ``01`` are, an integer and a double
never, nor two instants in different time zones.

Source: OWL 2 Structural Specification (Second Edition), section 4; XML Schema 1.1 part 2.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias, cast
from xml.etree import ElementTree

from pyoxigraph import Literal, NamedNode

from kg.terms import RDF, RDFS, XSD, Node

Value: TypeAlias = tuple[str, object]
"""The kind of a value and the value: values are identical if both are equal."""


# --- from the lexical form to the value --------------------------------------------------------------------


def _pattern(regex: str, read: Callable[[str], Value | None]) -> Callable[[str], Value | None]:
    compiled = re.compile(regex)
    return lambda text: read(text) if compiled.fullmatch(text) else None


def _within(low: int | None, high: int | None) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        value = int(text)
        return ("number", Decimal(value)) if _between(value, low, high) else None

    return _pattern(r"[+-]?[0-9]{1,4000}", read)


def _between(value: int | Decimal, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _floating(kind: str, code: str) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        value = float(text.replace("INF", "inf"))
        try:
            return kind, struct.pack(code, value)
        except OverflowError:  # it is rounded to infinity
            return kind, struct.pack(code, float("-inf" if value < 0 else "inf"))

    return _pattern(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN", read)


def _instant(text: str) -> Value | None:
    """Local time in seconds and the time zone in minutes, since instants in different zones are not identical."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute = map(int, match.group(1, 2, 3, 4, 5))
    second = Decimal(match[6])
    try:
        days = date(year % 400 + 400, month, day).toordinal() + year // 400 * 146097
    except ValueError:
        return None
    if (hour, minute, second) >= (24, 0, Decimal(0)) and (hour, minute, second) != (24, 0, Decimal(0)):
        return None
    zone = match[7]
    if zone is None or zone == "Z":
        offset = None if zone is None else 0
    else:
        offset = (int(zone[1:3]) * 60 + int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
        if abs(offset) > 840 or int(zone[4:6]) > 59:
            return None
    return "instant", (days * 86400 + hour * 3600 + minute * 60 + second, offset)


_DATE_TIME = re.compile(
    r"(-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))-([0-9]{2})-([0-9]{2})T([0-2][0-9]):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def _plain(text: str) -> Value | None:
    words, at, tag = text.rpartition("@")
    return ("text", (words, tag.lower())) if at and (not tag or _LANGUAGE.fullmatch(tag)) else None


def _xml(text: str) -> Value | None:
    try:
        return "xml", ElementTree.canonicalize(f"<x>{text}</x>")
    except ElementTree.ParseError:
        return None


def _base64(text: str) -> Value | None:
    try:
        return "base64", base64.b64decode(text.replace(" ", ""), validate=True)
    except binascii.Error:
        return None


def _text(text: str) -> Value:
    return "text", (text, "")


_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_NAME_START, _NAME_PART = r"[^\W\d]|_", r"[\w.\-·]"
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
_TEXTS: Mapping[str, str] = {
    "string": r"(?s:.*)",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"([^\t\n\r ]+( [^\t\n\r ]+)*)?",
    "language": _LANGUAGE.pattern,
    "Name": rf"({_NAME_START}|:)({_NAME_PART}|:)*",
    "NCName": rf"({_NAME_START})({_NAME_PART})*",
    "NMTOKEN": rf"({_NAME_PART}|:)+",
}
_READERS: Mapping[str, Callable[[str], Value | None]] = {
    **{XSD + name: _within(*bounds) for name, bounds in _INTEGERS.items()},
    **{XSD + name: _pattern(regex, _text) for name, regex in _TEXTS.items()},
    XSD + "string": _text,
    XSD + "decimal": _pattern(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", lambda text: ("number", Decimal(text))),
    XSD + "double": _floating("double", ">d"),
    XSD + "float": _floating("float", ">f"),
    XSD + "boolean": _pattern("true|false|0|1", lambda text: ("boolean", text in ("true", "1"))),
    XSD + "dateTime": _instant,
    XSD + "dateTimeStamp": _pattern(r".*(Z|[+-][0-9]{2}:[0-9]{2})", _instant),
    XSD + "anyURI": _pattern(r"[^\s<>{}|\\^`\"]*", lambda text: ("uri", text)),
    XSD + "hexBinary": _pattern("([0-9a-fA-F]{2})*", lambda text: ("hex", bytes.fromhex(text))),
    XSD + "base64Binary": _base64,
    RDF + "PlainLiteral": _plain,
    RDF + "XMLLiteral": _xml,
}
DATATYPES = tuple(map(NamedNode, sorted([*_READERS, RDF + "langString", RDFS + "Literal"])))
"""The datatypes of OWL 2 RL, ``rdf:langString`` and ``rdfs:Literal``."""


# --- questions about literals ------------------------------------------------------------------------------


def value(term: Node) -> Value | None:
    """What a literal denotes; None where it is no literal, is written wrongly, or is of a datatype unknown to us.

    >>> value(Literal("01", datatype=NamedNode(XSD + "integer")))
    ('number', Decimal('1'))
    """
    if not isinstance(term, Literal):
        return None
    if term.language:
        return "text", (term.value, term.language.lower())
    read = _READERS.get(term.datatype.value)
    return read(term.value) if read else None


def is_ill_typed(term: Node) -> bool:
    """Whether a literal is written in a way that its datatype does not have.

    >>> is_ill_typed(Literal("many", datatype=NamedNode(XSD + "integer")))
    True
    """
    if not isinstance(term, Literal):
        return False
    read = _READERS.get(term.datatype.value)
    return read is not None and read is not _text and read(term.value) is None


def differ(one: Node, other: Node) -> bool:
    """Whether two terms are literals that are known to denote different values."""
    values = value(one), value(other)
    return None not in values and values[0] != values[1]


def belongs(datatype: str, term: Node) -> bool | None:
    """Whether the value of a literal is one of a datatype's, whichever it is written in; None where nobody can tell.

    >>> belongs(XSD + "byte", Literal("7", datatype=NamedNode(XSD + "decimal")))
    True
    """
    own = term.datatype.value if isinstance(term, Literal) else ""
    if datatype in (own, RDFS + "Literal"):
        return datatype not in _READERS or not is_ill_typed(term)
    known = value(term)
    if known is None:
        return False if own in _READERS else None
    kind, content = known
    name = datatype.removeprefix(XSD)
    if kind == "number":
        if name not in _INTEGERS:
            return name == "decimal"
        number = cast(Decimal, content)
        return number == number.to_integral_value() and _between(number, *_INTEGERS[name])
    if kind == "text":
        text, tag = cast(tuple[str, str], content)
        if name in _TEXTS:
            return not tag and re.fullmatch(_TEXTS[name], text) is not None
        return datatype == RDF + "PlainLiteral" or (bool(tag) and datatype == RDF + "langString")
    if kind == "instant":
        return name == "dateTime" or (
            name == "dateTimeStamp" and cast(tuple[Decimal, int | None], content)[1] is not None
        )
    return datatype == _HOME[kind]


_HOME = {
    "double": XSD + "double",
    "float": XSD + "float",
    "boolean": XSD + "boolean",
    "uri": XSD + "anyURI",
    "hex": XSD + "hexBinary",
    "base64": XSD + "base64Binary",
    "xml": RDF + "XMLLiteral",
}


# --- from the value back to the lexical form ---------------------------------------------------------------


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
