"""An answer: rows with their evidence, or the reason for having none, and all that is needed to ask again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

from kg.asking import Runner
from kg.asking.arguments import Arguments, arguments
from kg.asking.cells import meaning_of_empty
from kg.asking.claims import local
from kg.asking.desk import Desk
from kg.asking.diagnosis import Diagnosis, diagnose
from kg.asking.evidence import Evidence, Facts, Witness
from kg.asking.nearby import nearby
from kg.asking.ordering import ordered
from kg.asking.question import Column, Question
from kg.errors import BadParameter
from kg.sparql import bind
from kg.terms import Term, Triple

LEVELS = ("none", "summary", "full")
"""How much evidence a row is given."""
LIMIT = 1000
"""Rows of an answer, where the caller sets no limit."""
_USUALLY = {"limit": str(LIMIT), "evidence": "summary", "lang": "en"}


@dataclass(frozen=True)
class Answer:
    """What a question has to say; terms are kept, so that any format can be written from it."""

    question: Question
    arguments: Arguments
    query: str
    """The question as plain SPARQL with its parameters bound; it gives every row."""
    solutions: Sequence[Mapping[str, Term]]
    evidence: Sequence[Evidence] | None
    """Row by row; None where none was asked for."""
    diagnosis: Diagnosis | None
    truncated: bool
    total: int | None
    """The number of all rows, over all pages."""
    limit: int
    offset: int
    snapshot: str
    desk: Desk
    lang: str
    level: str

    def cell(self, column: Column, solution: Mapping[str, Term]) -> Any:
        """What stands in a column of a row, as JSON."""
        return self.written(solution.get(column.name), column.decimals)

    @cached_property
    def written(self) -> Callable[[Term | None, int | None], Any]:
        """A term as JSON, with so many decimals."""
        return partial(self.desk.cell, self.lang)

    def unit(self, column: Column) -> str | None:
        """The unit of a column; where it names a parameter, the value of that."""
        rows = self.arguments.rows.get(column.unit or "", [(None,)])
        return column.unit if rows[0][0] is None else local(rows[0][0].value)

    def columns(self) -> list[dict[str, Any]]:
        """What each column holds, in which unit, and what its emptiness means."""
        return [
            {"name": c.name, "type": c.type, "unit": self.unit(c), "empty": meaning_of_empty(c), "doc": c.doc}
            for c in self.question.columns
        ]

    def parameters(self) -> dict[str, Any]:
        """Every parameter with the value that was used."""
        return {name: self._argument(name) for name in self.question.parameters}

    @cached_property
    def links(self) -> Mapping[str, str | None]:
        """Where to find this answer, the pages around it, its CSV form, and its query at the SPARQL endpoint."""
        after = self.offset + len(self.solutions)
        before = max(self.offset - self.limit, 0)
        return {
            "self": self.url(offset=self.offset),
            "next": self.url(offset=after) if self.truncated else None,
            "prev": self.url(offset=before) if self.offset else None,
            "csv": self.url(".csv", offset=self.offset),
            "sparql": _url("/sparql", _quoted([("query", self.query)])),
        }

    def url(self, suffix: str = "", offset: int = 0) -> str:
        """This answer in another format or from another row on."""
        page = [("offset", str(offset))] * (offset > 0)
        manner = _quoted([*self._unusual("limit", "evidence", "lang"), *page])
        return _url(f"/questions/{self.question.name}{suffix}", self._given, manner)

    @cached_property
    def _given(self) -> str:
        """The question's own parameters as they stand in a URL; each row has one."""
        return _quoted(self.arguments.pairs)

    def explain(self, number: int) -> str:
        """Where the proofs of a row are."""
        where = f"question={self.question.name}&row={self.offset + number}"
        return _url("/explain", where, self._given, self._spoken)

    @cached_property
    def _spoken(self) -> str:
        return _quoted(self._unusual("lang"))

    def _unusual(self, *names: str) -> list[tuple[str, str]]:
        """Those of the reserved parameters that are not as they are where nobody sets them."""
        manner = {"limit": str(self.limit), "evidence": self.level, "lang": self.lang}
        return [(name, manner[name]) for name in names if manner[name] != _USUALLY[name]]

    def _argument(self, name: str) -> Any:
        parameter, rows = self.question.parameters[name], self.arguments.rows[name]
        shown = [
            {v: self._shown(term) for v, term in zip(parameter.variables, row, strict=True)}
            if parameter.table
            else self._shown(row[0])
            for row in rows
        ]
        if parameter.table or parameter.many:
            return [value for value in shown if value is not None]
        return shown[0]

    def _shown(self, term: Term | None) -> Any:
        return self.written(term, None)


async def answer(
    bound: Arguments,
    runner: Runner,
    why: Facts,
    desk: Desk,
    *,
    limit: int = LIMIT,
    offset: int = 0,
    evidence: str = "summary",
    lang: str = "en",
    snapshot: str = "",
) -> Answer:
    """The answer to a question with its parameters bound.

    Args:
        why: where the status, claims and sources of a triple are looked up.
        evidence: none, summary, or full: with the triples of each row, and with passages.

    Raises:
        BadParameter: there is no such level of evidence.
        QueryError: the query failed or took too long.
    """
    if evidence not in LEVELS:
        message = f"{evidence!r} is none of {', '.join(LEVELS)}."
        raise BadParameter(message, "Leave it out for a summary.", parameter="evidence")
    question = bound.question
    query = ordered(question, bind(question.query, bound.values))
    if evidence == "none":
        found, rests_on = await runner.page(query, limit, offset), None
    else:
        witness = Witness(question, bound.values, runner, why, desk.claims, desk.names)
        async with witness.ahead(limit):
            found = await runner.page(query, limit, offset)
            rests_on = await witness.evidence(found.rows, lang)
    return Answer(
        question=question,
        arguments=bound,
        query=query,
        solutions=found.rows,
        evidence=rests_on,
        diagnosis=None if found.rows else await _nothing(question, bound, runner, desk, offset, lang),
        truncated=found.truncated,
        total=found.total,
        limit=limit,
        offset=offset,
        snapshot=snapshot,
        desk=desk,
        lang=lang,
        level=evidence,
    )


async def explain_row(
    question: Question,
    given: Mapping[str, Sequence[str]],
    row: int,
    runner: Runner,
    why: Facts,
    desk: Desk,
    *,
    as_of: date,
) -> list[Triple]:
    """The triples that a row rests on, in the order of the question; none where there is no such row.

    Rows are counted from 0 over all pages; within one snapshot their order never changes.
    """
    bound = arguments(question, given, desk.names, as_of)
    query = ordered(question, bind(question.query, bound.values))
    found = await runner.page(query, 1, row)
    witness = Witness(question, bound.values, runner, why, desk.claims, desk.names)
    return [triple for evidence in await witness.evidence(found.rows) for triple in evidence.triples]


async def _nothing(
    question: Question, bound: Arguments, runner: Runner, desk: Desk, offset: int, lang: str
) -> Diagnosis:
    if offset:
        return Diagnosis("filtered", f"The answer has no rows after the first {offset}.")
    found = await diagnose(question, bound.values, runner, desk.names, lang)
    if found.code in ("not-stated", "not-together"):
        return replace(found, nearby=await nearby(bound, runner, desk.claims))
    return found


def _url(path: str, *given: str) -> str:
    return "?".join(filter(None, [path, "&".join(filter(None, given))]))


def _quoted(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode(pairs, safe=":,")
