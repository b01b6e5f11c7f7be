"""Small snapshots to test with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.serving import filling, snapshot


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:test:{name}")


def numbers(count: int, *graphs: str) -> Iterator[ox.Quad]:
    """``count`` things with their number, in the default graph and in each of the given graphs."""
    for i in range(count):
        for graph in (ox.DefaultGraph(), *map(node, graphs)):
            yield ox.Quad(node(f"thing-{i}"), node("number"), ox.Literal(i), graph)


def lines(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """The quads as N-Quads."""
    return (f"{quad} .\n" for quad in quads)


def write(staging: Path, quads: Iterable[str], manifest: Mapping[str, Any]) -> None:
    """All of a snapshot to be but its proofs."""
    filling.write(staging, quads)
    filling.fill(staging)
    snapshot.write_manifest(staging, manifest)


def published(state: Path, quads: Iterable[ox.Quad], **inputs: str) -> Path:
    content = [*quads]
    with snapshot.writing(state), snapshot.staging(state) as staging:
        write(staging, lines(content), snapshot.manifest(inputs, counts={"quads": len(content)}))
        return snapshot.publish(state, staging, snapshot.name(inputs))
