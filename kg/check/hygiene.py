"""Hygiene queries: what must not be anywhere in the graph; a row is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pyoxigraph as ox

from kg.check.words import broken, listed, readable
from kg.errors import Finding, QueryError, QuerySyntax, Severity
from kg.files.load import Dataset
from kg.sparql import refuse_remote, unreadable

_BRACED = re.compile(r"{(\w+)}")


def hygiene(path: Path, store: ox.Store, dataset: Dataset) -> Iterator[Finding]:
    """A finding for each row of a hygiene query, or one that says why the query cannot be used."""
    file = "/".join(path.parts[-3:])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        yield broken(file, f"it is not UTF-8: {error.reason}.", line)
        return
    front = dict(re.findall(r"^#\+ (\w+): (.+)$", text, re.M))
    try:
        rows = _rows(text, front, store)
    except QueryError as error:
        yield broken(file, error.message, error.data.get("line", 1))
        return
    names = [variable.value for variable in rows.variables]
    for row in rows:
        bound = {name: row[name] for name in names}
        if bound["focus"] is None:
            yield broken(file, "a row has no ?focus.", 1)
            return
        problem, fix = (_filled(front[part], bound) for part in ("problem", "fix"))
        where = dataset.place(bound["focus"], bound.get("graph"))
        yield Finding(path.stem, front["severity"], problem, fix, bound["focus"].value, *where)


def _rows(text: str, front: dict[str, str], store: ox.Store) -> ox.QuerySolutions:
    """The offenders.

    Raises:
        QueryError: the query or its front matter is not what a hygiene query needs.
    """
    refuse_remote(text)
    try:
        rows = store.query(text)
    except SyntaxError as error:
        raise unreadable(text, error) from error
    if wrong := front.keys() ^ {"problem", "fix", "severity"}:
        raise QuerySyntax(f"its front matter has problem, fix and severity, nothing else; see {listed(wrong)}.")
    if front["severity"] not in get_args(Severity):
        raise QuerySyntax(f"its severity is {front['severity']}, which is none of {listed(get_args(Severity))}.")
    if not isinstance(rows, ox.QuerySolutions) or ox.Variable("focus") not in rows.variables:
        raise QuerySyntax("it is no SELECT of a ?focus.")
    if unbound := _named(front) - {variable.value for variable in rows.variables}:
        raise QuerySyntax(f"it names {listed(unbound)} in braces, but does not select that.")
    return rows


def _named(front: dict[str, str]) -> set[str]:
    """The variables that the sentences of a hygiene query name."""
    return set(_BRACED.findall(front["problem"] + front["fix"]))


def _filled(sentence: str, bound: dict[str, Any]) -> str:
    return _BRACED.sub(lambda match: readable(bound[match[1]]), sentence)
