"""The triple patterns of a query, group by group; the one place that asks rdflib."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode
from pyparsing import ParseBaseException
from rdflib.paths import AlternativePath, InvPath, MulPath, Path
from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import BNode, URIRef, Variable
from rdflib.term import Literal as RdflibLiteral

from kg.errors import QuerySyntax
from kg.sparql.pieces import Piece, is_select, parts, split
from kg.sparql.terminals import refuse_remote, tokens, unreadable
from kg.terms import Node, Term, Terms, Triple, canonical


class Var(str):
    """A variable of a pattern, by its name without ``?``; a blank node is one whose name begins with ``_:``."""

    __slots__ = ()


@dataclass(frozen=True)
class Pattern:
    """A triple pattern with one predicate: ``^p`` is turned round, ``a|b`` gives one pattern each."""

    subject: Term | Var
    predicate: Term | Var
    object: Term | Var

    def __iter__(self) -> Iterator[Term | Var]:
        return iter((self.subject, self.predicate, self.object))

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(str(t) for t in self if isinstance(t, Var))


@dataclass(frozen=True)
class Group:
    """Patterns that stand or fall together, with the text between their braces.

    ``role`` is required, optional, branch (of a UNION), exists, absent (NOT EXISTS, MINUS) or subselect, whose
    patterns are left out. The patterns of an OPTIONAL count what is nested in it, except what must be absent.
    """

    role: str
    text: str
    patterns: tuple[Pattern, ...]
    absent: tuple[tuple[Pattern, ...], ...] = ()
    certain: frozenset[str] = frozenset()
    """The variables that every solution of the group binds; what is nested in an OPTIONAL or UNION is left out."""

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(variable for pattern in self.patterns for variable in pattern.variables)


@dataclass(frozen=True)
class Element:
    """One thing in a WHERE clause, as text and with its patterns."""

    piece: Piece
    groups: tuple[Group, ...]

    @property
    def kind(self) -> str:
        return self.piece.kind

    @property
    def text(self) -> str:
        return self.piece.text


@dataclass(frozen=True)
class Patterns:
    """The triple patterns of a query; those inside a sub-SELECT are left out."""

    required: tuple[Pattern, ...]
    optional: tuple[tuple[Pattern, ...], ...]
    """One group for each OPTIONAL, UNION branch and EXISTS."""
    blocks: tuple[str, ...]
    """The text of each optional group, in the same order."""
    absent: tuple[tuple[Pattern, ...], ...]
    """One group for each NOT EXISTS and MINUS."""
    subselects: tuple[str, ...]
    """The text of each sub-SELECT."""


def patterns(text: str) -> Patterns:
    """The triple patterns of a SELECT or CONSTRUCT query.

    Raises:
        QuerySyntax: the text is no query.
    """
    groups = [group for element in elements(text) for group in element.groups]
    several = [g for g in groups if g.role in ("optional", "branch", "exists")]
    return Patterns(
        required=tuple(p for g in groups if g.role == "required" for p in g.patterns),
        optional=tuple(g.patterns for g in several),
        blocks=tuple(g.text for g in several),
        absent=tuple(_absent(groups)),
        subselects=tuple(g.text for g in groups if g.role == "subselect"),
    )


def elements(text: str) -> list[Element]:
    """What the WHERE clause of a query consists of, in written order, each with its patterns.

    Raises:
        QuerySyntax: the text is no query.
    """
    refuse_remote(text)
    try:
        ox.Store().query(text)  # what the store accepts is what will run
    except SyntaxError as cause:
        raise unreadable(text, cause) from cause
    cut = parts(text)
    return list(_elements(cut.body, _meanings(cut.prologue, list(_triples(cut.body)))))


def _elements(body: str, meanings: Iterator[tuple[Pattern, ...]]) -> Iterator[Element]:
    """The elements of a group; the meanings are those of its triples, in written order, and of what comes after."""
    if is_select(body):
        yield Element(Piece("subselect", body, (body,)), (Group("subselect", body, ()),))
        return
    for piece in split(body):
        if piece.kind == "triple":
            yield Element(piece, (Group("required", piece.text, next(meanings)),))
        else:
            yield Element(piece, tuple(_groups(piece, meanings)))


def _groups(piece: Piece, meanings: Iterator[tuple[Pattern, ...]]) -> Iterator[Group]:
    for role, text in zip(_roles(piece), piece.inner, strict=True):
        nested = [group for element in _elements(text, meanings) for group in element.groups]
        if role == "required":
            yield from nested
        else:
            stated = tuple(p for g in nested if g.role != "absent" for p in g.patterns)
            certain = frozenset(v for g in nested if g.role == "required" for v in g.variables)
            yield Group(role, text, stated, tuple(_absent(nested)), certain)
            yield from (g for g in nested if g.role == "subselect")


def _absent(groups: Iterable[Group]) -> Iterator[tuple[Pattern, ...]]:
    """What must be absent; under a negation, that which is negated once more is left out."""
    for group in groups:
        if group.role == "absent":
            yield group.patterns
        else:
            yield from group.absent


def _roles(piece: Piece) -> Iterator[str]:
    if piece.kind in ("filter", "bind"):
        found = tokens(piece.text)
        for index, token in enumerate(found):
            if token.is_word("EXISTS"):
                before = found[index - 1]
                yield "absent" if before.is_word("NOT") or before.text == "!" else "exists"
    else:
        role = {"optional": "optional", "union": "branch", "minus": "absent"}.get(piece.kind, "required")
        yield from (role for _ in piece.inner)


def _triples(body: str) -> Iterator[str]:
    """The texts of all triples of a group in written order, except those inside a sub-SELECT."""
    for piece in () if is_select(body) else split(body):
        if piece.kind == "triple":
            yield piece.text
        for inner in piece.inner:
            yield from _triples(inner)


def _meanings(prologue: str, triples: Sequence[str]) -> Iterator[tuple[Pattern, ...]]:
    """The patterns that each text stands for: one, or several for paths, ``[ ... ]`` and ``( ... )``."""
    for triple in triples:
        yield _as_turtle(prologue, triple) or _with_paths(prologue, triple)


_VARIABLE = "urn:variable:"


def _as_turtle(prologue: str, text: str) -> tuple[Pattern, ...] | None:
    """The patterns of triples that are Turtle but for their variables; None where paths or quoted triples are there."""
    for token in reversed(tokens(text)):
        if token.kind == "var":
            text = f"{text[: token.start]}<{_VARIABLE}{token.text[1:]}>{text[token.end :]}"
    try:
        quads = list(ox.parse(f"{prologue}\n{text}\n.", format=ox.RdfFormat.TURTLE))
    except SyntaxError:
        return None
    if any(isinstance(quad.object, Triple) for quad in quads):
        return None
    return tuple(Pattern(*map(_slot, quad.triple)) for quad in quads)


def _slot(node: Node) -> Term | Var:
    if isinstance(node, BlankNode):
        return Var(node)
    if isinstance(node, NamedNode) and node.value.startswith(_VARIABLE):
        return Var(node.value.removeprefix(_VARIABLE))
    return canonical(cast(Term, node))


def _with_paths(prologue: str, text: str) -> tuple[Pattern, ...]:
    try:
        head, query = parseQuery(f"{prologue} SELECT * {{ {text} }}")
    except ParseBaseException as cause:
        raise QuerySyntax(f"A pattern of the query cannot be read: {cause.msg}.") from cause
    resolve = partial(translatePName, prologue=translatePrologue(head, None))
    (block,) = traverse(traverse(query, visitPost=resolve), visitPost=translatePath).where.part
    terms = [term for flat in block.triples for term in flat]
    each = zip(terms[::3], terms[1::3], terms[2::3], strict=True)
    return tuple(pattern for triple in each for pattern in _expand(*triple))


def _expand(subject: Any, predicate: Any, object_: Any) -> Iterator[Pattern]:
    """One pattern for each way to take the path in one step; a sequence has none, ``p+`` has its single step."""
    if isinstance(predicate, InvPath):
        yield from _expand(object_, predicate.arg, subject)
    elif isinstance(predicate, AlternativePath):
        for way in predicate.args:
            yield from _expand(subject, way, object_)
    elif isinstance(predicate, MulPath):
        yield from _expand(subject, predicate.path, object_)
    elif not isinstance(predicate, Path):
        yield Pattern(_term(subject), _term(predicate), _term(object_))


def _term(node: Any) -> Term | Var:
    if isinstance(node, Variable):
        return Var(node)
    if isinstance(node, BNode):
        return Var(f"_:{node}")
    if isinstance(node, URIRef):
        return NamedNode(str(node))
    assert isinstance(node, RdflibLiteral), node
    if node.language:
        return canonical(Literal(str(node), language=node.language))
    return canonical(Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else None))


def instantiator(pattern: Pattern) -> Callable[[Mapping[str, Term]], Terms | None]:
    """What makes the triple of a pattern from a solution: None where a variable is unbound or no triple can be made."""
    (one, s), (two, p), (three, o) = ((part, None) if isinstance(part, Var) else ("", part) for part in pattern)

    def instantiate(solution: Mapping[str, Term]) -> Terms | None:
        subject, predicate, object_ = solution.get(one, s), solution.get(two, p), solution.get(three, o)
        if not isinstance(subject, _SUBJECT) or not isinstance(predicate, NamedNode) or object_ is None:
            return None
        return subject, predicate, object_

    return instantiate


_SUBJECT = (NamedNode, BlankNode)
