"""The SPARQL 1.1 Protocol, by the letter of its query operation."""

from __future__ import annotations

import socket

import pyoxigraph as ox
import pytest
from httpx2 import Client

from kg.serving.worker import GRAPH_FORMATS, RESULT_FORMATS

ASK, DIRECT = "ASK { ?s a <https://w3id.org/entrepot/ontology#Country> }", "application/sparql-query"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s <https://w3id.org/entrepot/ontology#code> ?o ; ?p ?o }"
FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
SMALL, INFERRED = "https://w3id.org/entrepot/facts/small", "https://w3id.org/entrepot/graph/inferred"


def direct(client: Client, query: str | bytes, **headers: str):
    return client.post("/sparql", content=query, headers={"Content-Type": DIRECT, **headers})


def test_a_query_comes_by_get_as_a_form_or_as_it_is(client: Client) -> None:
    for response in (
        client.get("/sparql", params={"query": ASK}),
        client.post("/sparql", data={"query": ASK}),
        direct(client, ASK),
        client.post("/sparql", content=ASK, headers={"Content-Type": f"{DIRECT}; charset=UTF-8"}),
    ):
        assert (response.status_code, response.json()["boolean"]) == (200, True)
        assert response.headers["content-type"] == "application/sparql-results+json"
        assert "Accept" in response.headers["vary"].split(", ")


def test_inferred_triples_are_in_the_default_graph_and_in_their_own(client: Client) -> None:
    reach = "<https://w3id.org/entrepot/id/ParcelPlaza> <https://w3id.org/entrepot/ontology#reaches> ?c"
    for pattern in (reach, f"GRAPH <{INFERRED}> {{ {reach} }}"):
        query = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        (row,) = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
        assert row["n"]["value"] == "2"


@pytest.mark.parametrize("media_type", RESULT_FORMATS)
def test_results_come_in_every_format(client: Client, media_type: str) -> None:
    for query in (ASK, "SELECT ?s { ?s ?p ?o } LIMIT 1"):
        response = direct(client, query, Accept=media_type)
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == media_type


@pytest.mark.parametrize(("media_type", "format_"), GRAPH_FORMATS.items())
def test_graphs_come_in_every_format(client: Client, media_type: str, format_: ox.RdfFormat) -> None:
    response = direct(client, CONSTRUCT, Accept=media_type)
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert {q.object.value for q in ox.parse(response.content, format=format_)} == {"BR", "CL", "DE", "009"}


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (ASK, "*/*", "application/sparql-results+json"),
        (ASK, "application/json", "application/json"),
        (ASK, "application/json;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        (ASK, "text/turtle, text/csv;q=0.1", "text/csv"),
        (CONSTRUCT, "*/*", "text/turtle"),
        (CONSTRUCT, "application/sparql-results+json, application/rdf+xml;q=0.9", "application/rdf+xml"),
        (ASK, "text/html, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_the_format_follows_the_form_of_the_query_and_the_wish(
    client: Client, query: str, accept: str, content_type: str
) -> None:
    assert direct(client, query, Accept=accept).headers["content-type"].partition(";")[0] == content_type


@pytest.mark.parametrize(
    ("query", "accept"), [(ASK, "text/turtle"), (CONSTRUCT, "text/csv"), (ASK, "image/png"), (ASK, "*/*;q=0")]
)
def test_a_format_that_does_not_fit_is_not_acceptable(client: Client, query: str, accept: str) -> None:
    assert direct(client, query, Accept=accept).status_code == 406


def test_the_dataset_is_the_one_of_the_request(client: Client) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s <https://w3id.org/entrepot/ontology#reaches> ?o }"

    def counted(*graphs: tuple[str, str], query: str = count) -> int:
        response = client.get("/sparql", params=[("query", query), *graphs])
        return int(response.json()["results"]["bindings"][0]["n"]["value"])

    assert counted() == 2
    assert counted(("default-graph-uri", SMALL)) == 0
    assert counted(("default-graph-uri", INFERRED)) == 2
    assert counted(("default-graph-uri", INFERRED), ("default-graph-uri", SMALL)) == 2
    assert counted(("named-graph-uri", INFERRED)) == 0
    inside = count.replace("{ ?s", "{ GRAPH ?g { ?s").replace("?o }", "?o } }")
    assert counted(("named-graph-uri", INFERRED), query=inside) == 2
    assert counted(("named-graph-uri", SMALL), query=inside) == 0
    assert counted(("default-graph-uri", INFERRED), query=inside) == 0


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("", {"Content-Type": DIRECT}, 400),
        ("SELECT {", {"Content-Type": DIRECT}, 400),
        (ASK.encode("utf-16"), {"Content-Type": DIRECT}, 400),
        (ASK, {"Content-Type": f"{DIRECT}; charset=utf-16"}, 415),
        (ASK, {"Content-Type": "text/plain"}, 415),
        (ASK, {}, 415),
        ("query=" + ASK, {"Content-Type": "text/plain"}, 415),
        ("x=y", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ("query=ASK{}&query=ASK{}", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ("update=CLEAR+ALL", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ("CLEAR ALL", {"Content-Type": "application/sparql-update"}, 415),
        ("CLEAR ALL", {"Content-Type": DIRECT}, 400),
        ("query=%ff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
    ],
)
def test_a_post_that_breaks_the_protocol_is_refused(
    client: Client, body: str | bytes, headers: dict[str, str], status: int
) -> None:
    assert client.post("/sparql", content=body, headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/sparql?query=ASK{}&query=ASK{}", "/sparql?update=CLEAR+ALL", "/sparql?query="])
def test_a_get_that_breaks_the_protocol_is_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:%d/>",
    ],
)
def test_no_query_makes_the_server_call_another(client: Client, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.setblocking(False)
        response = direct(client, query % other.getsockname()[1])
        assert (response.status_code, response.json()["code"]) == (403, "query-forbidden")
        with pytest.raises(BlockingIOError):
            other.accept()


def test_a_body_may_not_be_larger_than_the_limit(client: Client) -> None:
    assert direct(client, f"# {'x' * 20_000}\n{ASK}").status_code == 413
    assert direct(client, f"# {'x' * 19_000}\n{ASK}").status_code == 200


def test_a_result_is_complete_or_an_error(client: Client) -> None:
    pairs = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    response = direct(client, pairs)
    assert (response.status_code, response.json()["code"]) == (413, "result-too-large")
    assert len(direct(client, f"{pairs} LIMIT 100").json()["results"]["bindings"]) == 100


def test_a_query_that_takes_too_long_is_an_error(client: Client) -> None:
    response = direct(client, FOREVER)
    assert response.status_code in (503, 504) and response.json()["code"] in ("deadline", "memory")
    assert direct(client, ASK).json()["boolean"] is True


def test_without_a_query_the_service_describes_itself(client: Client) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for media_type, format_ in GRAPH_FORMATS.items():
        response = client.get("/sparql", headers={"Accept": media_type})
        triples = list(ox.parse(response.content, format=format_))
        assert [t.object.value for t in triples if t.predicate.value == sd + "endpoint"] == [
            f"{client.base_url}/sparql".replace("//sparql", "/sparql")
        ]
    assert client.get("/sparql").headers["content-type"].startswith("text/turtle")
