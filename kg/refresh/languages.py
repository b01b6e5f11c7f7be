"""Languages: those of ISO 639-1, and every other one that CLDR counts in a market.

The names are CLDR's. A language that has none there is called as in ISO 639-3 (a group of them: 639-5), and has no
Chinese name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pycountry
from babel.core import Locale, get_cldr_version

from kg.refresh import Row, column, expect

HEADER = ("tag", "name_en", "name_zh")
CLDR = "47"
_MORE = {"zh-Hans", "zh-Hant"}


def rows(tables: Path) -> Iterator[Row]:
    expect("babel", CLDR, get_cldr_version())
    tags = {language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")}
    tags |= {*column(tables / "market-languages.csv", "language"), *_MORE}
    english, chinese = Locale.parse("en"), Locale.parse("zh")
    for tag in tags:
        yield tag, _name(tag, english) or _iso_name(tag), _name(tag, chinese)


def _name(tag: str, locale: Locale) -> str:
    """What CLDR calls a language in that locale; empty where it has no name."""
    whole: str = locale.languages.get(tag.replace("-", "_"), "")
    language, _, script = tag.partition("-")
    name: str = locale.languages.get(language, "")
    return whole or (name and _written(name, script))


def _iso_name(tag: str) -> str:
    language, _, script = tag.partition("-")
    key = {f"alpha_{len(language)}": language}
    found = pycountry.languages.get(**key) or pycountry.language_families.get(**key)
    assert found is not None, f"ISO 639 has no {language}"
    return _written(found.name, script)


def _written(name: str, script: str) -> str:
    """The name with the script in brackets, by its code: Serbian (Latn)."""
    return f"{name} ({script})" if script else name
