"""Every derived triple of the project's own graph has a proof that ends in leaves with sources.

What only says what a class expression means (scm-int on its parts) needs no premise and is left out: its status is
``schema``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def why(snapshot: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{snapshot / 'why.sqlite'}?mode=ro", uri=True)) as connection:
        yield connection


def test_every_triple_rests_on_a_claim_a_source_or_a_module(why: sqlite3.Connection) -> None:
    (known,) = why.execute("SELECT COUNT(*) FROM fact").fetchone()
    assert known > 30_000
    bare = """
        SELECT fact.id FROM fact WHERE status != 'schema' AND NOT EXISTS (
            SELECT 1 FROM evidence JOIN source ON source.id = evidence.source
            WHERE evidence.id = fact.evidence AND COALESCE(source.claim, source.source, source.graph) IS NOT NULL
        )
    """
    assert why.execute(bare).fetchall() == []


def test_every_proof_that_is_shown_ends_in_asserted_triples(why: sqlite3.Connection) -> None:
    """What is asserted is settled, then whatever has all its premises settled, until nothing is left."""
    settled = {fact for (fact,) in why.execute("SELECT id FROM fact WHERE own IS NOT NULL")}
    premises: dict[int, set[int]] = {fact: set() for (fact,) in why.execute("SELECT id FROM fact WHERE own IS NULL")}
    assert len(premises) > 15_000
    for fact, steps, shown in why.execute("SELECT id, steps, proof FROM fact WHERE own IS NULL"):
        _, needed, _ = json.loads(steps)[shown]
        premises[fact].update(needed)
    defined = {fact for (fact,) in why.execute("SELECT id FROM fact WHERE status = 'schema'")}
    assert all(needed for fact, needed in premises.items() if fact not in defined)
    waiting = dict(premises)
    while ready := [fact for fact, needed in waiting.items() if needed <= settled]:
        settled.update(ready)
        for fact in ready:
            del waiting[fact]
    assert waiting == {}
