"""What is served: a snapshot, the processes over it, and all that is read from it once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg import collector
from kg.asking import questions
from kg.asking.desk import Desk
from kg.asking.evidence import Facts, Remembered
from kg.asking.question import Question
from kg.errors import Finding
from kg.reasoning.proofs import Why
from kg.serving import snapshot
from kg.serving.pool import Limits, Pool
from kg.settings import Settings
from kg.terms import PREF_LABEL

_READING = 60.0
"""Seconds that reading names, claims and documents may take."""
_LANGUAGES = f"SELECT DISTINCT (LCASE(LANG(?label)) AS ?language) {{ ?thing {PREF_LABEL} ?label }}"


@dataclass(frozen=True)
class Serving:
    """One snapshot, and what answers from it are made with."""

    settings: Settings
    pool: Pool
    why: Why
    facts: Facts
    """The facts of ``why``, as answers look them up again and again."""
    desk: Desk
    questions: Mapping[str, Question]
    manifest: Mapping[str, Any]
    languages: frozenset[str]
    """The languages that labels are in."""
    findings: tuple[Finding, ...]
    """What is wrong with the files of the questions."""

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
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)


async def serve(state: State, path: Path) -> None:
    """Serve a snapshot: start the processes over it, and read once what every answer needs."""
    settings, manifest = state.settings, snapshot.read_manifest(path)
    pool = Pool(path, Limits(workers=settings.workers, memory=settings.memory, result=settings.result_limit))
    await pool.open()
    state.closing.push_async_callback(pool.close)
    why = Why(path / snapshot.WHY)
    state.closing.callback(why.close)
    async with pool.lease(_READING) as lease:
        desk = await Desk.open(lease, settings.sources, manifest["findings"])
        languages = await lease.select(_LANGUAGES, 1000)
    read, findings = questions.read(settings.queries)
    state.serving = Serving(
        settings=settings,
        pool=pool,
        why=why,
        facts=Remembered(why),
        desk=desk,
        questions=read,
        manifest=manifest,
        languages=frozenset(str(row["language"].value) for row in languages.rows),
        findings=tuple(findings),
    )
    collector.keep()
    state.closing.callback(collector.release)
