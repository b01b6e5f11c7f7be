"""What every response has: the number of its request, leave to be read from elsewhere, as few bytes as possible."""

from __future__ import annotations

import re
from uuid import uuid4

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "X-Request-ID"
EXPOSED = ("Content-Language", "ETag", "Entrepot-Snapshot", "Link", "Retry-After", REQUEST_ID)
"""The headers that a script from elsewhere may read."""
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def install(app: FastAPI) -> None:
    """Puts the layers around the app, the outermost last."""
    app.add_middleware(HeadIsGet)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=EXPOSED,
        max_age=86_400,
    )
    app.add_middleware(Numbered)


class HeadIsGet:
    """HEAD is answered like GET; the server leaves out the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)


class Numbered:
    """A request has a number: the client's own where it is a plain one, else a fresh one; the response repeats it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        number = given if _ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = number

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = number
            await send(message)

        await self.app(scope, receive, numbered)
