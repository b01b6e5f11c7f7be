"""The JSON envelope of every answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import to_json

from kg.asking.answer import Answer
from kg.asking.evidence import Evidence
from kg.terms import Term

_PIECE = 200
"""Rows that are written at once."""


def as_json(answer: Answer) -> dict[str, Any]:
    """The whole envelope, ready for JSON."""
    found = _around(answer)
    return {**found, "rows": [row(answer, number) for number in range(len(answer.solutions))]}


def write(answer: Answer) -> Iterator[bytes]:
    """The same as text, some rows at a time."""
    before, after = to_json(_around(answer)).split(b'"rows":[]')
    yield before + b'"rows":['
    for start in range(0, len(answer.solutions), _PIECE):
        numbers = range(start, min(start + _PIECE, len(answer.solutions)))
        rows = to_json([row(answer, number) for number in numbers])
        yield b"," * (start > 0) + rows[1:-1]
    yield b"]" + after


def _around(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question.name,
        "parameters": answer.parameters(),
        "asOf": answer.arguments.as_of,
        "snapshot": answer.snapshot,
        "columns": answer.columns(),
        "rows": [],
        "count": len(answer.solutions),
        "total": answer.total,
        "truncated": answer.truncated,
        "diagnosis": answer.diagnosis.as_json() if answer.diagnosis else None,
        "missing": list(answer.desk.missing),
        "links": answer.links,
    }


def row(answer: Answer, number: int) -> dict[str, Any]:
    """The cells of a row by column, and its evidence."""
    solution = answer.solutions[number]
    cells = {column.name: answer.cell(column, solution) for column in answer.question.columns}
    if answer.evidence is None:
        return cells | {"evidence": None}
    return cells | {"evidence": evidence(answer, number)}


def evidence(answer: Answer, number: int) -> dict[str, Any]:
    """What a row rests on; in full, also with its triples, the wording of its claims, and passages."""
    assert answer.evidence is not None
    its = answer.evidence[number]
    found = its.as_json(full=answer.level == "full")
    found["aggregated"] = _aggregated(answer, its)
    if answer.level == "full":
        found["sources"] = [source | answer.desk.wording(source["claim"]) for source in found["sources"]]
    return found | {"explain": answer.explain(number)}


def _aggregated(answer: Answer, its: Evidence) -> dict[str, Any]:
    def part(solution: Mapping[str, Term]) -> dict[str, Any]:
        return {name: answer.written(term, None) for name, term in solution.items()}

    parts = {id(each): each for sample, _ in its.aggregated.values() for each in sample}  # columns share them
    said = {which: part(each) for which, each in parts.items()}
    return {
        column: {"sample": [said[id(each)] for each in sample], "more": more}
        for column, (sample, more) in its.aggregated.items()
    }
