"""What SPARQL would silently get wrong in a question, or its evidence could not follow, is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.asking.question import Question
from kg.errors import Finding, Severity
from kg.sparql import Piece, Token, aliases, bindable, parts, split, tokens, values_blocks, variables

CODES = {
    "out-of-scope": "Bind the variable in the same group, repeat its VALUES block there, or compute outside.",
    "idle-parameter": "Use the parameter in a required triple pattern or in a FILTER outside OPTIONAL.",
    "literal-in-pattern": "Bind the value to a variable of its own and compare the two in a FILTER.",
    "ungrouped-parameter": "Name the parameter in GROUP BY, or let it take one value.",
    "parameter-in-having": "Compare in a BIND or FILTER of the WHERE clause.",
    "no-group": "Add GROUP BY; without it, no data gives a row that says 0.",
    "unequal-defaults": "Give every VALUES block of the parameter the same content.",
    "sub-select": "Let a rule derive the value, and read it here.",
    "graph": "Query the default graph; it holds every triple once.",
    "from": "Query the default graph; it holds every triple once.",
    "select-star": "Name the columns.",
    "blank-node": "Use a variable, so that evidence can follow it.",
    "path": "Only ^p and a|b, and + over causal links, can be followed; name the steps.",
    "optional-first": "Begin WHERE with what is required.",
    "loose-join": "Nest the second OPTIONAL in the first.",
    "modifier": "End the query with ORDER BY; the service sets LIMIT and OFFSET.",
}
"""Each refusal with what to do about it."""

EXCUSABLE = tuple(code for code in CODES if code not in ("modifier", "select-star", "from"))
"""What ``#+ except: {code: "reason"}`` may excuse a file from, which is counted; on the others the service builds."""

CAUSAL = ("ep:leadsTo",)
"""Links that are not closed by reasoning, so that a question may follow them with ``+``."""

_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")


@dataclass(frozen=True)
class _Remark:
    code: str
    message: str
    place: str
    """A piece of the file's text at which to look."""


def lint(question: Question) -> list[Finding]:
    """What is wrong with a question: errors, and for each exception it makes use of, an info with the reason."""
    found: dict[str, list[_Remark]] = {}
    for check in _CHECKS:
        for remark in check(question):
            found.setdefault(remark.code, []).append(remark)
    findings = []
    for code, remarks in found.items():
        if reason := question.exceptions.get(code):
            message = f"Excused from {code}: {reason}"
            findings.append(_finding(question, "excused", "info", message, CODES[code], remarks[0].place))
        else:
            findings += [_finding(question, code, "error", r.message, CODES[code], r.place) for r in remarks]
    for code in (code for code in question.exceptions if code not in found):
        message = f"Nothing needs the exception {code!r}."
        findings.append(_finding(question, "idle-exception", "error", message, "Take it out.", ""))
    return findings


def _finding(question: Question, code: str, severity: Severity, message: str, fix: str, place: str) -> Finding:
    """A finding at the line of the query where the place stands; of a triple that is written out, its end."""
    text = question.text
    start = tokens(text)[0].start
    ends = [place[token.start :] for token in tokens(place)]
    at = next((text.find(end, start) for end in ends if end in text[start:]), 0)
    return Finding(code, severity, message, fix, file=question.file, line=text.count("\n", 0, at) + 1)


# --- scope -------------------------------------------------------------------------------------------------


def _out_of_scope(question: Question) -> Iterator[_Remark]:
    body = question.parts.body
    yield from _group(body, frozenset(), question.text)
    bound = bindable(split(body)) | aliases(question.parts.head)
    for clause in (question.parts.head, question.parts.tail):
        for variable in sorted(variables(clause) - bound):
            yield _Remark("out-of-scope", f"?{variable} is bound nowhere in WHERE.", f"?{variable}")


def _group(body: str, left: frozenset[str], query: str) -> Iterator[_Remark]:
    """Remarks on the expressions of a group; ``left`` is what FILTERs see of the left side of an OPTIONAL."""
    pieces = split(body)
    whole = bindable(pieces) | left
    for index, piece in enumerate(pieces):
        before = bindable(pieces[:index])
        if piece.kind in ("filter", "bind"):
            yield from _expression(piece, whole if piece.kind == "filter" else before, query)
        elif piece.kind == "subselect":
            yield from _group(parts(piece.inner[0]).body, frozenset(), query)
        elif piece.kind != "values":
            for inside in piece.inner:
                yield from _group(inside, before if piece.kind == "optional" else frozenset(), query)


def _expression(piece: Piece, bound: frozenset[str], query: str) -> Iterator[_Remark]:
    outside = piece.text
    for inside in piece.inner:
        outside = outside.replace("{" + inside + "}", "{}")
    computed = aliases(outside) if piece.kind == "bind" else frozenset()
    for variable in sorted(variables(outside) - bound - computed):
        message = f"?{variable} is used where its group cannot bind it: {_short(piece.text)}."
        yield _Remark("out-of-scope", message, piece.text)
    for inside in piece.inner:
        elsewhere = variables(query.replace(inside, ""))
        for variable in sorted((variables(inside) & elsewhere) - bound):
            message = f"EXISTS shares ?{variable} with the query, but not with its own group: {_short(piece.text)}."
            yield _Remark("out-of-scope", message, piece.text)
        yield from _group(inside, bound, query)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 100 else flat[:97] + "..."


# --- joins of OPTIONALs ------------------------------------------------------------------------------------


def _loose_joins(question: Question) -> Iterator[_Remark]:
    yield from _loose(question.parts.body, frozenset(), frozenset())


def _loose(body: str, bound: frozenset[str], perhaps: frozenset[str]) -> Iterator[_Remark]:
    """Remarks on the OPTIONALs of a group; ``bound`` outside of it, ``perhaps`` by an OPTIONAL before it."""
    pieces = split(body)
    bound = bound.union(*(_bound(piece) for piece in pieces))
    for piece in pieces:
        if piece.kind in _GROUPS:
            for inside in piece.inner:
                yield from _loose(inside, bound, perhaps)
        if piece.kind == "optional":
            for variable in sorted(_adrift(piece.inner[0], bound) & perhaps - bound):
                message = (
                    f"Where the OPTIONAL before it binds no ?{variable}, this one ranges over everything: "
                    f"{_short(piece.text)}. Nest it in the OPTIONAL that binds ?{variable}."
                )
                yield _Remark("loose-join", message, piece.text)
        if piece.kind in _GROUPS:
            perhaps |= bindable([piece])


_GROUPS = ("optional", "group", "union", "graph")


def _bound(piece: Piece) -> frozenset[str]:
    """What a piece binds in every solution, but for UNIONs, whose branches are taken together."""
    if piece.kind == "optional" or (piece.kind == "values" and any(t.is_word("UNDEF") for t in tokens(piece.text))):
        return frozenset()
    if piece.kind in _GROUPS:
        return frozenset().union(*(_bound(p) for inside in piece.inner for p in split(inside)))
    return bindable([piece])


def _adrift(body: str, bound: frozenset[str]) -> frozenset[str]:
    """The variables of those patterns of a group that no chain of shared variables ties to what is bound."""
    patterns = [bindable([p]) for p in split(body) if p.kind in ("triple", "subselect", *_GROUPS[1:])]
    tied = bound
    while grown := [pattern for pattern in patterns if pattern & tied and not pattern <= tied]:
        tied = tied.union(*grown)
    return frozenset().union(*(pattern for pattern in patterns if not pattern & tied))


# --- parameters --------------------------------------------------------------------------------------------


def _idle_parameters(question: Question) -> Iterator[_Remark]:
    restricting = _restricting(question.parts.body)
    for parameter in question.parameters.values():
        if (parameter.optional or parameter.many) and not restricting & set(parameter.variables):
            message = f"The parameter {parameter.name!r} restricts nothing."
            yield _Remark("idle-parameter", message, f"?{parameter.variables[0]}")


def _restricting(body: str) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for piece in split(body):
        if piece.kind in ("triple", "filter", "minus"):
            found |= variables(piece.text)
        elif piece.kind == "subselect":
            found |= _restricting(parts(piece.inner[0]).body)
        elif piece.kind in ("group", "union", "graph"):
            found = found.union(*(_restricting(inside) for inside in piece.inner))
    return found


def _literals_in_patterns(question: Question) -> Iterator[_Remark]:
    literals = {v for parameter in question.parameters.values() for v in parameter.literals}
    for piece in _pieces(question.parts.body):
        if piece.kind == "triple":
            for variable in sorted(variables(piece.text) & literals):
                message = f"?{variable} is a value, and 7000 is not 7000.0 in a pattern: {_short(piece.text)}."
                yield _Remark("literal-in-pattern", message, piece.text)


def _unequal_defaults(question: Question) -> Iterator[_Remark]:
    for parameter in question.parameters.values():
        blocks = [b for b in values_blocks(question.text) if b.variables == parameter.variables]
        contents = {" ".join(t.text for t in tokens(question.text[b.start : b.end])) for b in blocks}
        if len(contents) > 1:
            message = f"The VALUES blocks of {parameter.name!r} differ."
            yield _Remark("unequal-defaults", message, question.text[blocks[-1].start : blocks[-1].end])


# --- grouping and form -------------------------------------------------------------------------------------


def _grouping(question: Question) -> Iterator[_Remark]:
    head, tail = tokens(question.parts.head), tokens(question.parts.tail)
    aggregate = next((t for t in [*head, *tail] if t.is_word(*_AGGREGATES)), None)
    clauses = _clauses(tail)
    if aggregate and "GROUP" not in clauses:
        yield _Remark("no-group", f"{aggregate.text} stands without GROUP BY.", aggregate.text)
    grouped = {t.text[1:] for t in clauses.get("GROUP", []) if t.kind == "var"}
    having = {t.text[1:] for t in clauses.get("HAVING", []) if t.kind == "var"}
    for parameter in question.parameters.values():
        if having & set(parameter.variables):
            message = f"{parameter.name!r} in HAVING gives no rows without a word."
            yield _Remark("parameter-in-having", message, f"?{parameter.name}")
        if aggregate and parameter.many and not parameter.table and parameter.name not in grouped:
            message = f"Two values of {parameter.name!r} would count double."
            yield _Remark("ungrouped-parameter", message, f"?{parameter.name}")


def _clauses(tail: Sequence[Token]) -> dict[str, list[Token]]:
    """The tokens of GROUP BY, HAVING, ORDER BY and whatever else follows WHERE, by their first word."""
    found: dict[str, list[Token]] = {}
    current: list[Token] = []
    for token in tail:
        if token.is_word("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"):
            current = found.setdefault(token.text.upper(), [])
        current.append(token)
    return found


def _form(question: Question) -> Iterator[_Remark]:
    head = tokens(question.parts.head)
    if any(t.text == "*" and before.is_word("SELECT", "DISTINCT", "REDUCED") for before, t in pairwise(head)):
        yield _Remark("select-star", "The columns are not named.", "*")
    if any(t.is_word("FROM") for t in head):
        yield _Remark("from", "FROM chooses other data than the service's.", "FROM")
    clauses = _clauses(tokens(question.parts.tail))
    for clause in (clause for clause in clauses if clause in ("LIMIT", "OFFSET", "VALUES")):
        yield _Remark("modifier", f"{clause} ends the query.", clause)
    first = next(iter(split(question.parts.body)), None)
    if first and first.kind in ("optional", "minus"):
        yield _Remark("optional-first", f"WHERE begins with {first.kind.upper()}.", first.text)
    for piece in _pieces(question.parts.body):
        yield from _piece(piece)


def _piece(piece: Piece) -> Iterator[_Remark]:
    if piece.kind == "subselect":
        yield _Remark("sub-select", "A sub-SELECT hides its evidence.", piece.text)
    elif piece.kind in ("graph", "service"):
        yield _Remark("graph", "GRAPH and SERVICE choose other data than the service's.", piece.text)
    elif piece.kind == "triple":
        found = tokens(piece.text)
        if found[0].text in ("[", "(") or any(t.kind == "bnode" or t.text == "[" for t in found):
            yield _Remark("blank-node", f"A blank node stands in {_short(piece.text)}.", piece.text)
        elif step := _unfollowable(found):
            yield _Remark("path", f"The path with {step} cannot be followed: {_short(piece.text)}.", piece.text)


def _unfollowable(triple: Sequence[Token]) -> str | None:
    """The operator of a path that evidence cannot follow; the sign of a number is none."""
    signed = triple[-1].kind == "num" and triple[-2].text in ("+", "-")
    for before, token in pairwise(triple[: -2 if signed else -1]):
        if token.text in ("/", "*", "?", "!") or (token.text == "+" and before.text not in CAUSAL):
            return token.text
    return None


def _pieces(body: str) -> Iterator[Piece]:
    """Every piece of a group and of the groups in it."""
    for piece in split(body):
        yield piece
        for inside in piece.inner:
            yield from _pieces(parts(inside).body if piece.kind == "subselect" else inside)


_CHECKS = (_out_of_scope, _loose_joins, _idle_parameters, _literals_in_patterns, _unequal_defaults, _grouping, _form)
