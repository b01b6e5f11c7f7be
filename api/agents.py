"""The same questions as tools of an MCP server at ``/mcp``: a tool is a request to this service, and only reads."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.routing import Route

from api import openapi
from api.models import VERSION
from api.schemas import Json
from api.state import State
from kg.asking.names import Names
from kg.asking.question import Question

if TYPE_CHECKING:
    from mcp import types

PATH = "/mcp"
_ROWS = 100
"""Rows that an agent is given where it does not say how many it wants."""
_INSTRUCTIONS = """Questions about cross-border e-commerce. Every row names the claims and sources that it rests on and
its status; what is inferred, an opinion or a forecast is marked so. An empty answer says why: "not stated" is not "no".
Call resolve to find out what a name stands for, and explain for the proof of a triple or of a row."""
_TEXT: Json = {"type": "string"}
_OTHERS: Mapping[str, tuple[str, Json]] = {
    "resolve": (
        "What a name, code or alias stands for, best first.",
        {"q": {**_TEXT, "description": "A name in any language, or a code"}, "type": _TEXT, "lang": _TEXT},
    ),
    "explain": (
        "Why a triple holds, or with question and row why a row is in an answer: the proof in words.",
        {
            "subject": {**_TEXT, "description": "An IRI or CURIE, such as id:AliExpress"},
            "predicate": _TEXT,
            "object": {**_TEXT, "description": "An IRI, CURIE or N-Triples literal"},
            "question": {**_TEXT, "description": "Instead of a triple, the name of a question"},
            "row": {"type": "integer", "minimum": 0, "description": "A row of its answer, counted from 0"},
            "parameters": {"type": "object", "description": "The parameters with which the question was asked"},
            "lang": _TEXT,
        },
    ),
}


def install(app: FastAPI) -> AbstractAsyncContextManager[None]:
    """Adds the MCP server to the app, where the extra is installed; it answers while the result is entered."""
    if find_spec("mcp") is None:
        return _nothing()
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    tools = Tools(app)
    server = Server(
        "entrepot",
        version=VERSION,
        instructions=_INSTRUCTIONS,
        on_list_tools=tools.listed,
        on_call_tool=tools.call,
    )
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    app.router.routes.append(Route(PATH, manager.asgi_app, include_in_schema=False))
    return manager.run()


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


class Tools:
    """Lists the tools, and calls them by asking the app as any other client does."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def listed(self, context: Any, params: Any) -> types.ListToolsResult:  # noqa: ARG002
        from mcp import types

        state: State = self._app.state.entrepot
        serving = state.serving
        asked = [_question(q, serving.desk.names) for q in serving.questions.values()] if serving else []
        others = [_tool(name, text, properties) for name, (text, properties) in _OTHERS.items()]
        return types.ListToolsResult(tools=[*asked, *others])

    async def call(self, context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:  # noqa: ARG002
        from httpx2 import ASGITransport, AsyncClient
        from mcp import types

        transport = ASGITransport(self._app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://entrepot", timeout=None) as client:
            found = await client.request(**_request(params.name, dict(params.arguments or {})))
        structured = found.json() if found.headers["content-type"].endswith("json") else None
        return types.CallToolResult(
            content=[types.TextContent(text=found.text)],
            structured_content=structured,
            is_error=found.is_error,
        )


def _request(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The request that a tool stands for."""
    if name == "resolve":
        return {"method": "GET", "url": "/resolve", "params": _plain(arguments)}
    if name == "explain":
        given = {**arguments.pop("parameters", {}), **arguments}
        return {"method": "GET", "url": "/explain", "params": _plain(given), "headers": {"Accept": "text/plain"}}
    return {"method": "POST", "url": f"/questions/{name}", "json": {"limit": _ROWS, **arguments, "format": "json"}}


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as they stand in a URL."""
    return {
        name: value if isinstance(value, str | list) else json.dumps(value)
        for name, value in arguments.items()
        if value is not None
    }


def _question(question: Question, names: Names) -> types.Tool:
    properties = {
        p.name: {**openapi.schema_of(p, names), "description": openapi.described(p)}
        for p in question.parameters.values()
    }
    reserved = {
        "lang": {**_TEXT, "description": "Language of the labels, such as en or zh"},
        "limit": {"type": "integer", "minimum": 1, "default": _ROWS, "description": "Rows of one page"},
        "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "Rows to skip"},
        "evidence": {"enum": ["none", "summary", "full"], "default": "summary"},
    }
    columns = "; ".join(f"{column.name}: {column.doc}" for column in question.columns)
    return _tool(question.name, f"{question.summary} Columns: {columns}.", {**properties, **reserved})


def _tool(name: str, description: str, properties: Json) -> types.Tool:
    from mcp import types

    return types.Tool(
        name=name,
        description=description,
        input_schema={"type": "object", "properties": properties, "additionalProperties": False},
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )
