"""Questions over HTTP: formats, languages, pages and entity tags."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx2 import Client
from pyoxigraph import Literal

from api import models
from kg.asking.question import Parameter

REACHED = ["id:BR", "id:CL"]


def countries(answer: dict) -> list[str]:
    return [row["country"]["id"] for row in answer["rows"]]


def test_the_list_says_what_each_question_takes_and_gives(client: Client) -> None:
    listed = {q["name"]: q for q in client.get("/questions").json()["questions"]}
    assert listed.keys() == {"reach", "heavy-shipments"}
    assert listed["reach"]["answers"] == ["CQ-99"]
    assert listed["reach"]["parameters"] == [
        {
            "name": "country",
            "type": "Country",
            "unit": None,
            "optional": True,
            "many": True,
            "table": None,
            "doc": "Only these countries",
            "default": [],
        }
    ]
    weight, country = listed["heavy-shipments"]["parameters"]
    assert (weight["type"], weight["default"], country["default"]) == ("decimal", "1", "id:BR")
    assert listed["heavy-shipments"]["columns"][1] == {
        "name": "kilograms",
        "type": "decimal",
        "unit": "kg",
        "empty": None,
        "doc": "Its weight",
    }


def test_an_answer_has_rows_with_evidence(client: Client) -> None:
    answer = client.get("/questions/reach").json()
    assert countries(answer) == REACHED
    assert answer["snapshot"] == client.get("/status").json()["snapshot"]
    evidence = answer["rows"][0]["evidence"]
    assert (evidence["status"], evidence["kinds"], evidence["claims"]) == ("stated", ["fact"], ["S9-1"])
    assert {"document": "9", "locator": "p1 s2", "claim": "S9-1"} in evidence["sources"]
    assert client.get(evidence["explain"]).json()["conclusions"]


@pytest.mark.parametrize(
    "name",
    ["BR", "id:BR", "https://w3id.org/entrepot/id/BR", "Brazil", "BRASIL", "巴西"],
)
def test_an_entity_may_be_called_by_any_of_its_names(client: Client, name: str) -> None:
    assert countries(client.get("/questions/reach", params={"country": name}).json()) == ["id:BR"]


def test_a_parameter_that_takes_many_is_repeated(client: Client) -> None:
    assert countries(client.get("/questions/reach?country=BR&country=CL&country=DE").json()) == REACHED
    assert countries(client.get("/questions/reach?country=").json()) == REACHED


def test_an_empty_answer_says_why(client: Client) -> None:
    answer = client.get("/questions/reach?country=DE").json()
    assert answer["rows"] == [] and answer["diagnosis"]["code"] == "not-stated"


def test_numbers_are_numbers(client: Client) -> None:
    (row,) = client.get("/questions/heavy-shipments?weight=2.5").json()["rows"]
    assert row["kilograms"] == 2.5
    assert client.get("/questions/heavy-shipments?weight=2.6").json()["diagnosis"]["code"] == "filtered"


def test_pages_follow_one_another(client: Client) -> None:
    first = client.get("/questions/reach?limit=1").json()
    assert (countries(first), first["truncated"], first["total"]) == (["id:BR"], True, 2)
    second = client.get(first["links"]["next"]).json()
    assert (countries(second), second["truncated"], second["total"]) == (["id:CL"], False, 2)
    assert second["links"]["next"] is None


def test_labels_are_in_the_language_asked_for(client: Client) -> None:
    def label(path: str, accept: str = "") -> str:
        response = client.get(path, headers={"Accept-Language": accept})
        return str(response.json()["rows"][0]["country"]["label"])

    assert label("/questions/reach") == "Brazil"
    assert label("/questions/reach", "zh;q=0.9, fr;q=0.1") == "巴西"
    assert label("/questions/reach?lang=zh", "en") == "巴西"
    assert label("/questions/reach?lang=fr") == "Brazil"


@pytest.mark.parametrize(("asked", "spoken"), [("zh-Hans", "zh"), ("EN", "EN"), ("fr", "en"), ("xx-yy", "en")])
def test_the_language_of_an_answer_is_one_that_labels_are_in(client: Client, asked: str, spoken: str) -> None:
    assert client.get(f"/questions/reach?lang={asked}").headers["content-language"] == spoken


def test_the_date_asked_about_has_no_default_but_the_day_of_the_request() -> None:
    as_of = Parameter("asOf", "dateTime", "The date asked about", default=((Literal("2020-01-01"),),))
    assert models.default(as_of) is None
    assert models.doc(as_of) == "The date asked about; without it, today (UTC)"


def test_a_table_for_spreadsheets_by_suffix_by_header_and_by_parameter(client: Client) -> None:
    responses = [
        client.get("/questions/reach.csv"),
        client.get("/questions/reach", headers={"Accept": "text/csv"}),
        client.get("/questions/reach?format=csv"),
    ]
    for response in responses:
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert list(csv.reader(io.StringIO(response.text))) == [
            ["platform", "country"],
            ["Parcel Plaza", "Brazil"],
            ["Parcel Plaza", "Chile"],
        ]


def test_the_evidence_as_a_graph(client: Client) -> None:
    response = client.get("/questions/reach?country=BR", headers={"Accept": "text/turtle"})
    assert response.headers["content-type"].startswith("text/turtle")
    assert "ep:reaches id:BR" in response.text and "id:CL" not in response.text


def test_a_format_that_is_not_written_is_not_acceptable(client: Client) -> None:
    assert client.get("/questions/reach", headers={"Accept": "image/png"}).status_code == 406


def test_an_answer_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    first = client.get("/questions/reach")
    assert first.headers["vary"].startswith("Accept, Accept-Language")
    again = client.get("/questions/reach", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get("/questions/reach", headers={"If-None-Match": '"other"'}).status_code == 200


def test_different_answers_have_different_tags(client: Client) -> None:
    paths = [
        "/questions/reach",
        "/questions/reach?country=BR",
        "/questions/reach?country=CL",
        "/questions/reach?limit=1",
        "/questions/reach?offset=1",
        "/questions/reach?evidence=none",
        "/questions/reach?lang=zh",
        "/questions/reach.csv",
        "/questions/heavy-shipments",
    ]
    assert len({client.get(path).headers["etag"] for path in paths}) == len(paths)


def test_the_tag_depends_on_what_a_parameter_means_and_not_on_how_it_is_written(client: Client) -> None:
    tags = {client.get(f"/questions/reach?country={name}").headers["etag"] for name in ("BR", "Brazil", "id:BR")}
    assert len(tags) == 1
    assert (
        client.get("/questions/heavy-shipments").headers["etag"]
        == client.get("/questions/heavy-shipments?weight=1.00").headers["etag"]
    )


def test_the_values_of_a_parameter_are_listed_and_searched(client: Client) -> None:
    path = "/questions/reach/parameters/country/values"
    assert [v["id"] for v in client.get(path).json()["values"]] == ["id:BR", "id:CL", "id:DE", "id:GE", "id:GS"]
    assert client.get(f"{path}?q=bra").json()["values"] == [{"id": "id:BR", "label": "Brazil"}]
    assert client.get("/questions/heavy-shipments/parameters/weight/values").json() == {"values": []}


def test_a_question_that_is_not_dated_has_no_date(client: Client) -> None:
    assert client.get("/questions/reach").json()["asOf"] is None


def test_the_sources_are_quoted_where_they_are_at_hand(client: Client) -> None:
    assert client.get("/entities/S9-1").json()["passage"] == "Parcel Plaza sells in Brazil and in Chile."


def test_nothing_is_written_while_answering(client: Client, world) -> None:
    def changed(folder: Path) -> float:
        return max(path.stat().st_mtime for path in folder.rglob("*"))

    before = datetime.now(UTC).timestamp()
    client.get("/questions/reach")
    assert changed(world.state) < before
