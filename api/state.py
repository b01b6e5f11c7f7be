"""What is served: a snapshot, the processes over it, and all that is read from it once; and then the next one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import collector
from kg.asking import questions
from kg.asking.desk import Desk
from kg.asking.question import Question
from kg.errors import Finding
from kg.reasoning.proofs import Why
from kg.serving import snapshot
from kg.serving.pool import Limits, Pool
from kg.settings import Settings
from kg.terms import PREF_LABEL

log = logging.getLogger("uvicorn.error")

_READING = 60.0
"""Seconds that reading names, claims and documents may take."""
_GLANCE = 0.25
"""Seconds from one look at which snapshot is current to the next."""
_LANGUAGES = f"SELECT DISTINCT (LCASE(LANG(?label)) AS ?language) {{ ?thing {PREF_LABEL} ?label }}"


@dataclass(frozen=True)
class Serving:
    """One snapshot, and what answers from it are made with."""

    settings: Settings
    pool: Pool
    why: Why
    desk: Desk
    questions: Mapping[str, Question]
    manifest: Mapping[str, Any]
    languages: frozenset[str]
    """The languages that labels are in."""
    findings: tuple[Finding, ...]
    """What is wrong with the files of the questions."""
    closing: AsyncExitStack
    """Closes the pool and ``why``."""

    @property
    def snapshot(self) -> str:
        return str(self.manifest["name"])


@dataclass
class State:
    """What the app knows of itself; nothing is served before the first snapshot."""

    settings: Settings
    serving: Serving | None = None
    refused: Mapping[str, Any] | None = None
    """The last build that was refused or failed: ``at`` and its ``findings``."""

    async def close(self) -> None:
        """Serve nothing any more."""
        serving, self.serving = self.serving, None
        if serving:
            await serving.closing.aclose()
            collector.release()


async def follow(state: State) -> None:
    """Serve, one after the other, the snapshots that are published from now on: those of ``entrepot build``.

    An answer is made from one snapshot. Those under way when the next one comes have their time to end.
    """
    async with asyncio.TaskGroup() as leaving:
        refused: Path | None = None
        unseen = False
        while True:
            await asyncio.sleep(_GLANCE)
            before = state.serving
            try:
                path = snapshot.current(state.settings.state)
            except OSError as error:  # what cannot be read now may be later
                if not unseen:
                    log.warning("which snapshot is current cannot be read: %s", error)
                unseen = True
                continue
            unseen = False
            if path in (None, refused) or (before and path.name == before.snapshot):
                continue
            try:
                await serve(state, path)
            except Exception:  # whatever it is, the one before is served on
                refused = path
                log.exception("snapshot %s cannot be served", path.name[:12])
                continue
            state.refused = None
            if before:
                leaving.create_task(_leave(before))


async def _leave(serving: Serving) -> None:
    async with serving.closing:
        await asyncio.sleep(serving.settings.deadline)


async def serve(state: State, path: Path) -> None:
    """Serve a snapshot: start the processes over it, and read once what every answer needs."""
    settings, manifest = state.settings, snapshot.read_manifest(path)
    async with AsyncExitStack() as closing:
        pool = Pool(path, Limits(workers=settings.workers, memory=settings.memory, result=settings.result_limit))
        closing.push_async_callback(pool.close)
        await pool.open()
        why = Why(path / snapshot.WHY)
        closing.callback(why.close)
        async with pool.lease(_READING) as lease:
            desk = await Desk.open(lease, why, settings.sources, manifest["findings"])
            languages = await lease.select(_LANGUAGES, 1000)
        read, findings = await asyncio.to_thread(questions.read, settings.queries)
        state.serving = Serving(
            settings=settings,
            pool=pool,
            why=why,
            desk=desk,
            questions=read,
            manifest=manifest,
            languages=frozenset(str(row["language"].value) for row in languages.rows),
            findings=tuple(findings),
            closing=closing.pop_all(),
        )
    collector.keep()
    log.info("serving snapshot %s", path.name[:12])
