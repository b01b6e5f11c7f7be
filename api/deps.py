"""What the routes ask of a request: what is served, the language, the body, and whether anybody still waits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Coroutine
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from api import accept
from api.errors import BodyTooLarge, BodyTooSlow, ClientGone
from api.state import Serving, State
from kg.errors import BadParameter, NotReady
from kg.settings import Settings

T = TypeVar("T")

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")


def state(request: Request) -> State:
    found: State = request.app.state.entrepot
    return found


# The dependencies are coroutines, for FastAPI hands any other function to a thread.
async def served(request: Request) -> Serving:
    """What is served at the moment.

    Raises:
        NotReady: nothing yet.
    """
    found = state(request).serving
    if found is None:
        raise NotReady("No snapshot is served yet.", "/status says what was found in the inputs.")
    return found


async def lang(request: Request) -> str:
    """The language that the client wants: the parameter ``lang``, else the first of its header in which there are
    labels, else English. What has no label in it is shown in English."""
    asked = request.query_params.get("lang")
    if asked:
        if not _LANGUAGE.fullmatch(asked):
            raise BadParameter(f"{asked!r} is no language tag.", "Write it like en or zh-Hans.", parameter="lang")
        return asked
    serving = state(request).serving
    spoken = serving.languages if serving else frozenset()
    wanted = accept.languages(request.headers.get("accept-language"))
    return next((tag for tag in wanted if _LANGUAGE.fullmatch(tag) and spoken_in(tag, spoken)), "en")


def spoken_in(tag: str, languages: Collection[str]) -> str | None:
    """The language itself, or the wider one, in which there are labels."""
    candidates = (tag, tag.partition("-")[0])
    return next((each for each in candidates if each.lower() in languages), None)


Served = Annotated[Serving, Depends(served)]
Lang = Annotated[str, Depends(lang)]


async def body(request: Request, settings: Settings) -> bytes:
    """The body of a request.

    Raises:
        BodyTooLarge, BodyTooSlow: before all of it was read.
    """
    content = bytearray()
    try:
        async with asyncio.timeout(settings.deadline):
            async for chunk in request.stream():
                content += chunk
                if len(content) > settings.body_limit:
                    raise BodyTooLarge(f"A body may have {settings.body_limit:,} bytes.", "Send less.")
    except TimeoutError:
        raise BodyTooSlow(f"The body did not come within {settings.deadline:g} seconds.", "Try again.") from None
    return bytes(content)


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of the work, which is dropped as soon as the client hangs up: FastAPI would go on with it.

    Raises:
        ClientGone: it hung up.
    """
    working, watching = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        watching.cancel()
        working.cancel()
        await asyncio.wait({working, watching})
        for task in (working, watching):
            if not task.cancelled():
                task.exception()  # looked at, so that nobody complains of it


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
