"""The service as a whole: its state, its description, and what happens when the inputs are refused."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx2 as httpx
import pytest
from httpx2 import Client
from live_server import serving

from kg import build
from kg.settings import Settings

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?q }"


def test_the_service_is_alive_ready_and_says_what_it_serves(client: Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    snapshot = client.get("/ready").json()["snapshot"]
    status = client.get("/status").json()
    assert status["snapshot"] == snapshot
    assert status["counts"]["inferred"] > 0
    assert (status["findings"], status["refused"]) == ([], None)
    assert status["pool"]["idle"] >= 1
    assert client.get("/").json()["links"]["questions"] == "/questions"


def test_a_head_is_answered_like_a_get_without_its_body(client: Client) -> None:
    for path in ("/health", "/questions", "/questions/reach", "/sparql", "/entities/BR"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]


def test_who_hangs_up_frees_the_process(client: Client) -> None:
    before = client.get("/status").json()["pool"]["past_deadline"]
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            client.get("/sparql", params={"query": RUNAWAY}, timeout=0.15)
    until = time.monotonic() + 1.5  # the deadline would end them after two seconds
    while (pool := client.get("/status").json()["pool"])["busy"] or pool["slow"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert pool["past_deadline"] == before
    assert client.get("/questions/reach").json()["count"] == 2


def test_a_body_that_does_not_come_is_not_waited_for(client: Client) -> None:
    def slowly():
        yield b"ASK "
        time.sleep(2.5)
        yield b"{}"

    response = client.post("/sparql", content=slowly(), headers={"Content-Type": "application/sparql-query"})
    assert (response.status_code, response.json()["code"]) == (408, "body-too-slow")


# --- the description ------------------------------------------------------------------------------------------


def test_every_question_is_a_path_of_the_description(client: Client) -> None:
    description = client.get("/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    operation = description["paths"]["/questions/heavy-shipments"]["get"]
    assert operation["summary"] == "Which shipments are at least so heavy?"
    parameters = {p["name"]: p for p in operation["parameters"]}
    assert {"weight", "country", "evidence", "lang", "limit", "offset", "format"} == parameters.keys()
    assert parameters["weight"]["schema"] == {"type": "number", "minimum": 0, "default": 1}
    assert parameters["weight"]["description"] == "Least weight in kilograms"
    listed = parameters["country"]["schema"]["anyOf"]
    assert {"const": "id:BR", "title": "Brazil"} in listed and listed[-1]["type"] == "string"
    many = description["paths"]["/questions/reach"]["get"]["parameters"][0]
    assert (many["schema"]["type"], many["explode"]) == ("array", True)


def test_the_description_says_what_a_row_has(client: Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/questions/heavy-shipments"]["get"]
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert reference == "#/components/schemas/HeavyShipmentsAnswer"
    assert schemas["HeavyShipmentsAnswer"]["properties"]["rows"]["items"]["$ref"].endswith("/HeavyShipmentsRow")
    row = schemas["HeavyShipmentsRow"]
    assert row["required"] == ["shipment", "kilograms", "evidence"]
    assert row["properties"]["kilograms"] == {"type": "number", "x-unit": "kg", "description": "Its weight; in kg"}
    assert row["properties"]["shipment"]["allOf"] == [{"$ref": "#/components/schemas/Entity"}]


def test_every_reference_of_the_description_leads_somewhere(client: Client) -> None:
    description = client.get("/openapi.json").json()

    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            return [r for k, v in node.items() for r in ([v] if k == "$ref" else references(v))]
        return [r for item in node for r in references(item)] if isinstance(node, list) else []

    found = references(description)
    assert found
    for reference in found:
        target = description
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_every_link_of_the_description_works(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in [p for p in paths if "{" not in p and p not in ("/resolve", "/explain")]:
        assert client.get(path, follow_redirects=True).status_code == 200, path


# --- inputs that change -----------------------------------------------------------------------------------------


def changed(settings: Settings, before: str, after: str) -> str:
    """Edits the facts and builds; the name of the snapshot comes back."""
    facts = settings.ontology / "facts" / "small.ttl"
    assert before in facts.read_text()
    facts.write_text(facts.read_text().replace(before, after))
    return build.ensure(settings, lambda _: None).snapshot.name


def served(client: Client, name: str) -> None:
    """Wait until a snapshot is served."""
    until = time.monotonic() + 20
    while client.get("/status").json()["snapshot"] != name:
        assert time.monotonic() < until
        time.sleep(0.05)


def countries(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["country"]["label"] for row in answer.json()["rows"]]


def test_what_is_built_while_the_service_runs_is_served(elsewhere: Settings) -> None:
    with serving(elsewhere) as client:
        assert countries(client.get("/questions/reach")) == ["Brazil", "Chile"]
        for old, new, expected in (("Brazil", "Peru", ["Peru", "Chile"]), ("Chile", "Mars", ["Peru", "Mars"])):
            name = changed(elsewhere, f'"{old}"@en', f'"{new}"@en')
            served(client, name)
            answer = client.get("/questions/reach")
            assert answer.headers["entrepot-snapshot"] == name
            assert countries(answer) == expected
        assert client.get("/entities/BR").json()["label"] == "Peru"


def is_to_come_back(answer: httpx.Response) -> bool:
    """Whether a slow query made way for others, as any may while a machine is busy; nothing else may go wrong."""
    return answer.status_code == 503 and answer.json()["detail"].startswith("The query is slow")


def test_nobody_notices_that_another_snapshot_is_served(elsewhere: Settings) -> None:
    with serving(elsewhere) as client, ThreadPoolExecutor() as threads:
        known = {client.get("/ready").json()["snapshot"]: "Brazil"}
        stop = threading.Event()

        def asking() -> set[tuple[str, str]]:
            found = set()
            while not stop.is_set():
                answer = client.get("/questions/reach", params={"evidence": "full"})
                if is_to_come_back(answer):
                    continue
                found.add((answer.headers["entrepot-snapshot"], countries(answer)[0]))
            return found

        asked = [threads.submit(asking) for _ in range(4)]
        try:
            known[name := changed(elsewhere, '"Brazil"@en', '"Brasilia"@en')] = "Brasilia"
            served(client, name)
            time.sleep(elsewhere.deadline + 0.5)  # the processes over the first one have ended by then
        finally:
            stop.set()
        assert set.union(*(each.result() for each in asked)) == set(known.items())


def test_a_snapshot_that_cannot_be_served_leaves_the_one_before(elsewhere: Settings) -> None:
    with serving(elsewhere) as client:
        good = client.get("/ready").json()["snapshot"]
        broken = elsewhere.state / "snapshots" / ("0" * len(good))
        broken.mkdir()
        for line in (broken.name.encode(), b"\xff"):
            (elsewhere.state / "current").write_bytes(line + b"\n")
            time.sleep(1.5)
            assert client.get("/ready").json()["snapshot"] == good
        (elsewhere.state / "current").unlink()
        (elsewhere.state / "current").mkdir()  # which cannot be read as a file
        time.sleep(0.6)
        assert countries(client.get("/questions/reach")) == ["Brazil", "Chile"]
        (elsewhere.state / "current").rmdir()
        served(client, changed(elsewhere, '"Brazil"@en', '"Brasilia"@en'))


# --- inputs that are refused ----------------------------------------------------------------------------------


def test_refused_inputs_leave_the_last_snapshot_serving(elsewhere: Settings) -> None:
    with serving(elsewhere) as client:
        good = client.get("/status").json()["snapshot"]
    facts = elsewhere.ontology / "facts" / "small.ttl"
    facts.write_text(facts.read_text() + "\nid:BR ep:reaches .\n")
    with serving(elsewhere) as client:
        status = client.get("/status").json()
        assert status["snapshot"] == good
        (finding,) = status["refused"]["findings"]
        assert (finding["code"], finding["file"]) == ("turtle-syntax", "facts/small.ttl")
        assert client.get("/questions/reach").json()["count"] == 2


def test_a_build_that_fails_leaves_the_last_snapshot_serving(elsewhere: Settings) -> None:
    with serving(elsewhere) as client:
        good = client.get("/status").json()["snapshot"]
    facts = elsewhere.ontology / "facts" / "small.ttl"
    facts.write_text(facts.read_text().replace('"Brazil"', '"Brazil!"'))
    lock = elsewhere.state / ".write"
    lock.unlink()
    lock.mkdir()
    with serving(elsewhere) as client:
        status = client.get("/status").json()
        assert status["snapshot"] == good
        (finding,) = status["refused"]["findings"]
        assert finding["code"] == "build-failed"
        assert "Is a directory" in finding["message"]


def test_without_any_snapshot_the_service_is_alive_and_not_ready(elsewhere: Settings) -> None:
    facts = elsewhere.ontology / "facts" / "small.ttl"
    good = facts.read_text()
    facts.write_text("no Turtle")
    with serving(elsewhere) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 503
        response = client.get("/questions/reach")
        assert (response.status_code, response.json()["code"]) == (503, "not-ready")
        assert client.get("/openapi.json").status_code == 200
        assert client.get("/status").json()["refused"]["findings"]
        served(client, changed(elsewhere, "no Turtle", good))
        assert client.get("/questions/reach").json()["count"] == 2
        assert client.get("/status").json()["refused"] is None


def test_a_question_that_cannot_be_used_is_a_finding_and_the_others_answer(elsewhere: Settings) -> None:
    broken = elsewhere.queries / "questions" / "platforms" / "broken.rq"
    broken.write_text("SELECT * { ?s ?p ?o }")
    with serving(elsewhere) as client:
        findings = client.get("/status").json()["findings"]
        assert {f["file"] for f in findings} == {"questions/platforms/broken.rq"}
        assert client.get("/questions/broken").status_code == 404
        assert client.get("/questions/reach").status_code == 200


def test_a_state_that_was_copied_is_served_without_a_build(
    elsewhere: Settings, world: Settings, client: Client
) -> None:
    with serving(replace(elsewhere, state=world.state)) as other:
        assert other.get("/status").json()["snapshot"] == client.get("/status").json()["snapshot"]
