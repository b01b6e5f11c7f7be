"""The questions: what there is to ask, and the answers, each one lease of one snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api import accept, models
from api.deps import Lang, Served, unless_gone
from api.state import Serving
from kg.asking.answer import LEVELS, LIMIT, Answer, answer
from kg.asking.arguments import Arguments, arguments
from kg.asking.question import RESERVED, Question
from kg.errors import BadParameter, UnknownParameter, UnknownQuestion
from kg.files.turtle import write
from kg.terms import shorten

router = APIRouter(tags=["questions"])

FORMATS: Mapping[str, str] = {"json": "application/json", "csv": "text/csv", "ttl": "text/turtle"}
"""The formats of an answer by suffix and value of ``format``."""
_MOST = 10_000


@router.get("/questions", summary="Everything that can be asked")
async def index(served: Served) -> dict[str, Any]:
    return {"questions": [models.question_json(question) for question in served.questions.values()]}


@router.get("/questions/{name}/parameters/{parameter}/values", summary="What a parameter may be")
async def values(
    served: Served, language: Lang, name: str, parameter: str, q: str = "", limit: int = LIMIT
) -> dict[str, Any]:
    question = find(served, name)
    if parameter not in question.parameters:
        message = f"The question {name!r} has no parameter {parameter!r}."
        raise UnknownParameter(message, f"/questions/{name} says what it has.", parameter=parameter)
    types = question.parameters[parameter].types
    members = served.desk.names.members(types[0], q, language, min(max(limit, 1), _MOST))
    return {"values": [{"id": shorten(iri.value).strip("<>"), "label": label} for iri, label in members]}


@router.get("/questions/{name}", summary="The answer to a question", include_in_schema=False)
async def ask(request: Request, served: Served, language: Lang, name: str) -> Response:
    stem, _, suffix = name.rpartition(".")
    if suffix not in FORMATS:
        stem, suffix = name, ""
    question = find(served, stem)
    wanted = _wanted(request, language, suffix)
    given = parameters(request)
    as_of = today()
    bound = arguments(question, given, served.desk.names, as_of)
    headers = {
        "ETag": _tag(served.snapshot, question.text, _meant(bound), wanted),
        "Vary": "Accept, Accept-Language",
        "Cache-Control": "no-cache",
        "Content-Language": _spoken(language, served),
    }
    if _matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)

    async def work() -> Answer:
        async with served.pool.lease(served.settings.deadline) as lease:
            return await answer(
                question,
                given,
                lease,
                served.why,
                served.desk.names,
                served.desk.claims,
                as_of=as_of,
                limit=wanted.limit,
                offset=wanted.offset,
                evidence=wanted.evidence,
                lang=language,
                snapshot=served.snapshot,
            )

    return _written(await unless_gone(request, work()), wanted.media_type, headers)


def find(served: Serving, name: str) -> Question:
    """The question of that name.

    Raises:
        UnknownQuestion: there is none.
    """
    if name not in served.questions:
        raise UnknownQuestion(f"There is no question {name!r}.", "/questions lists them all.")
    return served.questions[name]


def parameters(request: Request, *besides: str) -> dict[str, list[str]]:
    """What the URL says of the question's own parameters."""
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in (*RESERVED, *besides):
            found.setdefault(name, []).append(value)
    return found


def today() -> date:
    return datetime.now(UTC).date()


# --- what every question understands --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wanted:
    media_type: str
    language: str
    evidence: str
    limit: int
    offset: int


def _wanted(request: Request, language: str, suffix: str) -> _Wanted:
    return _Wanted(
        media_type=_media_type(request, suffix),
        language=language,
        evidence=_choice(request, "evidence", LEVELS, "summary"),
        limit=_number(request, "limit", LIMIT, 1, _MOST),
        offset=_number(request, "offset", 0, 0, 10**9),
    )


def _media_type(request: Request, suffix: str) -> str:
    name = suffix or _choice(request, "format", tuple(FORMATS), "")
    return FORMATS[name] if name else accept.best(request.headers.get("accept"), tuple(FORMATS.values()))


def _choice(request: Request, name: str, choices: Sequence[str], otherwise: str) -> str:
    text = _single(request, name)
    if text and text not in choices:
        raise BadParameter(f"{text!r} is none of {', '.join(choices)}.", "Use one of them.", parameter=name)
    return text or otherwise


def _number(request: Request, name: str, otherwise: int, least: int, most: int) -> int:
    text = _single(request, name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise BadParameter(f"{text!r} is no number from {least} to {most}.", "Leave it out.", parameter=name)
    return int(text)


def _single(request: Request, name: str) -> str:
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise BadParameter(f"{name!r} is given {len(values)} times.", "Give it once.", parameter=name)
    return values[0] if values else ""


# --- writing --------------------------------------------------------------------------------------------------


def _written(found: Answer, media_type: str, headers: Mapping[str, str]) -> Response:
    match media_type:
        case "text/csv":
            return Response(found.as_csv(), media_type=media_type, headers=headers)
        case "text/turtle":
            triples = dict.fromkeys(triple for evidence in found.evidence or () for triple in evidence.triples)
            return Response(write(triples), media_type=media_type, headers=headers)
    return JSONResponse(found.as_json(), headers=headers)


def _spoken(language: str, served: Serving) -> str:
    """The language that labels come in where there is one in it: the language itself, its wider one, or English."""
    candidates = (language, language.partition("-")[0])
    return next((each for each in candidates if each.lower() in served.languages), "en")


def _meant(bound: Arguments) -> list[tuple[str, list[list[str]]]]:
    """The parameters after defaults: what they mean, however they were written."""
    return [(name, [[*map(str, row)] for row in rows]) for name, rows in sorted(bound.rows.items())]


def _tag(*parts: object) -> str:
    """An entity tag: equal for equal answers, and for nothing else."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _matches(header: str | None, tag: str) -> bool:
    tags = [t.strip().removeprefix("W/") for t in (header or "").split(",")]
    return tag in tags or "*" in tags
