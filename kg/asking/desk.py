"""The reference desk: what is read once from a snapshot, so that answers and proofs can be put in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from kg.asking import Runner
from kg.asking.cells import cell
from kg.asking.claims import Claim, Claims, local
from kg.asking.names import Names, Told
from kg.files.mapping import LEAVE_OUT
from kg.passages import Passages
from kg.sources import Source
from kg.terms import DCTERMS, EP, ID, RDFS, Term

_DOCUMENTS = f"""PREFIX ep: <{EP}> PREFIX dcterms: <{DCTERMS}> PREFIX rdfs: <{RDFS}>
SELECT ?source ?title ?url ?from ?until ?digest WHERE {{
  ?source a ep:Source .
  OPTIONAL {{ ?source dcterms:title ?title }}
  OPTIONAL {{ ?source rdfs:seeAlso ?url }}
  OPTIONAL {{ ?source ep:writtenFrom ?from }}
  OPTIONAL {{ ?source ep:writtenUntil ?until }}
  OPTIONAL {{ ?source ep:sha256 ?digest }}
}}"""


_REMEMBERED = 50_000
"""Cells that are kept after they were written."""


@dataclass(frozen=True)
class Desk:
    """The names, claims, documents and, where these are at hand, passages of one snapshot."""

    names: Names
    claims: Claims
    documents: Mapping[str, Mapping[str, str]]
    """What is known of each source by its IRI: title, url, from, until, digest."""
    passages: Passages
    missing: tuple[str, ...] = ()
    """The tables that could not be used, each with the reason: what they would say is in no answer."""

    @classmethod
    async def open(
        cls, runner: Runner, told: Told, folder: Path | None, findings: Iterable[Mapping[str, Any]] = ()
    ) -> Desk:
        """The desk of the graph that a runner asks.

        Args:
            told: knows the names of the same graph.
            folder: may hold its documents.
            findings: what was found when the graph was built, as its manifest says.
        """
        found = await runner.select(_DOCUMENTS, 100_000)
        documents = {
            str(row["source"].value): {name: str(term.value) for name, term in row.items() if name != "source"}
            for row in found.rows
        }
        digests = {iri: known["digest"] for iri, known in documents.items() if "digest" in known}
        missing = tuple(f"{f['file']}: {f['message']}" for f in findings if f["code"] in LEAVE_OUT)
        names, claims = await asyncio.gather(asyncio.to_thread(Names.of, told), Claims.build(runner))
        return cls(names, claims, documents, Passages(folder, digests), missing)

    @cached_property
    def cell(self) -> Callable[[str, Term | None, int | None], Any]:
        """A term in a language as JSON, with so many decimals; rows and answers have the same things and numbers."""
        return lru_cache(maxsize=_REMEMBERED)(partial(cell, self.names))

    def claim(self, name: str | None) -> Claim | None:
        """The claim of that short name, such as S3-71."""
        return self.claims.get(f"{ID}claim-{name}") or self.claims.get(name) if name else None

    def wording(self, name: str | None) -> dict[str, str | None]:
        """A claim in our words and, where its document is at hand, in those of the document."""
        claim = self.claim(name)
        return {
            "statement": claim.statement if claim else None,
            "passage": self.passages.passage(claim.document, claim.locator) if claim else None,
        }

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
