"""The triple patterns of a query, group by group; the one place that asks rdflib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode
from pyparsing import ParseBaseException
from rdflib.paths import AlternativePath, InvPath, MulPath, Path
from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, URIRef, Variable
from rdflib.term import Literal as RdflibLiteral

from kg.errors import QuerySyntax
from kg.sparql.pieces import Piece, parts, split
from kg.sparql.terminals import refuse_remote, tokens, unreadable
from kg.terms import Term, Triple, canonical


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
    try:
        prologue, query = parseQuery(text)
    except ParseBaseException as cause:
        raise QuerySyntax(f"The query cannot be read: {cause}", line=cause.lineno) from cause
    resolve = partial(translatePName, prologue=translatePrologue(prologue, None))
    where = traverse(traverse(query, visitPost=resolve), visitPost=translatePath).where
    return list(_elements(parts(text).body, where))


def _elements(body: str, group: CompValue) -> Iterator[Element]:
    """The text says where each element stands, the tree what its patterns are; both are in written order."""
    if group.name == "SubSelect":
        yield Element(Piece("subselect", body, (body,)), (Group("subselect", body, ()),))
        return
    pieces, at = split(body), 0
    for part in group.part or ():
        if part.name != "TriplesBlock":
            yield _element(pieces[at], part)
            at += 1
            continue
        end = next((i for i in range(at, len(pieces)) if pieces[i].kind != "triple"), len(pieces))
        triples = list(_triples(part))
        if len(triples) == end - at:
            for piece, triple in zip(pieces[at:end], triples, strict=True):
                yield Element(piece, (Group("required", piece.text, tuple(_expand(*triple))),))
        else:  # [ ... ] and ( ... ) stand for more triples than are written
            whole = " . ".join(p.text for p in pieces[at:end])
            expanded = tuple(pattern for triple in triples for pattern in _expand(*triple))
            yield Element(Piece("triple", whole, ()), (Group("required", whole, expanded),))
        at = end


def _element(piece: Piece, part: CompValue) -> Element:
    groups: list[Group] = []
    for role, text, tree in zip(_roles(piece), piece.inner, _inside(part), strict=True):
        nested = [group for element in _elements(text, tree) for group in element.groups]
        if role == "required":
            groups += nested
        else:
            stated = tuple(p for g in nested if g.role != "absent" for p in g.patterns)
            certain = frozenset(v for g in nested if g.role == "required" for v in g.variables)
            groups.append(Group(role, text, stated, tuple(_absent(nested)), certain))
            groups += [g for g in nested if g.role == "subselect"]
    return Element(piece, tuple(groups))


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


def _inside(part: CompValue) -> Iterator[CompValue]:
    """The groups right below a part of the tree, in written order."""
    for value in part.values():
        for child in [value] if isinstance(value, CompValue | str) else value or ():
            if isinstance(child, CompValue):
                if child.name in ("GroupGraphPatternSub", "SubSelect"):
                    yield child
                else:
                    yield from _inside(child)


def _triples(block: CompValue) -> Iterator[tuple[Any, Any, Any]]:
    for flat in block.triples:
        terms = list(flat)
        yield from zip(terms[::3], terms[1::3], terms[2::3], strict=True)


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


def instantiate(pattern: Pattern, solution: Mapping[str, Term]) -> Triple | None:
    """The triple that a solution makes of a pattern; None where a variable is unbound or no triple can be made."""
    subject, predicate, object_ = (solution.get(t) if isinstance(t, Var) else t for t in pattern)
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode) or object_ is None:
        return None
    return Triple(subject, predicate, object_)
