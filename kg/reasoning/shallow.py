"""Of each fact's derivations, the one that people are shown first: the one with the shallowest proof.

It is chosen among those whose premises are all older than the fact, so that a proof made of chosen derivations always
ends. Of the others those are left out whose premises are proved by the fact itself, now that theirs are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.reasoning.closure import Closure, Step


def steps(closure: Closure) -> Iterator[tuple[int, Step]]:
    """Every fact with each of its derivations, facts in order of entry and the chosen derivation of each first."""
    chosen = _chosen(closure)
    for fact, first in enumerate(chosen):
        if first is not None:
            yield fact, first
        for step in closure.steps(fact):
            if step is not first and not any(_needs(premise, fact, chosen) for premise in step[1]):
                yield fact, step


def _chosen(closure: Closure) -> list[Step | None]:
    """The derivation with the shallowest proof for each fact; None for what is asserted, which needs none."""
    chosen: list[Step | None] = []
    depths: list[int] = []
    for fact in range(len(closure)):
        best, least = None, 0
        if not closure.is_given(fact):
            for step in closure.steps(fact):
                if all(premise < fact for premise in step[1]):
                    depth = 1 + max((depths[premise] for premise in step[1]), default=0)
                    if best is None or depth < least:
                        best, least = step, depth
            assert best is not None, closure.triple(fact)
        chosen.append(best)
        depths.append(least)
    return chosen


def _needs(fact: int, goal: int, chosen: Sequence[Step | None]) -> bool:
    """Whether the chosen proof of a fact uses the goal. It looks back only, so what is older is not searched."""
    waiting, seen = [fact], set[int]()
    while waiting:
        fact = waiting.pop()
        if fact == goal:
            return True
        step = chosen[fact]
        if fact > goal and step is not None and fact not in seen:
            seen.add(fact)
            waiting.extend(step[1])
    return False
