"""Faults planted in records and in rows of tables, and what is said of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox
from carried import TABLES

from kg.check.shapes import shapes
from kg.files import tables
from kg.files.tables import Table
from kg.settings import CHECKOUT
from kg.terms import PREFIXES

SHAPES = CHECKOUT / "ontology" / "shapes"


def objections(record: str, *modules: str) -> list[str]:
    """The codes of what the shapes of some modules have against a record, which is written without its name."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    store = ox.Store()
    store.load(f"{prefixes}id:planted {record} .".encode(), format=ox.RdfFormat.TURTLE)
    return [found.code for module in modules for found in shapes(SHAPES / f"{module}.ttl", store)]


def shapes_of(module: str) -> set[str]:
    """The names of the shapes of properties in a module."""
    named = {str(quad.subject.value).partition("#")[2] for quad in ox.parse(path=SHAPES / f"{module}.ttl")}
    return {name for name in named if "-" in name}


def with_a_bad_cell(folder: Path, table: str, column: str, cell: str) -> Table:
    """A table of the project's second row, in line 2, and of its first with another cell, in line 3."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        first, second, *_ = csv.DictReader(file)
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, first)
        writer.writeheader()
        writer.writerows([second, {**first, column: cell}])
    return tables.read(folder / f"{table}.csv", TABLES / f"{table}.rq")
