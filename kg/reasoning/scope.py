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
from kg.reasoning.facts import Facts
from kg.sparql import Pattern, Var
from kg.terms import TYPE, Term, written

Solution: TypeAlias = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What one solution rests on."""

    premises: tuple[int, ...]
    """The numbers of facts."""
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

    def solutions(self, store: ox.Store, facts: Facts) -> Iterator[tuple[Solution, Grounds]]:
        """Each solution with what it rests on, in an order that depends on the data alone.

        Args:
            store: holds the facts.

        Raises:
            KeyError: it holds another triple too, and a solution rests on that.
        """
        inner = [(scope.keys, scope._by_key(store, facts)) for scope in self.inner]
        required = _filling(self.required, facts)
        optional = [_filling(block.patterns, facts) for block in self.optional]
        for solution, numbers in _run(self.select, store, facts):
            premises = required(numbers)
            if premises is None:
                raise KeyError(solution)
            absent = [block.absence(solution) for block in self.absent]
            for block, filled in zip(self.optional, optional, strict=True):
                if (found := filled(numbers)) is not None:
                    premises += found
                else:
                    absent.append(block.absence(solution))
            for keys, rows in inner:
                for grounds in rows[tuple(solution.get(key) for key in keys)]:
                    premises += grounds.premises
                    absent += grounds.absent
            yield solution, Grounds(tuple(dict.fromkeys(premises)), tuple(dict.fromkeys(absent)))

    def _by_key(self, store: ox.Store, facts: Facts) -> Mapping[tuple[Term | None, ...], list[Grounds]]:
        rows = defaultdict(list)
        for solution, grounds in self.solutions(store, facts):
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


def _filling(patterns: Sequence[Pattern], facts: Facts) -> Callable[[Mapping[str, int]], list[int] | None]:
    """What gives the facts that the numbers of a solution make of the patterns; None where one does not hold."""
    slots = [
        tuple((slot, -1) if isinstance(slot, Var) else (None, facts.number(slot)) for slot in pattern)
        for pattern in patterns
    ]

    def filled(numbers: Mapping[str, int]) -> list[int] | None:
        found = []
        for triple in slots:
            fact = facts.find(*[known if name is None else numbers.get(name, -1) for name, known in triple])
            if fact is None:
                return None
            found.append(fact)
        return found

    return filled


def _run(select: str, store: ox.Store, facts: Facts) -> list[tuple[Solution, Mapping[str, int]]]:
    """The solutions, each with the numbers of its terms, in the order of these; what has none, in that of its text."""
    results = store.query(select)
    assert isinstance(results, ox.QuerySolutions)
    names, number = [variable.value for variable in results.variables], facts.number
    rows = [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in results]
    numbered = [(row, {name: number(term) for name, term in row.items()}) for row in rows]

    def place(row: tuple[Solution, Mapping[str, int]]) -> tuple[list[int], list[str]]:
        solution, numbers = row
        return [numbers.get(name, -2) for name in names], [str(solution[n]) for n, at in numbers.items() if at < 0]

    return sorted(numbered, key=place)


def _with_values(condition: str, solution: Solution) -> str:
    """The text of a condition with the values of its variables."""
    for token in reversed(sparql.tokens(condition)):
        if token.kind == "var" and token.text[1:] in solution:
            condition = condition[: token.start] + written(solution[token.text[1:]]) + condition[token.end :]
    return condition.removeprefix("(").removesuffix(")").strip()
