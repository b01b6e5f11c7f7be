"""What is served: a snapshot, the processes over it, and all that is read from it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.asking import questions
from kg.asking.claims import Claims, local
from kg.asking.names import Names
from kg.asking.passages import Passages
from kg.asking.questions import Question
from kg.errors import Finding
from kg.reasoning.proofs import Why
from kg.serving import snapshot
from kg.serving.pool import Lease, Limits, Pool
from kg.settings import Settings
from kg.sources import Source
from kg.terms import DCTERMS, EP, RDFS

_READING = 60.0
"""Seconds that reading names, claims and documents may take."""

_DOCUMENTS = f"""PREFIX ep: <{EP}> PREFIX dcterms: <{DCTERMS}> PREFIX rdfs: <{RDFS}>
SELECT ?source ?title ?url ?from ?until ?digest WHERE {{
  ?source a ep:Source .
  OPTIONAL {{ ?source dcterms:title ?title }}
  OPTIONAL {{ ?source rdfs:seeAlso ?url }}
  OPTIONAL {{ ?source ep:writtenFrom ?from }}
  OPTIONAL {{ ?source ep:writtenUntil ?until }}
  OPTIONAL {{ ?source ep:sha256 ?digest }}
}}"""


@dataclass(frozen=True)
class Serving:
    """One snapshot, and what answers from it are made with."""

    settings: Settings
    pool: Pool
    why: Why
    names: Names
    claims: Claims
    documents: Mapping[str, Mapping[str, str]]
    """What is known of each source by its IRI: title, url, from, until, digest."""
    passages: Passages
    questions: Mapping[str, Question]
    manifest: Mapping[str, Any]
    findings: tuple[Finding, ...]
    """What is wrong with the files of the questions."""

    @property
    def snapshot(self) -> str:
        return str(self.manifest["name"])

    def describe(self, source: Source) -> dict[str, str | None]:
        """What a person wants to know of a source; a claim is named as in the evidence of a row."""
        claim = self.claims.get(source.claim) if source.claim else None
        origin = (claim.document if claim else None) or source.source
        known = self.documents.get(origin or "", {})
        written = dict.fromkeys(known[end][:10] for end in ("from", "until") if end in known)
        return {
            "claim": local(source.claim) if source.claim else None,
            "document": local(origin) if origin else None,
            "locator": claim.locator if claim else None,
            "url": known.get("url"),
            "title": known.get("title"),
            "date": "/".join(written) or None,
        }

    def passage(self, sources: Sequence[Source]) -> str | None:
        """The words that some sources rest on, where their documents are at hand."""
        claims = [claim for source in sources if source.claim and (claim := self.claims.get(source.claim))]
        found = [text for c in claims if (text := self.passages.passage(c.document, c.locator))]
        return "\n".join(dict.fromkeys(found)) or None


@dataclass
class State:
    """What the app knows of itself; nothing is served before the first snapshot."""

    settings: Settings
    serving: Serving | None = None
    refused: Mapping[str, Any] | None = None
    """The last build that was refused: ``at`` and its ``findings``."""
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)


async def serve(state: State, path: Path) -> None:
    """Serve a snapshot: start the processes over it, and read once what every answer needs."""
    settings = state.settings
    pool = Pool(path, Limits(workers=settings.workers, memory=settings.memory, result=settings.result_limit))
    await pool.open()
    state.closing.push_async_callback(pool.close)
    why = Why(path / snapshot.WHY)
    state.closing.callback(why.close)
    async with pool.lease(_READING) as lease:
        names, claims, documents = await Names.build(lease), await Claims.build(lease), await _documents(lease)
    digests = {iri: known["digest"] for iri, known in documents.items() if "digest" in known}
    read, findings = questions.read(settings.queries)
    state.serving = Serving(
        settings=settings,
        pool=pool,
        why=why,
        names=names,
        claims=claims,
        documents=documents,
        passages=Passages(settings.sources, digests),
        questions=read,
        manifest=snapshot.read_manifest(path),
        findings=tuple(findings),
    )


async def _documents(lease: Lease) -> dict[str, dict[str, str]]:
    found = await lease.select(_DOCUMENTS, 100_000)
    return {str(row["source"].value): {k: str(t.value) for k, t in row.items() if k != "source"} for row in found.rows}
