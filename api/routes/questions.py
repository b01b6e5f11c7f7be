"""The questions: what there is to ask, and the answers, each one lease of one snapshot."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api import accept, asked, models, pages, schemas
from api.asked import OFFERED, Asked
from api.deps import Lang, Served, body, spoken_in, unless_gone
from api.errors import problem_of
from api.state import Serving
from kg.asking.answer import LIMIT, Answer, answer
from kg.asking.arguments import Arguments, arguments
from kg.asking.question import Question
from kg.errors import BadParameter, UnknownParameter, UnknownQuestion
from kg.terms import shorten

router = APIRouter(tags=["questions"])

_LONG = 2000
"""Rows from which on an answer is sent piece by piece."""
_LONGEST_LINK = 1000
"""Characters of a link that is still put into a header: long values would make one that no client reads."""
_VARY = {"Vary": "Accept, Accept-Language"}


@router.get(
    "/questions", summary="Everything that can be asked", responses={200: schemas.INDEX, **schemas.problems(406, 503)}
)
async def index(request: Request, served: Served) -> Response:
    if accept.best(request.headers.get("accept"), (asked.JSON, pages.MEDIA_TYPE)) == pages.MEDIA_TYPE:
        return pages.questions(served, _VARY)
    listed = [models.question_json(question) for question in served.questions.values()]
    return JSONResponse({"questions": listed}, headers=_VARY)


@router.get(
    "/questions/{name}/parameters/{parameter}/values",
    summary="What a parameter may be",
    responses={200: schemas.VALUES, **schemas.problems(404, 422, 503)},
)
async def values(
    served: Served, language: Lang, name: str, parameter: str, q: str = "", limit: int = LIMIT
) -> Response:
    question = find(served, name)
    if parameter not in question.parameters:
        message = f"The question {name!r} has no parameter {parameter!r}."
        raise UnknownParameter(message, f"/questions/{name} says what it has.", parameter=parameter)
    types = question.parameters[parameter].types
    members = served.desk.names.members(types[0], q, language, min(max(limit, 1), asked.MOST))
    found = [{"id": shorten(iri.value).strip("<>"), "label": label} for iri, label in members]
    return JSONResponse({"values": found}, headers={"Vary": "Accept-Language"})


@router.get("/questions/{name}", summary="The answer to a question", include_in_schema=False)
async def get(request: Request, served: Served, language: Lang, name: str) -> Response:
    question, suffix = _named(served, name)
    return await _respond(request, served, language, question, suffix, request.query_params.multi_items())


@router.post("/questions/{name}", summary="The same for long values", include_in_schema=False)
async def post(request: Request, served: Served, language: Lang, name: str) -> Response:
    question, suffix = _named(served, name)
    content = await body(request, served.settings)
    posted = asked.pairs_of_body(content, request.headers.get("content-type", ""), question)
    pairs = [*request.query_params.multi_items(), *posted]
    return await _respond(request, served, language, question, suffix, pairs)


def _named(served: Serving, name: str) -> tuple[Question, str]:
    """The question that the end of a URL names, and the format that it names by a suffix."""
    stem, _, suffix = name.rpartition(".")
    return (find(served, stem), suffix) if suffix in OFFERED else (find(served, name), "")


def find(served: Serving, name: str) -> Question:
    """The question of that name.

    Raises:
        UnknownQuestion: there is none.
    """
    if name not in served.questions:
        raise UnknownQuestion(f"There is no question {name[:100]!r}.", "/questions lists them all.")
    return served.questions[name]


def today() -> date:
    return datetime.now(UTC).date()


async def _respond(
    request: Request, served: Serving, language: str, question: Question, suffix: str, pairs: asked.Pairs
) -> Response:
    wanted = asked.read(request, question, pairs, suffix, language)
    try:
        bound = arguments(question, wanted.given, served.desk.names, today())
    except BadParameter as error:
        if wanted.format.name != "html":
            raise
        return pages.refused(question, wanted.given, problem_of(error), served, language, _VARY)
    headers = _headers(served, wanted, bound)
    if request.method == "GET" and _matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return await _written(await unless_gone(request, _answer(served, wanted, bound)), wanted, headers)


async def _answer(served: Serving, wanted: Asked, bound: Arguments) -> Answer:
    async with served.pool.lease(served.settings.deadline) as lease:
        return await answer(
            bound,
            lease,
            served.why,
            served.desk,
            limit=wanted.limit,
            offset=wanted.offset,
            evidence=wanted.evidence,
            lang=wanted.language,
            snapshot=served.snapshot,
        )


async def _written(found: Answer, wanted: Asked, headers: Mapping[str, str]) -> Response:
    form = wanted.format
    headers = {**headers, "Link": _links(found)}
    if form.name in ("csv", "tsv", "xlsx", "parquet"):
        headers["Content-Disposition"] = f'inline; filename="{found.question.name}.{form.name}"'
    if form.name == "html":
        headers |= pages.policy()
    if len(found.solutions) > _LONG:  # nothing can go wrong any more: all rows and their evidence are at hand
        return StreamingResponse(form.write(found), media_type=form.media_type, headers=headers)
    content = await asyncio.to_thread(b"".join, form.write(found)) if form.module else b"".join(form.write(found))
    return Response(content, media_type=form.media_type, headers=headers)


def _links(found: Answer) -> str:
    """The pages around this one and the other formats. RFC 8288."""
    around = {rel: url for rel, url in found.links.items() if rel in ("next", "prev") and url}
    links = [f'<{url}>; rel="{rel}"' for rel, url in around.items()]
    links += [
        f'<{found.url(f".{form.name}", found.offset)}>; rel="alternate"; type="{form.media_type}"'
        for form in OFFERED.values()
        if form.installed
    ]
    short = [link for link in links if len(link) < _LONGEST_LINK]
    return ", ".join([*short, '</openapi.json>; rel="service-desc"'])


def _headers(served: Serving, wanted: Asked, bound: Arguments) -> dict[str, str]:
    meant = [(name, [[*map(str, row)] for row in rows]) for name, rows in sorted(bound.rows.items())]
    parts = (served.snapshot, models.VERSION, served.desk.passages.known, wanted.question.text, meant, wanted.manner)
    return {
        # Weak, for the same answer may be sent compressed or not.
        "ETag": f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"',
        **_VARY,
        "Cache-Control": "no-cache",
        "Content-Language": spoken_in(wanted.language, served.languages) or "en",
        "Entrepot-Snapshot": served.snapshot,
    }


def _matches(header: str | None, tag: str) -> bool:
    tags = [t.strip().removeprefix("W/") for t in (header or "").split(",")]
    return tag.removeprefix("W/") in tags or "*" in tags
