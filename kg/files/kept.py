"""Tables as they were read before: as long as file, query and program stay the same, so does what comes of them."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode

from kg.cache import Cache
from kg.files import tables
from kg.files.columns import Reference
from kg.files.tables import Table

_HEADER = 0
"""The line under which the triples of the header are kept; rows begin in line 2."""


def read(csv: Path, query: Path, cache: Cache) -> Table:
    """The table, from the cache where it is there; one that cannot be used is not kept."""
    try:
        key = cache.key("table", csv.name, csv.read_bytes(), query.read_bytes())
    except OSError:
        return tables.read(csv, query)
    if content := cache.get(key):
        return _unpacked(csv, content)
    table = tables.read(csv, query)
    if not table.unusable:
        cache.put(key, _packed(table))
    return table


def _packed(table: Table) -> bytes:
    """A line of JSON, then the triples of the header and of one row after the other, as N-Triples."""
    groups = {_HEADER: table.header, **table.rows}
    said = {
        "groups": [[line, len(triples)] for line, triples in groups.items()],
        "refused": table.refused,
        "references": [
            [column, node.value, [cls.value for cls in classes], lines]
            for (column, node, classes), lines in table.references.items()
        ],
    }
    content = ox.serialize(chain.from_iterable(groups.values()), format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    return json.dumps(said).encode() + b"\n" + content


def _unpacked(csv: Path, content: bytes) -> Table:
    line, _, body = content.partition(b"\n")
    said = json.loads(line)
    table = Table(tables.graph(csv), csv, refused={int(number): reason for number, reason in said["refused"].items()})
    for column, node, classes, lines in said["references"]:
        table.references[Reference(column, NamedNode(node), tuple(map(NamedNode, classes)))] = lines
    triples = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES, lenient=True)]
    end = 0
    for number, size in said["groups"]:
        start, end = end, end + size
        table.rows[number] = triples[start:end]
    table.header = table.rows.pop(_HEADER)
    return table
