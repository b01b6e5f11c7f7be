"""Settings come from the environment, have defaults, and are all documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from kg.errors import Misuse
from kg.settings import CHECKOUT, Settings, read

PROJECT = Path(__file__).parent.parent


def test_an_ontology_in_the_working_folder_is_used_and_its_state_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "entrepot.ttl").touch()
    settings = read({}, tmp_path)
    assert (settings.ontology, settings.state) == (tmp_path / "ontology", tmp_path / "state")


def test_elsewhere_the_ontology_that_travels_with_the_program_is_used(tmp_path: Path) -> None:
    settings = read({"XDG_DATA_HOME": str(tmp_path / "data")}, tmp_path)
    assert settings.ontology == CHECKOUT / "ontology"
    assert settings.state == tmp_path / "data" / "entrepot"


def test_a_setting_outweighs_the_working_folder(tmp_path: Path) -> None:
    assert read({"ENTREPOT_STATE": str(tmp_path)}, PROJECT).state == tmp_path


@pytest.mark.parametrize("value", ["soon", "-1", "0", "nan", "inf"])
def test_a_deadline_that_is_no_positive_number_is_misuse(value: str) -> None:
    with pytest.raises(Misuse, match="ENTREPOT_DEADLINE"):
        read({"ENTREPOT_DEADLINE": value}, PROJECT)


@pytest.mark.parametrize("name", ["WORKERS", "MEMORY", "BODY_LIMIT", "RESULT_LIMIT"])
@pytest.mark.parametrize("value", ["0.5", "0", "-1", "nan", "inf", "two"])
def test_what_is_counted_is_a_whole_number(name: str, value: str) -> None:
    with pytest.raises(Misuse, match=f"ENTREPOT_{name}"):
        read({f"ENTREPOT_{name}": value}, PROJECT)


def test_numbers_are_read_as_what_they_are() -> None:
    settings = read({"ENTREPOT_WORKERS": "3", "ENTREPOT_DEADLINE": "0.5"}, PROJECT)
    assert (settings.workers, settings.deadline, settings.memory) == (3, 0.5, 1 << 30)


def test_a_folder_without_an_ontology_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"entrepot\.ttl"):
        read({"ENTREPOT_ONTOLOGY": str(tmp_path)}, PROJECT)


def test_the_readme_lists_every_setting_with_its_sentence() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for setting in fields(Settings):
        assert f"`ENTREPOT_{setting.name.upper()}`" in readme
        assert setting.metadata["doc"] in readme
