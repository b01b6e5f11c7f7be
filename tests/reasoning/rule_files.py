"""Stratified rules for tests, written to files and read back."""

from __future__ import annotations

from pathlib import Path

from kg.errors import Finding
from kg.reasoning import strata
from kg.reasoning.strata import Stratum

PREFIXES = "PREFIX ep: <https://w3id.org/entrepot/ontology#> PREFIX id: <https://w3id.org/entrepot/id/>"


def rule(query: str, name: str = "10-rule", summary: str = "Because of the rule.", front: str = "") -> dict[str, str]:
    """A rule's file, with its name."""
    return {f"{name}.rq": f"#+ summary: {summary}\n{front}{PREFIXES}\n{query}\n"}


def read(folder: Path, files: dict[str, str]) -> tuple[list[Stratum], list[Finding]]:
    rules = folder / "rules"
    rules.mkdir()
    for name, text in files.items():
        (rules / name).write_text(text, encoding="utf-8")
    return strata.read(rules)


def accepted(folder: Path, files: dict[str, str]) -> list[Stratum]:
    found, findings = read(folder, files)
    assert findings == []
    return found
