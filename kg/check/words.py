"""How findings name nodes and say that a check itself cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kg.errors import Finding
from kg.terms import GENID, written


def readable(node: Any) -> str:
    if node is None:
        return "nothing"
    return "a node without a name" if node.value.startswith(GENID) else written(node)


def listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def broken(file: str, why: str, line: int | None) -> Finding:
    return Finding("broken-check", "error", f"The check cannot be used: {why}", "Mend the file.", None, file, line)
