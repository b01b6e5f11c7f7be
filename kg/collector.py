"""The collector of reference cycles, where millions of objects are made that have none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Without the collector, which would walk over all that was made time and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()  # and back: what was made meanwhile counts as old, and is not looked at right away
            gc.unfreeze()
            gc.enable()


_USUALLY = gc.get_threshold()
_MANY = 100_000
"""Objects that are made before those of them that are left are walked over: a large answer has so many."""


def keep() -> None:
    """Let what there is count as kept for good, so that it is not walked over again and again; the rest seldom is."""
    gc.set_threshold(_MANY)
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def release() -> None:
    """Take back that what there is counts as kept for good, and look as often as usual."""
    gc.set_threshold(*_USUALLY)
    gc.unfreeze()
