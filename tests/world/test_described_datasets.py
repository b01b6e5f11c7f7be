"""Every file is described as a dataset, with counts that are those of the file and of the store."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import datasets, dcat
from kg.datasets import Described
from kg.serving import snapshot as snapshots
from kg.terms import DCTERMS, ep

PROJECT = Path(__file__).parent.parent.parent
TABLES = PROJECT / "ontology" / "tables"
ROOT = "http://127.0.0.1:8000/"


@pytest.fixture(scope="module")
def manifest(snapshot: Path) -> dict[str, Any]:
    return snapshots.read_manifest(snapshot)


@pytest.fixture(scope="module")
def described(manifest: dict[str, Any]) -> dict[str, Described]:
    return {each.file: each for each in datasets.read(manifest)}


def test_every_file_is_a_dataset(described: dict[str, Described]) -> None:
    files = {p.relative_to(PROJECT / "ontology").as_posix() for p in (PROJECT / "ontology").glob("*/*.ttl")}
    shapes = {name for name in files if name.startswith("shapes/")}
    tables = {f"tables/{path.name}" for path in TABLES.glob("*.csv")}
    assert described.keys() == (files - shapes) | tables | {"entrepot.ttl"}


def test_a_table_has_as_many_rows_as_its_file(described: dict[str, Described]) -> None:
    looked_at = 0
    for path in TABLES.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = sum(1 for _ in csv.DictReader(file))
        found = described[f"tables/{path.name}"]
        assert found.rows is not None and found.refused is not None
        assert found.rows + found.refused == rows, path.name
        looked_at += 1
    assert looked_at > 10


def test_a_dataset_has_as_many_triples_as_its_graph(snapshot: Path, described: dict[str, Described]) -> None:
    store = ox.Store.read_only(str(snapshot / snapshots.STORE))
    for each in described.values():
        graph = ox.NamedNode(each.graph)
        assert each.triples == sum(1 for _ in store.quads_for_pattern(None, None, None, graph)), each.file


def test_every_table_and_file_of_facts_has_a_title_a_licence_and_what_it_rests_on(
    described: dict[str, Described],
) -> None:
    for each in described.values():
        assert each.title and each.license, each.file
        if each.kind == "tables":
            assert each.sources, each.file
            assert each.until or all("/editorial-" in source for source in each.sources), each.file
    assert described["tables/place-labels.csv"].until == "2025-03-31"


def test_dcat_says_the_same(manifest: dict[str, Any], described: dict[str, Described]) -> None:
    triples = list(dcat.triples(manifest, ROOT))
    assert len(triples) == len(set(triples))
    listed = {t.object for t in triples if t.predicate.value == dcat.DCAT + "dataset"}
    assert len(listed) == len(described) + 1  # what is inferred is one too
    rows = {t.subject.value: t.object.value for t in triples if t.predicate == ep("rows")}
    sizes = {t.subject.value: t.object.value for t in triples if t.predicate.value == dcat.VOID + "triples"}
    licences = {t.subject.value: t.object.value for t in triples if t.predicate.value == DCTERMS + "license"}
    for each in described.values():
        assert rows.get(each.graph) == (None if each.rows is None else str(each.rows))
        assert sizes[each.graph] == str(each.triples)
        assert licences[each.graph] == each.license
    assert sizes[dcat.CATALOGUE.value] == str(manifest["counts"]["triples"])
