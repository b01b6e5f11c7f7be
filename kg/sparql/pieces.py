"""A query cut into parts, and a group of its WHERE clause into pieces, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from kg.errors import QuerySyntax
from kg.sparql.blocks import values_blocks
from kg.sparql.terminals import CLOSING, Token, closing, tokens


@dataclass(frozen=True)
class Parts:
    """A query in four pieces of text: ``prologue head WHERE { body } tail``."""

    prologue: str
    head: str
    """``SELECT ...`` up to WHERE; of a CONSTRUCT query, what stands inside its template."""
    body: str
    tail: str


def parts(text: str) -> Parts:
    """The pieces of a SELECT or CONSTRUCT query; of ``CONSTRUCT WHERE { ... }`` the head is the body.

    Raises:
        QuerySyntax: it is neither.
    """
    found = tokens(text)
    form = next((i for i, t in enumerate(found) if t.is_word("SELECT", "CONSTRUCT")), None)
    if form is None:
        raise QuerySyntax("The query is neither SELECT nor CONSTRUCT.", "Begin with SELECT or CONSTRUCT.")
    brace = _brace(found, form)
    head = None
    if found[form].is_word("CONSTRUCT") and brace == form + 1:
        end = closing(found, brace)
        head, brace = text[found[brace].end : found[end].start], _brace(found, end + 1)
    end = closing(found, brace)
    body = text[found[brace].end : found[end].start]
    if found[form].is_word("SELECT"):
        stop = brace - 1 if found[brace - 1].is_word("WHERE") else brace
        head = text[found[form].start : found[stop].start].strip()
    return Parts(text[: found[form].start], body if head is None else head, body, text[found[end].end :].strip())


def _brace(found: Sequence[Token], at: int) -> int:
    while at < len(found) and found[at].text != "{":
        at = closing(found, at) + 1 if found[at].text == "(" else at + 1
    if at == len(found):
        raise QuerySyntax("The query has no WHERE { ... }.")
    return at


def is_select(body: str) -> bool:
    """Whether a group is a sub-SELECT."""
    found = tokens(body)
    return bool(found) and found[0].is_word("SELECT")


class Piece(NamedTuple):
    """An element of a group as text; of a triple, subject, predicate and object are written out.

    ``kind`` is triple, optional, union, group, subselect, minus, filter, bind, values, graph or service; ``inner``
    is what stands between its braces, in a FILTER or BIND those of each EXISTS.
    """

    kind: str
    text: str
    inner: tuple[str, ...]


_KEYWORDS = {"OPTIONAL": "optional", "MINUS": "minus", "FILTER": "filter", "BIND": "bind"}
_KEYWORDS |= {"VALUES": "values", "GRAPH": "graph", "SERVICE": "service"}


@lru_cache(maxsize=2048)
def split(body: str) -> tuple[Piece, ...]:
    """The inside of a group cut into its elements, in written order; ``;`` and ``,`` are written out.

    >>> [p.text for p in split("?x a ep:Bloc ; ep:member ?a, ?b . FILTER(?a != ?b)")]
    ['?x a ep:Bloc', '?x ep:member ?a', '?x ep:member ?b', 'FILTER(?a != ?b)']
    """
    found, pieces, at = tokens(body), list[Piece](), 0
    while at < len(found):
        if found[at].text == ".":
            at += 1
        elif found[at].text == "{" or found[at].is_word(*_KEYWORDS):
            end = _end(found, at)
            pieces.append(_piece(body, found[at : end + 1]))
            at = end + 1
        else:
            end = _end_of_triples(found, at)
            pieces += (Piece("triple", text, ()) for text in _write_out(body, found[at:end]))
            at = end
    return tuple(pieces)


def _end(found: Sequence[Token], at: int) -> int:
    """The index of the last token of an element that is no triple."""
    opening = "(" if found[at].is_word("BIND") or (found[at].is_word("FILTER") and not _exists(found, at)) else "{"
    at = next((i for i in range(at, len(found)) if found[i].text == opening), at)
    end = closing(found, at)
    while opening == "{" and end + 1 < len(found) and found[end + 1].is_word("UNION"):
        end = closing(found, end + 2)
    return end


def _exists(found: Sequence[Token], at: int) -> bool:
    return found[at + 1].is_word("EXISTS", "NOT")


def _piece(body: str, found: Sequence[Token]) -> Piece:
    text = body[found[0].start : found[-1].end]
    kind = _KEYWORDS.get(found[0].text.upper(), "group")
    inner = []
    at = 0
    while at < len(found):
        if found[at].text == "{" and kind != "values":
            end = closing(found, at)
            inner.append(body[found[at].end : found[end].start])
            if kind == "group" and at == 0 and found[1].is_word("SELECT"):
                kind = "subselect"
            at = end
        at += 1
    return Piece("union" if kind == "group" and len(inner) > 1 else kind, text, tuple(inner))


def _end_of_triples(found: Sequence[Token], at: int) -> int:
    while at < len(found) and found[at].text not in (".", "{") and not found[at].is_word(*_KEYWORDS):
        at = closing(found, at) + 1 if found[at].text in CLOSING else at + 1
    return at


def _write_out(body: str, found: Sequence[Token]) -> Iterator[str]:
    """Each triple of ``s p o ; p o , o`` by itself; a text with [ ... ] or a collection in one piece."""
    whole = body[found[0].start : found[-1].end]
    if any(t.text == "[" for t in found) or found[0].text == "(":
        yield whole
        return
    subject, verb = found[0].text, ""
    for clause in _separated(found[1:], ";"):
        for position, members in enumerate(_separated(clause, ",")):
            if position == 0:
                cut = _object(members)
                verb = body[members[0].start : members[cut - 1].end]
                members = members[cut:]
            yield f"{subject} {verb} {body[members[0].start : members[-1].end]}"


def _separated(found: Sequence[Token], mark: str) -> Iterator[Sequence[Token]]:
    start = at = 0
    while at < len(found):
        if found[at].text == mark:
            if at > start:
                yield found[start:at]
            start = at + 1
        at = closing(found, at) + 1 if found[at].text in CLOSING else at + 1
    if start < len(found):
        yield found[start:]


def _object(found: Sequence[Token]) -> int:
    """The index at which the object of ``predicate object`` begins."""
    last = len(found) - 1
    if found[last].text == ")":
        return next(i for i in range(1, last) if found[i].text == "(" and closing(found, i) == last)
    if found[last].kind == "lang":
        return last - 1
    if found[last - 1].text == "^^":
        return last - 2
    return last - 1 if found[last].kind == "num" and found[last - 1].text in ("+", "-") else last


# --- variables ---------------------------------------------------------------------------------------------


def bindable(pieces: Sequence[Piece]) -> frozenset[str]:
    """The variables that these pieces of a group can bind for it."""
    found: set[str] = set()
    for piece in pieces:
        if piece.kind == "triple":
            found |= variables(piece.text)
        elif piece.kind == "values":
            found |= {v for block in values_blocks(piece.text) for v in block.variables}
        elif piece.kind == "bind":
            found |= aliases(piece.text)
        elif piece.kind == "subselect":
            inner = parts(piece.inner[0])
            found |= _projected(inner.head) or bindable(split(inner.body))
        elif piece.kind in ("optional", "union", "group", "graph"):
            found = found.union(*(bindable(split(inside)) for inside in piece.inner))
            found |= variables(piece.text[: piece.text.index("{")])
    return frozenset(found)


@lru_cache(maxsize=4096)  # the pieces of a question are looked at time and again
def variables(text: str) -> frozenset[str]:
    """Every variable in a text, without ``?``."""
    return frozenset(token.text[1:] for token in tokens(text) if token.kind == "var")


@lru_cache(maxsize=4096)
def aliases(text: str) -> frozenset[str]:
    """The variables after AS."""
    found = tokens(text)
    return frozenset(b.text[1:] for a, b in pairwise(found) if a.is_word("AS") and b.kind == "var")


def _projected(head: str) -> frozenset[str]:
    """The columns of a SELECT clause."""
    found, at, columns = tokens(head), 0, set(aliases(head))
    while at < len(found):
        if found[at].text == "(":
            at = closing(found, at)
        elif found[at].kind == "var":
            columns.add(found[at].text[1:])
        at += 1
    return frozenset(columns)
