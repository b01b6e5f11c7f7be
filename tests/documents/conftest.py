"""The service over the project's own ontology, as the tests of the documents ask it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from kg.settings import Settings


@pytest.fixture(scope="package")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="session")
def expected(seeds: Path) -> dict[str, str]:
    """What questions.md expects, by competency question."""
    text = (seeds / "questions.md").read_text(encoding="utf-8")
    blocks = re.findall(r"\*\*(CQ-\d+) .*?Expected[^:\n]*:(.*?)\nReasoning:", text, re.S)
    assert len(blocks) == 40
    return dict(blocks)
