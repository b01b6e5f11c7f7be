"""Every name and concept of the documents is one thing, found by each of its printed forms."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from asked import holds, name, select
from fastapi.testclient import TestClient

TWO_FIRMS = "E069"
"""The printed words that name two firms and no third thing."""


@pytest.fixture(scope="module")
def entities(seeds: Path) -> dict[str, dict[str, str]]:
    """The rows of entities.csv by entity id."""
    with (seeds / "entities.csv").open(encoding="utf-8", newline="") as file:
        return {row["entity_id"]: row for row in csv.DictReader(file)}


def printed(row: dict[str, str]) -> list[str]:
    """The printed forms of an entity, in all documents."""
    forms = (form for part in row["surface_forms"].split(";") for form in re.sub(r"^\s*\d+:", "", part).split(" / "))
    return [form.strip() for form in forms if form.strip()]


def resolved(client: TestClient, text: str) -> list[str]:
    found = client.get("/resolve", params={"q": text}).json()["matches"]
    return [match["id"] for match in found]


@pytest.fixture(scope="module")
def meant(client: TestClient, entities: dict[str, dict[str, str]]) -> dict[str, str]:
    """The one thing that an entity is, by its Chinese and preferred names and its printed forms."""
    found: dict[str, str] = {}
    for entity, row in entities.items():
        names = [row["preferred_name"], *printed(row)]
        common = set.intersection(*(set(resolved(client, name)) for name in names))
        first = [match for match in resolved(client, row["preferred_name"]) if match in common]
        assert first, (entity, names)
        found[entity] = first[0]
    return found


def test_every_entity_is_one_thing_and_no_two_are_the_same(
    entities: dict[str, dict[str, str]], meant: dict[str, str]
) -> None:
    assert len(entities) == 143
    assert len(set(meant.values())) == len(meant) == 143


def test_what_an_entity_is_rests_on_a_document_that_names_it(
    client: TestClient, entities: dict[str, dict[str, str]], meant: dict[str, str]
) -> None:
    """Countries and the like rest on reference data instead."""
    found = select(
        client,
        """SELECT ?thing ?document WHERE {
          GRAPH ?module { ?thing a owl:NamedIndividual . ?module <http://purl.org/dc/terms/source> ?document }
          ?document a ep:Document
        }""",
    )
    source = {f"id:{name(row['thing'])}": name(row["document"]).removeprefix("document-") for row in found}
    checked = {entity: thing for entity, thing in meant.items() if thing in source}
    assert len(checked) > 100
    for entity, thing in checked.items():
        assert source[thing] in re.findall(r"\d{3}(?=:)", entities[entity]["surface_forms"]), thing


def test_every_entity_has_its_chinese_name(
    client: TestClient, entities: dict[str, dict[str, str]], meant: dict[str, str]
) -> None:
    for entity, row in entities.items():
        name = row["chinese_name"].replace("（推定）", "")
        assert meant[entity] in resolved(client, name), (entity, name)


def test_every_identification_is_on_record_with_its_confidence(
    client: TestClient, entities: dict[str, dict[str, str]], meant: dict[str, str]
) -> None:
    rows = select(client, "SELECT ?thing ?confidence { ?x ep:identifies ?thing ; ep:confidence ?confidence }")
    recorded = {"id:" + name(row["thing"]): float(row["confidence"]) for row in rows}
    equated = {e: row for e, row in entities.items() if row["same_entity"]}
    assert len(equated) == 32
    for entity, row in equated.items():
        assert recorded[meant[entity]] == float(row["confidence"]), entity


def test_export_and_sifang_are_two_firms(client: TestClient, meant: dict[str, str]) -> None:
    phrase = meant[TWO_FIRMS]
    rows = select(client, f"SELECT ?firm {{ {phrase} ep:standsFor ?firm }}")
    assert {"id:" + name(row["firm"]) for row in rows} == {meant["E067"], meant["E068"]} == {"id:4PX", "id:Chukou1"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Globalegrow", "Tesco"),
        ("Povos", "IntelPentium"),
        ("first-and-second-tier-cities", "tier-1"),
        ("third-and-fourth-tier-cities", "tier-3"),
        ("ASEAN", "SoutheastAsia"),
        ("EU", "Europe"),
        ("DX", "OSell"),
        ("EMS", "postal-EMS"),
    ],
)
def test_false_friends_are_different_things(client: TestClient, one: str, other: str) -> None:
    assert holds(
        client, f"{{ id:{one} owl:differentFrom id:{other} }} UNION {{ id:{other} owl:differentFrom id:{one} }}"
    )
