"""A question file says exactly what goes in and comes out, or it is refused by file and line, alone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_world import PROLOGUE, front

from kg.asking.question import Question
from kg.asking.questions import read
from kg.terms import ident

SOUND = front("market:Country", "{market: {type: Country, doc: D}}") + PROLOGUE
QUERY = "SELECT ?market WHERE { VALUES ?market { id:BR } ?market ep:partOf ?region } ORDER BY ?market"

Questions = Callable[..., tuple[dict[str, Question], list[Any]]]


def test_a_sound_file_is_a_question(questions: Questions) -> None:
    found, findings = questions({"where-is-it": SOUND + QUERY})
    assert not findings
    question = found["where-is-it"]
    assert (question.topic, question.file) == ("test", "questions/test/where-is-it.rq")
    assert question.parameters["market"].default == ((ident("BR"),),)
    assert [c.name for c in question.columns] == ["market"]
    assert question.query.startswith("PREFIX")


def test_scalars_are_strings_so_that_norway_is_no_boolean(questions: Questions) -> None:
    text = SOUND.replace("summary: Which?", "summary: no")
    found, _ = questions({"asked": text + QUERY})
    assert found["asked"].summary == "no"


def test_all_that_can_be_declared_is_kept(questions: Questions) -> None:
    text = """#+ summary: What is it worth?
#+ topic: test
#+ answers: [CQ-14, CQ-15]
#+ parameters:
#+   value: {type: decimal, doc: "Worth", optional: true, minimum: 0, maximum: 9.5, empty: any}
#+   weights: {table: {rule: TariffRule, weight: decimal}, doc: "Weights"}
#+ columns:
#+   amount: {type: decimal, doc: "Amount", unit: RUB, optional: true, empty: not stated, decimals: 2}
#+ evidence: {rule: supporting}
"""
    query = """SELECT ?amount WHERE { VALUES ?value { 8000.0 } VALUES (?rule ?weight) { (id:ruTariff 0.5) }
               ?rule ep:thresholdAmount ?amount FILTER(?value > ?amount * ?weight) }"""
    found, findings = questions({"asked": text + PROLOGUE + query})
    assert not findings
    question = found["asked"]
    value, weights, amount = question.parameters["value"], question.parameters["weights"], question.columns[0]
    assert question.answers == ("CQ-14", "CQ-15")
    assert (value.minimum, value.maximum, value.empty, value.optional) == (Decimal(0), Decimal("9.5"), "any", True)
    assert [str(t) for t in value.default[0]] == ['"8000"^^<http://www.w3.org/2001/XMLSchema#decimal>']
    assert (weights.type, weights.variables, weights.types) == ("table", ("rule", "weight"), ("TariffRule", "decimal"))
    assert weights.default[0][0] == ident("ruTariff")
    assert (amount.unit, amount.optional, amount.empty, amount.decimals) == ("RUB", True, "not stated", 2)
    assert question.roles == {"rule": "supporting"}


WRONG = {
    "unknown-key": ("#+ topic: test", "#+ topic: test\n#+ colour: red", 3),
    "missing-key": ("#+ summary: Which?\n", "", 1),
    "bad-topic": ("topic: test", "topic: other", 2),
    "declared-twice": ("#+ columns:", "#+ columns:\n#+   market: {type: Country, doc: D}", 6),
    "missing-column": ("SELECT ?market", "SELECT ?market ?region", 18),
    "idle-column": ("SELECT ?market", "SELECT DISTINCT (?market AS ?other)", 5),
    "unbound-parameter": ("VALUES ?market { id:BR }", "", 3),
    "reserved-name": ("market: {type: Country, doc: D}}", "limit: {type: integer, doc: D}}", 3),
    "bad-type": ("type: Country, doc: D}}", "type: country, doc: D}}", 3),
    "bad-default": ("{ id:BR }", "{ 7 }", 3),
    "front-matter": ("doc: D}}", "doc: D, optional: maybe}}", 3),
    "query-syntax": ("?region }", "?region", 18),
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_said_with_its_line(code: str, questions: Questions) -> None:
    old, new, line = WRONG[code]
    text = SOUND + QUERY
    assert old in text
    found, findings = questions({"asked": text.replace(old, new, 1), "other": SOUND + QUERY})
    assert list(found) == ["other"]
    assert (code, line) in [(f.code, f.line) for f in findings]
    assert {f.file for f in findings} == {"questions/test/asked.rq"}


def test_a_file_without_front_matter_or_with_broken_yaml_is_refused(questions: Questions) -> None:
    found, findings = questions(
        {"none": PROLOGUE + QUERY, "broken": "#+ summary: [a\n#+ topic: t\n" + PROLOGUE + QUERY}
    )
    assert not found
    assert {f.file for f in findings if f.code == "front-matter"} == {
        "questions/test/none.rq",
        "questions/test/broken.rq",
    }


@pytest.mark.parametrize(
    "summary",
    ["&a [*a]", "&a Which?", "*a", "a\0b", "a\x0bb", "[" * 3000, "{a: " * 30 + "}" * 30, "{[a]: b}", "%", "- b"],
    ids=lambda text: text[:9],
)
def test_front_matter_that_no_reader_can_follow_is_a_finding(summary: str, questions: Questions) -> None:
    found, findings = questions({"asked": SOUND.replace("summary: Which?", f"summary: {summary}") + QUERY})
    assert not found
    assert ("front-matter", 1) in [(f.code, f.line) for f in findings]


@pytest.mark.parametrize(
    "decimals", ["NaN", "Infinity", "-3.7", "-1", "2.0", "two", "1e3", "9" * 5000, "[1]", "{a: b}"]
)
def test_decimals_are_a_whole_number(decimals: str, questions: Questions) -> None:
    text = SOUND.replace("#+   market: {type: Country", f"#+   market: {{decimals: {decimals}, type: Country")
    found, findings = questions({"asked": text + QUERY})
    assert not found
    assert [(f.code, f.line) for f in findings] == [("front-matter", 5)]


@pytest.mark.parametrize("minimum", ["NaN", "sNaN", "-Infinity", "low"])
def test_a_bound_is_a_finite_number(minimum: str, questions: Questions) -> None:
    text = SOUND.replace("{market: {type: Country", f"{{market: {{minimum: {minimum}, type: Country")
    found, findings = questions({"asked": text + QUERY})
    assert not found
    assert [(f.code, f.line) for f in findings] == [("front-matter", 3)]


def test_findings_come_in_the_order_of_the_file(questions: Questions) -> None:
    columns = "".join(f"#+   {name}: {{type: Country, doc: D}}\n" for name in ("zebra", "ape", "mole", "bee"))
    _, findings = questions({"asked": SOUND.replace("#+ columns:\n", "#+ columns:\n" + columns) + QUERY})
    assert [f.line for f in findings if f.code == "idle-column"] == [5, 6, 7, 8]


def test_a_file_that_is_not_utf_8_is_refused_and_the_others_load(tmp_path: Path, questions: Questions) -> None:
    questions({"sound": SOUND + QUERY})
    (tmp_path / "questions" / "test" / "broken.rq").write_bytes(b"#+ summary: which\n#+ topic: caf\xe9\n")
    found, findings = read(tmp_path)
    assert list(found) == ["sound"]
    assert [(f.code, f.line) for f in findings] == [("encoding", 2)]


def test_two_files_may_not_share_a_name(tmp_path: Path, questions: Questions) -> None:
    questions({"asked": SOUND + QUERY})
    (tmp_path / "questions" / "zzz").mkdir()
    text = SOUND.replace("topic: test", "topic: zzz") + QUERY
    (tmp_path / "questions" / "zzz" / "asked.rq").write_text(text, encoding="utf-8")
    found, findings = read(tmp_path)
    assert found["asked"].topic == "test"
    assert [(f.code, f.file) for f in findings] == [("declared-twice", "questions/zzz/asked.rq")]


def test_undef_is_no_default(questions: Questions) -> None:
    found, _ = questions({"asked": SOUND + QUERY.replace("id:BR", "UNDEF")})
    assert not found["asked"].parameters["market"].has_default
    assert found["asked"].parameters["market"].default == ((None,),)


def test_a_remote_query_is_refused(questions: Questions) -> None:
    found, findings = questions(
        {"asked": SOUND + QUERY.replace("?market ep:partOf", "SERVICE <urn:x> {} ?market ep:partOf")}
    )
    assert not found
    assert [f.code for f in findings] == ["query-syntax"]
