"""Every error as one shape: RFC 9457 problems, and the one table that gives each class of error its status."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api import accept, manners, pages
from kg import errors
from kg.errors import NotAcceptable
from kg.terms import BASE

log = logging.getLogger("uvicorn.error")

MEDIA_TYPE = "application/problem+json"


class BadRequest(errors.EntrepotError):
    """A request that breaks the protocol."""

    code = "bad-request"


class UnsupportedMediaType(errors.EntrepotError):
    code = "unsupported-media-type"


class BodyTooLarge(errors.EntrepotError):
    code = "body-too-large"


class BodyTooSlow(errors.EntrepotError):
    code = "body-too-slow"


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


STATUS: dict[type[errors.EntrepotError], int] = {
    BadRequest: 400,
    errors.QueryError: 400,
    errors.Misuse: 400,
    errors.QueryForbidden: 403,
    errors.UnknownEntity: 404,
    errors.UnknownQuestion: 404,
    errors.UnknownTriple: 404,
    NotAcceptable: 406,
    BodyTooSlow: 408,
    BodyTooLarge: 413,
    errors.ResultTooLarge: 413,
    UnsupportedMediaType: 415,
    errors.BadParameter: 422,
    errors.EntrepotError: 500,
    errors.BuildRefused: 503,
    errors.BuildFailed: 503,
    errors.Busy: 503,
    errors.NotReady: 503,
    errors.OutOfMemory: 503,
    errors.DeadlineExceeded: 504,
}
"""The nearest class of an error counts."""


def status_of(error: errors.EntrepotError) -> int:
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def problem(status: int, code: str, detail: str, hint: str = "", **more: Any) -> dict[str, Any]:
    """The members of a problem; ``parameter`` and what else is known come after those that every problem has."""
    return {
        "type": f"{BASE}problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "hint": hint,
        **{name: value for name, value in more.items() if value is not None},
    }


def install(app: FastAPI) -> None:
    """Make every error of the app a problem, FastAPI's own included."""
    app.add_exception_handler(errors.EntrepotError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientGone, _gone)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.EntrepotError)
    wait = error.data.get("retry_after")
    return respond(request, problem_of(error), {"Retry-After": str(wait)} if wait else None)


def problem_of(error: errors.EntrepotError) -> dict[str, Any]:
    """An error of ours as a problem."""
    data = {name: value for name, value in error.data.items() if name != "retry_after"}
    if isinstance(error, errors.BuildRefused):
        data["findings"] = [finding.as_json() for finding in error.findings]
    return problem(status_of(error), error.code, error.message, error.hint, **data)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    parameter = str(first["loc"][-1])
    return respond(request, problem(422, "bad-parameter", f"{parameter}: {first['msg']}.", parameter=parameter))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "-")
    detail = str(error.detail) if error.detail != status.phrase else f"{status.description or status.phrase}."
    hints = {404: f"{request.base_url} lists what there is.", 405: "The header Allow lists the methods."}
    return respond(request, problem(status, code, detail, hints.get(status, "")), error.headers)


async def _gone(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=499)  # nobody reads it; the number is for the log, as nginx has it


async def _unforeseen(request: Request, error: Exception) -> Response:
    """Written outside of all layers, so it brings along what they would have added."""
    number = request.state.request_id
    log.error("request %s failed: %r", number, error)
    found = problem(500, "internal-error", "This should not have happened.", "The log of the server says more.")
    return respond(request, found, {manners.REQUEST_ID: number, "Access-Control-Allow-Origin": "*"})


def respond(request: Request, found: dict[str, Any], headers: Any = None) -> Response:
    """A problem as JSON, for browsers as a page."""
    found = {**found, "requestId": request.state.request_id}
    headers = {"Vary": "Accept", **(headers or {})}
    wanted = accept.preferred(request.headers.get("accept"), (MEDIA_TYPE, "application/json", pages.MEDIA_TYPE))
    if wanted[:1] == [pages.MEDIA_TYPE]:
        return pages.problem(found, headers)
    return JSONResponse(found, found["status"], headers, MEDIA_TYPE)
