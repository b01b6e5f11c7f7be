"""The pages for people: the list of questions, a question with its answer, and a problem; none needs a script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.forms import Field, fields, fields_as_given
from api.models import VERSION
from api.state import Serving
from kg import datasets as described
from kg import licences
from kg.asking.answer import Answer
from kg.asking.cells import shown
from kg.asking.claims import local
from kg.asking.desk import Desk
from kg.asking.formats import FORMATS, envelope
from kg.asking.question import Column, Question
from kg.terms import ID, shorten

MEDIA_TYPE = "text/html"
_TEMPLATES = Path(__file__).parent / "templates"
_STATUSES = {
    "stated": "as a source states it",
    "reference": "from a work of reference",
    "editorial": "by our own reading",
    "contributed": "contributed from outside",
    "inferred": "inferred",
}

_GROUPS = {"tables": "Tables", "facts": "Facts", "schema": "Terms"}
"""The headings over the datasets, by the folder that a file stands in."""

Headers = Mapping[str, str]


def questions(served: Serving | None, headers: Headers) -> Response:
    """All questions by topic."""
    by_topic: dict[str, list[Question]] = {}
    for question in served.questions.values() if served else ():
        by_topic.setdefault(question.topic, []).append(question)
    return _page("questions.html", headers, topics=dict(sorted(by_topic.items())), snapshot=served and served.snapshot)


def datasets(served: Serving, headers: Headers) -> Response:
    """The files that all answers come from, tables first."""
    groups: dict[str, list[dict[str, Any]]] = {heading: [] for heading in _GROUPS.values()}
    for each in described.read(served.manifest):
        sources = [{"label": served.desk.names.label(s), "href": _place({"id": shorten(s)})} for s in each.sources]
        name = licences.name(each.license) if each.license else None
        groups[_GROUPS[each.kind]].append({**each.as_json(), "sources": sources, "license_name": name})
    groups = {heading: found for heading, found in groups.items() if found}
    return _page("datasets.html", headers, groups=groups, counts=served.manifest["counts"], snapshot=served.snapshot)


def write(answer: Answer) -> Iterator[bytes]:
    """An answer below the form in which it was asked; the rows are written as they come."""
    found = _environment().get_template("answer.html")
    yield from (
        piece.encode()
        for piece in found.generate(
            question=answer.question,
            answer=answer,
            fields=fields(answer),
            columns=answer.columns(),
            rows=_rows(answer),
            formats=[form for form in FORMATS.values() if form.installed],
            problem=None,
        )
    )


def refused(
    question: Question,
    given: Mapping[str, Sequence[str]],
    found: Mapping[str, Any],
    served: Serving,
    language: str,
    headers: Headers,
) -> Response:
    """The form as it was filled in, with what is wrong beside the field at fault."""
    filled: list[Field] = fields_as_given(question, given, served.desk.names, language)
    return _page(
        "answer.html", headers, status=found["status"], question=question, answer=None, fields=filled, problem=found
    )


def problem(found: Mapping[str, Any], headers: Headers) -> Response:
    return _page("problem.html", headers, status=found["status"], problem=found)


# --- rows -----------------------------------------------------------------------------------------------------


def _rows(answer: Answer) -> Iterator[dict[str, Any]]:
    for number, solution in enumerate(answer.solutions):
        cells = [_cell(answer.cell(column, solution), column) for column in answer.question.columns]
        evidence = envelope.evidence(answer, number) if answer.evidence is not None else None
        yield {"cells": cells, "evidence": evidence and _told(evidence, answer.desk)}


def _cell(value: Any, column: Column) -> dict[str, Any]:
    """What to write, where it leads, and whether it is a number or nothing."""
    text = shown(value, column)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and column.type != "year":
        text = f"{value:,}"
    return {"text": text, "href": _place(value), "number": number, "empty": value is None}


def _place(value: Any) -> str | None:
    if isinstance(value, dict) and ":" in value["id"] and "/" not in value["id"]:
        return f"/entities/{value['id'].removeprefix('id:')}"
    return None


def _told(evidence: dict[str, Any], desk: Desk) -> dict[str, Any]:
    """Evidence with its claims in words; what they say and where it is written is there in full evidence alone."""
    unsaid = {"statement": None, "passage": None}
    sources = [
        unsaid | source | {"kind": _kind(desk, source["claim"]), "label": _label(desk, source["document"])}
        for source in evidence["sources"]
    ]
    return evidence | {"sources": sources, "words": _STATUSES[evidence["status"]]}


def _label(desk: Desk, document: str | None) -> str:
    """What to call a document or another source that a row rests on."""
    iris = (f"{ID}document-{document}", f"{ID}{document}", document or "")
    return next((desk.names.label(iri) for iri in iris if desk.names.known(iri)), document or "")


def _kind(desk: Desk, name: str | None) -> str | None:
    claim = desk.claim(name)
    return local(claim.kind) if claim and claim.kind else None


# --- templates ------------------------------------------------------------------------------------------------


def _page(template: str, headers: Headers, status: int = 200, **context: Any) -> Response:
    text = _environment().get_template(template).render(context)
    return Response(text, status, {**headers, **policy()}, MEDIA_TYPE)


def policy() -> dict[str, str]:
    """What a browser may load for a page: its own style sheet, and nothing else."""
    allowed = f"default-src 'none'; style-src '{_style()[1]}'; form-action 'self'; base-uri 'none'"
    return {"Content-Security-Policy": allowed}


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["words"] = _words
    found.globals.update(style=Markup(_style()[0]), version=VERSION)
    return found


def _words(name: str) -> str:
    """A name of a parameter or column as words.

    >>> _words("counterpartMarket")
    'counterpart market'
    """
    return re.sub("(?<=[a-z0-9])([A-Z])", lambda match: f" {match[1].lower()}", name)


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the hash by which the pages' policy lets it in and nothing else."""
    text = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"sha256-{digest}"
