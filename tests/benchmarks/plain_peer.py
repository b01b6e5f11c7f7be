"""What somebody writes in an hour: a FastAPI `def` route around the same queries on the same store, no evidence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from fastapi import FastAPI, Response


def create_app() -> FastAPI:
    store = ox.Store.read_only(os.environ["PEER_STORE"])
    queries: dict[str, str] = json.loads(Path(os.environ["PEER_QUERIES"]).read_text(encoding="utf-8"))
    app = FastAPI()

    @app.get("/questions/{name}")
    def answer(name: str) -> dict[str, Any]:
        solutions = store.query(queries[name])
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        rows = [{n: None if term is None else term.value for n, term in zip(names, s, strict=True)} for s in solutions]
        return {"question": name, "rows": rows, "count": len(rows)}

    @app.get("/sparql")
    def sparql(query: str) -> Response:
        """The endpoint behind grlc."""
        found = store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        body = found.serialize(format=ox.QueryResultsFormat.JSON)
        return Response(body, media_type="application/sparql-results+json")

    return app
