"""Content negotiation by the letter of RFC 9110."""

from __future__ import annotations

import pytest

from api.accept import best, languages, preferred
from kg.errors import NotAcceptable

OFFERED = ("application/json", "text/csv", "text/turtle")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/*", "text/csv"),
        ("text/*, text/csv;q=0", "text/turtle"),
        ("application/json;q=0.2, text/csv;q=0.9", "text/csv"),
        ("*/*;q=0.1, text/turtle;q=0.2", "text/turtle"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("text/csv;charset=utf-8", "text/csv"),
        ("text/csv;q=nonsense, text/turtle", "text/turtle"),
        ("text/turtle;q=7, text/csv", "text/csv"),
        (",,text/csv,", "text/csv"),
    ],
)
def test_the_client_gets_what_it_wants_most(header: str | None, expected: str) -> None:
    assert best(header, OFFERED) == expected


@pytest.mark.parametrize("header", ["image/png", "text/html", "*/*;q=0", "text/csv;q=0"])
def test_what_cannot_be_written_is_not_acceptable(header: str) -> None:
    assert preferred(header, OFFERED) == []
    with pytest.raises(NotAcceptable) as caught:
        best(header, OFFERED)
    assert "text/csv" in caught.value.hint


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, []),
        ("zh", ["zh"]),
        ("fr;q=0.2, zh-Hans;q=0.9", ["zh-Hans", "fr"]),
        ("*", []),
        ("en;q=0", []),
    ],
)
def test_the_languages_come_in_the_order_in_which_they_are_wanted(header: str | None, expected: list[str]) -> None:
    assert languages(header) == expected
