"""One query process: jobs come in on stdin, answers go out on stdout; it ends when its server does.

It works at up to two jobs at a time, which are parts of one answer: the store evaluates them side by side.

It imports the store and as little else as it can, for a process that was stopped has to be replaced at once. It
is confined first, then opens one snapshot read-only. The server ends it with SIGKILL, the only thing that stops
a query in native code.

A frame is one byte of kind, four with the number of a job, four of length, and the payload. In: ``J`` a job as JSON.
Out: ``R`` ready, once, with the confinement as JSON; then for each job, with its number, ``A`` the answer, a line of
JSON about it before it, or ``X`` an error as JSON.
"""

from __future__ import annotations

import io
import json
import os
import queue
import signal
import struct
import threading
from contextlib import ExitStack, suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as ox

from kg.serving.confine import confine
from kg.serving.hold import STORE, held
from kg.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = struct.Struct(">cII")
READY = 0
"""The number of what is said before any job."""
SIDE_BY_SIDE = 2
"""Jobs that a process works at at the same time."""
_TSV = "text/tab-separated-values"
RESULT_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    _TSV: ox.QueryResultsFormat.TSV,
}
"""How solutions and truth values can be written, by media type."""
GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
"""How triples can be written, by media type."""

Job = dict[str, Any]
"""``query``; ``limit`` where rows are wanted, with ``offset`` where all of them are to be counted, or ``formats``, the
media types that are; ``default`` and ``named`` graphs."""


class Answer(NamedTuple):
    """The result of a job, what it is written in, and whether rows were left out."""

    body: bytes
    media_type: str
    cut: bool = False
    total: int | None = None
    """The number of all rows, where the job asked for a page of them."""


class TooLarge(Exception):
    """The result has more bytes than it may have."""


class NotWritable(Exception):
    """The result of this form of query cannot be written in any of the formats wanted."""


REFUSED = (NotWritable, SyntaxError, TooLarge, MemoryError, OSError, RuntimeError, ValueError)
"""What ``answer`` raises where there is no answer; ``failure`` says what it means."""


def answer(store: ox.Store, job: Job, most: int) -> Answer:
    """The result of one job; also what answers where there is no process.

    Args:
        most: bytes that the result may have.
    """
    result = _evaluate(store, job)
    if "limit" in job:
        return _rows(result, job["limit"], job.get("offset"), most)
    formats: Mapping[str, Any] = GRAPH_FORMATS if isinstance(result, ox.QueryTriples) else RESULT_FORMATS
    fitting = next((f for f in job["formats"] if f in formats), None)
    if fitting is None:
        raise NotWritable(f"Use one of {', '.join(formats)}.")
    sink = _Sink(most)
    if formats is GRAPH_FORMATS:
        ox.serialize(result, sink, format=formats[fitting], prefixes=PREFIXES)
    else:
        result.serialize(sink, format=formats[fitting])
    return Answer(sink.getvalue(), fitting)


def failure(error: Exception) -> tuple[str, str]:
    """The code of an error that ``answer`` raised, and what it says."""
    match error:
        case SyntaxError():
            return "query-syntax", str(error)
        case TooLarge():
            return "result-too-large", ""
        case NotWritable():
            return "not-acceptable", str(error)
        case MemoryError():
            return "memory", ""
        case OSError():
            return "store-failed", str(error)
    return "query-failed", str(error)


def _evaluate(store: ox.Store, job: Job) -> Any:
    """Datasets are the query's own, unless the job names graphs: then they are exactly those."""
    default = [ox.NamedNode(g) for g in job.get("default") or ()]
    named = [ox.NamedNode(g) for g in job.get("named") or ()]
    if not default and not named:
        return store.query(job["query"])
    if len(default) > 1:
        return _merged(store, default, named).query(
            job["query"], default_graph=ox.DefaultGraph(), named_graphs=[*named]
        )
    return store.query(job["query"], default_graph=[*default], named_graphs=[*named])


def _merged(store: ox.Store, default: list[ox.NamedNode], named: list[ox.NamedNode]) -> ox.Store:
    """A dataset whose default graph is the merge of several: the store alone would give a triple once for each."""
    merged = ox.Store()
    for graph in default:
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    for graph in named:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged


class _Sink(io.BytesIO):
    """Where a result is written, up to the limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, chunk: Any) -> int:
        if self.tell() + len(chunk) > self.most:
            raise TooLarge
        return super().write(chunk)


def _rows(solutions: Any, limit: int, offset: int | None, most: int) -> Answer:
    """The first rows as SPARQL 1.1 Query Results TSV, which is read three times as fast as JSON.

    With an offset, those after it, and all are counted: rows that are not kept cost next to nothing once the store
    has sorted them.
    """
    if not isinstance(solutions, ox.QuerySolutions):
        raise ValueError("this is no SELECT query")
    page = _Page(most, limit, offset)
    with suppress(_Enough):
        solutions.serialize(page, format=ox.QueryResultsFormat.TSV)
    return Answer(page.getvalue(), _TSV, page.rows > page.last, None if offset is None else page.rows)


class _Enough(Exception):
    """There are more rows than are wanted."""


class _Page(_Sink):
    """Where a result in TSV is written of which some rows are kept; without an offset it ends after those."""

    def __init__(self, most: int, limit: int, offset: int | None) -> None:
        super().__init__(most)
        self.first, self.last = offset or 0, (offset or 0) + limit
        self.rows = -1  # a line ends the row of its number; before the first row stand the names of the columns
        self._counts = offset is not None

    def write(self, chunk: Any) -> int:
        *ended, begun = bytes(chunk).split(b"\n")
        kept = [line + b"\n" for row, line in enumerate(ended, self.rows + 1) if self._keeps(row)]
        self.rows += len(ended)
        super().write(b"".join([*kept, begun if self._keeps(self.rows + 1) else b""]))
        if self.rows > self.last and not self._counts:
            raise _Enough
        return len(chunk)

    def _keeps(self, row: int) -> bool:
        return row == 0 or self.first < row <= self.last


# --- the process ----------------------------------------------------------------------------------------------


def main(snapshot: str, memory: str, most: str) -> None:
    """Serve one snapshot until stdin ends."""
    confinement = confine(int(memory))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's business
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not look like a frame
    jobs: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs,), daemon=True).start()
    with ExitStack() as stack:
        try:
            stack.enter_context(held(snapshot))
            store = ox.Store.read_only(f"{snapshot}/{STORE}")
        except OSError as error:
            _send(out, READY, b"X", json.dumps({"code": "start", "detail": str(error)}).encode())
            return
        _send(out, READY, b"R", json.dumps(confinement._asdict()).encode())
        work = partial(_work, jobs, store, int(most), out)
        for _ in range(SIDE_BY_SIDE - 1):
            threading.Thread(target=work, daemon=True).start()
        work()


def _read(jobs: queue.SimpleQueue[tuple[int, bytes]]) -> None:
    with os.fdopen(0, "rb") as source:
        while len(header := source.read(HEADER.size)) == HEADER.size:
            _, number, length = HEADER.unpack(header)
            jobs.put((number, source.read(length)))
    os._exit(0)  # the server is gone: end, also in the middle of a query


def _work(jobs: queue.SimpleQueue[tuple[int, bytes]], store: ox.Store, most: int, out: IO[bytes]) -> None:
    while True:
        number, job = jobs.get()
        _send(out, number, *_reply(store, json.loads(job), most))


def _reply(store: ox.Store, job: Job, most: int) -> tuple[bytes, bytes]:
    try:
        body, media_type, cut, total = answer(store, job, most)
    except REFUSED as error:
        code, detail = failure(error)
        return b"X", json.dumps({"code": code, "detail": detail}).encode()
    return b"A", json.dumps({"media_type": media_type, "cut": cut, "total": total}).encode() + b"\n" + body


def _send(out: IO[bytes], number: int, kind: bytes, body: bytes) -> None:
    with _sending:
        out.write(HEADER.pack(kind, number, len(body)) + body)
        out.flush()


_sending = threading.Lock()
