"""The parts of a question that are run by themselves to see what a row rests on; pure text, no store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.asking.question import Question
from kg.sparql import Element, Group, Pattern, aliases, bindable, variables


class Scope(NamedTuple):
    """A part of a WHERE clause that is run by itself for a row, and what is read off its solutions."""

    prologue: str
    wanted: tuple[str, ...]
    """The variables that are read off."""
    body: str
    patterns: tuple[Pattern, ...]
    absent: tuple[tuple[Pattern, ...], ...]
    keys: tuple[str, ...]
    """The columns by which a row is found again; their VALUES stand in front, in the same group."""
    own: frozenset[str]
    """The columns that nothing else binds: a row that has none of them does not rest on this scope."""

    def select(self, keys: Sequence[str]) -> str:
        """The query up to where the VALUES of the keys are put."""
        head = " ".join("?" + v for v in dict.fromkeys([*keys, *self.wanted])) or "(1 AS ?any)"
        return f"{self.prologue}SELECT DISTINCT {head} WHERE {{"


_ALWAYS = ("values", "triple", "group", "subselect", "minus", "filter", "graph", "union")


@lru_cache(maxsize=256)
def scopes(question: Question) -> tuple[Scope, ...]:
    """The required part of a question, then the same with each OPTIONAL, UNION branch and EXISTS by itself.

    So the cost adds up instead of multiplying, and no block hides another.
    """
    targets = [
        (index, group)
        for index, element in enumerate(question.elements)
        for group in element.groups
        if group.role in ("optional", "branch", "exists")
    ]
    found = (_scope(question, target) for target in (None, *targets))
    return tuple(scope for scope in found if scope.patterns or scope.absent)


def _scope(question: Question, target: tuple[int, Group] | None) -> Scope:
    elements = question.elements
    texts = {i: e.text for i, e in enumerate(elements) if e.kind in _ALWAYS}
    if target:
        texts[target[0]] = _alone(elements[target[0]], target[1])
    _add_needed(texts, elements)
    every = [group for element in elements for group in element.groups]
    required = [group for group in every if group.role == "required"]
    groups = [target[1]] if target else required
    absent = target[1].absent if target else tuple(g.patterns for g in every if g.role == "absent")
    columns = _row_variables(question)
    patterns = tuple(pattern for group in groups for pattern in group.patterns)
    here = _bound(groups)
    elsewhere = _bound([g for g in every if g not in groups and g.role != "absent"]) | _set(elements)
    kept = _bound([group for i in texts for group in elements[i].groups if group.role != "absent"])
    wanted = sorted(here | {v for negated in absent for p in negated for v in p.variables if not v.startswith("_:")})
    body = "\n".join(f"{texts[i]} ." if elements[i].kind == "triple" else texts[i] for i in sorted(texts))
    return Scope(
        prologue=question.parts.prologue,
        wanted=tuple(wanted),
        body=body,
        patterns=patterns,
        absent=absent,
        keys=tuple(column for column in columns if column in kept),
        own=frozenset(columns) & (target[1].certain - elsewhere) if target else frozenset(),
    )


def _alone(element: Element, group: Group) -> str:
    """An element with one of its groups made a requirement; a FILTER of OPTIONAL must see what is around it."""
    if element.kind == "union":
        return f"{{ {group.text} }}"
    ended = f"{group.text.strip().removesuffix('.')} ."  # a triple may follow
    return ended if element.kind == "optional" else f"{element.text}\n{ended}"


def _add_needed(texts: dict[int, str], elements: Sequence[Element]) -> None:
    """Adds each BIND and OPTIONAL on which an element that is there depends; FILTERs also look ahead."""
    certain = bindable([e.piece for e in elements if e.kind in _ALWAYS])
    waiting = list(texts)
    while waiting:
        at = waiting.pop()
        reach = len(elements) if elements[at].kind == "filter" else at
        for index, element in enumerate(elements[:reach]):
            missing = variables(texts[at]) - certain
            if index not in texts and element.kind in ("bind", "optional") and missing & bindable([element.piece]):
                texts[index] = element.text
                waiting.append(index)


def _bound(groups: Sequence[Group]) -> frozenset[str]:
    return frozenset(v for group in groups for v in group.variables if not v.startswith("_:"))


def _set(elements: Sequence[Element]) -> frozenset[str]:
    """The variables of VALUES blocks."""
    return bindable([e.piece for e in elements if e.kind == "values"])


def _row_variables(question: Question) -> list[str]:
    """The columns that are neither computed nor aggregated, so that a pattern can be run for their values."""
    computed = {v for e in question.elements if e.kind == "bind" for v in aliases(e.text)}
    return [c.name for c in question.columns if c.name not in computed | aliases(question.parts.head)]
