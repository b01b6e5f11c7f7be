"""How the service is: alive, ready, and what it knows of its own state."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from api import accept, models, pages, schemas
from api.deps import Served, state
from api.state import State

router = APIRouter(tags=["service"])

OfApp = Annotated[State, Depends(state)]


@router.get("/", summary="Where everything is", responses={200: schemas.FRONT_PAGE, **schemas.problems(406)})
async def index(request: Request, app: OfApp) -> Response:
    if accept.best(request.headers.get("accept"), ("application/json", pages.MEDIA_TYPE)) == pages.MEDIA_TYPE:
        return pages.questions(app.serving, _VARY)
    return JSONResponse(_LINKS, headers=_VARY)


_VARY = {"Vary": "Accept"}
_LINKS = {
    "name": "Entrepôt",
    "version": models.VERSION,
    "links": {
        "questions": "/questions",
        "sparql": "/sparql",
        "explain": "/explain{?subject,predicate,object}",
        "resolve": "/resolve{?q,type,lang}",
        "entity": "/entities/{id}",
        "datasets": "/datasets",
        "description": "/openapi.json",
        "status": "/status",
        "mcp": "/mcp",
    },
}


@router.get("/health", summary="Whether the process lives")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready", summary="Whether answers are served", responses=schemas.problems(503))
async def ready(served: Served) -> dict[str, str]:
    return {"status": "ready", "snapshot": served.snapshot}


@router.get("/status", summary="What is served, what was found in the inputs, and the last refused edit")
async def status(app: OfApp) -> dict[str, Any]:
    if app.serving is None:
        return {"snapshot": None, "counts": {}, "findings": [], "refused": app.refused}
    serving = app.serving
    return {
        "snapshot": serving.snapshot,
        "counts": serving.manifest["counts"],
        "findings": [*serving.manifest["findings"], *(finding.as_json() for finding in serving.findings)],
        "refused": app.refused,
        "versions": serving.manifest["versions"],
        "limits": serving.pool.confinement._asdict(),
        "pool": asdict(serving.pool.counts()),
    }
