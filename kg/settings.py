"""The settings: one frozen object, read once from the environment; each has a default and a sentence."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import Misuse

PACKAGED = Path(__file__).parent / "packaged"
CHECKOUT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; the metadata of each field is the sentence that the README prints."""

    ontology: Path = field(metadata={"doc": "Folder with the ontology; its root file is entrepot.ttl."})
    queries: Path = field(metadata={"doc": "Folder with questions/ and hygiene/."})
    state: Path = field(metadata={"doc": "Folder for snapshots; may be copied and deleted."})
    sources: Path | None = field(
        default=None, metadata={"doc": "Folder with the source documents; answers then show passages."}
    )
    deadline: float = field(default=10.0, metadata={"doc": "Seconds that one answer may take, waiting included."})
    workers: int = field(default=2, metadata={"doc": "Query processes for young queries; one more may run a slow one."})
    memory: int = field(default=1 << 30, metadata={"doc": "Bytes of address space that one query process may use."})
    body_limit: int = field(default=1 << 20, metadata={"doc": "Bytes that a request body may have."})
    result_limit: int = field(default=64 << 20, metadata={"doc": "Bytes that one SPARQL result may have."})


def read(environment: Mapping[str, str] = os.environ, here: Path | None = None) -> Settings:
    """The settings of this process.

    Folders: the setting; else ``./ontology`` where it holds ``entrepot.ttl`` (state is then ``./state``);
    else those that travel with the program, with the state in the user's data folder.

    Raises:
        Misuse: a value that is no number or out of range, or a folder without an ontology.
    """
    here = here or Path.cwd()
    given = {
        f.name: environment[f"ENTREPOT_{f.name.upper()}"]
        for f in fields(Settings)
        if environment.get(f"ENTREPOT_{f.name.upper()}")
    }
    local = (here / "ontology" / "entrepot.ttl").is_file()
    home = PACKAGED if (PACKAGED / "ontology").is_dir() else CHECKOUT
    base = here if local else home
    ontology = Path(given.get("ontology", base / "ontology")).resolve()
    if not (ontology / "entrepot.ttl").is_file():
        raise Misuse(f"There is no entrepot.ttl in {ontology}.", "Set ENTREPOT_ONTOLOGY to the folder of the ontology.")
    data_home = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return Settings(
        ontology=ontology,
        queries=Path(given.get("queries", base / "queries")).resolve(),
        state=Path(given.get("state", here / "state" if local else data_home / "entrepot")).resolve(),
        sources=Path(given["sources"]).resolve() if "sources" in given else None,
        **_numbers(given),
    )


def _numbers(given: Mapping[str, str]) -> dict[str, Any]:
    """The settings that are numbers, of those given; whole numbers where the default is one."""
    numbers: dict[str, Any] = {}
    for f in fields(Settings):
        if f.name not in given or not isinstance(f.default, int | float):
            continue
        try:
            number = type(f.default)(given[f.name])
        except ValueError:
            number = 0
        if not (number > 0 and math.isfinite(number)):
            kind = "whole number from 1 up" if isinstance(f.default, int) else "positive number"
            message = f"ENTREPOT_{f.name.upper()} is {given[f.name]!r}, which is no {kind}."
            raise Misuse(message, f"Give a number such as {f.default}.")
        numbers[f.name] = number
    return numbers
