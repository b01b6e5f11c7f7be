"""A passage is read from the document at hand, at the place where a claim stands."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from kg.passages import Passages, sentences

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
TEXT = "Title\n\n1. It grew. “Why?” asked Ann.\nA line of its own\n\nIt cost 3.5 yuan. eBay paid! end.\n"


@pytest.fixture
def passages(tmp_path: Path) -> Passages:
    (tmp_path / "renamed.txt").write_bytes(TEXT.encode())
    return Passages(
        tmp_path, {"urn:document": hashlib.sha256(TEXT.encode()).hexdigest().upper(), "urn:other": "0" * 64}
    )


def test_a_document_is_found_by_its_content_whatever_its_name(passages: Passages) -> None:
    assert passages.passage("urn:document", "p1 s1") == "Title"
    assert passages.passage("urn:other", "p1 s1") is None


def test_a_line_break_and_a_full_stop_before_a_capital_end_a_sentence() -> None:
    assert sentences(TEXT) == [
        ["Title"],
        ["1. It grew.", "“Why?” asked Ann.", "A line of its own"],
        ["It cost 3.5 yuan.", "eBay paid! end."],
    ]


@pytest.mark.parametrize(
    ("locator", "text"),
    [
        ("p2 s1-2", "1. It grew. “Why?” asked Ann."),
        ("p3", "It cost 3.5 yuan. eBay paid! end."),
        ("p3 s3", None),
        ("p3 s2-1", None),
        ("p4 s1", None),
        ("p0 s1", None),
        ("page 3", None),
        (None, None),
    ],
)
def test_a_locator_names_sentences_or_nothing(locator: str | None, text: str | None, passages: Passages) -> None:
    assert passages.passage("urn:document", locator) == text


@pytest.mark.parametrize("folder", [None, Path("/does/not/exist")])
def test_without_a_folder_there_are_no_passages(folder: Path | None) -> None:
    assert Passages(folder, {"urn:document": "0" * 64}).passage("urn:document", "p1 s1") is None


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents (../shared/seeds) are not at hand")
def test_every_quote_of_the_seeds_stands_in_its_passage() -> None:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SEEDS.glob("00*.txt")}
    passages = Passages(SEEDS, files)
    with (SEEDS / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 303
    for row in rows:
        passage = passages.passage(row["seed_file"], f"p{row['paragraph']} s{row['sentence']}")
        assert passage is not None and row["quote"] in passage, row["id"]
