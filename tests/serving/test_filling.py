"""A store that is made of the last one holds what one that is loaded holds, and the last one stays what it was."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest
from small_snapshots import lines, node, numbers

from kg.serving import filling
from kg.serving.hold import STORE

_EDITS = 20


def filled(staging: Path, quads: list[ox.Quad], last: Path | None = None) -> Path:
    staging.mkdir()
    filling.write(staging, lines(quads))
    filling.fill(staging, last)
    return staging


def held(snapshot: Path) -> set[ox.Quad]:
    return set(ox.Store.read_only(str(snapshot / STORE)))


def shared(snapshot: Path, last: Path) -> int:
    """How many files of data two stores have in common."""
    inodes = [{file.stat().st_ino for file in (each / STORE).glob("*.sst")} for each in (snapshot, last)]
    return len(inodes[0] & inodes[1])


def test_one_edit_after_another_gives_what_loading_gives(tmp_path: Path) -> None:
    chance = random.Random(6)
    quads = list(numbers(500, "one", "two"))
    spoken = [
        ox.Quad(node("thing-1"), node("name"), ox.Literal(f'a "{c}"\n\\', language="en")) for c in "x\u2028é\U0001f600"
    ]
    last = filled(tmp_path / "0", quads)
    for edit in range(1, _EDITS + 1):
        before = held(last)
        gone = set(chance.sample(quads, chance.randrange(40)))
        new = [*numbers(chance.randrange(500, 510), f"graph-{edit}")][1000:] + chance.sample(spoken, 2)
        quads = list(dict.fromkeys([*(quad for quad in quads if quad not in gone), *new]))
        snapshot = filled(tmp_path / str(edit), quads, last)
        assert held(snapshot) == set(quads)
        assert held(last) == before
        assert shared(snapshot, last)
        last = snapshot


def test_what_hardly_resembles_the_last_is_loaded(tmp_path: Path) -> None:
    last = filled(tmp_path / "last", list(numbers(500)))
    other = list(numbers(500, "one"))
    snapshot = filled(tmp_path / "new", other, last)
    assert held(snapshot) == set(other)
    assert not shared(snapshot, last)


@pytest.mark.parametrize("damage", ["lines missing", "lines cut off", "lines of another", "store missing", "data"])
def test_a_damaged_snapshot_is_not_built_on(tmp_path: Path, damage: str) -> None:
    quads = list(numbers(500))
    last = filled(tmp_path / "last", quads)
    packed = last / filling.PACKED
    if damage == "lines missing":
        packed.unlink()
    elif damage == "lines cut off":
        packed.write_bytes(packed.read_bytes()[:-20])
    elif damage == "lines of another":
        packed.write_bytes((filled(tmp_path / "other", quads[:-7]) / filling.PACKED).read_bytes())
        quads = quads[:-10]
    elif damage == "store missing":
        (last / STORE / "CURRENT").unlink()
    else:
        for file in (last / STORE).glob("*.sst"):
            file.write_bytes(b"")
    snapshot = filled(tmp_path / "new", quads, last)
    assert held(snapshot) == set(quads)
    assert not shared(snapshot, last)


def test_the_same_lines_are_packed_the_same(tmp_path: Path) -> None:
    quads = list(numbers(50, "one"))
    first, second = (filled(tmp_path / name, quads) / filling.PACKED for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert not (tmp_path / "a" / filling.LINES).exists()


def test_a_process_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(filling.BuildFailed, match="exit code 1"):
        filling.apart(tmp_path, None)
