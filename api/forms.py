"""The parameters of a question as the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.asking.answer import Answer
from kg.asking.names import Names
from kg.asking.question import VALUE_TYPES, Parameter, Question
from kg.terms import Term, written

LISTED, SUGGESTED = 40, 500
"""Members of a class that a field offers to choose from, and those that it suggests while somebody writes."""


@dataclass(frozen=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One parameter: what it is for, what it holds, and what it may hold."""

    name: str
    doc: str
    kind: str
    """select, text, number or rows."""
    values: tuple[str, ...]
    options: tuple[Option, ...]
    many: bool
    optional: bool
    today: bool
    """Whether it is today where it is left empty."""
    hint: str
    minimum: str | None = None
    maximum: str | None = None


def fields(answer: Answer) -> list[Field]:
    """The form as it would ask the same again."""
    names, lang = answer.desk.names, answer.lang
    found = []
    for name, parameter in answer.question.parameters.items():
        rows = [row for row in answer.arguments.rows[name] if any(row)]
        found.append(_field(parameter, tuple(_written(parameter, row, names, lang) for row in rows), names, lang))
    return found


def fields_as_given(question: Question, given: Mapping[str, Sequence[str]], names: Names, lang: str) -> list[Field]:
    """The form as it was filled in, whatever that was."""
    found = []
    for name, parameter in question.parameters.items():
        default = () if parameter.is_as_of else [row for row in parameter.default if any(row)]
        texts = tuple(given.get(name) or (_written(parameter, row, names, lang) for row in default))
        found.append(_field(parameter, texts, names, lang))
    return found


def _field(parameter: Parameter, values: tuple[str, ...], names: Names, lang: str) -> Field:
    options = _options(parameter, names, lang)
    listed = 0 < len(options) <= LISTED and set(values) <= {option.value for option in options}
    kind = "rows" if parameter.table else "select" if listed else "text"
    if parameter.type in ("integer", "decimal", "year") and not parameter.many:
        kind = "number"
    return Field(
        name=parameter.name,
        doc=parameter.doc,
        kind=kind,
        values=values,
        options=options,
        many=parameter.many,
        optional=parameter.optional or parameter.is_as_of,
        today=parameter.is_as_of,
        hint="" if listed else _hint(parameter),
        minimum=None if parameter.minimum is None else str(parameter.minimum),
        maximum=None if parameter.maximum is None else str(parameter.maximum),
    )


def _options(parameter: Parameter, names: Names, lang: str) -> tuple[Option, ...]:
    if parameter.type == "boolean":
        return Option("true", "yes"), Option("false", "no")
    if parameter.table or parameter.type in VALUE_TYPES:
        return ()
    members = names.members(parameter.type, "", lang, SUGGESTED)
    found = [Option(_id(iri), label) for iri, label in members]
    return tuple(sorted(found, key=lambda option: option.label.casefold()))


def _written(parameter: Parameter, row: Sequence[Term | None], names: Names, lang: str) -> str:
    """A value as a field holds it: of a list its identifier, where it is written by hand its name."""
    if parameter.table:
        return ",".join(_id(term) for term in row if term is not None)
    (term,) = row
    assert term is not None
    if parameter.type in VALUE_TYPES:
        return term.value.removesuffix("T00:00:00Z")
    short = names.members(parameter.type, limit=LISTED + 1)
    return _id(term) if len(short) <= LISTED else names.label(term.value, lang)


def _id(term: Term) -> str:
    return written(term).strip("<>")


def _hint(parameter: Parameter) -> str:
    if parameter.type == "dateTime":
        return "a day, month, year or instant, such as 2026-11-21, 2026-11 or 2026"
    if parameter.table:
        return f"{','.join(parameter.table)} in each line"
    if parameter.type in VALUE_TYPES:
        return f"in {parameter.unit}" if parameter.unit else ""
    return "a name, code or identifier"
