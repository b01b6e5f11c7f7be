"""What a request asks of a question: its parameters, the format, the language, the evidence and the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request

from api import accept, pages
from api.errors import BadRequest, UnsupportedMediaType
from kg.asking.answer import LEVELS, LIMIT
from kg.asking.formats import FORMATS, Format
from kg.asking.question import RESERVED, Question
from kg.errors import BadParameter, NotAcceptable

MOST = 100_000
"""Rows of one page."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
OFFERED: Mapping[str, Format] = {**FORMATS, "html": Format("html", pages.MEDIA_TYPE, "HTML", pages.write, "full")}
"""All formats of an answer by suffix and value of ``format``, the one for whoever does not care first."""

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A request to a question, read and found to be possible; the question's own parameters as they came."""

    question: Question
    given: Mapping[str, Sequence[str]]
    format: Format
    language: str
    evidence: str
    limit: int
    offset: int

    @property
    def manner(self) -> tuple[object, ...]:
        """What of it makes answers differ besides the parameters."""
        return self.format.name, self.language, self.evidence, self.limit, self.offset


def read(request: Request, question: Question, pairs: Pairs, suffix: str, language: str) -> Asked:
    """What is asked; the suffix counts before ``format``, and that before the header.

    Raises:
        BadParameter: one of the reserved parameters cannot be used.
        NotAcceptable: no format fits, or what writes it is not installed.
    """
    form = _format(request, suffix or _choice(pairs, "format", tuple(OFFERED), ""))
    asked = Asked(
        question=question,
        given=parameters(pairs),
        format=form,
        language=language,
        evidence=_choice(pairs, "evidence", LEVELS, form.evidence),
        limit=_number(pairs, "limit", LIMIT, 1, MOST),
        offset=_number(pairs, "offset", 0, 0, 10**9),
    )
    graph = form.name in ("ttl", "jsonld") and asked.evidence == "none"  # without evidence it would be empty
    return replace(asked, evidence="summary") if graph else asked


def parameters(pairs: Pairs, *besides: str) -> dict[str, list[str]]:
    """What is said of the question's own parameters."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in (*RESERVED, *besides):
            found.setdefault(name, []).append(value)
    return found


def pairs_of_body(content: bytes, content_type: str, question: Question) -> list[tuple[str, str]]:
    """The names and values of a posted form or JSON object; nothing where nothing is posted.

    Raises:
        BadRequest: it cannot be read.
        UnsupportedMediaType: it is something else.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if not content:
        return []
    if kind not in (FORM, JSON):
        raise UnsupportedMediaType(f"Parameters cannot be posted as {kind or 'nothing'}.", f"Use {JSON} or {FORM}.")
    try:
        text = content.decode("utf-8")
        if kind == FORM:
            return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST)
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body cannot be read.", "Send UTF-8, a form or a JSON object.") from error
    if not isinstance(found, dict):
        raise BadRequest("The body is no JSON object.", 'Send, for example, {"market": "Brazil"}.')
    return list(_pairs(found, question))


def _pairs(found: Mapping[str, Any], question: Question) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        parameter = question.parameters.get(name)
        for each in values:
            yield name, ",".join(map(_text, _members(each, parameter.variables if parameter else ())))


def _members(value: Any, columns: Iterable[str]) -> list[Any]:
    """A row of a table in the order of its columns; any other value by itself."""
    if isinstance(value, dict):
        return [value.get(column) for column in columns]
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    raise BadRequest("A value is no text, number or truth value.", "Send values, lists of them, or rows of a table.")


def _format(request: Request, name: str) -> Format:
    installed = {form.media_type: form for form in OFFERED.values() if form.installed}
    form = OFFERED[name] if name else installed[accept.best(request.headers.get("accept"), tuple(installed))]
    if not form.installed:
        message = f"{form.title} is not written here."
        raise NotAcceptable(message, f"Whoever runs the service installs it with entrepot[{form.extra}].")
    return form


def _choice(pairs: Pairs, name: str, choices: Sequence[str], otherwise: str) -> str:
    text = _single(pairs, name)
    if text and text not in choices:
        message = f"{text[:100]!r} is none of {', '.join(choices)}."
        raise BadParameter(message, "Use one of them.", parameter=name)
    return text or otherwise


def _number(pairs: Pairs, name: str, otherwise: int, least: int, most: int) -> int:
    text = _single(pairs, name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        message = f"{text[:100]!r} is no number from {least} to {most}."
        raise BadParameter(message, "Leave it out.", parameter=name)
    return int(text)


def _single(pairs: Pairs, name: str) -> str:
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise BadParameter(f"{name!r} is given {len(values)} times.", "Give it once.", parameter=name)
    return values[0] if values else ""
