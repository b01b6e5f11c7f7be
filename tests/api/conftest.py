"""One server over a small world for all tests that break nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from live_server import serving
from parcel_world import parcel_world

from kg.settings import Settings


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return parcel_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def client(world: Settings) -> Iterator[httpx.Client]:
    with serving(world) as client:
        yield client


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """A world of one's own, to break."""
    return parcel_world(tmp_path)
