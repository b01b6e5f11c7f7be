"""What is published stays whole, whoever is killed; what is read is not removed."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from small_snapshots import lines, node, numbers, published, write

import kg
from kg.errors import Finding, Misuse
from kg.serving import snapshot


def triples(path: Path | None) -> int:
    assert path is not None
    return len(ox.Store.read_only(str(path / snapshot.STORE)))


def test_the_name_depends_on_the_inputs_and_not_on_their_order() -> None:
    assert snapshot.name({"a": "1", "b": "2"}) == snapshot.name({"b": "2", "a": "1"})
    assert len({snapshot.name(i) for i in ({"a": "1"}, {"a": "2"}, {"b": "1"}, {"a": "1", "b": ""}, {})}) == 5


def test_the_program_is_an_input() -> None:
    inputs = snapshot.inputs_of_program()
    assert {"kg/serving/snapshot.py", "kg/errors.py", "version/pyoxigraph", "version/pyshacl"} <= inputs.keys()
    assert inputs["version/pyoxigraph"] == ox.__version__
    assert not any("/packaged/" in name and not name.endswith(".py") for name in inputs)


def test_nothing_is_current_before_the_first_publication(tmp_path: Path) -> None:
    assert snapshot.current(tmp_path) is None
    assert snapshot.current(tmp_path / "nowhere") is None


def test_a_published_snapshot_is_current_and_whole(tmp_path: Path) -> None:
    path = published(tmp_path, numbers(5, "one"), of="five")
    assert snapshot.current(tmp_path) == path
    assert path.name == snapshot.name({"of": "five"})
    store = ox.Store.read_only(str(path / snapshot.STORE))
    assert len(list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))) == 5
    assert len(list(store.quads_for_pattern(None, None, None, node("one")))) == 5


def test_the_manifest_says_what_went_in_and_what_was_found(tmp_path: Path) -> None:
    finding = Finding("no-label", "warning", "It has no label.", "Add one.")
    content = snapshot.manifest({"a": "1", "version/x": "2.0"}, counts={"triples": 0}, findings=[finding])
    with snapshot.staging(tmp_path) as staging:
        write(staging, [], content)
        read = snapshot.read_manifest(staging)
        assert (staging / snapshot.MANIFEST).read_text() == json.dumps(read, indent=1, sort_keys=True) + "\n"
    assert read["name"] == snapshot.name({"a": "1", "version/x": "2.0"})
    assert read["versions"] == {"x": "2.0"}
    assert read["findings"][0]["code"] == "no-label"


def test_publishing_the_same_inputs_again_leaves_the_first_in_place(tmp_path: Path) -> None:
    first = published(tmp_path, numbers(2), of="same").stat().st_ino
    again = published(tmp_path, numbers(2), of="same")
    assert again.stat().st_ino == first
    assert [p.name for p in (tmp_path / "snapshots").iterdir()] == [again.name]


def test_a_snapshot_is_made_anew_only_if_nobody_holds_it(tmp_path: Path) -> None:
    first = published(tmp_path, numbers(2), of="same")
    with snapshot.staging(tmp_path) as staging:
        write(staging, lines(numbers(3)), {})
        with snapshot.held(first), pytest.raises(Misuse, match="in use"):
            snapshot.publish(tmp_path, staging, first.name, anew=True)
        assert triples(first) == 2
        assert triples(snapshot.publish(tmp_path, staging, first.name, anew=True)) == 3


def test_a_snapshot_that_failed_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), snapshot.staging(tmp_path) as staging:
        write(staging, (str(1 // 0) for _ in range(1)), {})
    assert list((tmp_path / "snapshots").iterdir()) == []
    assert snapshot.current(tmp_path) is None


def test_an_old_snapshot_is_removed_once_nobody_holds_it(tmp_path: Path) -> None:
    old = published(tmp_path, numbers(2), of="old")
    new = published(tmp_path, numbers(3), of="new")
    with snapshot.held(old):
        assert snapshot.clean(tmp_path) == []
        assert triples(old) == 2
    assert snapshot.clean(tmp_path) == [old]
    assert list((tmp_path / "snapshots").iterdir()) == [new]


def test_the_current_snapshot_is_not_removed(tmp_path: Path) -> None:
    path = published(tmp_path, numbers(2), of="only")
    assert snapshot.clean(tmp_path) == []
    assert triples(path) == 2


def test_a_removed_snapshot_cannot_be_held(tmp_path: Path) -> None:
    old = published(tmp_path, (), of="old")
    published(tmp_path, (), of="new")
    snapshot.clean(tmp_path)
    with pytest.raises(FileNotFoundError), snapshot.held(old):
        pass


def test_a_reader_that_came_while_it_was_being_removed_learns_of_it(tmp_path: Path) -> None:
    path = published(tmp_path, (), of="old")
    cleaner = os.open(path, os.O_RDONLY)
    fcntl.flock(cleaner, fcntl.LOCK_EX)
    outcome: list[str] = []

    def read() -> None:
        try:
            with snapshot.held(path):
                outcome.append("held")
        except FileNotFoundError:
            outcome.append("gone")

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.1)  # long enough to open the directory and wait for the lock
    path.rename(tmp_path / "elsewhere")
    os.close(cleaner)
    reader.join(timeout=10)
    assert outcome == ["gone"]


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with snapshot.writing(tmp_path):
            order.append("second")

    with snapshot.writing(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=0.1)
        order.append("first")
    other.join(timeout=10)
    assert order == ["first", "second"]


def test_a_copied_state_is_as_good_as_the_first(tmp_path: Path) -> None:
    path = published(tmp_path / "first", numbers(4), of="four")
    shutil.copytree(tmp_path / "first", tmp_path / "copy")
    shutil.rmtree(tmp_path / "first")
    copy = snapshot.current(tmp_path / "copy")
    assert copy == tmp_path / "copy" / "snapshots" / path.name
    assert triples(copy) == 4
    assert str(tmp_path) not in (copy / snapshot.MANIFEST).read_text()
    assert str(tmp_path) not in (tmp_path / "copy" / "current").read_text()


def test_opening_a_snapshot_changes_nothing_in_it(tmp_path: Path) -> None:
    path = published(tmp_path, numbers(3), of="three")
    before = {f: f.stat().st_mtime_ns for f in path.rglob("*")}
    assert triples(path) == 3
    assert {f: f.stat().st_mtime_ns for f in path.rglob("*")} == before


WRITER = """
import sys
from pathlib import Path
sys.path += sys.argv[3:]
from small_snapshots import lines, numbers, published
from kg.serving import snapshot
state = Path(sys.argv[1])
for turn in range(int(sys.argv[2]), 1000):
    published(state, numbers(1000 + turn), turn=str(turn))
    print(turn, flush=True)
    if turn % 3 == 0:
        with snapshot.writing(state):
            snapshot.clean(state)
"""


def test_killing_the_writer_at_any_time_leaves_the_last_snapshot_whole(tmp_path: Path) -> None:
    published(tmp_path, numbers(1000), turn="0")
    acknowledged, leftovers = 0, 0
    for kill in range(6):
        roots = [str(Path(__file__).parent), str(Path(kg.__file__).parents[1])]
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(acknowledged + 1), *roots]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.013 * kill)  # somewhere in the turns after the first
        writer.send_signal(signal.SIGKILL)
        lines = writer.communicate()[0].split()
        acknowledged = int(lines[-1]) if lines else acknowledged + 1
        path = snapshot.current(tmp_path)
        assert path is not None
        manifest = snapshot.read_manifest(path)
        turn = int(manifest["inputs"]["turn"])
        assert acknowledged <= turn <= acknowledged + 1  # committed, and killed before it could say so
        assert triples(path) == manifest["counts"]["quads"] == 1000 + turn
        acknowledged = turn
        with snapshot.writing(tmp_path):
            leftovers += len(snapshot.clean(tmp_path))
        assert list((tmp_path / "snapshots").iterdir()) == [path]
    assert leftovers > 0
