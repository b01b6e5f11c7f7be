"""What every claim says and where it stands, and which claims or records conflict; read once for each snapshot."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import NamedNode

from kg.asking import Runner
from kg.errors import ResultTooLarge
from kg.terms import EP, ID, SKOS, Term

KINDS = ("fact", "estimate", "forecast", "advice", "opinion")
"""How a text may put what it says."""

_CLAIM = ID + "claim-"
_MOST = 1_000_000
_PROLOGUE = f"PREFIX ep: <{EP}> PREFIX skos: <{SKOS}> "
_CLAIMS = (
    _PROLOGUE
    + """SELECT ?claim ?document ?locator ?kind ?statement WHERE {
  ?claim a ep:Claim .
  OPTIONAL { ?claim ep:document ?document }
  OPTIONAL { ?claim ep:locator ?locator }
  OPTIONAL { ?claim ep:kind ?kind }
  OPTIONAL { ?claim ep:statement ?statement }
}"""
)
_CONFLICTS = (
    _PROLOGUE
    + """SELECT ?conflict ?claim ?record ?label ?thing WHERE {
  ?conflict a ep:Conflict .
  { ?conflict ep:concernsClaim ?claim } UNION { ?conflict ep:concernsRecord ?record }
  OPTIONAL { ?conflict skos:prefLabel ?label FILTER(LANGMATCHES(LANG(?label), "en")) }
  OPTIONAL { ?conflict ep:about ?thing }
}"""
)


@dataclass(frozen=True)
class Claim:
    """One statement of one document; the document and the kind are IRIs, what is not stated is None."""

    iri: str
    document: str | None
    locator: str | None
    kind: str | None
    statement: str | None


@dataclass(frozen=True)
class Conflict:
    """A disagreement between claims or records, kept; ``about`` are the things it concerns, or none if it is open."""

    label: str
    claims: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()


class Claims:
    """The claims of a snapshot, and the conflicts between them."""

    def __init__(self, claims: Iterable[Claim] = (), conflicts: Iterable[Conflict] = ()) -> None:
        self._claims = {claim.iri: claim for claim in claims}
        self._conflicts: dict[str, list[Conflict]] = defaultdict(list)
        for conflict in conflicts:
            for taking_part in conflict.claims | conflict.records:
                self._conflicts[taking_part].append(conflict)

    @classmethod
    async def build(cls, runner: Runner) -> Claims:
        """The claims in the graph that a runner asks.

        Raises:
            ResultTooLarge: more than a million of them.
        """
        found = await runner.select(_CLAIMS, _MOST)
        met = await runner.select(_CONFLICTS, _MOST)
        if found.truncated or met.truncated:
            raise ResultTooLarge("The graph holds more claims than can be kept in memory.")
        return cls(map(_claim, found.rows), _conflicts(met.rows))

    def __contains__(self, iri: object) -> bool:
        return iri in self._claims

    def get(self, iri: str) -> Claim | None:
        return self._claims.get(iri)

    def conflicts(self, claims: Collection[str], things: Collection[str]) -> tuple[str, ...]:
        """The labels of the conflicts in which some of the claims take part, or of the things, if these are records."""
        taking_part = self._conflicts.keys() & {*claims, *things}
        found = {conflict for one in taking_part for conflict in self._conflicts[one]}
        return tuple(sorted(c.label for c in found if not c.about or not c.about.isdisjoint(things)))


def _conflicts(rows: Iterable[Mapping[str, Term]]) -> Iterator[Conflict]:
    by_conflict: dict[Term, list[Mapping[str, Term]]] = defaultdict(list)
    for row in rows:
        by_conflict[row["conflict"]].append(row)
    for conflict, its in by_conflict.items():
        label = its[0].get("label") or conflict
        yield Conflict(
            label=str(label.value),
            claims=frozenset(str(row["claim"].value) for row in its if "claim" in row),
            records=frozenset(str(row["record"].value) for row in its if "record" in row),
            about=frozenset(str(row["thing"].value) for row in its if "thing" in row),
        )


def _claim(row: Mapping[str, Term]) -> Claim:
    values = {name: str(term.value) for name, term in row.items()}
    return Claim(
        values["claim"], values.get("document"), values.get("locator"), values.get("kind"), values.get("statement")
    )


@lru_cache(maxsize=65_536)
def local(iri: str) -> str:
    """A claim, document or kind as answers name it: ``S3-71``, ``003``, ``fact``; a foreign IRI as it is.

    >>> local("https://w3id.org/entrepot/id/claim-S3-71")
    'S3-71'
    """
    return re.sub("^(?:claim|document)-", "", iri[len(ID) :]) if iri.startswith(ID) else iri


def in_order(iris: Iterable[str]) -> list[str]:
    """Claims by document and number: S0-9 before S0-10."""
    return sorted(set(iris), key=_key)


@lru_cache(maxsize=65_536)
def _key(iri: str) -> list[tuple[bool, int, str]]:
    parts = (part for part in re.split(r"(\d+)", iri) if part)
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def is_claim(term: Term) -> bool:
    """Whether a term is a claim of ours, by its IRI."""
    return isinstance(term, NamedNode) and term.value.startswith(_CLAIM)
