"""Holding a snapshot: the lock of a reader, for which whoever removes snapshots waits."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a query process imports this, and starts in half the time without
    from collections.abc import Iterator
    from pathlib import Path

STORE = "store"
"""The folder of the store in that of the snapshot."""


@contextmanager
def held(path: Path | str) -> Iterator[None]:
    """Keep a snapshot from being removed for as long as it is read.

    Raises:
        FileNotFoundError: it was removed already; another one is current by now.
    """
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(directory, fcntl.LOCK_SH)
        # What we locked may have been removed, or have got a successor, before we had the lock.
        if not os.path.samestat(os.stat(path), os.fstat(directory)):  # noqa: PTH116
            raise FileNotFoundError(f"The snapshot at {path} was replaced.")
        yield
    finally:
        os.close(directory)
