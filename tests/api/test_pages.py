"""The pages for people: they need no script, say what is missing, and never take a caller's text for HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from httpx2 import Client, Response

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
VOID = {"meta", "input", "link", "br", "img", "hr"}


class Page(HTMLParser):
    """What a page has: its elements with their attributes and text; it refuses what is not well formed."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(response.text)
        assert not [tag for tag in self._open if tag != "option"], self._open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID and not (tag == "option" and "datalist" in self._open):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, (tag, self._open)

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1] != "style":
            self.texts.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def page(client: Client, path: str, status: int = 200) -> Page:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == status
    found = Page(response)
    assert not found.all("script")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    return found


@pytest.mark.parametrize("path", ["/", "/questions"])
def test_a_browser_is_shown_every_question_by_topic(client: Client, path: str) -> None:
    found = page(client, path)
    links = {a["href"] for a in found.all("a")}
    assert {"/questions/reach", "/questions/heavy-shipments", "#platforms", "#shipments"} <= links
    assert client.get(path).headers["content-type"] == "application/json"


def test_a_question_has_a_form_with_its_parameters(client: Client) -> None:
    found = page(client, "/questions/heavy-shipments")
    (form,) = found.all("form")
    assert (form["method"], form["action"]) == ("get", "/questions/heavy-shipments")
    weight = next(i for i in found.all("input") if i["name"] == "weight")
    assert (weight["type"], weight["min"], weight["value"]) == ("number", "0", "1")
    selected = [o["value"] for o in found.all("option") if "selected" in o]
    assert selected == ["id:BR"]
    labels = {label["for"] for label in found.all("label")}
    fields = {f["id"] for tag in ("input", "select") for f in found.all(tag) if "id" in f}
    assert labels == fields
    described = {
        f["aria-describedby"] for tag in ("input", "select") for f in found.all(tag) if "aria-describedby" in f
    }
    assert described <= {p.get("id") for p in found.all("p")}


def test_each_row_has_its_evidence_folded_under_it(client: Client) -> None:
    found = page(client, "/questions/reach")
    rows = [tr for tr in found.all("tr") if tr.get("class") == "why"]
    assert len(rows) == client.get("/questions/reach").json()["count"] == 2
    assert len(found.all("details")) == 2 + len(rows)  # and what the columns mean, and the query
    text = " ".join(found.texts)
    assert "as a source states it" in text and "S9-1" in text and "document 9, p1 s2" in text
    assert "It sells in two countries." in text
    assert "Parcel Plaza sells in Brazil and in Chile." in text  # the passage, for the document is at hand
    assert [a["href"] for a in found.all("a") if (a["href"] or "").startswith("/explain?")]


@pytest.mark.parametrize(("level", "told"), [("none", 0), ("summary", 2)])
def test_a_page_has_no_more_evidence_than_was_asked_for(client: Client, level: str, told: int) -> None:
    found = page(client, f"/questions/reach?evidence={level}")
    assert len([tr for tr in found.all("tr") if tr.get("class") == "why"]) == told
    text = " ".join(found.texts)
    assert ("S9-1" in text) == bool(told) and "It sells in two countries." not in text


def test_a_page_leads_to_the_next_one_and_to_every_format(client: Client) -> None:
    found = page(client, "/questions/reach?limit=1")
    links = [a["href"] or "" for a in found.all("a")]
    assert "Rows 1 to 1 of 2" in " ".join(found.texts)
    for path in [link for link in links if link.startswith("/questions/reach")]:
        assert client.get(path).status_code == 200, path
    assert {link.partition("?")[0].rpartition(".")[2] for link in links} >= {"csv", "xlsx", "parquet", "ttl", "jsonld"}


def test_an_empty_answer_says_what_is_not_stated(client: Client) -> None:
    text = " ".join(page(client, "/questions/reach?country=DE").texts)
    assert "No rows" in text and "Not stated:" in text
    assert "That does not mean that it is not so." in text


def test_a_form_filled_in_wrongly_comes_back_with_the_fault_beside_the_field(client: Client) -> None:
    found = page(client, "/questions/reach?country=Brzil", 422)
    text = " ".join(found.texts)
    assert "Nothing of type Country is called 'Brzil'." in text and "Did you mean Brazil?" in text
    assert next(i["value"] for i in found.all("input") if i["name"] == "country") == "Brzil"
    assert "has no parameter 'contry'" in " ".join(page(client, "/questions/reach?contry=BR", 422).texts)


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/questions/none", 404), ("/resolve", 422)])
def test_a_problem_is_a_page_too(client: Client, path: str, status: int) -> None:
    assert "All questions" in page(client, path, status).texts


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "‮abc"])
def test_what_a_caller_sends_is_shown_and_never_run(client: Client, text: str) -> None:
    response = client.get("/questions/reach", params={"country": text}, headers=BROWSER)
    assert response.status_code == 422
    found = Page(response)
    assert not found.all("script") and not found.all("img")
    assert next(i["value"] for i in found.all("input") if i["name"] == "country") == text
    assert "49" not in [t for t in found.texts if "7 * 7" not in t]
