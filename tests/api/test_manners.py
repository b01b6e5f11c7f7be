"""What every response has, and the ways in which an answer may be asked for."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from httpx2 import Client

LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"')


def links(client: Client, path: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for url, rel in LINK.findall(client.get(path).headers["link"]):
        found.setdefault(rel, []).append(url)
    return found


def test_a_request_has_a_number_that_errors_repeat(client: Client) -> None:
    first, second = (client.get("/health").headers["x-request-id"] for _ in range(2))
    assert first != second and re.fullmatch("[0-9a-f]{32}", first)
    response = client.get("/nowhere", headers={"X-Request-ID": "order-66"})
    assert (response.headers["x-request-id"], response.json()["requestId"]) == ("order-66", "order-66")
    assert client.get("/health", headers={"X-Request-ID": "a b" * 40}).headers["x-request-id"] != "a b" * 40


def test_scripts_from_elsewhere_may_read_answers_and_errors(client: Client) -> None:
    elsewhere = {"Origin": "https://example.org"}
    for path in ("/questions/reach", "/questions/reach?country=Atlantis", "/nowhere"):
        response = client.get(path, headers=elsewhere)
        assert response.headers["access-control-allow-origin"] == "*"
        assert "ETag" in response.headers["access-control-expose-headers"]
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type, authorization"}
    preflight = client.options("/questions/reach", headers={**elsewhere, **asked})
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "authorization" in preflight.headers["access-control-allow-headers"]


def test_long_responses_are_compressed_for_who_reads_that(client: Client) -> None:
    small = client.get("/questions/reach", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/questions/reach", headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert small.content == plain.content
    assert "Accept-Encoding" in small.headers["vary"]
    assert small.headers["etag"] == plain.headers["etag"]


def test_the_pages_and_formats_of_an_answer_are_linked(client: Client) -> None:
    first = links(client, "/questions/reach?limit=1")
    assert first["next"] == ["/questions/reach?limit=1&offset=1"] and "prev" not in first
    second = links(client, first["next"][0])
    assert second["prev"] == ["/questions/reach?limit=1"] and "next" not in second
    assert len(first["alternate"]) == 8
    for url in first["alternate"]:
        assert client.get(url).status_code == 200


def test_the_total_is_known_on_every_page(client: Client) -> None:
    pages = [client.get(f"/questions/reach?limit=1&offset={offset}").json() for offset in (0, 1, 2)]
    assert [(page["total"], page["truncated"], page["count"]) for page in pages] == [
        (2, True, 1),
        (2, False, 1),
        (2, False, 0),
    ]


@pytest.mark.parametrize("suffix", ["json", "csv", "tsv", "xlsx", "parquet", "ttl", "jsonld", "html"])
def test_a_format_is_chosen_by_suffix_parameter_and_header_alike(client: Client, suffix: str) -> None:
    by_suffix = client.get(f"/questions/reach.{suffix}")
    media_type = by_suffix.headers["content-type"].partition(";")[0]
    by_parameter = client.get(f"/questions/reach?format={suffix}")
    by_header = client.get("/questions/reach", headers={"Accept": media_type})
    assert {r.status_code for r in (by_suffix, by_parameter, by_header)} == {200}
    assert {r.headers["content-type"] for r in (by_suffix, by_parameter, by_header)} == {
        by_suffix.headers["content-type"]
    }
    assert by_suffix.headers["etag"] == by_parameter.headers["etag"] == by_header.headers["etag"]
    assert (
        client.get(
            "/questions/reach", headers={"If-None-Match": by_suffix.headers["etag"], "Accept": media_type}
        ).status_code
        == 304
    )


def test_a_workbook_comes_over_the_wire(client: Client) -> None:
    response = client.get("/questions/reach.xlsx")
    assert 'filename="reach.xlsx"' in response.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(response.content))["Answer"]
    assert list(sheet.iter_rows(values_only=True))[1] == ("Parcel Plaza", "Brazil")


POSTED = [
    {"json": {"country": ["Brazil", "CL"], "evidence": "none"}},
    {"json": {"country": "Brazil"}},
    {"data": {"country": "Brazil"}},
    {"data": {}},
]


@pytest.mark.parametrize("body", POSTED, ids=lambda body: next(iter(body)))
def test_a_question_may_be_posted(client: Client, body: dict) -> None:
    posted = client.post("/questions/reach", **body)
    given = next(iter(body.values()))
    assert posted.json()["rows"] == client.get("/questions/reach", params=given).json()["rows"]


def test_posted_numbers_and_rows_of_tables_are_read(client: Client) -> None:
    assert client.post("/questions/heavy-shipments", json={"weight": 2.5}).json()["count"] == 1
    assert client.post("/questions/heavy-shipments", json={"weight": 2.6}).json()["count"] == 0
    assert client.post("/questions/heavy-shipments", json={"weight": None}).json()["count"] == 1


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[" * 18_000, "application/json", 400),
        (b'{"country": {"a": {"b": 1}}}', "application/json", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"country=BR", "text/plain", 415),
        (b"country=BR&country=" + b"x" * 30_000, "application/x-www-form-urlencoded", 413),
        (b'{"country": ' + b"9" * 10_000 + b"}", "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(client: Client, content: bytes, kind: str, status: int) -> None:
    response = client.post("/questions/reach", content=content, headers={"Content-Type": kind})
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"


def test_the_language_is_the_first_wanted_in_which_there_are_labels(client: Client) -> None:
    response = client.get("/questions/reach", headers={"Accept-Language": "fr, zh-Hans;q=0.8, en;q=0.5"})
    assert response.json()["rows"][0]["country"]["label"] == "巴西"
    assert response.json()["rows"][1]["country"]["label"] == "Chile"  # it has no Chinese name
    assert response.headers["content-language"] == "zh"


def test_the_passages_come_with_the_full_evidence(client: Client) -> None:
    (source, *_) = client.get("/questions/reach?evidence=full").json()["rows"][0]["evidence"]["sources"]
    assert source["statement"] == "It sells in two countries."
    assert source["passage"] == "Parcel Plaza sells in Brazil and in Chile."


def test_what_is_stated_of_the_same_things_stands_beside_an_empty_answer(client: Client) -> None:
    diagnosis = client.get("/questions/heavy-shipments?country=CL").json()["diagnosis"]
    assert diagnosis["code"] in ("not-stated", "not-together")
    assert diagnosis["nearby"] == [{"claim": "S9-1", "kind": "fact", "statement": "It sells in two countries."}]
