"""A question as the list of questions and the description of the interface show it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kg.asking.cells import meaning_of_empty
from kg.asking.question import Parameter, Question
from kg.terms import Term, written

try:
    VERSION = version("entrepot")
except PackageNotFoundError:  # run from a checkout that was not installed
    VERSION = "0"

Json = dict[str, Any]


def question_json(question: Question) -> Json:
    """A question as the list of questions shows it."""
    return {
        "name": question.name,
        "summary": question.summary,
        "topic": question.topic,
        "answers": list(question.answers),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "unit": parameter.unit,
                "optional": parameter.optional,
                "many": parameter.many,
                "table": dict(parameter.table) or None,
                "doc": doc(parameter),
                "default": default(parameter),
            }
            for parameter in question.parameters.values()
        ],
        "columns": [
            {"name": c.name, "type": c.type, "unit": c.unit, "empty": meaning_of_empty(c), "doc": c.doc}
            for c in question.columns
        ],
    }


def default(parameter: Parameter) -> str | list[str] | None:
    """What a parameter is where it is not given, as it would stand in a URL; of ``asOf`` None, for it changes daily."""
    if parameter.is_as_of:
        return None
    texts = [",".join(_text(term) for term in row if term) for row in parameter.default if any(row)]
    if parameter.many or parameter.table:
        return texts
    return texts[0] if texts else None


def doc(parameter: Parameter) -> str:
    """What a parameter is for; of ``asOf`` also what it is where it is not given."""
    return f"{parameter.doc}; without it, today (UTC)" if parameter.is_as_of else parameter.doc


def _text(term: Term) -> str:
    return written(term).strip("<>")
