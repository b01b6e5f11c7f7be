"""The house stays simple: imports run one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent

MAY_IMPORT = {
    "kg.errors": set(),
    "kg.terms": set(),
    "kg.cache": set(),
    "kg.collector": set(),
    "kg.frontmatter": {"kg.errors"},
    "kg.passages": set(),
    "kg.settings": {"kg.errors"},
    "kg.sparql": {"kg.errors", "kg.terms"},
    "kg.files": {"kg.cache", "kg.errors", "kg.frontmatter", "kg.terms", "kg.sparql"},
    "kg.sources": {"kg.terms", "kg.files"},
    "kg.datasets": {"kg.terms", "kg.files"},
    "kg.dcat": {"kg.datasets", "kg.terms"},
    "kg.licences": set(),
    "kg.reasoning": {"kg.collector", "kg.errors", "kg.frontmatter", "kg.terms", "kg.sparql", "kg.sources"},
    "kg.refresh": {"kg.errors"},
    "kg.check": {"kg.cache", "kg.errors", "kg.passages", "kg.terms", "kg.sparql", "kg.files", "kg.sources"},
    "kg.serving": {"kg.errors", "kg.terms", "kg.sparql"},
    "kg.asking": {
        "kg.errors",
        "kg.frontmatter",
        "kg.files",
        "kg.passages",
        "kg.terms",
        "kg.sparql",
        "kg.sources",
        "kg.reasoning",
    },
}
"""What each room may import besides itself; the rest (build, cli, api) stands above them and may import all."""


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imported(path: Path) -> set[str]:
    """The rooms of kg and api that a file imports, for running or for type checking."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" if node.module == "kg" else node.module for alias in node.names}
    return {room(name) for name in found if name.split(".")[0] in ("kg", "api")}


def files_of(name: str) -> list[Path]:
    path = PROJECT / name.replace(".", "/")
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(name: str) -> None:
    files = files_of(name)
    assert files
    for path in files:
        assert imported(path) - {name} <= MAY_IMPORT[name], path


def test_kg_never_imports_the_web_layer() -> None:
    for path in sorted((PROJECT / "kg").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not {m for m in imported(path) if m.startswith("api")}, path
        assert "fastapi" not in text, path


def test_no_two_files_import_each_other() -> None:
    """Nor do more than two in a ring."""
    waiting = {p: modules_of(p) for folder in ("kg", "api") for p in sorted((PROJECT / folder).rglob("*.py"))}
    names = {module_name(path) for path in waiting}
    assert len(names) > 70
    while waiting:
        free = [path for path, needed in waiting.items() if not needed & {module_name(p) for p in waiting}]
        assert free, f"a ring among {sorted(map(module_name, waiting))}"
        for path in free:
            del waiting[path]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def modules_of(path: Path) -> set[str]:
    """The modules that a file imports, a name taken from a package counting as a module where it is one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found - {module_name(path)}


def test_the_web_layer_uses_no_rdf_library() -> None:
    for path in sorted((PROJECT / "api").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert "import rdflib" not in text and "from rdflib" not in text, path
