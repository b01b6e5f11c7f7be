"""One shape for everything that goes wrong, whoever noticed it."""

from __future__ import annotations

import pytest
from httpx2 import Client

from api.errors import STATUS, status_of
from kg import errors

MEMBERS = {"type", "title", "status", "code", "detail", "hint"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/questions/none", 404, "unknown-question"),
        ("GET", "/questions/reach/parameters/none/values", 422, "unknown-parameter"),
        ("GET", "/entities/Atlantis", 404, "unknown-entity"),
        ("DELETE", "/questions", 405, "method-not-allowed"),
        ("POST", "/health", 405, "method-not-allowed"),
        ("GET", "/resolve", 422, "bad-parameter"),
        ("GET", "/questions/reach?country=Atlantis", 422, "unknown-name"),
        ("GET", "/questions/reach?country=Georgia", 422, "ambiguous-name"),
        ("GET", "/questions/reach?contry=BR", 422, "unknown-parameter"),
        ("GET", "/questions/heavy-shipments?weight=heavy", 422, "bad-parameter"),
        ("GET", "/questions/heavy-shipments?weight=-1", 422, "bad-parameter"),
        ("GET", "/questions/heavy-shipments?weight=1&weight=2", 422, "bad-parameter"),
        ("GET", "/questions/heavy-shipments?weight=", 422, "bad-parameter"),
        ("GET", "/questions/reach?country=%00", 422, "bad-parameter"),
        ("GET", "/questions/reach?limit=0", 422, "bad-parameter"),
        ("GET", "/questions/reach?limit=1&limit=2", 422, "bad-parameter"),
        ("GET", "/questions/reach?offset=-1", 422, "bad-parameter"),
        ("GET", "/questions/reach?evidence=some", 422, "bad-parameter"),
        ("GET", "/questions/reach?format=doc", 422, "bad-parameter"),
        ("GET", "/questions/reach?lang=e%0An", 422, "bad-parameter"),
        ("GET", "/explain?question=reach&row=first", 422, "bad-parameter"),
        ("GET", "/explain?question=reach&row=1000000001", 422, "bad-parameter"),
        ("GET", "/resolve?q=", 422, "bad-parameter"),
        ("GET", "/resolve?q=%20", 422, "bad-parameter"),
        ("GET", "/sparql?query=SELECT", 400, "query-syntax"),
    ],
)
def test_every_error_is_a_problem(client: Client, method: str, path: str, status: int, code: str) -> None:
    response = client.request(method, path)
    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem.keys() >= MEMBERS
    assert problem["detail"] and problem["type"].endswith(code)


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/questions/reach?country=Atlantis", "country"),
        ("/questions/reach?contry=BR", "contry"),
        ("/questions/heavy-shipments?weight=heavy", "weight"),
        ("/questions/reach?limit=many", "limit"),
        ("/resolve", "q"),
        ("/explain?subject=id:BR&predicate=none&object=id:BR", "predicate"),
    ],
)
def test_the_parameter_at_fault_is_named(client: Client, path: str, parameter: str) -> None:
    assert client.get(path).json()["parameter"] == parameter


def test_an_ambiguous_name_comes_with_its_candidates(client: Client) -> None:
    problem = client.get("/questions/reach?country=Georgia").json()
    assert {c["id"] for c in problem["candidates"]} == {"id:GE", "id:GS"}


def test_a_wrong_method_says_which_are_right(client: Client) -> None:
    assert client.put("/questions").headers["allow"] == "GET"


def test_every_class_of_error_has_a_status() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.EntrepotError)]
    assert len(classes) > 15
    for cls in classes:
        error = cls([]) if issubclass(cls, errors.BuildRefused) else cls("It failed.")
        assert 400 <= status_of(error) < 600
    assert status_of(errors.AmbiguousName("x")) == 422  # by its nearest class in the table
    assert STATUS[errors.EntrepotError] == 500


def test_who_is_turned_away_is_told_when_to_come_back() -> None:
    busy = errors.Busy("All are taken.", retry_after=2)
    assert (busy.hint, busy.data) == ("Try again in 2 s.", {"retry_after": 2})
