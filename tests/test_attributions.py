"""The README names every source with its licence, as the headers of the files do."""

from __future__ import annotations

from pathlib import Path

from kg import attributions
from kg.files.load import load

PROJECT = Path(__file__).parent.parent


def test_the_readme_lists_the_sources_that_the_headers_name() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    section = attributions.text(load(PROJECT / "ontology"))
    assert readme == attributions.replaced(readme, section), "python -m kg.attributions README.md"
    tables = [path.name for path in (PROJECT / "ontology" / "tables").glob("*.csv")]
    assert len(tables) > 10
    for name in tables:
        assert f"`tables/{name}`" in section


def test_what_stands_around_the_list_stays() -> None:
    page = f"before\n{attributions.BEGIN}\nold\n{attributions.END}\nafter\n"
    made = attributions.replaced(page, "new")
    assert made == f"before\n{attributions.BEGIN}\nnew\n{attributions.END}\nafter\n"
    assert attributions.replaced(made, "new") == made
