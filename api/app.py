"""The application: put together here, and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api import agents, errors, manners, models, openapi
from api.routes import datasets, entities, explain, health, questions, sparql
from api.state import Serving, State, follow, serve
from kg import build
from kg.errors import BuildFailed, BuildRefused, Finding
from kg.serving import snapshot
from kg.settings import Settings, read

log = logging.getLogger("uvicorn.error")

DESCRIPTION = """Facts about cross-border e-commerce, with the conclusions that follow from them. Every answer shows
the claims and sources that it rests on, what was inferred and by which rule, and what is not stated."""


def create_app(settings: Settings) -> FastAPI:
    """The app; it builds what has changed and serves the result as soon as its lifespan begins."""
    app = FastAPI(
        title="Entrepôt",
        summary="A knowledge graph of cross-border e-commerce whose every answer says why.",
        description=DESCRIPTION,
        version=models.VERSION,
        lifespan=_lifespan,
        docs_url=None,  # both load scripts from elsewhere
        redoc_url=None,
    )
    app.state.entrepot = State(settings)
    errors.install(app)
    for routes in (health, questions, explain, entities, datasets, sparql):
        app.include_router(routes.router)
    app.state.agents = agents.install(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    manners.install(app)
    return app


def configured() -> FastAPI:
    """The app with the settings of this process, for a server that starts it by name."""
    return create_app(read())


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: State = app.state.entrepot
    log.info("ontology %s, queries %s, state %s", *_folders(state.settings))
    async with app.state.agents:
        if path := await _built(state):
            await serve(state, path)
        following = asyncio.create_task(follow(state))
        try:
            yield
        finally:
            following.cancel()
            await asyncio.wait({following})
            await state.close()


async def _built(state: State) -> Path | None:
    """The snapshot of the inputs; the last one where the build came to nothing, or None if there is none."""
    try:
        built = await asyncio.to_thread(build.ensure, state.settings, lambda step: log.info("%s", step))
    except BuildRefused as refused:
        findings = refused.findings
    except BuildFailed as failed:
        findings = (Finding(failed.code, "error", failed.message, failed.hint),)
    else:
        return built.snapshot
    found = [finding.as_json() for finding in findings]
    state.refused = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "findings": found}
    for finding in findings:
        log.error("%s", finding)
    return snapshot.current(state.settings.state)


def _folders(settings: Settings) -> tuple[Path, Path, Path]:
    return settings.ontology, settings.queries, settings.state


def _described(app: FastAPI) -> dict[str, Any]:
    """The description of the interface, in which every question is a path of its own."""
    serving: Serving | None = app.state.entrepot.serving
    description = FastAPI.openapi(app)
    return openapi.with_questions(description, serving.questions, serving.desk.names) if serving else description
