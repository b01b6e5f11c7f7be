"""The manual for authors says what the reader reads, and its example works as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from kg.asking import grammar, manual
from kg.asking.question import Column, Parameter
from kg.asking.questions import read_file

PROJECT = Path(__file__).parent.parent.parent


def test_the_manual_is_what_the_model_says() -> None:
    written = (PROJECT / "queries" / "README.md").read_text(encoding="utf-8")
    assert written == manual.text(), "python -m kg.asking.manual > queries/README.md"


def test_every_key_fills_what_a_question_is_made_of() -> None:
    assert {key.name for key in grammar.PARAMETER} == {f.name for f in fields(Parameter)} - {"name", "default"}
    assert {key.name for key in grammar.COLUMN} == {f.name for f in fields(Column)} - {"name"}


def test_the_example_of_the_manual_is_a_sound_question(tmp_path: Path) -> None:
    path = tmp_path / "countries-of-region.rq"
    path.write_text(manual.example(), encoding="utf-8")
    question, findings = read_file(path, "questions/markets/countries-of-region.rq")
    assert findings == []
    assert question is not None and list(question.parameters) == ["region"]


def test_a_parameter_needs_a_type_or_a_table(questions: Callable[..., Any]) -> None:
    text = manual.example().replace("type: Region, ", "").replace("topic: markets", "topic: test")
    found, findings = questions({"asked": text})
    assert not found
    assert [(f.code, f.line) for f in findings] == [("missing-key", 4)]
