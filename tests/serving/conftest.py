"""A small snapshot on disk, and pools over it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from small_snapshots import numbers, published

from kg.serving.pool import Limits, Pool

Opened = Callable[..., AbstractAsyncContextManager[Pool]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot with 3,000 triples: enough for a query over all pairs or triples of them never to end."""
    return published(tmp_path_factory.mktemp("state"), numbers(3000, "one", "two"), of="things")


@pytest.fixture
def opened(things: Path) -> Opened:
    """Opens a pool, and closes it."""

    @asynccontextmanager
    async def opened(path: Path = things, **limits: Any) -> AsyncIterator[Pool]:
        pool = Pool(path, Limits(**limits))
        await pool.open()
        try:
            yield pool
        finally:
            await pool.close(grace=0)

    return opened
