"""Asking: question files, the names in them, and answers that carry their evidence or the reason for having none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kg.terms import Term


class Solutions(Protocol):
    """Rows of a SELECT query; an unbound variable is missing from its row."""

    @property
    def rows(self) -> Sequence[dict[str, Term]]: ...

    @property
    def truncated(self) -> bool: ...

    @property
    def total(self) -> int | None: ...


class Runner(Protocol):
    """Anything that runs query text over one state of the graph: a lease of the pool is one."""

    async def select(self, query: str, limit: int) -> Solutions:
        """The first ``limit`` rows, and whether there are more."""

    async def page(self, query: str, limit: int, offset: int) -> Solutions:
        """The ``limit`` rows after the first ``offset``, and the number of all."""

    async def ask(self, query: str) -> bool:
        """Whether there is any solution."""
