"""Names and things over HTTP."""

from __future__ import annotations

import pytest
from httpx2 import Client

from kg.serving.worker import GRAPH_FORMATS


def test_a_name_resolves_to_what_it_may_mean(client: Client) -> None:
    (match,) = client.get("/resolve?q=brasil").json()["matches"]
    assert match == {
        "id": "id:BR",
        "iri": "https://w3id.org/entrepot/id/BR",
        "label": "Brazil",
        "type": "Country",
        "matched": "Brasil",
    }
    assert client.get("/resolve?q=xyzzy").json() == {"matches": []}
    assert client.get("/resolve?q=brasil&type=Platform").json() == {"matches": []}
    assert client.get("/resolve?q=brasil&lang=zh&type=ep:Country").json()["matches"][0]["label"] == "巴西"


def test_a_thing_is_shown_with_its_facts_and_their_sources(client: Client) -> None:
    thing = client.get("/entities/ParcelPlaza").json()
    assert (thing["id"], thing["label"]) == ("id:ParcelPlaza", "Parcel Plaza")
    assert {"id": "ep:Platform", "label": "platform"} in thing["types"]
    sells = [fact for fact in thing["facts"] if fact["predicate"]["id"] == "ep:sellsIn"]
    assert [fact["value"] for fact in sells] == [
        {"id": "id:BR", "label": "Brazil"},
        {"id": "id:CL", "label": "Chile"},
    ]
    assert (sells[0]["status"], sells[0]["claims"]) == ("stated", ["S9-1"])
    assert sells[0]["sources"][0]["locator"] == "p1 s2"
    assert client.get(sells[0]["explain"]).status_code == 200


def test_a_thing_is_shown_with_the_records_about_it_and_who_mentions_it(client: Client) -> None:
    thing = client.get("/entities/BR").json()
    assert thing["labels"] == {"en": "Brazil", "zh": "巴西"}
    assert thing["aliases"] == [{"text": "Brasil", "lang": "pt"}]
    (record,) = thing["records"]
    facts = {fact["predicate"]["id"]: fact["value"] for fact in record["facts"]}
    assert record["id"] == "id:shipment-1"
    assert facts["ep:from"] == {"id": "id:CL", "label": "Chile"}
    assert facts["ep:weight"] == {"value": "2.5", "datatype": "xsd:decimal", "lang": None}
    mentions = {(m["subject"]["id"], m["predicate"]["id"]) for m in thing["mentions"]}
    assert mentions == {("id:ParcelPlaza", "ep:reaches"), ("id:ParcelPlaza", "ep:sellsIn")}
    assert not thing["truncated"]


@pytest.mark.parametrize("name", ["BR", "id:BR", "Brazil", "brasil"])
def test_a_thing_is_found_by_any_of_its_names(client: Client, name: str) -> None:
    assert client.get(f"/entities/{name}").json()["id"] == "id:BR"


def test_the_number_of_a_document_names_it_before_a_code_does(client: Client) -> None:
    assert client.get("/entities/009").json()["id"] == "id:document-009"


@pytest.mark.parametrize("media_type", GRAPH_FORMATS)
def test_a_thing_comes_as_rdf_too(client: Client, media_type: str) -> None:
    response = client.get("/entities/BR", headers={"Accept": media_type})
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert {"Accept", "Accept-Language"} <= set(response.headers["vary"].split(", "))
    assert "Brasil" in response.text


def test_the_iri_of_a_thing_leads_to_its_description(client: Client) -> None:
    response = client.get("/id/BR")
    assert (response.status_code, response.headers["location"]) == (303, "/entities/BR")


def test_a_term_of_the_vocabulary_is_a_thing_too(client: Client) -> None:
    assert client.get("/entities/ep:sellsIn").json()["label"] == "sells in"


@pytest.mark.parametrize("name", ["Atlantis", "Georgia", "%22%3E%7B", "x" * 3000])
def test_what_is_not_known_is_not_found(client: Client, name: str) -> None:
    response = client.get(f"/entities/{name}")
    assert (response.status_code, response.json()["code"]) == (404, "unknown-entity")


def test_a_name_with_control_characters_is_no_name(client: Client) -> None:
    assert client.get("/entities/%0A").status_code == client.get("/resolve?q=%00").status_code == 422
