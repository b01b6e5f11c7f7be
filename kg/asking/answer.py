"""An answer: rows with their evidence, or the reason for having none, and all that is needed to ask again."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any
from urllib.parse import urlencode

from pyoxigraph import Literal

from kg.asking import Runner
from kg.asking.arguments import Arguments, arguments
from kg.asking.claims import Claims, local
from kg.asking.diagnosis import Diagnosis, diagnose
from kg.asking.evidence import Evidence, Facts, Witness
from kg.asking.names import Names
from kg.asking.question import Column, Question
from kg.errors import BadParameter
from kg.sparql import Token, bind, tokens
from kg.terms import XSD, Term, Triple, shorten

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
    limit: int
    offset: int
    snapshot: str
    names: Names
    lang: str
    level: str

    @property
    def total(self) -> int | None:
        """The number of all rows, where it is known."""
        if self.truncated or (self.offset and not self.solutions):
            return None
        return self.offset + len(self.solutions)

    def as_json(self) -> dict[str, Any]:
        """The envelope of every answer, ready for JSON."""
        question = self.question
        return {
            "question": question.name,
            "parameters": {name: self._argument(name) for name in question.parameters},
            "asOf": self.arguments.as_of,
            "snapshot": self.snapshot,
            "columns": [self._column(column) for column in question.columns],
            "rows": [self._row(number) for number in range(len(self.solutions))],
            "count": len(self.solutions),
            "total": self.total,
            "truncated": self.truncated,
            "diagnosis": self.diagnosis.as_json() if self.diagnosis else None,
            "links": self.links(),
        }

    def as_csv(self) -> str:
        """A header and a line for each row; entities by their labels, absent values empty."""
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(column.name for column in self.question.columns)
        for solution in self.solutions:
            writer.writerow(self._text(column, solution.get(column.name)) for column in self.question.columns)
        return file.getvalue()

    def links(self) -> dict[str, str | None]:
        """Where to find this answer, its next page, its CSV form, and its query at the SPARQL endpoint."""
        path = f"/questions/{self.question.name}"
        here = [*self.arguments.pairs, *self._unusual("limit", "evidence", "lang")]
        offset = [("offset", str(self.offset))] if self.offset else []
        after = [("offset", str(self.offset + len(self.solutions)))]
        return {
            "self": _url(path, [*here, *offset]),
            "next": _url(path, [*here, *after]) if self.truncated else None,
            "csv": _url(f"{path}.csv", [*here, *offset]),
            "sparql": _url("/sparql", [("query", self.query)]),
        }

    def _unusual(self, *names: str) -> list[tuple[str, str]]:
        """Those of the reserved parameters that are not as they are where nobody sets them."""
        manner = {"limit": str(self.limit), "evidence": self.level, "lang": self.lang}
        return [(name, manner[name]) for name in names if manner[name] != _USUALLY[name]]

    def cell(self, column: Column, term: Term | None) -> Any:
        """A term as JSON: an entity with its label, a number, a truth value, a text, or None."""
        if term is None:
            return None
        if isinstance(term, Literal):
            return _value(term, column.decimals)
        return self._entity(term)

    def _entity(self, term: Term) -> dict[str, str]:
        return {"id": shorten(term.value).strip("<>"), "label": self.names.word(term, self.lang)}

    def _row(self, number: int) -> dict[str, Any]:
        solution = self.solutions[number]
        row = {column.name: self.cell(column, solution.get(column.name)) for column in self.question.columns}
        if self.evidence is None:
            return row | {"evidence": None}
        where = [("question", self.question.name), ("row", str(self.offset + number))]
        where += [*self.arguments.pairs, *self._unusual("lang")]
        evidence = self.evidence[number].as_json(full=self.level == "full")
        return row | {"evidence": evidence | {"explain": _url("/explain", where)}}

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
        if term is None:
            return None
        return _value(term, None) if isinstance(term, Literal) else self._entity(term)

    def _column(self, column: Column) -> dict[str, Any]:
        rows = self.arguments.rows.get(column.unit or "", [(None,)])
        return {
            "name": column.name,
            "type": column.type,
            "unit": column.unit if rows[0][0] is None else local(rows[0][0].value),
            "empty": column.empty or ("not stated" if column.optional else None),
            "doc": column.doc,
        }

    def _text(self, column: Column, term: Term | None) -> str:
        """A cell of a table that a spreadsheet does not take for a formula."""
        value = self.cell(column, term)
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return str(value)
        text = value["label"] if isinstance(value, dict) else str(value)
        return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


async def answer(
    question: Question,
    given: Mapping[str, Sequence[str]],
    runner: Runner,
    why: Facts,
    names: Names,
    claims: Claims | None = None,
    *,
    as_of: date,
    limit: int = LIMIT,
    offset: int = 0,
    evidence: str = "summary",
    lang: str = "en",
    snapshot: str = "",
) -> Answer:
    """The answer to a question.

    Args:
        given: the values of its parameters as text, whatever stands in the URL besides the reserved names.
        why: where the status, claims and sources of a triple are looked up.
        as_of: today, for a question over dated records that is given no date.
        evidence: none, summary, or full: with the triples of each row.

    Raises:
        BadParameter: a value that cannot be used; its subclasses say why.
        QueryError: the query failed or took too long.
    """
    if evidence not in LEVELS:
        message = f"{evidence!r} is none of {', '.join(LEVELS)}."
        raise BadParameter(message, "Leave it out for a summary.", parameter="evidence")
    bound = arguments(question, given, names, as_of)
    query = ordered(question, bind(question.query, bound.values))
    page = await runner.select(f"{query}\nLIMIT {limit + 1} OFFSET {offset}", limit)
    witness = Witness(question, bound.values, runner, why, claims or Claims(), names)
    return Answer(
        question=question,
        arguments=bound,
        query=query,
        solutions=page.rows,
        evidence=None if evidence == "none" else [await witness.evidence(row, lang) for row in page.rows],
        diagnosis=None if page.rows else await _nothing(question, bound, runner, names, offset, lang),
        truncated=page.truncated,
        limit=limit,
        offset=offset,
        snapshot=snapshot,
        names=names,
        lang=lang,
        level=evidence,
    )


async def explain_row(
    question: Question,
    given: Mapping[str, Sequence[str]],
    row: int,
    runner: Runner,
    why: Facts,
    names: Names,
    *,
    as_of: date,
) -> list[Triple]:
    """The triples that a row rests on, in the order of the question; none where there is no such row.

    Rows are counted from 0 over all pages; within one snapshot their order never changes.
    """
    found = await answer(question, given, runner, why, names, as_of=as_of, limit=1, offset=row)
    return [triple for evidence in found.evidence or () for triple in evidence.triples]


def ordered(question: Question, query: str) -> str:
    """The query with its remaining columns appended to ORDER BY, so that every order is total."""
    tail = tokens(question.parts.tail)
    start = next((i for i, token in enumerate(tail) if token.is_word("ORDER")), None)
    named = {tail[i].text[1:] for i in range(start, len(tail)) if _by_itself(tail, i)} if start is not None else set()
    rest = " ".join(f"?{column.name}" for column in question.columns if column.name not in named)
    if not rest:
        return query
    return f"{query.rstrip()}\n{rest if start is not None else f'ORDER BY {rest}'}"


def _by_itself(tail: Sequence[Token], at: int) -> bool:
    """Whether a token of ORDER BY is a variable, or one in ASC() or DESC(), but no part of an expression."""
    before = tail[at - 1]
    directed = before.text == "(" and tail[at - 2].is_word("ASC", "DESC") and tail[at + 1].text == ")"
    return tail[at].kind == "var" and (before.kind != "op" or before.text == ")" or directed)


async def _nothing(
    question: Question, bound: Arguments, runner: Runner, names: Names, offset: int, lang: str
) -> Diagnosis:
    if offset:
        return Diagnosis("filtered", f"The answer has no rows after the first {offset}.")
    return await diagnose(question, bound.values, runner, names, lang)


_INTEGERS = frozenset(
    XSD + name
    for name in """integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger
    unsignedInt unsignedLong unsignedShort unsignedByte""".split()  # noqa: SIM905
)
_WIDE = Context(prec=60)
"""Wide enough for every decimal of the store."""


def _value(literal: Literal, decimals: int | None) -> Any:
    """A literal as JSON; a decimal is rounded to the column's places, a whole one is an integer."""
    datatype, text = literal.datatype.value, literal.value
    if datatype == XSD + "boolean":
        return text == "true"
    if datatype in _INTEGERS:
        return int(text)
    if datatype == XSD + "decimal":
        number = Decimal(text)
        if decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, _WIDE)
        return int(number) if number == number.to_integral_value() else float(number)
    if datatype in (XSD + "double", XSD + "float"):
        number = Decimal(text.replace("INF", "Infinity"))
        return float(round(number, decimals) if decimals is not None else number) if number.is_finite() else None
    return text


def _url(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs, safe=':,')}" if pairs else path
