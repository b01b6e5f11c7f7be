"""What is run to see what rows rest on: their question, or parts of it by themselves; pure text, no store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.asking.question import Question
from kg.sparql import Element, Group, Pattern, aliases, bindable, split, variables


class Block(NamedTuple):
    """Patterns that a solution of a scope has matched, if it binds ``own``."""

    patterns: tuple[Pattern, ...]
    absent: tuple[tuple[Pattern, ...], ...]
    own: frozenset[str] = frozenset()


class Scope(NamedTuple):
    """A WHERE clause or a part of it that is run for rows, and what is read off its solutions."""

    prologue: str
    wanted: tuple[str, ...]
    """The variables that are read off."""
    body: str
    blocks: tuple[Block, ...]
    keys: tuple[str, ...]
    """The columns by which a row is found again; their VALUES stand in front, in the same group."""
    own: frozenset[str] = frozenset()
    """The columns that nothing else binds: a row that has none of them does not rest on this scope."""
    apart: tuple[Scope, ...] = ()
    """What is run in its place if it gives too much, so that its blocks do not multiply and none hides another."""

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        return tuple(pattern for block in self.blocks for pattern in block.patterns)

    def select(self, keys: Sequence[str]) -> str:
        """The query up to where the VALUES of the keys are put."""
        head = " ".join("?" + v for v in dict.fromkeys([*keys, *self.wanted])) or "(1 AS ?any)"
        return f"{self.prologue}SELECT DISTINCT {head} WHERE {{"


_ALWAYS = ("values", "triple", "group", "subselect", "minus", "filter", "graph", "union")


@lru_cache(maxsize=256)
def scopes(question: Question) -> tuple[Scope, ...]:
    """The question as it stands, then its required part with each UNION branch and EXISTS by itself.

    Where its solutions do not tell which OPTIONAL they matched, or are no rows but parts of them, it is replaced by
    its required part and the same with each OPTIONAL by itself.
    """
    targets = [
        (index, group)
        for index, element in enumerate(question.elements)
        for group in element.groups
        if group.role in ("optional", "branch", "exists")
    ]
    optional = [target for target in targets if target[1].role == "optional"]
    required = _scope(question, None)
    apart = _telling([required, *(_scope(question, target) for target in optional)])
    rest = _telling(_scope(question, target) for target in targets if target not in optional)
    whole = _whole(question, required, optional)
    return (whole._replace(apart=apart), *rest) if whole and apart else (*apart, *rest)


def _telling(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    return tuple(scope for scope in scopes if any(block.patterns or block.absent for block in scope.blocks))


def _whole(question: Question, required: Scope, optional: Sequence[tuple[int, Group]]) -> Scope | None:
    """The question with all its variables; None where a solution does not say what it matched of it."""
    if question.is_grouped or aliases(question.parts.head):
        return None
    blocks = list(required.blocks)
    for index, group in optional:
        others = [element.piece for at, element in enumerate(question.elements) if at != index]
        beside = [other for other in question.elements[index].groups if other is not group]
        marks = bindable([piece for piece in split(group.text) if piece.kind == "bind"])
        own = (group.certain | marks) - bindable(others) - _bound(beside)
        if not own:
            return None
        blocks.append(Block(group.patterns, group.absent, own))
    return Scope(
        prologue=question.parts.prologue,
        wanted=tuple(sorted({v for block in blocks for v in _wanted(block)})),
        body=question.parts.body,
        blocks=tuple(blocks),
        keys=tuple(column.name for column in question.columns),
    )


def _wanted(block: Block) -> Iterator[str]:
    """The variables from which the triples and absences of a block are made, and those that tell that it matched."""
    yield from block.own
    for pattern in (*block.patterns, *(pattern for negated in block.absent for pattern in negated)):
        yield from (v for v in pattern.variables if not v.startswith("_:"))


def _scope(question: Question, target: tuple[int, Group] | None) -> Scope:
    elements = question.elements
    texts = {i: e.text for i, e in enumerate(elements) if e.kind in _ALWAYS}
    if target:
        texts[target[0]] = _alone(elements[target[0]], target[1])
    _add_needed(texts, elements)
    columns = _row_variables(question)
    _leave_out_values(texts, elements, columns)
    every = [group for element in elements for group in element.groups]
    required = [group for group in every if group.role == "required"]
    groups = [target[1]] if target else required
    absent = target[1].absent if target else tuple(g.patterns for g in every if g.role == "absent")
    block = Block(tuple(pattern for group in groups for pattern in group.patterns), absent)
    elsewhere = _bound([g for g in every if g not in groups and g.role != "absent"]) | _set(elements)
    kept = _bound([group for i in texts for group in elements[i].groups if group.role != "absent"])
    body = "\n".join(f"{texts[i]} ." if elements[i].kind == "triple" else texts[i] for i in sorted(texts))
    return Scope(
        prologue=question.parts.prologue,
        wanted=tuple(sorted(set(_wanted(block)))),
        body=body,
        blocks=(block,),
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


def _leave_out_values(texts: dict[int, str], elements: Sequence[Element], columns: Sequence[str]) -> None:
    """Leaves out the VALUES of which nothing else is said: they only multiply solutions."""
    for index in [index for index in texts if elements[index].kind == "values"]:
        named = {*columns}.union(*(variables(text) for other, text in texts.items() if other != index))
        if named.isdisjoint(bindable([elements[index].piece])):
            del texts[index]


def _bound(groups: Sequence[Group]) -> frozenset[str]:
    return frozenset(v for group in groups for v in group.variables if not v.startswith("_:"))


def _set(elements: Sequence[Element]) -> frozenset[str]:
    """The variables of VALUES blocks."""
    return bindable([e.piece for e in elements if e.kind == "values"])


def _row_variables(question: Question) -> list[str]:
    """The columns that are neither computed nor aggregated, so that a pattern can be run for their values."""
    computed = {v for e in question.elements if e.kind == "bind" for v in aliases(e.text)}
    return [c.name for c in question.columns if c.name not in computed | aliases(question.parts.head)]
