"""Hostile values over HTTP, for every parameter of every question: an answer or a problem, never a failure."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_values import HOSTILE, HUGE
from httpx2 import Client

from kg.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "api"))
from live_server import serving


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[Client]:
    with serving(settings) as client:
        yield client


@pytest.fixture(scope="module")
def parameters(client: Client) -> list[tuple[str, dict[str, Any]]]:
    """Each parameter, with the name of its question."""
    listed = client.get("/questions").json()["questions"]
    found = [(question["name"], parameter) for question in listed for parameter in question["parameters"]]
    assert len(found) > 10
    return found


def test_a_hostile_value_in_a_url_is_answered_or_refused(client: Client, parameters: list[Any]) -> None:
    statuses: Counter[int] = Counter()
    for question, parameter in parameters:
        for text in HOSTILE:
            response = client.get(f"/questions/{question}", params={parameter["name"]: text, "evidence": "none"})
            statuses[response.status_code] += 1
            assert response.status_code in (200, 422), (question, parameter["name"], text)
            if response.status_code == 422:
                assert response.json()["parameter"] == parameter["name"]
            elif parameter["type"] == "string" and not parameter["many"] and text.strip():
                assert response.json()["parameters"][parameter["name"]] == text.strip()
            assert "x-injected" not in response.headers
    assert statuses.total() == len(HOSTILE) * len(parameters)
    assert statuses[422] > statuses[200]


@pytest.mark.parametrize("as_json", [True, False], ids=["JSON", "form"])
def test_a_megabyte_in_a_body_is_answered_or_refused(client: Client, parameters: list[Any], as_json: bool) -> None:
    sent = 0
    for question, parameter in parameters:
        name = parameter["name"]
        for text in HUGE:
            body: dict[str, Any] = {"data": {name: text, "evidence": "none"}}
            if as_json:
                content = json.dumps({name: text, "evidence": "none"}, ensure_ascii=False).encode()
                body = {"content": content, "headers": {"Content-Type": "application/json"}}
            response = client.post(f"/questions/{question}", **body)
            sent += 1
            assert response.status_code in (200, 413, 422), (question, name)
            assert len(response.content) < 3_000 or response.status_code == 200
    assert sent == len(HUGE) * len(parameters)
    assert client.get("/health").status_code == 200
