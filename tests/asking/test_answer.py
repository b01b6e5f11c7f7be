"""An answer has one shape and one order, and nothing in it is taken for something else."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from small_world import solved

from kg.asking.formats import delimited
from kg.asking.formats.envelope import as_json
from kg.asking.ordering import ordered
from kg.asking.question import Question
from kg.errors import BadParameter

pytestmark = pytest.mark.anyio

Make = Callable[..., Question]
Ask = Callable[..., Any]

COUNTRIES = "SELECT ?country ?region WHERE { ?country a ep:Country OPTIONAL { ?country ep:partOf ?region } }"


@pytest.fixture
def countries(question: Make) -> Question:
    return question(COUNTRIES, columns="country:Country region:Region")


async def test_the_envelope_is_complete(countries: Question, ask: Ask) -> None:
    envelope = as_json(await ask(countries, snapshot="3f9c"))
    assert envelope["question"] == "asked"
    assert envelope["parameters"] == {}
    assert envelope["snapshot"] == "3f9c"
    assert envelope["columns"][0] == {"name": "country", "type": "Country", "unit": None, "empty": None, "doc": "D"}
    assert (envelope["count"], envelope["total"], envelope["truncated"]) == (7, 7, False)
    assert (envelope["asOf"], envelope["diagnosis"], envelope["links"]["next"]) == (None, None, None)
    assert envelope["rows"][0].keys() == {"country", "region", "evidence"}
    assert envelope["rows"][0]["country"] == {"id": "id:AR", "label": "Argentina"}
    assert [row["region"] for row in envelope["rows"] if row["country"]["id"] == "id:DE"] == [None]


async def test_pages_follow_each_other_in_one_order(countries: Question, ask: Ask) -> None:
    whole = as_json(await ask(countries))["rows"]
    pages = [as_json(await ask(countries, limit=3, offset=offset)) for offset in (0, 3, 6)]
    cells = [(row["country"], row["region"]) for page in pages for row in page["rows"]]
    assert cells == [(row["country"], row["region"]) for row in whole]
    assert [(page["count"], page["total"], page["truncated"]) for page in pages] == [
        (3, 7, True),
        (3, 7, True),
        (1, 7, False),
    ]
    assert pages[0]["links"]["next"] == "/questions/asked?limit=3&offset=3"
    assert pages[1]["links"]["self"] == "/questions/asked?limit=3&offset=3"


async def test_a_page_after_the_end_says_so(countries: Question, ask: Ask) -> None:
    page = as_json(await ask(countries, offset=100))
    assert (page["rows"], page["total"], page["diagnosis"]["code"]) == ([], 7, "filtered")


@pytest.mark.parametrize(
    ("tail", "appended"),
    [
        ("", "ORDER BY ?country ?region"),
        ("ORDER BY ?region", "?country"),
        ("ORDER BY DESC(?region) ?country", ""),
        ("ORDER BY STR(?country) (?region + 1)", "?country ?region"),
    ],
)
async def test_every_order_is_made_total(tail: str, appended: str, question: Make) -> None:
    asked = question(f"{COUNTRIES} {tail}", columns="country:Country region:Region")
    query = ordered(asked, asked.query)
    assert query.removeprefix(asked.query.rstrip()).strip() == appended
    ox.Store().query(query)


async def test_the_query_of_an_answer_gives_the_same_rows(question: Make, ask: Ask, store: ox.Store) -> None:
    asked = question(
        "SELECT ?platform WHERE { VALUES ?market { id:RU } ?platform ep:focusesOn ?market } # which",
        columns="platform:Platform",
        parameters="{market: {type: Country, doc: D}}",
    )
    answer = await ask(asked, {"market": ["Brazil"]})
    link = answer.links["sparql"]
    text = parse_qs(urlsplit(link).query)["query"][0]
    assert [s["platform"] for s in solved(store, text)] == [row["platform"] for row in answer.solutions]
    assert "#+" not in text
    assert as_json(answer)["parameters"] == {"market": {"id": "id:BR", "label": "Brazil"}}
    assert answer.links["csv"] == "/questions/asked.csv?market=id:BR"


async def test_numbers_are_numbers_rounded_as_the_column_says(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?whole ?part ?count ?real ?flag ?word ?none ?large ?half WHERE { ?c ep:code "RUB"
        BIND(7000.0 AS ?whole) BIND(2.0 / 3 AS ?part) BIND(7 AS ?count) BIND(2.5e0 AS ?real) BIND(true AS ?flag)
        BIND("07"@en AS ?word) BIND(1 / 0 AS ?none) BIND(-12345678901234567890.0 AS ?large) BIND(-0.5 AS ?half) }""",
        columns="whole:decimal part:decimal count:integer real:decimal flag:boolean word:string none:decimal "
        "large:decimal half:decimal",
    )
    row = as_json(await ask(asked))["rows"][0]
    del row["evidence"]
    assert row.pop("part") == pytest.approx(0.666667, abs=1e-6)
    assert row.pop("half") == -0.5
    assert row.pop("large") == -12345678901234567890
    assert row == {"whole": 7000, "count": 7, "real": 2.5, "flag": True, "word": "07", "none": None}
    assert isinstance(row["whole"], int)


async def test_a_column_is_rounded_to_its_places_and_its_unit_is_a_parameters(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?amount ?half WHERE { VALUES ?currency { id:RUB } ?currency ep:code ?code
        BIND(2.0 / 3 AS ?amount) BIND(5.0 / 2 AS ?half) }""",
        columns="half:decimal",
        parameters="{currency: {type: Currency, doc: D}}",
        more="  amount: {type: decimal, doc: D, decimals: 2, unit: currency, optional: true}",
    )
    envelope = as_json(await ask(asked))
    assert envelope["rows"][0]["amount"] == 0.67
    column = envelope["columns"][0]
    assert (column["unit"], column["empty"]) == ("RUB", "not stated")


async def test_csv_has_labels_and_no_formulas(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?country ?text ?number ?none WHERE { VALUES ?country { id:BR } ?country a ep:Country
        BIND("=SUM(A1)" AS ?text) BIND(-5 AS ?number) BIND(1 / 0 AS ?none) }""",
        columns="country:Country text:string number:integer none:decimal",
    )
    rows = list(csv.reader(io.StringIO(b"".join(delimited.csv(await ask(asked, evidence="none"))).decode())))
    assert rows == [["country", "text", "number", "none"], ["Brazil", "'=SUM(A1)", "-5", ""]]


async def test_labels_are_in_the_language_asked_for(question: Make, ask: Ask) -> None:
    asked = question("SELECT ?x WHERE { VALUES ?x { id:BR } ?x a ep:Country }", columns="x:Country")
    assert as_json(await ask(asked, lang="zh"))["rows"][0]["x"]["label"] == "巴西"


async def test_many_and_table_parameters_are_repeated_lists(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?many ?weight WHERE { VALUES ?many { id:BR } VALUES (?place ?weight) { (id:BR 1) }
        ?many a ep:Country . ?place a ep:Country }""",
        columns="many:Country weight:decimal",
        parameters="{many: {type: Country, many: true, doc: D}, w: {table: {place: Country, weight: decimal}, doc: D}}",
    )
    envelope = as_json(await ask(asked, {"many": ["AR", "BR"], "w": ["BR,0.5"]}))
    assert envelope["count"] == 2
    assert [p["id"] for p in envelope["parameters"]["many"]] == ["id:AR", "id:BR"]
    assert envelope["parameters"]["w"] == [{"place": {"id": "id:BR", "label": "Brazil"}, "weight": 0.5}]
    assert envelope["links"]["self"] == "/questions/asked?many=id:AR&many=id:BR&w=id:BR,0.5"


async def test_the_date_used_is_repeated(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?x WHERE { VALUES ?asOf { "2011-01-01T00:00:00Z"^^xsd:dateTime }
        ?x a ep:Country FILTER(?asOf > "2900-01-01T00:00:00Z"^^xsd:dateTime) }""",
        columns="x:Country",
        parameters="{asOf: {type: dateTime, doc: D}}",
    )
    today, then = await ask(asked), await ask(asked, {"asOf": ["2999"]})
    assert (as_json(today)["asOf"], as_json(today)["count"]) == ("2026-11-21T00:00:00Z", 0)
    assert (as_json(then)["asOf"], as_json(then)["count"]) == ("2999-12-31T23:59:59Z", 5)


async def test_hostile_text_stays_a_value(question: Make, ask: Ask) -> None:
    asked = question(
        'SELECT ?word WHERE { VALUES ?word { "x" } ?c ep:code ?code FILTER(?word != ?code) }',
        columns="word:string",
        parameters="{word: {type: string, doc: D}}",
    )
    for text in ('" } DROP ALL #', "'''\\", "#keys#", "?word", "‮} UNION {"):
        rows = as_json(await ask(asked, {"word": [text]}))["rows"]
        assert {row["word"] for row in rows} == {text}


async def test_evidence_may_be_left_out_or_full(countries: Question, ask: Ask) -> None:
    assert as_json(await ask(countries, evidence="none"))["rows"][0]["evidence"] is None
    full = as_json(await ask(countries, evidence="full"))["rows"][0]["evidence"]
    assert {"subject": "id:AR", "predicate": "rdf:type", "object": "ep:Country", "status": "reference"} in full[
        "triples"
    ]
    with pytest.raises(BadParameter):
        await ask(countries, evidence="some")
