"""The datasets that all answers come from, with their sources, licences and sizes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api import accept, pages, schemas
from api.deps import Served
from kg import datasets, dcat
from kg.serving.worker import GRAPH_FORMATS

router = APIRouter(tags=["datasets"])

JSON = "application/json"
_OFFERED = (*GRAPH_FORMATS, JSON, pages.MEDIA_TYPE)
_VARY = {"Vary": "Accept"}


@router.get(
    "/datasets",
    summary="What the answers come from: DCAT and VoID, a list, or a page",
    response_model=None,
    responses={200: schemas.DATASETS, **schemas.problems(406, 503)},
)
async def index(request: Request, served: Served) -> Response:
    media_type = accept.best(request.headers.get("accept"), _OFFERED)
    if media_type == pages.MEDIA_TYPE:
        return pages.datasets(served, _VARY)
    if media_type == JSON:
        listed = [each.as_json() for each in datasets.read(served.manifest)]
        return JSONResponse({"datasets": listed}, headers=_VARY)
    written = dcat.written(served.manifest, str(request.base_url), GRAPH_FORMATS[media_type])
    return Response(written, media_type=media_type, headers=_VARY)


@router.get("/.well-known/void", summary="To the datasets", status_code=303, response_class=RedirectResponse)
async def well_known() -> RedirectResponse:
    """Source: https://www.w3.org/TR/void/#well-known"""
    return RedirectResponse("/datasets", status_code=303)
