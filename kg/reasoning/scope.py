"""What a solution of a WHERE clause rests on: the triples that it joins, and what it found absent.

A scope is a WHERE clause or that of a sub-select inside it. A row of a sub-select rests on all solutions that went
into it: those that agree with it in the columns that it hands on as they are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import pyoxigraph as ox

from kg import sparql
from kg.sparql import Pattern, Var
from kg.terms import TYPE, Term, Terms, written

Solution: TypeAlias = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What one solution rests on."""

    premises: tuple[Terms, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """Patterns that stand or fall together, with the text of their conditions: an OPTIONAL or a NOT EXISTS."""

    patterns: tuple[Pattern, ...]
    conditions: tuple[str, ...]
    words: str | None = None
    """What it means that nothing matches, with the solution's values for ``{variables}``."""

    def absence(self, solution: Solution) -> str:
        """In words, that nothing matches this block for a solution."""
        if self.words is not None:
            return re.sub(r"{(\w+)}", lambda match: written(solution[match[1]]), self.words)
        names = Counter(name for pattern in self.patterns for name in pattern.variables)
        names.update(token.text[1:] for text in self.conditions for token in sparql.tokens(text))

        def word(slot: Term | Var) -> str:
            term = solution.get(slot) if isinstance(slot, Var) else slot
            if term is None:
                return "anything" if names[str(slot)] == 1 else f"?{slot}"
            return "is a" if term == TYPE else written(term)

        says = " and ".join(" ".join(map(word, pattern)) for pattern in self.patterns)
        where = " and ".join(_with_values(condition, solution) for condition in self.conditions)
        return f"nothing says that {says}" + (f", where {where}" if where else "")


@dataclass(frozen=True)
class Scope:
    """A WHERE clause, ready to be run and to account for its solutions."""

    select: str
    keys: tuple[str, ...]
    """Of a sub-select, the columns that it hands on as they are."""
    required: tuple[Pattern, ...]
    optional: tuple[Block, ...]
    absent: tuple[Block, ...]
    inner: tuple[Scope, ...]

    def solutions(self, store: ox.Store) -> Iterator[tuple[Solution, Grounds]]:
        """Each solution with what it rests on, in an order that depends on the data alone."""
        inner = [(scope.keys, scope._by_key(store)) for scope in self.inner]
        required, optional = _filling(self.required), [(block, _filling(block.patterns)) for block in self.optional]
        for solution in _run(self.select, store):
            premises = required(solution)
            absent = [block.absence(solution) for block in self.absent]
            for block, filled in optional:
                if all(_holds(pattern, solution, store) for pattern in block.patterns):
                    premises += filled(solution)
                else:
                    absent.append(block.absence(solution))
            for keys, rows in inner:
                for grounds in rows[tuple(solution.get(key) for key in keys)]:
                    premises += grounds.premises
                    absent += grounds.absent
            yield solution, Grounds(tuple(dict.fromkeys(premises)), tuple(dict.fromkeys(absent)))

    def _by_key(self, store: ox.Store) -> Mapping[tuple[Term | None, ...], list[Grounds]]:
        rows = defaultdict(list)
        for solution, grounds in self.solutions(store):
            rows[tuple(solution.get(key) for key in self.keys)].append(grounds)
        return rows


def read(query: str) -> Scope:
    """The scope of a query, with those of its sub-selects.

    Raises:
        QueryError: the text is no query, or reaches beyond this machine.
    """
    cut = sparql.parts(query)
    groups = [group for element in sparql.elements(query) for group in element.groups]
    return Scope(
        select=f"{cut.prologue} SELECT * WHERE {{ {cut.body} }}",
        keys=(),
        required=tuple(pattern for group in groups if group.role == "required" for pattern in group.patterns),
        optional=tuple(_block(group) for group in groups if group.role == "optional"),
        absent=tuple(_block(group) for group in groups if group.role == "absent"),
        inner=tuple(_inner(f"{cut.prologue} {group.text}") for group in groups if group.role == "subselect"),
    )


def _inner(query: str) -> Scope:
    cut = sparql.parts(query)
    return replace(read(query), keys=_keys(cut.head, cut.body))


def _block(group: sparql.Group) -> Block:
    filters = [piece.text for piece in sparql.split(group.text) if piece.kind == "filter" and not piece.inner]
    return Block(group.patterns, tuple(text[len("FILTER") :].strip() for text in filters))


def _keys(head: str, body: str) -> tuple[str, ...]:
    """The columns of a SELECT clause that are plain variables; all that the body binds for ``*``."""
    found, depth, keys = sparql.tokens(head), 0, list[str]()
    for token in found:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "var" and not depth:
            keys.append(token.text[1:])
    if any(token.text == "*" for token in found[:3]):
        return tuple(sorted(sparql.bindable(sparql.split(body))))
    return tuple(keys)


def _filling(patterns: Sequence[Pattern]) -> Callable[[Solution], list[Terms]]:
    """What gives the triples that a solution makes of the patterns, all of whose variables it binds."""
    slots = [(slot, None) if isinstance(slot, Var) else (None, slot) for pattern in patterns for slot in pattern]

    def filled(solution: Solution) -> list[Terms]:
        terms = [solution[name] if term is None else term for name, term in slots]  # type: ignore[index]
        return list(zip(terms[::3], terms[1::3], terms[2::3], strict=True))

    return filled


def _holds(pattern: Pattern, solution: Solution, store: ox.Store) -> bool:
    triple = sparql.instantiate(pattern, solution)
    return triple is not None and ox.Quad(*triple) in store


def _run(select: str, store: ox.Store) -> list[Solution]:
    results = store.query(select)
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    rows = [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in results]
    return sorted(rows, key=lambda row: [str(row.get(name)) for name in names])


def _with_values(condition: str, solution: Solution) -> str:
    """The text of a condition with the values of its variables."""
    for token in reversed(sparql.tokens(condition)):
        if token.kind == "var" and token.text[1:] in solution:
            condition = condition[: token.start] + written(solution[token.text[1:]]) + condition[token.end :]
    return condition.removeprefix("(").removesuffix(")").strip()
