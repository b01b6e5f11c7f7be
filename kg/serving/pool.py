"""The pool: a few query processes, so that a bad query costs its own answer and nobody else's.

Every query starts on a *young* process. Once it is a slice old it moves, process and all, to one of the few
*slow* places, and a fresh young process is started beside it; if no place is free it is stopped. So however
many runaways come, the next small query finds a process. One deadline covers waiting and running.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Coroutine
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import Busy, DeadlineExceeded, EntrepotError, NotReady
from kg.serving.confine import Confinement
from kg.serving.hold import held
from kg.serving.lease import InProcess, Lease, Rows
from kg.serving.process import Process
from kg.serving.worker import Answer, Job

__all__ = ["Counts", "InProcess", "Lease", "Limits", "Pool", "Rows"]

_LONGEST_PAUSE = 2.0  # seconds between two attempts to start a process


@dataclass(frozen=True, slots=True)
class Limits:
    """How much there is of everything: processes, seconds, places, bytes."""

    workers: int = 2
    slow: int = 1
    slice: float = 0.25
    queue: int = 256
    memory: int = 1 << 30
    result: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Counts:
    """What the pool does at the moment, and what it did since it was opened."""

    idle: int = 0
    busy: int = 0
    slow: int = 0
    waiting: int = 0
    leases: int = 0
    started: int = 0
    failed_starts: int = 0
    turned_away: int = 0
    stopped_for_the_young: int = 0
    past_deadline: int = 0


class Pool:
    """Query processes over a snapshot; ``open`` it, ``lease`` from it, ``close`` it."""

    def __init__(self, snapshot: Path, limits: Limits | None = None) -> None:
        self.snapshot = snapshot
        self.limits = limits or Limits()
        self.confinement = Confinement(memory=False, sockets=False)
        self._done: Counter[str] = Counter()
        self._all: set[Process] = set()
        self._young: set[Process] = set()  # idle or leased
        self._slow: set[Process] = set()
        self._idle: deque[Process] = deque()
        self._waiting: deque[asyncio.Future[Process]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wanted = 0  # young processes; none before ``open`` and after ``close``
        self._starting = self._failures = 0
        self._opening = asyncio.Lock()
        self._hold = ExitStack()
        self._closing = False

    async def open(self) -> None:
        """Start the processes, all or none.

        Raises:
            NotReady: the snapshot cannot be opened.
        """
        fresh: list[Process] = []
        async with self._opening:
            try:
                self._hold.enter_context(held(self.snapshot))
                while len(fresh) < self.limits.workers:
                    fresh.append(await self._start())
                if self._closing:
                    raise _shutting_down()
            except BaseException as error:
                for process in fresh:
                    process.kill()
                self._hold.close()
                if isinstance(error, FileNotFoundError):
                    raise NotReady("There is no such snapshot.", str(error)) from error
                raise
            self.confinement = fresh[0].confinement
            self._young, self._wanted = set(fresh), len(fresh)
            for process in fresh:
                self._hand_on(process)

    @asynccontextmanager
    async def lease(self, deadline: float) -> AsyncIterator[Lease]:
        """One process for one answer, for at most ``deadline`` seconds from now, waiting included.

        Raises:
            Busy: none came free, or the query is not young any more and all slow places are taken.
            DeadlineExceeded: the time is up.
        """
        until = asyncio.get_running_loop().time() + deadline
        process = await self._take(until)
        self._done["leases"] += 1
        try:
            async with asyncio.timeout_at(until) as timer:
                yield Lease(lambda job: self._run(process, job), process.snapshot.name, lambda: bool(self._idle))
        except TimeoutError:
            if not timer.expired():
                raise
            self._done["past_deadline"] += 1
            raise DeadlineExceeded(
                f"The answer took longer than {deadline:g} seconds.", "Ask for less, or add a LIMIT."
            ) from None
        finally:
            self._give_back(process)

    async def close(self, grace: float = 2.0) -> None:
        """Take no more leases, let those under way end for ``grace`` seconds, then end every process."""
        self._closing, self._wanted = True, 0
        while self._waiting:
            if not (place := self._waiting.popleft()).done():
                place.set_exception(_shutting_down())
        for task in self._tasks:
            task.cancel()
        for process in self._idle:
            process.kill()
        if self._all:
            await asyncio.wait({p.ended for p in self._all}, timeout=grace)
        async with self._opening:
            for process in self._all:
                process.kill()
            await asyncio.gather(*self._tasks, *(p.ended for p in self._all), return_exceptions=True)
        self._hold.close()

    def counts(self) -> Counts:
        return Counts(
            idle=len(self._idle),
            busy=len(self._young) - len(self._idle),
            slow=len(self._slow),
            waiting=len(self._waiting),
            **self._done,
        )

    # --- handing out ------------------------------------------------------------------------------------------

    async def _take(self, until: float) -> Process:
        if self._closing:
            raise _shutting_down()
        while self._idle:
            if (process := self._idle.popleft()).alive:
                return process
        if len(self._waiting) >= self.limits.queue:
            raise self._turn_away("Too many queries are waiting.")
        place: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout_at(until):
                return await place
        except BaseException as error:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._hand_on(place.result())  # it was handed over in the very tick in which we gave up
            elif place in self._waiting:
                self._waiting.remove(place)
            if isinstance(error, TimeoutError):
                raise self._turn_away("No query process came free in time.") from None
            raise

    def _give_back(self, process: Process) -> None:
        """A process that owes a reply is never used again: the next lease would get it."""
        if process.under_way or process not in self._young or not process.alive or self._closing:
            self._drop(process)
        else:
            self._hand_on(process)

    def _hand_on(self, process: Process) -> None:
        while self._waiting:
            if not (place := self._waiting.popleft()).done():
                place.set_result(process)
                return
        self._idle.append(process)

    def _turn_away(self, why: str) -> Busy:
        self._done["turned_away"] += 1
        return Busy(why)

    # --- lanes ------------------------------------------------------------------------------------------------

    async def _run(self, process: Process, job: Job) -> Answer:
        watch = asyncio.create_task(self._watch(process))
        try:
            found = await process.ask(job)
        finally:
            watch.cancel()
        self._failures = 0
        return found

    async def _watch(self, process: Process) -> None:
        """Ends the youth of a query once it is a slice old, or two where it shares its process or the loop is busy."""
        loop, slice_ = asyncio.get_running_loop(), self.limits.slice
        due = loop.time() + slice_
        await asyncio.sleep(slice_)
        if process.under_way > 1 or loop.time() > due + slice_ / 2:
            await asyncio.sleep(slice_)
        self._is_not_young(process)

    def _is_not_young(self, process: Process) -> None:
        if process in self._slow:
            return
        if len(self._slow) >= self.limits.slow:
            self._done["stopped_for_the_young"] += 1
            self._drop(process, Busy("The query is slow, and all places for slow queries are taken.", retry_after=2))
            return
        self._young.discard(process)
        self._slow.add(process)
        process.yield_to_others()
        self._refill()

    # --- starting and ending ----------------------------------------------------------------------------------

    async def _start(self) -> Process:
        process = await Process.start(self.snapshot, self.limits.memory, self.limits.result, self._ended)
        self._all.add(process)
        self._done["started"] += 1
        return process

    def _refill(self) -> None:
        while len(self._young) + self._starting < self._wanted:
            self._starting += 1
            self._in_background(self._start_one())

    async def _start_one(self) -> None:
        """Add a young process; after failures wait before each attempt, longer and longer."""
        try:
            while True:
                if self._failures:
                    await asyncio.sleep(min(_LONGEST_PAUSE, 0.05 * 2 ** min(self._failures, 6)))
                try:
                    process = await self._start()
                    break
                except (NotReady, OSError):
                    self._failures += 1
                    self._done["failed_starts"] += 1
        finally:
            self._starting -= 1
        if self._closing:
            process.kill()
        else:
            self._young.add(process)
            self._hand_on(process)

    def _drop(self, process: Process, reason: EntrepotError | None = None) -> None:
        process.kill(reason)
        self._young.discard(process)
        self._slow.discard(process)
        self._refill()

    def _ended(self, process: Process) -> None:
        """A process has exited: as we wished, in mid-query, or idle and out of the blue."""
        self._all.discard(process)
        if process in self._idle:
            self._idle.remove(process)
            self._failures += not process.served
        self._drop(process)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _shutting_down() -> Busy:
    return Busy("The server is stopping.", retry_after=5)
