"""Where a triple stands: the line of the statement in Turtle or N-Triples that says it."""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox
from pyoxigraph import NamedNode, RdfFormat

from kg.files import layout
from kg.terms import Term, Triple, canonical

_LARGEST = 20_000_000
"""Characters; in a longer text nothing is looked for, because that would take minutes."""


def line_of(text: str, triple: Triple) -> int | None:
    """The line on which a triple of named terms and literals is said; None where that cannot be told.

    >>> line_of('@prefix x: <urn:x:> .\\nx:a x:p 1 .\\nx:a x:p\\n  2, 3 .', Triple(
    ...     NamedNode("urn:x:a"), NamedNode("urn:x:p"), ox.Literal(3)))
    3
    """
    if not isinstance(triple.subject, NamedNode) or len(text) > _LARGEST:
        return None
    local = re.split(r"[/#:]", triple.subject.value.rstrip("/#:"))[-1]
    directives = []
    for statement in _statements(text):
        if statement.is_directive:
            directives.append(statement.text)
        elif local in statement.first and _is_said(triple, "\n".join([*directives, statement.text])):
            return statement.line
    return None


@lru_cache(maxsize=4)
def _statements(text: str) -> list[layout.Statement]:
    return list(layout.statements(text))


def _is_said(triple: Triple, text: str) -> bool:
    try:
        quads = list(ox.parse(text, format=RdfFormat.TURTLE))
    except SyntaxError:
        return False
    return any((q.subject, q.predicate, _value(q.object)) == tuple(triple) for q in quads)


def _value(term: Term) -> Term:
    return term if isinstance(term, NamedNode) else canonical(term)
