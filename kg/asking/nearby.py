"""What is stated of the things that an empty answer was asked about: an intention where a purchase is not stated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pyoxigraph import NamedNode

from kg.asking import Runner
from kg.asking.arguments import Arguments
from kg.asking.claims import Claim, Claims, in_order
from kg.terms import EP, OWL

FEW = 5
"""Claims that a reader takes in; more of them say little about what was asked."""
_ENOUGH = 500
_QUERY = f"""PREFIX ep: <{EP}> PREFIX owl: <{OWL}>
SELECT DISTINCT ?thing ?claim WHERE {{
  VALUES ?thing {{ %s }}
  {{ ?claim ?says ?thing . ?claim a ep:Claim }}
  UNION
  {{ ?record ?has ?thing ; ep:statedBy ?claim }}
  UNION
  {{ ?axiom owl:annotatedSource|owl:annotatedTarget ?thing ; ep:claim ?claim }}
}}"""


async def nearby(bound: Arguments, runner: Runner, claims: Claims) -> tuple[Claim, ...]:
    """The claims about all things that the caller named, else about any of them, or the one of which least is said.

    None where there are many.
    """
    things = _named(bound)
    if not things:
        return ()
    found = await runner.select(_QUERY % " ".join(map(str, things)), _ENOUGH)
    about: dict[str, set[str]] = defaultdict(set)
    for row in found.rows:
        about[str(row["thing"].value)].add(str(row["claim"].value))
    chosen = _chosen(about) if about and not found.truncated else set()
    if len(chosen) > FEW:
        return ()
    return tuple(claim for iri in in_order(chosen) if (claim := claims.get(iri)))


def _named(bound: Arguments) -> list[NamedNode]:
    """The things that the caller named."""
    return [term for name in bound.given for row in bound.rows[name] for term in row if isinstance(term, NamedNode)]


def _chosen(about: Mapping[str, set[str]]) -> set[str]:
    common, every = set.intersection(*about.values()), set.union(*about.values())
    return common or (every if len(every) <= FEW else min(about.values(), key=len))
