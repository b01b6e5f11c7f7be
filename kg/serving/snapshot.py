"""A snapshot: an immutable directory named by its inputs, and the one commit point that makes it current.

    state/.write                     lock of whoever builds
    state/current                    one line: the name of the current snapshot; replacing it is the commit
    state/snapshots/<name>/          store/  quads.nq.gz  why.sqlite  manifest.json
    state/snapshots/.new-* .old-*    being built, being removed

Readers hold a shared lock on the directory; what somebody holds is not removed. No file holds an absolute
path, so a copied ``state/`` stays valid.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kg.errors import Finding, Misuse
from kg.serving.hold import STORE as STORE
from kg.serving.hold import held as held

WHY, MANIFEST = "why.sqlite", "manifest.json"
_PROGRAM = Path(__file__).parent.parent
_NAME = re.compile(r"[0-9a-f]{64}")
_LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "PyYAML")


# --- naming ---------------------------------------------------------------------------------------------------


def name(inputs: Mapping[str, str]) -> str:
    """The snapshot that these inputs make, whatever their order and whatever day it is.

    >>> name({"a": "1", "b": "2"}) == name({"b": "2", "a": "1"}) != name({"a": "1"})
    True
    """
    return hashlib.sha256(json.dumps(sorted(inputs.items())).encode()).hexdigest()


def inputs_of_program() -> dict[str, str]:
    """What the program itself contributes to a snapshot: its source files, and the libraries that it uses for it."""
    files = sorted(_PROGRAM.rglob("*.py"))
    return {
        **{f"kg/{f.relative_to(_PROGRAM).as_posix()}": hashlib.sha256(f.read_bytes()).hexdigest() for f in files},
        **{f"version/{library}": version(library) for library in _LIBRARIES},
    }


def manifest(
    inputs: Mapping[str, str],
    *,
    counts: Mapping[str, int],
    findings: Sequence[Finding] = (),
    datasets: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What a snapshot says of itself: its name, what it was made from, how much it holds, what was found.

    Args:
        datasets: a description of each of the files.
    """
    return {
        "name": name(inputs),
        "inputs": dict(inputs),
        "counts": dict(counts),
        "findings": [f.as_json() for f in findings],
        "datasets": list(datasets),
        "versions": {k.removeprefix("version/"): v for k, v in inputs.items() if k.startswith("version/")},
    }


# --- writing --------------------------------------------------------------------------------------------------


@contextmanager
def writing(state: Path) -> Iterator[None]:
    """Be the one who writes; waits for whoever does. ``publish`` and ``clean`` belong inside."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / ".write").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def staging(state: Path) -> Iterator[Path]:
    """A fresh directory to build in; gone afterwards unless it was published."""
    snapshots = state / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=".new-", dir=snapshots))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def write_manifest(staging: Path, manifest: Mapping[str, Any]) -> None:
    """The last step: what the snapshot says of itself."""
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    (staging / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def publish(state: Path, staging: Path, name: str, *, anew: bool = False) -> Path:
    """Make what was written the current snapshot; on disk once this returns. Its path comes back.

    A snapshot of the same name was made from the same inputs: it stays, and ``staging`` goes. With ``anew`` it is
    replaced, in case it was damaged.

    Raises:
        Misuse: it is to be replaced, and somebody holds it.
    """
    final = state / "snapshots" / name
    if anew and final.exists() and not _remove(final):
        raise Misuse(f"Snapshot {name[:12]} is in use; it was not replaced.", "Stop the server that reads it first.")
    if not final.exists():
        _sync_tree(staging)
        staging.rename(final)
        _sync(final.parent)
    pointer = state / f".current-{os.getpid()}"
    pointer.write_text(name + "\n", encoding="utf-8", newline="\n")
    _sync(pointer)
    pointer.replace(state / "current")
    _sync(state)
    return final


def clean(state: Path) -> list[Path]:
    """Remove what a killed writer left, and the snapshots that are neither current nor held; these come back."""
    for pointer in state.glob(".current-*"):
        pointer.unlink()
    snapshots = state / "snapshots"
    if not snapshots.is_dir():
        return []
    kept, removed = current(state), []
    for path in sorted(snapshots.iterdir()):
        if path.name.startswith((".new-", ".old-")):
            shutil.rmtree(path)
            removed.append(path)
        elif path != kept and _remove(path):
            removed.append(path)
    return removed


def _remove(path: Path) -> bool:
    """Remove a snapshot that nobody holds; renamed first, so that no reader opens half of it."""
    directory = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=path.parent))
        path.rename(old / path.name)
        shutil.rmtree(old)
    except BlockingIOError:
        return False
    finally:
        os.close(directory)
    return True


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- reading --------------------------------------------------------------------------------------------------


def current(state: Path) -> Path | None:
    """The snapshot to serve; None if nothing was published, or what was is gone."""
    try:
        line = (state / "current").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    path = state / "snapshots" / line
    return path if _NAME.fullmatch(line) and path.is_dir() else None


def read_manifest(path: Path) -> dict[str, Any]:
    """What the snapshot says of itself."""
    content: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    return content
