"""What a caller gives a question, read as the terms that stand in its VALUES blocks."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from kg.asking.names import Names, quoted, readable
from kg.asking.question import VALUE_TYPES, Parameter, Question
from kg.errors import BadParameter, UnknownParameter
from kg.sparql import Values
from kg.terms import XSD, Term, canonical, shorten

Rows = Sequence[tuple[Term | None, ...]]

MOST = 1000
"""Values that one parameter may be given."""


@dataclass(frozen=True)
class Arguments:
    """The value of every parameter, defaults included: rows of terms, None where there is no value."""

    rows: Mapping[str, Rows]
    given: tuple[str, ...]
    """The parameters that the caller set, and the date asked about."""
    question: Question

    @property
    def values(self) -> Values:
        """The rows by the variables of their block."""
        parameters = self.question.parameters
        return {parameters[name].variables: rows for name, rows in self.rows.items()}

    @property
    def as_of(self) -> str | None:
        """The instant asked about."""
        rows = self.rows.get("asOf", [(None,)])
        return None if rows[0][0] is None else str(rows[0][0].value)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that were set, as they stand in a URL."""
        return [
            (name, ",".join(_in_url(term) for term in row if term is not None))
            for name in self.given
            for row in self.rows[name]
        ]


def arguments(question: Question, given: Mapping[str, Sequence[str]], names: Names, today: date) -> Arguments:
    """The terms for every parameter of a question.

    Args:
        given: the values of each parameter as text; an empty value of an optional one counts as absent.
        today: the date asked about where ``asOf`` is not given.

    Raises:
        UnknownParameter, UnknownName, AmbiguousName, BadParameter: with ``data["parameter"]``.
    """
    for name in given:
        if name not in question.parameters:
            raise _unknown(question, name)
    rows: dict[str, Rows] = {}
    set_by_caller = []
    for name, parameter in question.parameters.items():
        texts = _present(parameter, given.get(name, ()))
        if texts:
            rows[name] = _rows(parameter, texts, names)
        elif parameter.is_as_of:
            rows[name] = [(_instant(today.isoformat()),)]
        elif parameter.has_default or parameter.optional:
            rows[name] = parameter.default
        else:
            raise BadParameter(f"{name!r} is missing: {parameter.doc}.", "Give it a value.", parameter=name)
        if texts or parameter.is_as_of:
            set_by_caller.append(name)
    _refuse_reversed(rows, set_by_caller)
    return Arguments(rows, tuple(set_by_caller), question)


def _refuse_reversed(rows: Mapping[str, Rows], set_by_caller: Collection[str]) -> None:
    """Nothing, if a span of years or moments, ``from`` one ``to`` another, does not end before it begins."""
    begins, ends = (rows[name][0][0] if rows.get(name) else None for name in ("from", "to"))
    if isinstance(begins, Literal) and isinstance(ends, Literal) and ends.value < begins.value:
        message = f"The time ends before it begins: 'from' is {begins.value}, 'to' is {ends.value}."
        at_fault, other = ("to", "from") if "to" in set_by_caller else ("from", "to")
        hint = "Exchange the two." if other in set_by_caller else f"Give {other!r} as well."
        raise BadParameter(message, hint, parameter=at_fault)


def _unknown(question: Question, name: str) -> UnknownParameter:
    known = list(question.parameters)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(known)}." if known else "It has none."
    message = f"The question {question.name!r} has no parameter {quoted(name)}."
    return UnknownParameter(message, hint, parameter=name, candidates=near)


def _present(parameter: Parameter, texts: Sequence[str]) -> list[str]:
    """The values that are not empty, each once."""
    name = parameter.name
    if len(texts) > MOST:
        raise BadParameter(f"{name!r} has more than {MOST:,} values.", "Ask in parts.", parameter=name)
    if len(texts) > 1 and not parameter.many and not parameter.table:
        raise BadParameter(
            f"{name!r} is given {len(texts)} times; it takes one value.", "Give it once.", parameter=name
        )
    present = [text.strip() for text in texts if readable(text, name).strip()]
    incomplete = not present if parameter.many or parameter.table else len(present) < len(texts)
    if texts and incomplete and not (parameter.optional or parameter.is_as_of):
        raise BadParameter(f"{name!r} is empty: {parameter.doc}.", "Give it a value.", parameter=name)
    return list(dict.fromkeys(present))


def _rows(parameter: Parameter, texts: Sequence[str], names: Names) -> Rows:
    rows: dict[tuple[Term | None, ...], None] = {}
    for text in texts:
        members = text.rsplit(",", len(parameter.types) - 1) if parameter.table else [text]
        if len(members) != len(parameter.types):
            wanted = ",".join(parameter.variables)
            raise BadParameter(
                f"{quoted(text)} is not of the form {wanted}.", f"Write {wanted}.", parameter=parameter.name
            )
        typed = zip(members, parameter.types, strict=True)
        rows[tuple(_term(parameter, member.strip(), type_, names) for member, type_ in typed)] = None
    if parameter.table and len({row[0] for row in rows}) < len(rows):
        raise BadParameter(f"{parameter.name!r} has two rows for one thing.", "Give one.", parameter=parameter.name)
    return list(rows)


def _term(parameter: Parameter, text: str, type_: str, names: Names) -> Term:
    if type_ not in VALUE_TYPES:
        return names.one(text, type_, parameter.name)
    text = _without_unit(parameter, text)
    term = _instant(text, parameter.name) if type_ == "dateTime" else _READERS[type_](text)
    if term is None:
        message = f"{quoted(text)} is no {type_}."
        raise BadParameter(message, f"Write it like {_EXAMPLES[type_]}.", parameter=parameter.name)
    if type_ in ("integer", "decimal", "year"):
        _within(parameter, Decimal(text))
    return canonical(term)


def _without_unit(parameter: Parameter, text: str) -> str:
    """A number without the unit that it may be written with, as far as that is the parameter's: ``2.5 kg``."""
    number, _, unit = text.partition(" ")
    return number if parameter.unit and unit.strip() == parameter.unit else text


def _within(parameter: Parameter, value: Decimal) -> None:
    if parameter.minimum is not None and value < parameter.minimum:
        raise BadParameter(f"{parameter.name!r} must be at least {parameter.minimum}.", parameter=parameter.name)
    if parameter.maximum is not None and value > parameter.maximum:
        raise BadParameter(f"{parameter.name!r} must be at most {parameter.maximum}.", parameter=parameter.name)


def _literal(pattern: str, datatype: str) -> Callable[[str], Literal | None]:
    def read(text: str) -> Literal | None:
        return Literal(text, datatype=NamedNode(XSD + datatype)) if re.fullmatch(pattern, text, re.A) else None

    return read


def _boolean(text: str) -> Literal | None:
    value = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.casefold())
    return None if value is None else Literal(value)


def _instant(text: str, name: str = "") -> Literal | None:
    """A day means its first second, a month or year its last; all of them their first ``from`` and last ``to`` then.

    All in UTC.

    >>> [str(_instant("2025-02", name).value) for name in ("asOf", "from", "to")]
    ['2025-02-28T23:59:59Z', '2025-02-01T00:00:00Z', '2025-02-28T23:59:59Z']
    """
    parts = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text, re.A)
    try:
        if parts is None:
            moment = datetime.fromisoformat(text)
            moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        elif name == "from" or (parts[3] and name != "to"):
            moment = datetime(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
        else:
            year, month = int(parts[1]), int(parts[2] or 12)
            moment = datetime(year, month, int(parts[3] or calendar.monthrange(year, month)[1]), 23, 59, 59)
    except (ValueError, OverflowError):  # no such day, month or moment
        return None
    return Literal(moment.replace(tzinfo=None).isoformat() + "Z", datatype=NamedNode(XSD + "dateTime"))


_TAG = r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
"""A language tag. Source: RFC 5646, section 2.1, without its finer points."""
# The store's integers have 64 bits, its decimals 128 with 18 digits after the point; more would never match.
_READERS: Mapping[str, Callable[[str], Literal | None]] = {
    "string": Literal,
    "integer": _literal(r"[+-]?\d{1,18}", "integer"),
    "decimal": _literal(r"[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})", "decimal"),
    "boolean": _boolean,
    "language": lambda text: Literal(text.lower()) if re.fullmatch(_TAG, text) else None,
    "year": _literal(r"\d{4}", "integer"),
}
_EXAMPLES = {
    "string": "text",
    "language": "zh",
    "integer": "7000",
    "decimal": "7000.5",
    "boolean": "true",
    "dateTime": "2026-11-21, 2026-11, 2026 or 2026-11-21T12:00:00Z",
    "year": "2026",
}


def _in_url(term: Term) -> str:
    return shorten(term.value).strip("<>") if isinstance(term, NamedNode) else str(term.value)
