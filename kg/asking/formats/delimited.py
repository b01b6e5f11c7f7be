"""Tables as text: a header with every column and a line for each row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv as writing
import io
from collections.abc import Iterator, Sequence
from typing import Any

from kg.asking.answer import Answer
from kg.asking.claims import local

EVIDENCE = ("evidence_status", "evidence_claims")
"""Further columns, where the caller asks for evidence."""
_PIECE = 500
# Source: OWASP, "CSV Injection": what may begin a formula; full-width forms too, for some programs narrow them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv(answer: Answer) -> Iterator[bytes]:
    """Comma-separated values as in RFC 4180; entities by their labels, absent values empty."""
    return _pieces(answer, ",", _as_is)


def tsv(answer: Answer) -> Iterator[bytes]:
    """Tab-separated values without quotation marks: a tab or a line break inside a text becomes a blank."""
    return _pieces(answer, "\t", _in_one_line)


def header(answer: Answer) -> list[str]:
    return [column.name for column in answer.question.columns] + [*EVIDENCE] * (answer.evidence is not None)


def line(answer: Answer, number: int) -> list[Any]:
    """The cells of a row, then its status and claims where these were asked for."""
    solution = answer.solutions[number]
    cells = [answer.cell(column, solution) for column in answer.question.columns]
    if answer.evidence is None:
        return cells
    its = answer.evidence[number]
    return [*cells, its.status, " ".join(map(local, its.claims))]


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula.

    >>> harmless("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _pieces(answer: Answer, delimiter: str, change: Any) -> Iterator[bytes]:
    numbers = range(len(answer.solutions))
    yield _text([header(answer)], delimiter)
    for start in range(0, len(numbers), _PIECE):
        lines = (line(answer, number) for number in numbers[start : start + _PIECE])
        yield _text([[change(_written(value)) for value in each] for each in lines], delimiter)


def _text(lines: Sequence[Sequence[str]], delimiter: str) -> bytes:
    if delimiter == "\t":
        return "".join("\t".join(each) + "\n" for each in lines).encode()
    file = io.StringIO()
    writing.writer(file, delimiter=delimiter).writerows(lines)
    return file.getvalue().encode()


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case {"label": str(label)}:
            return harmless(label)
    return harmless(str(value))


def _as_is(text: str) -> str:
    return text


def _in_one_line(text: str) -> str:
    return " ".join(text.splitlines()).replace("\t", " ")
