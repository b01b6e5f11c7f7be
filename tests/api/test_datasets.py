"""What the answers come from, for people and for programs."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from httpx2 import Client
from test_pages import BROWSER, Page

from kg import dcat
from kg.serving.worker import GRAPH_FORMATS


@pytest.mark.parametrize("media_type", GRAPH_FORMATS)
def test_the_datasets_are_described_in_every_format_of_triples(client: Client, media_type: str) -> None:
    response = client.get("/datasets", headers={"Accept": media_type})
    assert response.headers["content-type"].startswith(media_type) and response.headers["vary"].startswith("Accept")
    triples = {quad.triple for quad in ox.parse(response.content, format=GRAPH_FORMATS[media_type])}
    listed = client.get("/datasets", headers={"Accept": "application/json"}).json()["datasets"]
    graphs = {t.object.value for t in triples if t.predicate.value == dcat.DCAT + "dataset"}
    assert graphs == {each["graph"] for each in listed} | {"https://w3id.org/entrepot/graph/inferred"}


def test_where_a_dataset_is_to_be_had_it_is_there(client: Client) -> None:
    triples = [quad.triple for quad in ox.parse(client.get("/datasets").content, format=ox.RdfFormat.TURTLE)]
    places = [str(t.object.value) for t in triples if t.predicate.value == dcat.DCAT + "accessURL"]
    sizes = {t.subject: t.object for t in triples if t.predicate.value == dcat.VOID + "triples"}
    copies = {t.object: t.subject for t in triples if t.predicate.value == dcat.DCAT + "distribution"}
    of = {t.object.value: sizes[copies[t.subject]] for t in triples if t.predicate.value == dcat.DCAT + "accessURL"}
    assert len(places) > 3
    for place in places:
        found = list(ox.parse(client.get(place, headers={"Accept": "text/turtle"}).content, format=ox.RdfFormat.TURTLE))
        assert str(len(found)) == of[place].value


def test_people_get_a_page(client: Client) -> None:
    response = client.get("/datasets", headers=BROWSER)
    page = Page(response)
    for each in client.get("/datasets", headers={"Accept": "application/json"}).json()["datasets"]:
        assert each["title"] in page.texts and each["file"] in page.texts
    assert "/datasets" in [link["href"] for link in Page(client.get("/", headers=BROWSER)).all("a")]


def test_the_well_known_address_leads_there(client: Client) -> None:
    response = client.get("/.well-known/void", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/datasets")


def test_the_description_of_the_sparql_service_names_the_graphs_and_the_datasets(client: Client) -> None:
    triples = [quad.triple for quad in ox.parse(client.get("/sparql").content, format=ox.RdfFormat.TURTLE)]
    named = {t.object.value for t in triples if t.predicate.value == dcat.SD + "name"}
    listed = client.get("/datasets", headers={"Accept": "application/json"}).json()["datasets"]
    assert named == {each["graph"] for each in listed} | {"https://w3id.org/entrepot/graph/inferred"}
    assert f"{client.base_url}/datasets".replace("//datasets", "/datasets") in [str(t.object.value) for t in triples]


def test_what_cannot_be_written_is_refused(client: Client) -> None:
    assert client.get("/datasets", headers={"Accept": "image/png"}).status_code == 406
