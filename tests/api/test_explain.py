"""Proofs over HTTP: of a triple and of a row, for programs and for people."""

from __future__ import annotations

import pytest
from httpx2 import Client

TRIPLE = {"subject": "id:ParcelPlaza", "predicate": "ep:reaches", "object": "id:BR"}
LEAF = {"subject": "id:ParcelPlaza", "predicate": "ep:sellsIn", "object": "id:BR"}


def test_a_derived_triple_has_its_rule_and_premises_down_to_the_claim(client: Client) -> None:
    node = client.get("/explain", params=TRIPLE).json()
    assert (node["rule"], node["status"], node["alternatives"]) == ("prp-spo1", "stated", 0)
    assert "Parcel Plaza" in node["text"]
    leaves = [premise for premise in node["premises"] if premise["status"] == "stated"]
    assert leaves == [client.get("/explain", params=LEAF).json()]


def test_a_leaf_has_its_sources_and_the_passage(client: Client) -> None:
    leaf = client.get("/explain", params=LEAF).json()
    assert leaf["passage"] == "Parcel Plaza sells in Brazil and in Chile."
    (source,) = leaf["sources"]
    assert source == {
        "claim": "S9-1",
        "document": "9",
        "locator": "p1 s2",
        "graph": "https://w3id.org/entrepot/facts/small",
        "url": None,
        "title": "On shops",
        "date": None,
    }
    assert leaf["triple"]["object"] == {"type": "uri", "value": "https://w3id.org/entrepot/id/BR"}


def test_iris_curies_and_literals_name_terms(client: Client) -> None:
    whole = {name: term.replace("id:", "https://w3id.org/entrepot/id/") for name, term in LEAF.items()}
    assert client.get("/explain", params=whole).json() == client.get("/explain", params=LEAF).json()
    decimal = '"2.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    weight = {"subject": "id:shipment-1", "predicate": "ep:weight", "object": decimal}
    assert client.get("/explain", params=weight).json()["triple"]["object"]["value"] == "2.5"


def test_a_row_is_explained_by_the_proofs_of_its_triples(client: Client) -> None:
    row = client.get("/questions/reach?country=CL").json()["rows"][0]
    conclusions = client.get(row["evidence"]["explain"]).json()["conclusions"]
    objects = {c["triple"]["object"]["value"].rpartition("/")[2] for c in conclusions}
    assert "CL" in objects and "BR" not in objects
    assert client.get("/explain?question=reach&row=2").status_code == 404
    assert client.get("/explain?question=none").status_code == 404
    assert client.get("/explain?question=reach&row=0&x=y").status_code == 422


def test_people_read_text_and_graphviz_draws(client: Client) -> None:
    text = client.get("/explain", params=TRIPLE, headers={"Accept": "text/plain"}).text
    assert text.startswith("Parcel Plaza reaches Brazil") and "S9-1" in text
    dot = client.get("/explain", params=TRIPLE, headers={"Accept": "text/vnd.graphviz"})
    assert dot.headers["content-type"].startswith("text/vnd.graphviz") and dot.text.startswith("digraph")
    assert client.get("/explain", params=TRIPLE, headers={"Accept": "image/png"}).status_code == 406
    assert "巴西" in client.get("/explain", params={**TRIPLE, "lang": "zh"}, headers={"Accept": "text/plain"}).text


def test_a_triple_that_does_not_hold_comes_with_those_nearby(client: Client) -> None:
    response = client.get("/explain", params={**TRIPLE, "object": "id:DE"})
    assert (response.status_code, response.json()["code"]) == (404, "unknown-triple")
    near = {t["object"]["value"].rpartition("/")[2] for t in response.json()["near"]}
    assert {"BR", "CL"} <= near


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": '"text"'},
        {"predicate": '"text"'},
        {"subject": "no term"},
        {"object": '"open'},
        {"object": ""},
        {"predicate": "<unclosed"},
        {"object": '"x" . <a:b> <a:c> "y"'},
    ],
)
def test_what_is_no_triple_is_refused(client: Client, broken: dict[str, str]) -> None:
    response = client.get("/explain", params={**TRIPLE, **broken})
    assert response.status_code == 422 and response.json()["parameter"]


def test_all_proofs_of_a_triple_are_shown_where_asked_for(client: Client) -> None:
    node = client.get("/explain", params=TRIPLE).json()
    proofs = client.get("/explain", params={**TRIPLE, "all": "true"}).json()["proofs"]
    assert proofs[0] == node
    assert len(proofs) == 1 + node["alternatives"]
    text = client.get("/explain", params={**TRIPLE, "all": "true"}, headers={"Accept": "text/plain"}).text
    assert text.count("or, in another way:") == node["alternatives"]
