"""The settings: one frozen object, read once from the environment; each has a default and a sentence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

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
    token: str | None = field(
        default=None, metadata={"doc": "Bearer token for writes; without it nothing can be written."}
    )
    deadline: float = field(default=10.0, metadata={"doc": "Seconds that one answer may take, waiting included."})
    workers: int = field(default=2, metadata={"doc": "Query processes for young queries; one more may run a slow one."})
    memory: int = field(default=1 << 30, metadata={"doc": "Bytes of address space that one query process may use."})
    body_limit: int = field(default=1 << 20, metadata={"doc": "Bytes that a request body may have."})
    result_limit: int = field(default=64 << 20, metadata={"doc": "Bytes that one SPARQL result may have."})

    @property
    def packaged(self) -> bool:
        """Whether the ontology is the one that travels with an installed program, which must not be edited."""
        return self.ontology.is_relative_to(PACKAGED)


def read(environment: Mapping[str, str] = os.environ, here: Path | None = None) -> Settings:
    """The settings of this process.

    Folders: the setting; else ``./ontology`` where it holds ``entrepot.ttl`` (state is then ``./state``);
    else those that travel with the program, with the state in the user's data folder.

    Raises:
        Misuse: a value that is no number, or a folder without an ontology.
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
        token=given.get("token"),
        deadline=_number(given, "deadline", 10.0),
        workers=int(_number(given, "workers", 2)),
        memory=int(_number(given, "memory", 1 << 30)),
        body_limit=int(_number(given, "body_limit", 1 << 20)),
        result_limit=int(_number(given, "result_limit", 64 << 20)),
    )


def _number(given: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(given.get(name, default))
    except ValueError:
        value = -1.0
    if value <= 0:
        raise Misuse(
            f"ENTREPOT_{name.upper()} is {given[name]!r}, which is no positive number.",
            "Give a number such as 10.",
        )
    return value
