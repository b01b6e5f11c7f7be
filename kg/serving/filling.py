"""The store of a snapshot to be: a copy of the last one with the difference made to it, or loaded as a whole.

An edit changes a few of a million quads. The files of a store are never changed, only added to and removed, so a
copy takes links to them; both snapshots are whole without the other. As a program, this does it in a process of its
own, whose memory and time are not those of the build::

    python -m kg.serving.filling STAGING [LAST]
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BuildFailed
from kg.serving.hold import STORE

LINES, PACKED = "quads.nq", "quads.nq.gz"
"""What a store is to hold, and what it holds: one quad a line, as N-Quads."""
_MOST = 0.1
"""The part of the lines that may differ; from there on it takes less to load all of them."""


def write(staging: Path, quads: Iterable[str]) -> None:
    """Write down what the store will hold.

    Args:
        quads: lines of N-Quads without blank nodes: every triple once in the default graph, and once in the graph
            of each of its sources. One bulk load, for two would give two sets of files.
    """
    with (staging / LINES).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(quads)


def apart(staging: Path, last: Path | None) -> None:
    """As :func:`fill`, in a process of its own, for whose end this waits.

    Raises:
        BuildFailed: the process broke off.
    """
    done = subprocess.run([sys.executable, "-m", __name__, staging, *([last] if last else [])], check=False)
    if done.returncode:
        raise BuildFailed(f"The process that writes the store ended with exit code {done.returncode}.", "See the log.")


def fill(staging: Path, last: Path | None = None) -> None:
    """Make the store of the lines, and pack the lines.

    Args:
        last: another snapshot, whose store was written by the same version of the library.
    """
    if last is None or not _changed(staging, last):
        _loaded(staging)
    with (
        (staging / LINES).open("rb") as lines,
        (staging / PACKED).open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as packed,
    ):
        shutil.copyfileobj(lines, packed)
    (staging / LINES).unlink()


def _loaded(staging: Path) -> None:
    """The lines are not judged once more: their terms have come from files that were."""
    store = ox.Store(staging / STORE)
    store.bulk_load(path=staging / LINES, format=ox.RdfFormat.N_QUADS, lenient=True)
    store.optimize()
    store.flush()


def _changed(staging: Path, last: Path) -> bool:
    """Whether the store is now that of the last snapshot but for the difference; if it is not, there is none."""
    try:
        done = _has_changed(staging, last)
    except (OSError, EOFError, RuntimeError, zlib.error):  # the last snapshot is damaged
        done = False
    if not done:
        shutil.rmtree(staging / STORE, ignore_errors=True)
    return done


def _has_changed(staging: Path, last: Path) -> bool:
    with gzip.open(last / PACKED) as packed:
        gone = set(packed)
    count, new = 0, list[bytes]()
    with (staging / LINES).open("rb") as lines:
        for line in lines:
            count += 1
            if line in gone:
                gone.discard(line)
            else:
                new.append(line)
    if len(gone) + len(new) > _MOST * count:
        return False
    shutil.copytree(last / STORE, staging / STORE, ignore=shutil.ignore_patterns("LOG*"), copy_function=_linked)
    store = ox.Store(staging / STORE)
    for quad in ox.parse(b"".join(gone), ox.RdfFormat.N_QUADS, lenient=True):
        store.remove(quad)
    store.extend(ox.parse(b"".join(new), ox.RdfFormat.N_QUADS, lenient=True))
    store.flush()
    return len(store) == count  # else the last store was not what its lines say


def _linked(source: str, target: str) -> None:
    """A link to a file that holds data; a copy of any other, or where the disk knows no links."""
    if source.endswith(".sst"):
        try:
            os.link(source, target)
        except OSError:
            pass
        else:
            return
    shutil.copyfile(source, target)


if __name__ == "__main__":
    fill(*map(Path, sys.argv[1:]))
