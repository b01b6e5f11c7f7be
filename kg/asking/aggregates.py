"""What the computed columns of a question with GROUP BY count or sum up, so that a row can name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.asking.question import Question
from kg.asking.scopes import Scope
from kg.sparql import aliases, closing, tokens, variables

SAMPLE = 20
"""So many of the things that went into an aggregate are named."""


@dataclass(frozen=True)
class Aggregate:
    """Where the parts of a column come from."""

    scope: int
    """The number of the scope whose solutions are the parts."""
    variables: frozenset[str]
    """What is counted or summed up; a solution that binds them all is a part."""
    shown: tuple[str, ...]
    """What names a part: all that its scope says besides the keys of the row, what any column counts first."""


def aggregates(question: Question, scopes: Sequence[Scope]) -> Mapping[str, Aggregate]:
    """The aggregates by column; a column whose parts no scope binds is left out."""
    if not question.is_grouped:
        return {}
    places: dict[str, tuple[int, frozenset[str]]] = {}
    counted: dict[int, frozenset[str]] = {}
    for column, used in _computed(question.parts.head).items():
        sources = _sources(question, used)
        covered = [sources & {v for pattern in scope.patterns for v in pattern.variables} for scope in scopes]
        best = max(range(len(scopes)), key=lambda i: len(covered[i]), default=None)
        if best is not None and covered[best]:
            places[column] = best, covered[best]
            counted[best] = counted.get(best, frozenset()) | covered[best]
    shown = {number: _shown(scopes[number], variables) for number, variables in counted.items()}
    return {column: Aggregate(number, variables, shown[number]) for column, (number, variables) in places.items()}


def _shown(scope: Scope, counted: frozenset[str]) -> tuple[str, ...]:
    return (*sorted(counted), *(v for v in scope.wanted if v not in counted and v not in scope.keys))


def _computed(head: str) -> dict[str, frozenset[str]]:
    """The variables in each ``(expression AS ?column)`` of a SELECT clause."""
    found, at, computed = tokens(head), 0, {}
    while at < len(found):
        if found[at].text == "(":
            end = closing(found, at)
            text = head[found[at].start : found[end].end]
            (column,) = aliases(text)
            computed[column] = variables(text) - {column}
            at = end
        at += 1
    return computed


def _sources(question: Question, used: frozenset[str]) -> frozenset[str]:
    """The variables from which those are computed, BIND by BIND."""
    bindings = [e.text for e in question.elements if e.kind == "bind"]
    computed = {v: variables(text) - aliases(text) for text in bindings for v in aliases(text)}
    found = set(used)
    while waiting := found & computed.keys():
        for variable in waiting:
            found.discard(variable)
            found |= computed.pop(variable)
    return frozenset(found)
