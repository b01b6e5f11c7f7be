"""The test cases of W3C and of Schneider and Mainzer for OWL 2 RL, and whether a closure does what they ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode, RdfFormat

from kg.reasoning.closure import Closure
from kg.reasoning.reason import reason
from kg.terms import OWL, TYPE, Triple

SUITE = Path(__file__).parent.parent.parent.parent / "shared" / "conformance" / "owl2rl"
_HEADER = NamedNode(OWL + "Ontology")


@dataclass(frozen=True)
class Case:
    """One test: a graph, and of which kinds the test is."""

    id: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def kinds(self) -> list[str]:
        return list(self.manifest["types"])

    @property
    def group(self) -> str:
        """``w3c`` with its status, or the part of the other suite: ``dat``, ``sem``, ``ont`` or ``xtr``."""
        if self.folder.parent.name == "w3c":
            return f"w3c {self.manifest.get('status') or 'without status'}"
        return self.id.split("-")[1]

    def graph(self, role: str) -> list[Triple]:
        path = self.folder / self.manifest["files"][role]
        form = RdfFormat.from_extension(path.suffix.lstrip("."))
        return [quad.triple for quad in ox.parse(path.read_bytes(), format=form, base_iri="http://example.org/")]

    @property
    def imported(self) -> list[Path]:
        return [self.folder / name for name in self.manifest.get("imports", {}).values()]

    @property
    def premise(self) -> list[Triple]:
        parsed = [
            ox.parse(path.read_bytes(), format=RdfFormat.N_TRIPLES, rename_blank_nodes=True) for path in self.imported
        ]
        return [*self.graph("premise"), *(quad.triple for quads in parsed for quad in quads)]


class Result:
    """What our reasoner makes of a case, or for comparison, what its premise says by itself."""

    def __init__(self, case: Case, *, without_rules: bool = False) -> None:
        closure = Closure() if without_rules else reason(case.premise, axiomatic=True)
        self.consistent = not closure.violations
        self._triples = case.premise if without_rules else list(closure.triples())

    @cached_property
    def _store(self) -> ox.Store:
        store = ox.Store()
        store.bulk_extend(ox.Quad(*triple) for triple in self._triples)
        return store

    def entails(self, graph: Sequence[Triple]) -> bool:
        """Whether a graph follows; its blank nodes stand for anything."""
        said = [triple for triple in graph if not (triple.predicate == TYPE and triple.object == _HEADER)]
        return bool(self._store.query(f"ASK {{ {' . '.join(' '.join(map(_written, t)) for t in said)} }}"))

    def passes(self, case: Case, kind: str) -> bool:
        match kind:
            case "InconsistencyTest":
                return not self.consistent
            case "ConsistencyTest":
                return self.consistent
            case "PositiveEntailmentTest":
                return not self.consistent or self.entails(case.graph("conclusion"))
            case "NegativeEntailmentTest":
                return not self.entails(case.graph("nonconclusion"))
        raise ValueError(kind)


def _written(term: object) -> str:
    return f"?b{term.value.encode().hex()}" if isinstance(term, BlankNode) else str(term)


def cases() -> Iterator[Case]:
    """All cases of the suite, in the order of its manifest; none where it is not at hand."""
    manifest = SUITE / "manifest.jsonl"
    if manifest.is_file():
        for line in manifest.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            yield Case(entry["id"], SUITE / entry["dir"], entry)
