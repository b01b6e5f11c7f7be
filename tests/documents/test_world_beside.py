"""The world stands beside the documents: what rests on their claims is answered as if there were nothing else."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from asked import ASKED, Json, ask
from fastapi.testclient import TestClient

from api.app import create_app
from kg.build import ensure
from kg.settings import Settings

OWN = {
    "bloc-memberships",
    "blocs",
    "central-and-eastern-europe",
    "containment",
    "countries",
    "middle-east",
    "regions",
    "sources",
}
"""The tables that the documents need: places and blocs that they name, and the sources of these."""

Row = tuple[tuple[tuple[str, str], ...], tuple[str, ...], str]


@pytest.fixture(scope="module")
def documents_alone(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service over the same ontology without the tables of the world."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copytree(settings.ontology, folder / "ontology")
    for table in (folder / "ontology" / "tables").glob("*.*"):
        if table.stem not in OWN:
            table.unlink()
    alone = replace(settings, ontology=folder / "ontology", state=folder / "state")
    ensure(alone)
    gc.collect()
    with TestClient(create_app(alone)) as client:
        yield client


def resting_on_claims(answer: Json) -> list[Row]:
    """The rows that rest on claims, each with its cells, its claims and its status."""
    assert not answer["truncated"]
    return sorted(
        (
            tuple((name, str(cell)) for name, cell in row.items() if name != "evidence"),
            tuple(sorted(row["evidence"]["claims"])),
            row["evidence"]["status"],
        )
        for row in answer["rows"]
        if row["evidence"]["claims"]
    )


@pytest.mark.parametrize("question", ASKED)
def test_what_rests_on_the_documents_is_answered_as_without_the_world(
    client: TestClient, documents_alone: TestClient, question: str
) -> None:
    for name, parameters in ASKED[question]:
        before = resting_on_claims(ask(documents_alone, name, **parameters))
        assert before, "the documents answer each question"
        assert resting_on_claims(ask(client, name, **parameters)) == before


def test_a_row_of_the_world_beside_them_is_marked_as_reference(client: TestClient) -> None:
    beside = [
        row
        for asked in ASKED.values()
        for name, parameters in asked
        for row in ask(client, name, **parameters)["rows"]
        if not row["evidence"]["claims"] and row["evidence"]["sources"]
    ]
    assert all(row["evidence"]["status"] in ("reference", "editorial", "inferred") for row in beside)


def test_all_forty_questions_are_compared(settings: Settings) -> None:
    assert len(ASKED) == 40
    assert {path.stem for path in (settings.ontology / "tables").glob("*.csv")} >= OWN
