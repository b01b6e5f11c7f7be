"""One query process: what it answers, what it may not do, and when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest
from small_snapshots import node, numbers

import kg
from kg.errors import NotReady, QueryError, QuerySyntax
from kg.serving import worker
from kg.serving.process import Process

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux filters system calls")
MEMORY, RESULT = 1 << 30, 1 << 20
FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture
def store() -> ox.Store:
    store = ox.Store()
    store.extend(numbers(3, "one", "two"))
    return store


def solutions(store: ox.Store, query: str, **job: object) -> list[ox.QuerySolution]:
    return list(parsed(worker.answer(store, {"query": query, "limit": 100, **job}, RESULT)))


def parsed(answer: worker.Answer) -> ox.QuerySolutions:
    found = ox.parse_query_results(answer.body, format=worker.RESULT_FORMATS[answer.media_type])
    assert isinstance(found, ox.QuerySolutions)
    return found


# --- answers --------------------------------------------------------------------------------------------------


def test_every_kind_of_term_comes_through_as_it_is(store: ox.Store) -> None:
    terms = [
        ox.NamedNode("urn:test:ü"),
        ox.Literal('a "b"\n\t\\\u2028é'),
        ox.Literal("巴西", language="zh-hans"),
        ox.Literal("x", language="ar", direction=ox.BaseDirection.RTL),
        ox.Literal("7.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        ox.Triple(node("a"), node("b"), ox.Literal(True)),
    ]
    values = " ".join(f"({term} {i})" for i, term in enumerate(terms[:-1]))
    query = f"SELECT ?term {{ VALUES (?term ?i) {{ {values} }} }} ORDER BY ?i"
    assert [row["term"] for row in solutions(store, query)] == terms[:-1]
    (row,) = solutions(store, "SELECT (<<( <urn:test:a> <urn:test:b> true )>> AS ?term) {}")
    assert row["term"] == terms[-1]


def test_an_unbound_variable_is_in_the_head_and_not_in_the_row(store: ox.Store) -> None:
    found = worker.answer(store, {"query": "SELECT ?x ?nothing { BIND(1 AS ?x) }", "limit": 5}, RESULT)
    rows = parsed(found)
    assert [variable.value for variable in rows.variables] == ["x", "nothing"]
    assert [(row["x"], row["nothing"]) for row in rows] == [(ox.Literal(1), None)]
    assert not found.cut


@pytest.mark.parametrize(("limit", "rows", "cut"), [(2, 2, True), (3, 3, False), (4, 3, False), (0, 0, True)])
def test_rows_are_cut_at_the_limit_and_say_so(store: ox.Store, limit: int, rows: int, cut: bool) -> None:
    found = worker.answer(store, {"query": "SELECT * { ?thing ?p ?n }", "limit": limit}, RESULT)
    assert (len(list(parsed(found))), found.cut) == (rows, cut)


@pytest.mark.parametrize(("offset", "rows", "cut"), [(0, 2, True), (1, 2, False), (2, 1, False), (9, 0, False)])
def test_a_page_of_rows_says_how_many_there_are_in_all(store: ox.Store, offset: int, rows: int, cut: bool) -> None:
    job = {"query": "SELECT * { ?thing ?p ?n } ORDER BY ?n", "limit": 2, "offset": offset}
    found = worker.answer(store, job, RESULT)
    assert [row["n"] for row in parsed(found)] == [ox.Literal(n) for n in (0, 1, 2)[offset : offset + 2]]
    assert (len(list(parsed(found))), found.cut, found.total) == (rows, cut, 3)


@pytest.mark.parametrize(("offset", "limit"), [(0, 1000), (1, 2000), (1500, 10), (2999, 10), (2990, 10), (3000, 10)])
def test_a_page_of_a_long_result_has_its_rows_and_no_others(offset: int, limit: int) -> None:
    store = ox.Store()
    store.extend(numbers(3000, "one"))
    job = {"query": "SELECT ?n ?thing { ?thing ?p ?n } ORDER BY ?n", "limit": limit, "offset": offset}
    found = worker.answer(store, job, most=60_000)  # of the rows that are kept; all of them have 80 kB
    rows = range(3000)[offset : offset + limit]
    assert [(row["n"].value, row["thing"].value) for row in parsed(found)] == [
        (str(n), f"urn:test:thing-{n}") for n in rows
    ]
    assert (found.cut, found.total) == (offset + limit < 3000, 3000)


@pytest.mark.parametrize("media_type", worker.RESULT_FORMATS)
def test_solutions_are_written_in_every_result_format(store: ox.Store, media_type: str) -> None:
    job = {"query": "SELECT ?n { ?thing ?p ?n }", "formats": ["text/turtle", media_type]}
    found = worker.answer(store, job, RESULT)
    assert found.media_type == media_type
    assert b"2" in found.body and b"urn:test" not in found.body


@pytest.mark.parametrize(("media_type", "format_"), worker.GRAPH_FORMATS.items())
def test_triples_are_written_in_every_graph_format(store: ox.Store, media_type: str, format_: ox.RdfFormat) -> None:
    job = {"query": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "formats": ["text/csv", media_type]}
    found = worker.answer(store, job, RESULT)
    assert found.media_type == media_type
    assert {q.object.value for q in ox.parse(found.body, format=format_)} == {"0", "1", "2"}


@pytest.mark.parametrize(
    ("query", "want", "code"),
    [
        ("ASK {}", {"limit": 1}, "query-failed"),
        ("SELECT (<urn:test:no-function>(1) AS ?x) {}", {"limit": 1}, "query-failed"),
        ("SELECT {", {"limit": 1}, "query-syntax"),
        ("SELECT * {}", {"formats": ["text/turtle"]}, "not-acceptable"),
        ("CONSTRUCT {} {}", {"formats": ["text/csv"]}, "not-acceptable"),
    ],
)
def test_a_job_that_cannot_be_done_says_why(store: ox.Store, query: str, want: dict[str, object], code: str) -> None:
    with pytest.raises(worker.REFUSED) as caught:
        worker.answer(store, {"query": query, **want}, RESULT)
    assert worker.failure(caught.value)[0] == code


def test_a_result_has_no_more_bytes_than_it_may_have(store: ox.Store) -> None:
    for want in ({"limit": 9}, {"formats": ["text/csv"]}):
        job = {"query": "SELECT * { ?thing ?p ?n }", **want}
        size = len(worker.answer(store, job, RESULT).body)
        with pytest.raises(worker.TooLarge):
            worker.answer(store, job, size // 2)


def test_the_merge_of_two_graphs_has_each_triple_once(store: ox.Store) -> None:
    query, both = "SELECT * { ?s ?p ?o }", ["urn:test:one", "urn:test:two"]
    assert len(solutions(store, query, default=both)) == 3
    assert len(solutions(store, query, default=both[:1])) == 3
    assert len(solutions(store, "SELECT * { GRAPH ?g { ?s ?p ?o } }", default=both, named=both[:1])) == 3


def test_a_dataset_given_beside_the_query_is_the_whole_dataset(store: ox.Store) -> None:
    named = {"named": ["urn:test:one"]}
    assert solutions(store, "SELECT * { ?s ?p ?o }", **named) == []
    assert len(solutions(store, "SELECT * { GRAPH ?g { ?s ?p ?o } }", **named)) == 3
    assert solutions(store, "SELECT * { GRAPH ?g { ?s ?p ?o } }", default=["urn:test:one"]) == []
    assert solutions(store, "SELECT * FROM <urn:test:one> { ?s ?p ?o }", default=["urn:test:none"]) == []


# --- the process ----------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_process_answers_one_job_after_the_other(things: Path) -> None:
    process = await Process.start(things, MEMORY, RESULT)
    try:
        for i in range(20):
            query = f"SELECT ?thing {{ ?thing <urn:test:number> {i} }}"
            found = await process.ask({"query": query, "formats": ["text/csv"]})
            assert found.body == f"thing\r\nurn:test:thing-{i}\r\n".encode()
        with pytest.raises(QuerySyntax):
            await process.ask({"query": "SELECT", "limit": 1})
    finally:
        process.kill()
        await process.ended


@pytest.mark.anyio
async def test_a_process_without_a_snapshot_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(NotReady):
        await Process.start(tmp_path / "none", MEMORY, RESULT)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "CURRENT").write_text("MANIFEST-000099\n")
    with pytest.raises(NotReady):
        await Process.start(tmp_path, MEMORY, RESULT)


@pytest.mark.anyio
async def test_a_query_nested_too_deeply_costs_only_its_process(things: Path) -> None:
    process = await Process.start(things, MEMORY, RESULT)
    with pytest.raises(QueryError):
        await process.ask({"query": "SELECT * " + "{" * 100_000 + "}" * 100_000, "limit": 1})
    await process.ended


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@LINUX
@pytest.mark.anyio
@pytest.mark.parametrize("silent", ["", "SILENT "])
async def test_no_query_reaches_another_server_whatever_its_text(things: Path, silent: str) -> None:
    process = await Process.start(things, MEMORY, RESULT)
    assert process.confinement.sockets
    try:
        with listening() as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            job = {"query": f"SELECT * {{ SERVICE {silent}<{url}> {{ ?s ?p ?o }} }}", "limit": 1}
            if silent:
                await process.ask(job)
            else:
                with pytest.raises(Exception, match=r"[Pp]ermi"):
                    await process.ask(job)
            with pytest.raises(BlockingIOError):
                server.accept()
    finally:
        process.kill()
        await process.ended


CONFINED = """
import resource, socket, sys
sys.path += sys.argv[1:]
from kg.serving.confine import confine
print(confine(1 << 30)._asdict())
print(resource.getrlimit(resource.RLIMIT_AS)[0] == 1 << 30, resource.getrlimit(resource.RLIMIT_CORE))
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        socket.socket(family)
        print("open")
    except PermissionError:
        print("refused")
"""


@LINUX
def test_a_confined_process_has_no_sockets_no_core_file_and_a_memory_limit() -> None:
    command = [sys.executable, "-c", CONFINED, str(Path(kg.__file__).parents[1])]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")
    assert printed[:5] == ["{'memory': True, 'sockets': True}", "True (0, 0)", "refused", "refused", "refused"]


@pytest.mark.anyio
async def test_an_interrupt_is_not_for_the_process(things: Path) -> None:
    process = await Process.start(things, MEMORY, RESULT)
    try:
        os.kill(process.pid, signal.SIGINT)
        assert (await process.ask({"query": "ASK {}", "formats": ["text/csv"]})).body == b"true"
    finally:
        process.kill()
        await process.ended


SERVER = """
import asyncio, sys
from pathlib import Path
sys.path += sys.argv[2:]
from kg.serving.process import Process
async def main():
    processes = [await Process.start(Path(sys.argv[1]), 1 << 30, 1 << 20) for _ in range(3)]
    print(*(p.pid for p in processes), flush=True)
    await asyncio.gather(*(p.ask({"query": sys.stdin.readline(), "formats": ["text/csv"]}) for p in processes[1:]))
asyncio.run(main())
"""


def test_no_process_outlives_its_server_not_even_in_the_middle_of_a_query(things: Path) -> None:
    command = [sys.executable, "-c", SERVER, str(things), str(Path(kg.__file__).parents[1])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin and server.stdout
        pids = [int(pid) for pid in server.stdout.readline().split()]
        server.stdin.write(f"{FOREVER}\n{FOREVER}\n")
        server.stdin.flush()
        time.sleep(0.3)
        assert all(map(running, pids)) and len(pids) == 3
        server.kill()
    until = time.monotonic() + 2
    while any(map(running, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(running, pids))


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # one that nobody has waited for yet is no process any more
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")
