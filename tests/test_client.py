"""The Python client against the project's own graph: typed tables, all pages, and the service's own words on errors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from kg.client import Client, ServiceProblem
from kg.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "api"))
from live_server import serving


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[Client]:
    with serving(settings) as server, Client(str(server.base_url)) as client:
        yield client


def test_an_answer_is_a_table_with_the_right_types(client: Client) -> None:
    frame = client.ask("platforms-for-emerging-markets", market="BR").to_pandas()
    assert frame["market_id"].unique().tolist() == ["id:BR"]
    assert frame["market"].unique().tolist() == ["Brazil"]
    assert {name: str(frame[name].dtype) for name in ("platform", "market_id", "supporting", "opposing")} == {
        "platform": "string",
        "market_id": "string",
        "supporting": "Int64",
        "opposing": "Int64",
    }
    assert len(frame.attrs["snapshot"]) == 64


def test_what_is_not_stated_is_missing_and_never_zero(client: Client) -> None:
    frame = client.ask("platform-observations", platform="eBay", year=2013).to_pandas()
    assert str(frame["value"].dtype) == "Float64"
    assert frame["value"].isna().any() and frame["value"].notna().any()
    assert str(frame["recordYear"].dtype) == "Int64"


def test_dates_are_instants_in_utc(client: Client) -> None:
    frame = client.ask("market-access", asOf="2013").to_pandas(evidence=True)
    assert str(frame["from"].dtype) == "datetime64[s, UTC]"
    assert pd.Timestamp("2012-01-01T00:00:00Z") in frame["from"].tolist()
    assert frame.attrs["asOf"] == "2013-12-31T23:59:59Z"
    assert set(frame["evidence_status"]) <= {"stated", "reference", "editorial", "inferred"}
    assert all(isinstance(claims, list) and claims for claims in frame["evidence_claims"])


def test_an_empty_answer_is_an_empty_table_with_the_same_types_and_a_reason(client: Client) -> None:
    answer = client.ask("zero-tolerance-platforms", platform="AliExpress")
    assert answer.diagnosis and answer.diagnosis["code"] == "not-stated"
    frame = answer.to_pandas()
    assert len(frame) == 0 and list(frame)[:2] == ["site", "site_id"]


def test_a_limit_gives_the_first_rows_and_without_one_all_pages_come(client: Client) -> None:
    assert len(client.ask("platforms-for-emerging-markets", limit=2).rows) == 2
    whole = client.ask("platforms-for-emerging-markets")
    assert len(whole.rows) == whole.total


def test_the_result_of_a_query_is_a_table_too(client: Client) -> None:
    frame = client.sparql("""
        PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        SELECT ?n ?x ?flag ?day ?name ?none {
          VALUES (?n ?x ?flag ?day ?name) {
            (1 2.5 true "2013-01-01T00:00:00Z"^^xsd:dateTime "a"@en)
            (UNDEF 3.0 false "2014-01-01T00:00:00Z"^^xsd:dateTime <urn:b>) }
        }
    """).to_pandas()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "n": "Int64",
        "x": "Float64",
        "flag": "boolean",
        "day": "datetime64[s, UTC]",
        "name": "string",
        "none": "string",
    }
    assert sorted(frame["x"]) == [2.5, 3.0]
    assert frame["n"].isna().sum() == 1


def test_a_refusal_is_an_error_with_the_candidates(client: Client) -> None:
    with pytest.raises(ServiceProblem) as caught:
        client.ask("country-tier", country="Germny")
    assert caught.value.code == "unknown-name"
    assert {"id": "id:DE", "label": "Germany"} in caught.value.data["candidates"]
    with pytest.raises(ServiceProblem):
        client.sparql("SELECT")


def test_names_facts_and_questions_are_found(client: Client) -> None:
    assert client.resolve("巴西")[0]["id"] == "id:BR"
    assert client.explain("id:BR", "ep:partOf", "id:LatinAmerica")["status"] == "reference"
    assert {question["name"] for question in client.questions()} >= {"country-tier"}
