"""Requests made up from the description of the interface: whatever is sent, the answer is one that is described there.

``make test`` sends a sample of them, ``make soak`` the whole number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as limits
from live_server import serving
from schemathesis import GenerationMode
from schemathesis.openapi import from_url
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kg.settings import Settings

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_ROUND = 7
"""Requests to each operation before it is the next one's turn."""
_PATIENCE = 60
"""Seconds to wait for an answer: longer than the service takes to say that its own deadline has passed."""

Operations = dict[str, Any]


@pytest.fixture(scope="module")
def operations(settings: Settings) -> Iterator[Operations]:
    with serving(settings) as server:
        schema = from_url(f"{server.base_url}/openapi.json")
        yield {operation.label: operation for operation in (each.ok() for each in schema.get_all_operations())}


@pytest.mark.parametrize("requests_sent", [2_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_no_request_fails_the_service_or_is_answered_in_a_way_that_is_not_described(
    operations: Operations, requests_sent: int
) -> None:
    statuses: Counter[int] = Counter()
    sent: Counter[str] = Counter()
    with requests.Session() as session:
        for turn in count():
            mode = GenerationMode.NEGATIVE if turn % 3 == 2 else GenerationMode.POSITIVE
            for label, operation in operations.items():
                send(operation, mode, turn, session, sent, statuses)
                assert sent[label] or mode is GenerationMode.NEGATIVE, label
            if sent.total() >= requests_sent:
                break
    assert turn >= 2  # so that some requests were wrong on purpose
    assert sent.total() == statuses.total() >= requests_sent
    assert sent.keys() == operations.keys()
    assert {200, 422, 404} <= statuses.keys()
    print(f"{sent.total():,} requests to {len(sent)} operations: {dict(sorted(statuses.items()))}")


def send(
    operation: Any,
    mode: GenerationMode,
    turn: int,
    session: requests.Session,
    sent: Counter[str],
    statuses: Counter[int],
) -> None:
    """Some requests to one operation, each checked against its description."""

    @seed(turn)
    @limits(
        max_examples=_ROUND,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        response = case.call(session=session, allow_redirects=False, timeout=_PATIENCE)
        sent[operation.label] += 1
        statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    if mode is GenerationMode.NEGATIVE and not len(operation.query) and not operation.body:
        return  # nothing about it can be wrong
    once()
