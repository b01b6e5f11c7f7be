"""What many tests share: the seed documents beside the checkout, and the snapshot of the project's own ontology."""

from __future__ import annotations

import csv
import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kg.build import build
from kg.settings import Settings, read

PROJECT = Path(__file__).parent.parent
SEEDS = PROJECT.parent / "shared" / "seeds"


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder with the five documents and what was read in them."""
    if not SEEDS.is_dir():
        pytest.skip("the seed documents (../shared/seeds) are not at hand")
    return SEEDS


@pytest.fixture(scope="session")
def claims(seeds: Path) -> dict[str, dict[str, str]]:
    """The rows of claims.csv by claim id."""
    with (seeds / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def _state(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    """A state folder that all processes of a test run share: the first to need its snapshot builds it.

    What builds find out about tables and shapes is kept in the checkout from run to run, by content.
    """
    run = tmp_path_factory.getbasetemp()
    state = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / name
    cache = PROJECT / "state" / "cache"
    for folder in (state, cache):
        folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        (state / "cache").symlink_to(cache)
    return state


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a checkout, with a state folder of its own and the documents where they are at hand."""
    state = _state(tmp_path_factory, "state")
    return replace(read({}, PROJECT), state=state, sources=SEEDS if SEEDS.is_dir() else None)


@pytest.fixture(scope="session")
def snapshot(settings: Settings) -> Iterator[Path]:
    """The snapshot of the project's ontology, built once for all tests."""
    path = build(settings).snapshot
    gc.collect()  # what the build leaves behind must not be dropped in the thread of a service
    yield path


DOCUMENT_TABLES = {
    "bloc-memberships",
    "blocs",
    "central-and-eastern-europe",
    "containment",
    "countries",
    "middle-east",
    "organisations",
    "regions",
    "sources",
}
"""The tables that the documents need: places and blocs that they name, and the sources of these."""


@pytest.fixture(scope="session")
def documents_alone(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the ontology without the tables of the world, which builds in seconds, with its snapshot."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copytree(settings.ontology, folder / "ontology")
    shutil.copytree(settings.queries, folder / "queries")
    for table in (folder / "ontology" / "tables").glob("*.*"):
        if table.stem not in DOCUMENT_TABLES:
            table.unlink()
    state = _state(tmp_path_factory, "state-of-documents")
    alone = replace(settings, ontology=folder / "ontology", queries=folder / "queries", state=state, sources=None)
    build(alone)
    gc.collect()
    return alone


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    """Collects what a module leaves behind, in the thread that made it; a query's result may not be dropped in another.

    pyparsing keeps the exceptions by which it tries alternatives, and these the frames of whoever called it.
    """
    yield
    gc.collect()
