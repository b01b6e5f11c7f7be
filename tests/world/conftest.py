"""The service and the store over the project's own ontology, as the tests of the world's facts ask them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from kg.settings import Settings


@pytest.fixture(scope="package")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="package")
def store(snapshot: Path) -> ox.Store:
    return ox.Store.read_only(str(snapshot / "store"))
