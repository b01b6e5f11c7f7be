"""An answer in each of its formats: typed where the format has types, harmless where a program might calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from small_world import solved

from kg.asking.answer import Answer
from kg.asking.formats import FORMATS
from kg.asking.formats.delimited import harmless
from kg.asking.formats.envelope import as_json
from kg.asking.question import Question
from kg.terms import OWL, TYPE, ep, ident

pytestmark = pytest.mark.anyio

Make = Callable[..., Question]
Ask = Callable[..., Any]

QUERY = """SELECT ?country ?text ?number ?share ?flag ?day ?none WHERE { VALUES ?country { id:RU id:BR }
    ?p ep:focusesOn ?country BIND("=HYPERLINK(1)" AS ?text) BIND(-5 AS ?number) BIND(2.5 AS ?share) BIND(true AS ?flag)
    BIND("2013-05-01T00:00:00Z"^^xsd:dateTime AS ?day) BIND(1 / 0 AS ?none) }"""
COLUMNS = "country:Country text:string number:integer share:decimal flag:boolean day:dateTime"


@pytest.fixture
async def answer(question: Make, ask: Ask) -> Answer:
    asked = question(
        QUERY,
        columns=COLUMNS,
        parameters="{country: {type: Country, many: true, doc: D}}",
        more='  none: {type: decimal, doc: D, unit: kg, optional: true, empty: "unknown to all"}',
    )
    found: Answer = await ask(asked, snapshot="3f9c")
    return found


def written(name: str, answer: Answer) -> bytes:
    return b"".join(FORMATS[name].write(answer))


async def test_json_in_pieces_is_the_envelope(answer: Answer) -> None:
    import json

    assert json.loads(written("json", answer)) == as_json(answer)


async def test_a_text_table_has_a_line_a_row_and_the_evidence_where_it_was_asked_for(answer: Answer, ask: Ask) -> None:
    (first, second) = csv.DictReader(io.StringIO(written("csv", answer).decode()))
    assert (first["country"], second["country"]) == ("Brazil", "Russia")
    assert (first["text"], first["number"], first["flag"], first["none"]) == ("'=HYPERLINK(1)", "-5", "true", "")
    assert (first["evidence_status"], first["evidence_claims"]) == ("stated", "S3-71")
    bare = await ask(answer.question, evidence="none")
    assert written("csv", bare).decode().splitlines()[0] == "country,text,number,share,flag,day,none"
    assert written("tsv", bare).decode().splitlines()[1].split("\t")[:3] == ["Brazil", "'=HYPERLINK(1)", "-5"]


async def test_a_text_of_several_lines_stays_in_one_line_of_a_tab_separated_table(question: Make, ask: Ask) -> None:
    asked = question('SELECT ?text WHERE { ?c ep:code "RUB" BIND("a\\tb\\nc" AS ?text) }', columns="text:string")
    answer = await ask(asked, evidence="none")
    assert written("tsv", answer) == b"text\na b c\n"
    assert list(csv.reader(io.StringIO(written("csv", answer).decode())))[1] == ["a\tb\nc"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"])
async def test_what_a_spreadsheet_would_calculate_is_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"x{text}") == f"x{text}"


async def test_a_workbook_is_typed_and_has_its_sources_on_the_second_sheet(answer: Answer) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", answer)))
    assert book.sheetnames == ["Answer", "Sources", "About"]
    header, brazil, russia = book["Answer"].iter_rows(values_only=True)
    assert header == ("country", "text", "number", "share", "flag", "day", "none")
    assert brazil == ("Brazil", "=HYPERLINK(1)", -5, 2.5, True, datetime(2013, 5, 1), "unknown to all")
    assert book["Answer"]["B2"].data_type == "s"  # a text, no formula
    assert russia[0] == "Russia"
    sources = list(book["Sources"].iter_rows(values_only=True))
    assert sources[0] == ("row", "status", "claim", "kind", "document", "locator", "statement")
    assert sources[1][:6] == (2, "stated", "S3-71", "fact", "003", "p16 s6")
    assert ("snapshot", "3f9c") in list(book["About"].iter_rows(values_only=True))


async def test_a_parquet_table_has_types_units_and_identifiers(answer: Answer) -> None:
    table = pq.read_table(io.BytesIO(written("parquet", answer)))
    assert {name: table.schema.field(name).type for name in ("country", "country_id", "number", "share", "flag")} == {
        "country": pa.string(),
        "country_id": pa.string(),
        "number": pa.int64(),
        "share": pa.float64(),
        "flag": pa.bool_(),
    }
    assert pa.types.is_timestamp(table.schema.field("day").type)
    assert table.column("country_id").to_pylist() == ["id:BR", "id:RU"]
    assert table.column("none").to_pylist() == [None, None]
    assert table.schema.field("none").metadata[b"unit"] == b"kg"
    assert table.schema.metadata[b"snapshot"] == b"3f9c"
    assert table.column("evidence_claims").to_pylist()[0] == ["S3-71"]


@pytest.mark.parametrize(("name", "form"), [("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)])
async def test_the_evidence_is_a_graph_in_which_every_triple_names_its_claims(
    name: str, form: ox.RdfFormat, answer: Answer
) -> None:
    store = ox.Store()
    store.load(written(name, answer), format=form)
    assert store.query(f"ASK {{ {ident('AliExpress')} {ep('focusesOn')} {ident('BR')} }}")
    rests = f"""SELECT ?claim ?locator {{ ?axiom {TYPE} <{OWL}Axiom> ; <{OWL}annotatedTarget> {ident("RU")} ;
        {ep("claim")} ?claim . ?claim {ep("locator")} ?locator }}"""
    assert {(s["claim"].value.rpartition("-")[2], s["locator"].value) for s in solved(store, rests)} == {
        ("71", "p16 s6"),
        ("9", "p5 s2-3"),
    }


async def test_an_aggregated_row_names_what_was_counted(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?p (COUNT(DISTINCT ?m) AS ?markets) (SUM(?points) AS ?total)
        WHERE { ?p a ep:Platform ; ep:focusesOn ?m
        OPTIONAL { ?rule ep:restricts ?m ; ep:thresholdAmount ?amount } BIND(?amount * 2 AS ?points) } GROUP BY ?p""",
        columns="p:Platform markets:integer total:decimal",
    )
    (row,) = as_json(await ask(asked))["rows"]
    markets, total = row["evidence"]["aggregated"]["markets"], row["evidence"]["aggregated"]["total"]
    assert [part["m"]["id"] for part in markets["sample"]] == ["id:BR", "id:RU"]
    assert not markets["more"]
    assert [(part["amount"], part["rule"]["id"]) for part in total["sample"]] == [(7000, "id:ruTariff")]


async def test_a_row_that_is_not_aggregated_says_so(answer: Answer) -> None:
    assert [row["evidence"]["aggregated"] for row in as_json(answer)["rows"]] == [{}, {}]
