"""The wheel carries all that the program needs: it answers in an empty folder, without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent

RUN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kg.cli import main; main()"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the wheel, unpacked into an empty folder."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed command, isolated from the checkout, in a folder and home of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(here), "LC_ALL": "C"}
    command = [sys.executable, "-I", "-c", RUN, str(installed), *arguments]
    return subprocess.run(command, cwd=here, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_the_wheel_answers_a_question_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "ask", "platforms-for-emerging-markets", "market=巴西", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("AliExpress,Brazil,A,suits,")
    assert (tmp_path / ".local" / "share" / "entrepot" / "current").is_file()


def test_the_wheel_has_the_licence_and_the_pages_and_no_tests(installed: Path) -> None:
    assert list(installed.glob("*.dist-info/licenses/LICENSE"))
    assert (installed / "api" / "templates" / "answer.html").is_file()
    assert {p.name for p in installed.iterdir() if p.suffix != ".dist-info"} == {"kg", "api"}


def test_the_packaged_ontology_is_not_to_be_formatted_in_place(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "fmt", str(installed / "kg" / "packaged" / "ontology"))
    assert done.returncode == 2
    assert "Copy the ontology" in done.stderr
