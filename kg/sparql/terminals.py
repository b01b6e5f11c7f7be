"""The terminals of SPARQL text, and the refusal of whatever would leave this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from kg.errors import QueryForbidden, QuerySyntax


class Token(NamedTuple):
    """A terminal of the grammar and where it stands: ``text == query[start:end]``."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.upper() in words


# Source: SPARQL 1.1, section 19.8. An IRI comes first because the longest terminal wins, so `<` needs a blank.
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?\#@%]"
_TERMINAL = re.compile(
    rf"""(?P<blank>\s+|\#[^\r\n]*)
    |(?P<iri><[^\x00-\x20<>"{{}}|^`\\]*>)
    |(?P<string>\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"|'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<bnode>_:\w(?:[\w.\-]*[\w\-])?)
    |(?P<var>[?$]\w+)
    |(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:
        (?:(?:[\w:]|{_ESCAPED})(?:(?:[\w.:\-]|{_ESCAPED})*(?:[\w:\-]|{_ESCAPED}))?)?)
    |(?P<num>[0-9]+\.[0-9]*[eE][+-]?[0-9]+|(?:[0-9]*\.)?[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<op>\^\^|&&|\|\||!=|<=|>=|<<|>>|[{{}}()\[\];,.=<>!*/+\-|^?])""",
    re.X | re.S,
)


@lru_cache(maxsize=256)  # reading a query goes over it several times
def tokens(text: str) -> Sequence[Token]:
    """The terminals of a query in order, without blanks and comments.

    Raises:
        QuerySyntax: a character that begins no terminal, such as an open quotation mark.

    >>> [t.kind for t in tokens("SELECT ?x { ?x a ep:Claim } # all")]
    ['word', 'var', 'op', 'var', 'word', 'name', 'op']
    """
    found, at = [], 0
    while at < len(text):
        match = _TERMINAL.match(text, at)
        if match is None:
            line = text.count("\n", 0, at) + 1
            raise QuerySyntax(f"Line {line} of the query cannot be read from {text[at : at + 20]!r} on.", line=line)
        if match.lastgroup != "blank":
            found.append(Token(str(match.lastgroup), match.group(), at, match.end()))
        at = match.end()
    return tuple(found)


def unreadable(text: str, cause: SyntaxError) -> QuerySyntax:
    """The store's complaint with the place, without the list of all that it would have accepted."""
    message = str(cause)
    place = re.match(r"error at (\d+):(\d+)", message)
    if place is None:
        return QuerySyntax(f"The query cannot be read: {message}.", line=1)
    line, column = int(place[1]), int(place[2])
    rest = "".join(text.splitlines(keepends=True)[line - 1 : line])[column - 1 :].split("\n")[0][:30]
    reason = "a prefix is not declared" if "Prefix not found" in message else f"at {rest!r}" if rest else "at its end"
    return QuerySyntax(f"The query cannot be read in line {line}, column {column}: {reason}.", line=line)


_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_REMOTE = re.compile(r"SERVICE|LOAD", re.I)


def refuse_remote(text: str) -> None:
    """Nothing, if the query or update stays on this machine.

    Code points are decoded first, as section 19.2 of SPARQL 1.1 has it; the undecoded text is looked at too,
    because not every engine decodes.

    Raises:
        QueryForbidden: ``SERVICE`` or ``LOAD`` in any spelling.
        QuerySyntax: the text has one of them somewhere and cannot be read.
    """
    decoded = _CODE_POINT.sub(_character, text)
    if not _REMOTE.search(decoded) and not _REMOTE.search(text):
        return
    found: list[Token] = []
    with suppress(QuerySyntax):  # where it cannot be read, no engine that decodes can read it either
        found += tokens(decoded)
    with suppress(QuerySyntax):
        found += tokens(text)
    if any(t.is_word("SERVICE", "LOAD") or _hidden(t) for t in found):
        raise QueryForbidden("SERVICE and LOAD are not allowed here.", "Fetch the other data yourself and join it.")
    tokens(text)


def _hidden(token: Token) -> bool:
    """Whether an IRI holds one: `FILTER(1<2)SERVICE#>` does by the rule of the longest terminal, but not for
    every engine's parser."""
    return token.kind == "iri" and bool(_REMOTE.search(token.text.partition(")")[2]))


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


CLOSING = {"{": "}", "(": ")", "[": "]"}


def closing(found: Sequence[Token], at: int) -> int:
    """The index of the bracket that closes the one at ``at``.

    Raises:
        QuerySyntax: it is never closed.
    """
    open_brackets: list[str] = []
    for index in range(at, len(found)):
        if found[index].kind != "op":
            continue
        if found[index].text in CLOSING:
            open_brackets.append(CLOSING[found[index].text])
        elif found[index].text == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return index
    raise QuerySyntax(f"A {found[at].text} is never closed.", start=found[at].start)
