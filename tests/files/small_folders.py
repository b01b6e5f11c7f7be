"""Ontology folders of a few lines, for tests."""

from __future__ import annotations

from pathlib import Path

from kg.errors import Finding
from kg.files.load import Dataset
from kg.terms import BASE

PREFIXES = """@prefix ep: <https://w3id.org/entrepot/ontology#> .
@prefix id: <https://w3id.org/entrepot/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


def folder(path: Path, *modules: tuple[str, str], imports: str = "") -> Path:
    """A folder with a root and modules ``(name, text)``; each is in the catalog as ``.../NAME`` and imported."""
    entries = "".join(f'<uri name="{BASE}{name}" uri="{name}.ttl"/>\n' for name, _ in modules)
    (path / "catalog-v001.xml").write_text(f"<catalog>\n{entries}</catalog>", "utf-8")
    wanted = " ".join(f"<{BASE}> owl:imports <{BASE}{name}> ." for name, _ in modules)
    (path / "entrepot.ttl").write_text(f"{PREFIXES}<{BASE}> a owl:Ontology .\n{wanted}\n{imports}", "utf-8")
    for name, text in modules:
        file = path / f"{name}.ttl"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{PREFIXES}<{BASE}{name}> a owl:Ontology .\n{text}", "utf-8")
    return path


def only(dataset: Dataset) -> Finding:
    assert len(dataset.findings) == 1, dataset.findings
    finding = dataset.findings[0]
    assert finding.message and finding.fix
    return finding
