"""Things by name and by IRI: what a name may mean, and all that is known of a thing."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api import accept, schemas
from api.deps import Lang, Served, unless_gone
from api.description import describe
from api.state import Serving
from kg.errors import AmbiguousName, BadParameter, UnknownEntity, UnknownName
from kg.serving.worker import GRAPH_FORMATS
from kg.terms import EP, ID, expand

router = APIRouter(tags=["entities"])

JSON = "application/json"


@router.get(
    "/resolve",
    summary="What a name may mean, best first",
    responses={200: schemas.MATCHES, **schemas.problems(422, 503)},
)
async def resolve(
    served: Served,
    language: Lang,
    q: str,
    type: str | None = None,  # noqa: A002
) -> Response:
    if not q.strip():
        raise BadParameter("'q' is empty.", "Give a name, a code or an IRI.", parameter="q")
    cls = type.removeprefix("ep:").removeprefix(EP) if type else None
    matches = [match.as_json() for match in served.desk.names.resolve(q, cls, language)]
    return JSONResponse({"matches": matches}, headers={"Vary": "Accept-Language"})


@router.get(
    "/id/{name}",
    summary="To the description of a thing",
    status_code=303,
    response_class=RedirectResponse,
    responses=schemas.problems(422),
)
async def identify(name: str) -> RedirectResponse:
    return RedirectResponse(f"/entities/{quote(name, safe=':')}", status_code=303)


@router.get(
    "/entities/{name}",
    summary="All that is known of a thing",
    response_model=None,
    responses={200: schemas.THING, **schemas.problems(404, 406, 422, 503, 504)},
)
async def entity(request: Request, served: Served, language: Lang, name: str) -> Response:
    media_type = accept.best(request.headers.get("accept"), (JSON, *GRAPH_FORMATS))
    iri = _find(served, name)

    async def work() -> Response:
        async with served.pool.lease(served.settings.deadline) as lease:
            if media_type != JSON:
                return Response(await lease.sparql(f"DESCRIBE <{iri}>", media_type), media_type=media_type)
            return JSONResponse(await describe(iri, lease, served, language))

    response = await unless_gone(request, work())
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _find(served: Serving, name: str) -> str:
    """The IRI of the thing that the end of a URL names: a local name, CURIE, code or label.

    Three digits are a document where there is one of that number, whatever else has them for a code.

    Raises:
        UnknownEntity: there is none, or more than one.
    """
    document = expand(f"{ID}document-{name}") if re.fullmatch("[0-9]{3}", name) else None
    for iri in (expand(name) or expand(ID + name), document):
        if iri is not None and served.desk.names.known(iri):
            return iri.value
    try:
        return served.desk.names.one(name).value
    except (UnknownName, AmbiguousName) as error:
        raise UnknownEntity(f"Nothing is known by {name!r}.", error.hint, **error.data) from error
