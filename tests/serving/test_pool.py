"""A bad query costs its own answer, and nobody else's."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from small_snapshots import numbers, published

from kg.errors import (
    Busy,
    DeadlineExceeded,
    EntrepotError,
    NotAcceptable,
    NotReady,
    OutOfMemory,
    QueryError,
    QueryForbidden,
    QuerySyntax,
    ResultTooLarge,
)
from kg.serving import snapshot
from kg.serving.pool import InProcess, Lease, Pool, Rows
from kg.serving.worker import SIDE_BY_SIDE

pytestmark = pytest.mark.anyio

FOREVER = "SELECT ?a { ?a ?p ?c . ?d ?q ?f FILTER(STR(?c) = CONCAT(STR(?f), 'x')) }"
GREEDY = "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c"
ALL = "SELECT * { ?thing ?p ?n }"


def thing(number: int) -> str:
    return f"SELECT ?thing {{ ?thing <urn:test:number> {number} }}"


async def select(pool: Pool, query: str, deadline: float = 30) -> list[str]:
    async with pool.lease(deadline) as lease:
        return [str(term.value) for row in (await lease.select(query, 10)).rows for term in row.values()]


async def outcome(pool: Pool, query: str, deadline: float = 30) -> str:
    """``answered``, or the code of the error."""
    try:
        await select(pool, query, deadline)
    except EntrepotError as error:
        return error.code
    return "answered"


async def settled(pool: Pool) -> None:
    """Wait until as many processes stand ready as at first."""
    async with asyncio.timeout(10):
        while (counts := pool.counts()).idle < pool.limits.workers or counts.slow:
            await asyncio.sleep(0.01)


# --- one lease ------------------------------------------------------------------------------------------------


async def test_a_lease_answers_in_rows_in_truth_and_in_bytes(opened) -> None:
    async with opened() as pool, pool.lease(30) as lease:
        rows = await lease.select("SELECT ?thing ?none { ?thing <urn:test:number> 7 }", 10)
        assert (rows.variables, rows.truncated) == (("thing", "none"), False)
        assert rows.rows == [{"thing": ox.NamedNode("urn:test:thing-7")}]
        assert await lease.ask("ASK { ?thing ?p 7 }") and not await lease.ask("ASK { ?thing ?p -7 }")
        assert await lease.sparql(thing(8), "text/csv") == b"thing\r\nurn:test:thing-8\r\n"
        assert (await lease.select(ALL, 10)).truncated
        assert lease.snapshot == pool.snapshot.name


async def test_the_first_format_that_fits_the_form_of_the_query_is_used(opened) -> None:
    async with opened() as pool, pool.lease(30) as lease:
        wanted = ["text/turtle", "application/json", "text/csv"]
        assert (await lease.negotiated("ASK {}", wanted)).media_type == "text/csv"
        assert (await lease.negotiated("CONSTRUCT {} {}", wanted)).media_type == "text/turtle"
        with pytest.raises(NotAcceptable):
            await lease.negotiated("DESCRIBE <urn:test:thing-1>", wanted[1:])


async def test_queries_that_one_lease_asks_at_once_are_not_mixed_up(opened) -> None:
    async with opened() as pool, pool.lease(30) as lease:
        answers = await asyncio.gather(*(lease.select(thing(i), 10) for i in range(20)))
        assert [a.rows[0]["thing"].value for a in answers] == [f"urn:test:thing-{i}" for i in range(20)]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT * {", QuerySyntax),
        ("SELECT (<urn:test:no-function>(1) AS ?x) {}", QueryError),
        ("ASK {}", QueryError),
        ("SELECT * { SERVICE <http://127.0.0.1:8731/> { ?s ?p ?o } }", QueryError),
    ],
)
async def test_a_query_in_error_says_what_is_wrong_and_leaves_its_process_be(opened, query, error) -> None:
    async with opened() as pool:
        async with pool.lease(30) as lease:
            with pytest.raises(EntrepotError) as caught:
                await lease.select(query, 1)
            assert isinstance(caught.value, error) or "SERVICE" in query
        assert await outcome(pool, thing(1)) == "answered"
        assert pool.counts().started == 2


async def test_asking_another_server_is_refused_before_anything_runs(opened) -> None:
    async with opened() as pool, pool.lease(30) as lease:
        for query in ("SELECT * { service <urn:x> {} }", "SELECT * { \\u0053ERVICE <urn:x> {} }"):
            with pytest.raises(QueryForbidden):
                await lease.sparql(query, "text/csv")


async def test_a_result_that_is_too_large_is_an_error_and_never_cut(opened) -> None:
    async with opened(result=10_000) as pool, pool.lease(30) as lease:
        with pytest.raises(ResultTooLarge):
            await lease.sparql(ALL, "text/csv")
        assert len(await lease.sparql(f"{ALL} LIMIT 10", "text/csv")) < 10_000


async def test_a_result_of_megabytes_comes_whole(opened) -> None:
    async with opened(slice=30) as pool, pool.lease(30) as lease:
        wide = "SELECT ?a ?b { ?a ?p ?n . ?b ?q ?m FILTER(?m < 20) }"
        assert (await lease.sparql(wide, "text/csv")).count(b"\r\n") == 60_001


# --- queries of one answer ------------------------------------------------------------------------------------


async def begun(lease: Lease, query: str) -> asyncio.Task[Rows]:
    """A query that is on its way."""
    task = asyncio.create_task(lease.select(query, 10))
    await asyncio.sleep(0.1)
    return task


async def test_queries_of_one_answer_are_evaluated_side_by_side_where_a_process_is_idle(opened) -> None:
    async with opened(slice=30) as pool:
        async with pool.lease(30) as lease:
            forever = await begun(lease, FOREVER)
            for number in range(20):
                assert [row["thing"].value for row in (await lease.select(thing(number), 10)).rows] == [
                    f"urn:test:thing-{number}"
                ]
            assert not forever.done()
        forever.cancel()
        await settled(pool)
        assert pool.counts().started == 3, "a process that owes an answer is never used again"


async def test_queries_of_one_answer_wait_for_each_other_where_no_process_is_idle(opened) -> None:
    async with opened(workers=1, slice=30) as pool, pool.lease(30) as lease:
        forever = await begun(lease, FOREVER)
        second = await begun(lease, thing(1))
        assert not second.done()
        for task in (forever, second):
            task.cancel()


async def test_no_more_queries_of_an_answer_are_evaluated_than_a_process_works_at(opened) -> None:
    async with opened(slice=30) as pool, pool.lease(30) as lease:
        tasks = [await begun(lease, FOREVER) for _ in range(SIDE_BY_SIDE)]
        tasks.append(await begun(lease, thing(1)))
        assert not any(task.done() for task in tasks)
        for task in tasks:
            task.cancel()


# --- limits ---------------------------------------------------------------------------------------------------


async def test_a_query_past_its_deadline_is_stopped_and_its_neighbour_unhurt(opened) -> None:
    async with opened(slice=30) as pool:
        began = time.monotonic()
        runaway = asyncio.create_task(outcome(pool, FOREVER, deadline=0.5))
        await asyncio.sleep(0.1)
        assert await asyncio.gather(*(select(pool, thing(i)) for i in range(50))) == [
            [f"urn:test:thing-{i}"] for i in range(50)
        ]
        assert await runaway == "deadline"
        assert time.monotonic() - began < 5
        await settled(pool)
        assert pool.counts().started == 3


async def test_the_time_spent_waiting_counts(opened) -> None:
    async with opened(workers=1, slice=30) as pool:
        began = time.monotonic()
        outcomes = await asyncio.gather(*(outcome(pool, FOREVER, deadline=0.6) for _ in range(3)))
        assert time.monotonic() - began < 3
        assert sorted(outcomes) == ["busy", "busy", "deadline"]


async def test_a_query_that_takes_too_much_memory_is_stopped(opened) -> None:
    async with opened(slice=30) as pool:
        with pytest.raises(OutOfMemory):
            await select(pool, GREEDY)
        assert await outcome(pool, thing(1)) == "answered"


async def test_a_full_queue_turns_away_and_says_when_to_come_back(opened) -> None:
    async with opened(workers=1, queue=2, slice=30) as pool:
        waiting = [asyncio.create_task(outcome(pool, FOREVER, deadline=1)) for _ in range(3)]
        await asyncio.sleep(0.1)
        with pytest.raises(Busy) as caught:
            await select(pool, thing(1))
        assert caught.value.data["retry_after"] >= 1
        assert await asyncio.gather(*waiting) == ["deadline", "busy", "busy"]


async def test_runaways_take_the_slow_places_and_no_others(opened) -> None:
    async with opened(slice=0.1) as pool:
        runaways = [asyncio.create_task(outcome(pool, FOREVER, deadline=2)) for _ in range(6)]
        small = [await outcome(pool, thing(i), deadline=2) for i in range(20)]
        assert small == ["answered"] * 20
        assert sorted(await asyncio.gather(*runaways)) == ["busy"] * 5 + ["deadline"]
        await settled(pool)
        assert pool.counts().stopped_for_the_young == 5


async def test_an_answer_that_waits_to_be_read_is_not_slow(opened) -> None:
    async with opened(slow=0, slice=0.5) as pool, pool.lease(30) as lease:
        first, second = (asyncio.create_task(lease.select(thing(number), 10)) for number in (1, 2))
        await first
        await asyncio.sleep(0)  # the second is on its way
        time.sleep(1.5)  # who reads the first one lets nobody else go on
        assert len((await second).rows) == 1
        assert pool.counts().stopped_for_the_young == 0


async def test_an_answer_of_many_small_queries_is_not_slow(opened) -> None:
    async with opened(slice=0.2, slow=0) as pool, pool.lease(30) as lease:
        for i in range(6):
            assert (await lease.select(thing(i), 1)).rows
            await asyncio.sleep(0.05)


# --- hang-ups -------------------------------------------------------------------------------------------------


async def test_no_answer_reaches_another_asker_however_many_hang_up(opened) -> None:
    chance = random.Random(7)

    async def ask(number: int, patience: float) -> None:
        try:
            async with asyncio.timeout(patience):
                assert await select(pool, thing(number)) == [f"urn:test:thing-{number}"]
        except TimeoutError:
            pass

    async with opened(slice=30) as pool:
        pending = [ask(i, 30 if i % 3 else chance.uniform(0, 0.05)) for i in range(150)]
        pending += [ask_forever(pool, chance.uniform(0.01, 0.2)) for _ in range(10)]
        chance.shuffle(pending)
        await asyncio.gather(*pending)
        await settled(pool)
        assert await asyncio.gather(*(outcome(pool, thing(i)) for i in range(20))) == ["answered"] * 20


async def ask_forever(pool: Pool, patience: float) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(patience):
            await select(pool, FOREVER)


# --- the snapshot ---------------------------------------------------------------------------------------------


async def test_a_snapshot_that_is_served_is_not_removed(opened, tmp_path) -> None:
    old = published(tmp_path, numbers(5), of="old")
    async with opened(old):
        published(tmp_path, numbers(6), of="new")
        assert snapshot.clean(tmp_path) == []
    assert snapshot.clean(tmp_path) == [old]


async def test_a_snapshot_that_cannot_be_opened_is_not_served(opened, tmp_path) -> None:
    broken = published(tmp_path, numbers(5), of="broken")
    (broken / snapshot.STORE / "CURRENT").write_text("MANIFEST-000099\n")
    for path in (broken, tmp_path / "none"):
        with pytest.raises(NotReady):
            async with opened(path):
                pass


# --- the life of the processes --------------------------------------------------------------------------------


async def test_a_process_that_dies_idle_is_noticed_and_replaced(opened) -> None:
    async with opened() as pool:
        for process in [*pool._young]:
            os.kill(process.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            while pool.counts().started < 4:
                await asyncio.sleep(0.01)
        await settled(pool)
        assert await outcome(pool, thing(1)) == "answered"


async def test_processes_that_cannot_start_are_not_started_in_a_loop(opened, tmp_path) -> None:
    path = published(tmp_path, numbers(5), of="soon-broken")
    async with opened(path) as pool:
        (path / snapshot.STORE / "CURRENT").write_text("MANIFEST-000099\n")
        for process in [*pool._young]:
            os.kill(process.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            while pool.counts().failed_starts < 2:
                await asyncio.sleep(0.01)
        assert await outcome(pool, thing(1), deadline=1) == "busy"
        assert pool.counts().failed_starts < 20


async def test_closing_lets_answers_end_and_takes_no_more(things: Path) -> None:
    pool = Pool(things)
    await pool.open()
    young = [*pool._young]
    async with pool.lease(30) as lease:
        closing = asyncio.create_task(pool.close(grace=30))
        await asyncio.sleep(0)
        assert (await lease.select(thing(1), 1)).rows
        with pytest.raises(Busy):
            async with pool.lease(30):
                pass
    await closing
    assert all(p.ended.done() for p in young)


async def test_closing_does_not_wait_for_ever(things: Path) -> None:
    pool = Pool(things)
    await pool.open()
    running = asyncio.create_task(outcome(pool, FOREVER))
    queued = [asyncio.create_task(outcome(pool, FOREVER)) for _ in range(3)]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await pool.close(grace=0.1)
    assert time.monotonic() - began < 2
    assert await asyncio.gather(running, *queued) == ["busy"] * 4


# --- without processes ----------------------------------------------------------------------------------------


async def test_a_store_in_memory_gives_the_same_leases() -> None:
    store = ox.Store()
    store.extend(numbers(3))
    async with InProcess(store).lease(30) as lease:
        assert (await lease.select(thing(1), 10)).rows == [{"thing": ox.NamedNode("urn:test:thing-1")}]
        assert await lease.ask("ASK { ?thing ?p 1 }")
        assert await lease.sparql(thing(1), "text/csv") == b"thing\r\nurn:test:thing-1\r\n"
        with pytest.raises(QuerySyntax):
            await lease.ask("ASK {")
        with pytest.raises(QueryForbidden):
            await lease.sparql("ASK { SERVICE <urn:x> {} }", "text/csv")


def test_a_deadline_is_an_error_of_querying() -> None:
    assert issubclass(DeadlineExceeded, QueryError) and issubclass(Busy, QueryError)
