"""Why a triple holds, and why a row is in an answer: proofs down to the claims they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from api import accept, schemas
from api.asked import parameters
from api.deps import Lang, Served, unless_gone
from api.routes.questions import find, today
from api.state import Serving
from kg.asking.answer import explain_row
from kg.errors import BadParameter, UnknownTriple
from kg.reasoning import render
from kg.reasoning.proofs import Proof
from kg.reasoning.wording import Label
from kg.terms import Term, Triple, canonical, parse_term

router = APIRouter(tags=["explain"])

FORMATS = ("application/json", "text/plain", "text/vnd.graphviz")
Written = Annotated[str | None, Query(description="An IRI, a CURIE, or an N-Triples literal")]


@router.get(
    "/explain",
    summary="The proof of a triple, or with question and row those of a row",
    response_model=None,
    responses={200: schemas.PROOF, **schemas.problems(404, 406, 422, 503, 504)},
)
async def explain(
    request: Request,
    served: Served,
    language: Lang,
    subject: Written = None,
    predicate: Written = None,
    object: Written = None,  # noqa: A002
    question: Annotated[str | None, Query(description="The name of a question; its parameters follow")] = None,
    row: Annotated[int, Query(ge=0, le=10**9, description="A row of its answer, counted from 0")] = 0,
    every: Annotated[bool, Query(alias="all", description="Whether to show the other proofs of a triple too")] = False,
) -> Response:
    media_type = accept.best(request.headers.get("accept"), FORMATS)
    if question is None:
        triple = _triple(subject, predicate, object)
        proofs = [_proof(served, triple), *(served.why.alternatives(triple) if every else [])]
        return _written(served, proofs, media_type, language, several="proofs" if every else None)
    triples = await unless_gone(request, _row(request, served, question, row))
    proofs = [proof for triple in triples if (proof := served.why.proof(triple))]
    return _written(served, proofs, media_type, language, several="conclusions")


def _triple(subject: str | None, predicate: str | None, object: str | None) -> Triple:  # noqa: A002
    terms = _term("subject", subject), _term("predicate", predicate), canonical(_term("object", object))
    try:
        return Triple(*terms)  # type: ignore[arg-type]  # which is what it looks at
    except TypeError:
        hint = "A subject or predicate is an IRI, no literal."
        raise BadParameter("This is no triple.", hint, parameter="subject") from None


def _term(name: str, text: str | None) -> Term:
    term = parse_term(text) if text else None
    if term is None:
        message = f"The {name} {text!r} is no term." if text else f"The {name} is missing."
        raise BadParameter(message, 'Write an IRI, a CURIE such as id:BR, or a literal such as "7".', parameter=name)
    return term


def _proof(served: Serving, triple: Triple) -> Proof:
    proof = served.why.proof(triple)
    if proof is None:
        near = [render.triple_as_json(other) for other in served.why.near(triple)]
        hint = "What is known nearby stands in 'near'." if near else "Nothing is known nearby."
        raise UnknownTriple("The graph does not hold this triple.", hint, near=near)
    return proof


async def _row(request: Request, served: Serving, name: str, row: int) -> list[Triple]:
    question = find(served, name)
    given = parameters(request.query_params.multi_items(), "question", "row")
    async with served.pool.lease(served.settings.deadline) as lease:
        triples = await explain_row(question, given, row, lease, served.why, served.desk, as_of=today())
    if not triples:
        raise UnknownTriple(f"The answer has no row {row}.", "Rows are counted from 0.")
    return triples


def _written(
    served: Serving, proofs: Sequence[Proof], media_type: str, language: str, *, several: str | None
) -> Response:
    """One proof, or several under that name: the ``conclusions`` of a row, or the ``proofs`` of one triple."""

    def label(term: Term) -> str:
        return served.why.expression(term) or served.desk.names.word(term, language)

    headers = {"Vary": "Accept, Accept-Language"}
    match media_type:
        case "text/plain":
            return PlainTextResponse(_text(proofs, label, ways=several == "proofs") + "\n", headers=headers)
        case "text/vnd.graphviz":
            return Response(render.as_dot(*proofs, label=label) + "\n", media_type=media_type, headers=headers)
    nodes = [render.as_json(p, served.desk.describe, label, served.desk.passage) for p in proofs]
    content: Any = {several: nodes} if several else nodes[0]
    return JSONResponse(content, headers=headers)


def _text(proofs: Sequence[Proof], label: Label, *, ways: bool) -> str:
    return render.ways_as_text(proofs, label) if ways else "\n\n".join(render.as_text(p, label) for p in proofs)
