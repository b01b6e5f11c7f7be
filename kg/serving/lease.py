"""A lease: what an answer is worked out with — one process, one snapshot, one deadline."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pyoxigraph as ox

from kg import sparql
from kg.serving.process import refusal
from kg.serving.worker import REFUSED, SIDE_BY_SIDE, Answer, Job, answer, failure
from kg.terms import Term


@dataclass(frozen=True, slots=True)
class Rows:
    """The solutions of a SELECT query, in its order; a variable that is not bound is missing from its row."""

    variables: tuple[str, ...]
    rows: list[dict[str, Term]]
    truncated: bool
    total: int | None = None
    """The number of all rows, where they were counted."""


class Lease:
    """Queries over one snapshot, whoever evaluates them: one after the other, or side by side where there is room."""

    def __init__(
        self, run: Callable[[Job], Awaitable[Answer]], snapshot: str, spare: Callable[[], bool] = lambda: False
    ) -> None:
        """``spare`` says whether more than one query of this lease may be evaluated, because nobody else asks."""
        self.snapshot = snapshot
        self._run, self._spare = run, spare
        self._under_way = 0
        self._freed = asyncio.Event()

    async def select(self, query: str, limit: int) -> Rows:
        """The first ``limit`` rows; ``truncated`` says whether there are more."""
        return _rows(await self._ask({"query": query, "limit": limit}))

    async def page(self, query: str, limit: int, offset: int) -> Rows:
        """The ``limit`` rows after the first ``offset``, and the number of all."""
        return _rows(await self._ask({"query": query, "limit": limit, "offset": offset}))

    async def ask(self, query: str) -> bool:
        """Whether the pattern of an ASK query has a solution."""
        found = await self._ask({"query": query, "formats": ["text/csv"]})
        return found.body == b"true"

    async def sparql(
        self, query: str, accept_format: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> bytes:
        """The whole result of a query of any form in one format, as ``negotiated`` gives it."""
        return (await self.negotiated(query, [accept_format], default_graphs, named_graphs)).body

    async def negotiated(
        self, query: str, formats: Sequence[str], default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """The whole result of a query of any form, and the media type that it is written in.

        Args:
            formats: media types of ``worker.RESULT_FORMATS`` for SELECT and ASK, of ``worker.GRAPH_FORMATS`` for
                CONSTRUCT and DESCRIBE; the first that fits is used.
            default_graphs: IRIs whose merge is the default graph. If any graph is named here or in
                ``named_graphs``, the dataset is these graphs and nothing else, whatever FROM says.

        Raises:
            QueryForbidden: it asks another server.
            NotAcceptable: none of the formats fits.
        """
        await asyncio.to_thread(sparql.refuse_remote, query)  # takes seconds where the text has a megabyte
        job = {"query": query, "formats": [*formats], "default": [*default_graphs], "named": [*named_graphs]}
        return await self._ask(job)

    async def _ask(self, job: Job) -> Answer:
        while self._under_way and not (self._under_way < SIDE_BY_SIDE and self._spare()):
            self._freed.clear()
            await self._freed.wait()
        self._under_way += 1
        try:
            found = await self._run(job)
        finally:
            self._under_way -= 1
            self._freed.set()
        await asyncio.sleep(0)  # whose turn is next sends its query before this answer is read
        return found


class InProcess:
    """The same leases over a store in this process, for the command line and tests: no deadline, no limits."""

    def __init__(self, store: ox.Store, snapshot: str = "memory") -> None:
        self._store, self._snapshot = store, snapshot

    @asynccontextmanager
    async def lease(self, deadline: float) -> AsyncIterator[Lease]:  # noqa: ARG002
        yield Lease(self._run, self._snapshot)

    async def _run(self, job: Job) -> Answer:
        try:
            return answer(self._store, job, most=sys.maxsize)
        except REFUSED as error:
            raise refusal(*failure(error)) from error


def _rows(found: Answer) -> Rows:
    solutions = ox.parse_query_results(found.body, format=ox.QueryResultsFormat.TSV)
    assert isinstance(solutions, ox.QuerySolutions)
    names = tuple(v.value for v in solutions.variables)
    rows = [{n: term for n, term in zip(names, s, strict=True) if term is not None} for s in solutions]
    return Rows(names, rows, found.cut, found.total)
