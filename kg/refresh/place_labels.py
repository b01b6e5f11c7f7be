"""What countries and regions are called in the languages of the world, as CLDR has it.

English and Chinese are not among them: these names stand in the tables of the places themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.core import Locale, get_cldr_version

from kg.refresh import Row, column, expect

HEADER = ("place", "language", "label")
CLDR = "47"
LANGUAGES = (
    "ar bg bn cs da de el es fa fi fr he hi hr hu id it ja ko ms nb nl pl pt ro ru sk sr sv sw ta th tr uk ur vi"
)


def rows(tables: Path) -> Iterator[Row]:
    expect("babel", CLDR, get_cldr_version())
    places = {code: code for code in column(tables / "countries.csv", "alpha2")}
    regions = tables / "regions.csv"
    places |= dict(zip(column(regions, "id"), column(regions, "m49"), strict=True))
    for language in LANGUAGES.split():
        names = Locale.parse(language).territories
        yield from ((place, language, names[code]) for place, code in places.items() if code in names)
