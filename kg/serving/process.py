"""A query process as the server sees it: started, asked, killed; everything that happens to it is an event."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import cast

import pyoxigraph

from kg.errors import (
    Busy,
    EntrepotError,
    NotAcceptable,
    NotReady,
    OutOfMemory,
    QueryError,
    QuerySyntax,
    ResultTooLarge,
)
from kg.serving.confine import Confinement
from kg.serving.worker import HEADER, READY, Answer, Job

_ROOTS = [str(Path(__file__).parents[2]), str(Path(pyoxigraph.__file__).parents[1])]
_START = f"import sys; sys.path.extend({_ROOTS!r}); from kg.serving.worker import main; main(*sys.argv[1:])"
# -I keeps the environment and the current folder out; what the process needs is put back.
COMMAND = (sys.executable, "-I", "-c", _START)
"""Starts a query process; the path of a snapshot, the bytes of memory and those of a result follow."""

# The address space is what is limited, and glibc sets aside 64 MiB of it for every thread that allocates: with
# many threads it alone could use up the limit, and then no more of them could be started. With fewer than four, two
# queries side by side may share one, and take up to twice as long.
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "4"}

_LENGTH = 160  # characters of a message of the store


class Process(asyncio.SubprocessProtocol):
    """One worker: ``await Process.start(...)``, then ``ask`` it."""

    transport: asyncio.SubprocessTransport
    confinement: Confinement

    def __init__(self, snapshot: Path, on_exit: Callable[[Process], None]) -> None:
        loop = asyncio.get_running_loop()
        self.snapshot = snapshot
        self.served = False
        self.ended: asyncio.Future[None] = loop.create_future()
        self._on_exit = on_exit
        self._killed_for: EntrepotError | None = None
        self._received = bytearray()
        self.ready: asyncio.Future[bytes] = loop.create_future()
        self.ready.add_done_callback(_retrieve)  # nobody waits for it where the start is cancelled early
        self._replies = {READY: self.ready}
        self._numbers = count(READY + 1)

    @classmethod
    async def start(
        cls, snapshot: Path, memory: int, most: int, on_exit: Callable[[Process], None] = lambda _: None
    ) -> Process:
        """A process that has opened the snapshot and waits for jobs.

        Args:
            memory: bytes of address space that it may use.
            most: bytes that a result may have.
            on_exit: called when it has ended, for whatever reason.

        Raises:
            NotReady: it could not.
        """
        process = cls(snapshot, on_exit)
        arguments = (str(snapshot), str(memory), str(most))
        # A session of its own: Ctrl-C in the terminal is for the server alone, which ends its processes itself.
        await asyncio.get_running_loop().subprocess_exec(
            lambda: process,
            *COMMAND,
            *arguments,
            stderr=None,
            start_new_session=True,
            env={**os.environ, **_ENVIRONMENT},
        )
        try:
            process.confinement = Confinement(**json.loads(await process.ready))
        except BaseException as error:
            process.kill()
            await process.ended
            if isinstance(error, EntrepotError):
                raise NotReady("A query process did not start.", error.message) from error
            raise
        return process

    @property
    def pid(self) -> int:
        return self.transport.get_pid()

    @property
    def alive(self) -> bool:
        return self.transport.get_returncode() is None and self._killed_for is None

    @property
    def under_way(self) -> int:
        """How many jobs were sent whose replies have not come."""
        return len(self._replies)

    async def ask(self, job: Job) -> Answer:
        """The reply to one job; it works at up to ``worker.SIDE_BY_SIDE`` of them at the same time."""
        if self.ended.done():
            raise _death(self.transport.get_returncode())
        number, body = next(self._numbers), json.dumps(job).encode()
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        stdin = cast(asyncio.WriteTransport, self.transport.get_pipe_transport(0))
        stdin.write(HEADER.pack(b"J", number, len(body)) + body)
        about, _, body = (await reply).partition(b"\n")
        return Answer(body, **json.loads(about))

    def kill(self, reason: EntrepotError | None = None) -> None:
        """End it now; a job that is under way fails with the reason."""
        self._killed_for = self._killed_for or reason or Busy("The query was stopped.")
        with contextlib.suppress(ProcessLookupError):
            self.transport.kill()

    def yield_to_others(self) -> None:
        """Let the others go first when processors are scarce."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, 10)

    # --- what the event loop calls ----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002
        self._received += data
        while len(self._received) >= HEADER.size:
            kind, number, length = HEADER.unpack_from(self._received)
            if len(self._received) < HEADER.size + length:
                return
            body = bytes(memoryview(self._received)[HEADER.size : HEADER.size + length])
            del self._received[: HEADER.size + length]
            self._settle(number, kind, body)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """It has exited, and all that it wrote was received."""
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(self._killed_for or _death(self.transport.get_returncode()))
        self.transport.close()
        if not self.ended.done():  # who waited for it may have been cancelled, and it with them
            self.ended.set_result(None)
        self._on_exit(self)

    def _settle(self, number: int, kind: bytes, body: bytes) -> None:
        reply = self._replies.pop(number)
        if reply.done():  # nobody waits for it any more
            return
        if kind == b"X":
            reply.set_exception(refusal(**json.loads(body)))
        else:
            reply.set_result(body)
        self.served = self.served or kind != b"R"


def _retrieve(future: asyncio.Future[bytes]) -> None:
    if not future.cancelled():
        future.exception()


def refusal(code: str, detail: str) -> EntrepotError:
    """The error that a worker's code stands for."""
    match code:
        case "query-syntax":
            return QuerySyntax(f"The query is not valid SPARQL: {_short(detail)}", "The numbers are line and column.")
        case "result-too-large":
            return ResultTooLarge("The result is too large.", "Add a LIMIT, or ask for less.")
        case "not-acceptable":
            return NotAcceptable("The result of this query cannot be written in the format asked for.", detail)
        case "memory":
            return _out_of_memory()
        case "query-failed":
            return QueryError(f"The query could not be evaluated: {detail}")
    return EntrepotError(f"The store could not be read: {detail}", "The log of the server says more.")


def _short(detail: str) -> str:
    """The beginning: the store lists everything that could have stood there, down to ranges of letters."""
    line = " ".join(detail.split())
    return line if len(line) <= _LENGTH else f"{line[:_LENGTH]} …"


def _death(code: int | None) -> EntrepotError:
    """Why a process ended that nobody here killed."""
    if code == -signal.SIGABRT:  # what the allocators of the store do when they are refused memory
        return _out_of_memory()
    if code == -signal.SIGSEGV:
        return QueryError("The query could not be evaluated.", "It may be nested too deeply.")
    return Busy(f"The query process ended (code {code}).")


def _out_of_memory() -> OutOfMemory:
    return OutOfMemory(
        "The query needs more memory than a query may use.", "Look for patterns that share no variable; add a LIMIT."
    )
