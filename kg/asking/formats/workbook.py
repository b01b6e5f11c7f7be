"""An answer as an Excel workbook: typed columns, the sources of each row on a second sheet, and what was asked."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kg.asking.answer import Answer
from kg.asking.cells import shown
from kg.asking.claims import local
from kg.asking.question import Column

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 60
_LONGEST = 32_767  # characters of a cell, by Excel's own limits
_SOURCES = ("row", "status", "claim", "kind", "document", "locator", "statement")


def write(answer: Answer) -> Iterator[bytes]:
    """The workbook; texts are written as texts, so that none of them is a formula or a link."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    book.set_properties({"title": answer.question.summary, "comments": f"Snapshot {answer.snapshot}"})
    _answer(book, answer)
    _sources(book, answer)
    _about(book, answer)
    book.close()
    yield file.getvalue()


def _answer(book: Workbook, answer: Answer) -> None:
    sheet, absent = book.add_worksheet("Answer"), book.add_format({"italic": True, "font_color": "#666666"})
    _header(book, sheet, [column.name for column in answer.question.columns])
    for number, solution in enumerate(answer.solutions, start=1):
        for place, column in enumerate(answer.question.columns):
            _cell(sheet, number, place, answer.cell(column, solution), column, absent)
    if answer.solutions:
        sheet.autofilter(0, 0, len(answer.solutions), max(len(answer.question.columns) - 1, 0))
    elif answer.diagnosis:
        sheet.write_string(1, 0, answer.diagnosis.detail, absent)
    sheet.autofit(500)


def _cell(sheet: Worksheet, row: int, place: int, value: Any, column: Column, absent: Format) -> None:
    match value:
        case None:
            sheet.write_string(row, place, shown(None, column), absent)
        case bool():
            sheet.write_boolean(row, place, value)
        case int() | float():
            sheet.write_number(row, place, value)
        case str() if column.type == "dateTime" and (moment := _moment(value)):
            sheet.write_datetime(row, place, moment)
        case _:
            sheet.write_string(row, place, shown(value, column)[:_LONGEST])


def _moment(text: str) -> datetime | None:
    """A UTC instant as Excel has it, without a zone; None for years that Excel has no dates for."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return moment if 1900 <= moment.year <= 9999 else None


def _sources(book: Workbook, answer: Answer) -> None:
    """A line for each source of each row; the rows are numbered as the first sheet has them."""
    sheet = book.add_worksheet("Sources")
    _header(book, sheet, _SOURCES)
    line = 1
    for number, its in enumerate(answer.evidence or (), start=2):
        for source in its.sources or ({"claim": None, "document": None, "locator": None},):
            claim = answer.desk.claim(source["claim"])
            kind, statement = (local(claim.kind or ""), claim.statement) if claim else (None, None)
            texts = (its.status, source["claim"], kind, source["document"], source["locator"], statement)
            sheet.write_number(line, 0, number)
            for place, text in enumerate(texts, start=1):
                sheet.write_string(line, place, (text or "")[:_LONGEST])
            line += 1
    sheet.autofit(500)


def _about(book: Workbook, answer: Answer) -> None:
    sheet = book.add_worksheet("About")
    lines: list[tuple[str, str]] = [
        ("question", answer.question.summary),
        *((name, _plain(value)) for name, value in answer.parameters().items()),
        ("as of", answer.arguments.as_of or "nothing in the answer is dated"),
        ("rows", f"{len(answer.solutions)} from {answer.offset + 1} on, of {answer.total}"),
        ("snapshot", answer.snapshot),
        *(
            (f"column {c['name']}", f"{c['doc']}{f', in {unit}' if (unit := c['unit']) else ''}")
            for c in answer.columns()
        ),
    ]
    for number, pair in enumerate(lines):
        for place, text in enumerate(pair):
            sheet.write_string(number, place, text[:_LONGEST])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _WIDEST)


def _plain(value: Any) -> str:
    match value:
        case None:
            return "any"
        case list():
            return "; ".join(map(_plain, value))
        case {"label": label}:
            return str(label)
        case dict():
            return ", ".join(map(_plain, value.values()))
    return str(value)


def _header(book: Workbook, sheet: Worksheet, names: Sequence[str]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, bold)
    sheet.freeze_panes(1, 0)
