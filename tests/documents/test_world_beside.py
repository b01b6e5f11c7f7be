"""The world stands beside the documents: what rests on their claims is answered as if there were nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from asked import ASKED, Json, ask
from fastapi.testclient import TestClient

from api.app import create_app
from kg.settings import Settings

Row = tuple[tuple[tuple[str, str], ...], tuple[str, ...], str]


@pytest.fixture(scope="module")
def before_the_world(documents_alone: Settings) -> Iterator[TestClient]:
    """The service over the same ontology without the tables of the world."""
    with TestClient(create_app(documents_alone)) as client:
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
    client: TestClient, before_the_world: TestClient, question: str
) -> None:
    for name, parameters in ASKED[question]:
        before = resting_on_claims(ask(before_the_world, name, **parameters))
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


def test_all_forty_questions_are_compared(settings: Settings, documents_alone: Settings) -> None:
    assert len(ASKED) == 40
    tables = {path.stem for path in (settings.ontology / "tables").glob("*.csv")}
    assert {path.stem for path in (documents_alone.ontology / "tables").glob("*.csv")} < tables
