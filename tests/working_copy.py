"""The project as an author has it: a copy to edit."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from kg.settings import Settings


def copied(settings: Settings, folder: Path) -> Settings:
    """A copy of the ontology, the questions and the state to work on, in a folder of that name each."""
    folders = {"ontology": settings.ontology, "queries": settings.queries, "state": settings.state}
    for name, original in folders.items():
        shutil.copytree(original, folder / name, symlinks=True)
    return replace(settings, **{name: folder / name for name in folders})
