"""The data files that were carried into the project, what was left out of them, and what the graph says of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from kg.settings import CHECKOUT

Row = dict[str, str]

SHARED = CHECKOUT.parent / "shared" / "data"
TABLES = CHECKOUT / "ontology" / "tables"
LEFT_OUT = TABLES / "left-out"
PREFIXES = """
    PREFIX ep: <https://w3id.org/entrepot/ontology#> PREFIX id: <https://w3id.org/entrepot/id/>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def rows(name: str) -> list[Row]:
    """The rows of a carried file; the test is skipped where the files are not at hand."""
    if not SHARED.is_dir():
        pytest.skip("the carried data (../shared/data) are not at hand")
    return read(SHARED / f"{name}.csv")


def table(name: str) -> list[Row]:
    """The rows of a table of the project."""
    return read(TABLES / f"{name}.csv")


def left_out(name: str) -> list[Row]:
    """The rows that a list names as left out, each with its reason."""
    return read(LEFT_OUT / f"{name}.csv")


def read(path: Path) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def select(store: ox.Store, query: str) -> Iterator[tuple[str | None, ...]]:
    """The solutions of a query, as text without datatype; what is unbound is ``None``, an individual a local name."""
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        yield tuple(
            None if term is None else term.value.removeprefix("https://w3id.org/entrepot/id/") for term in solution
        )  # type: ignore[union-attr]


def answered(client: TestClient, question: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of a whole answer."""
    response = client.get(f"/questions/{question}", params={"limit": "5000", **parameters})
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["truncated"] is False
    found: list[dict[str, Any]] = answer["rows"]
    return found


def ask(client: TestClient, question: str, **parameters: str) -> set[tuple[Any, ...]]:
    """The rows of an answer without their evidence, an individual by its local name."""
    found = answered(client, question, **{"evidence": "none", **parameters})
    return {tuple(local(cell) for name, cell in row.items() if name != "evidence") for row in found}


def local(cell: Any) -> Any:
    """A cell by the local name of its individual, or the value itself."""
    return cell["id"].removeprefix("id:") if isinstance(cell, dict) else cell
