"""The VALUES blocks of a query: where its parameters stand and are bound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Literal

from kg.errors import QuerySyntax
from kg.sparql.terminals import closing, tokens
from kg.terms import Term


@dataclass(frozen=True)
class Block:
    """A ``VALUES`` block: its variables without ``?``, and the span of what stands between its braces."""

    variables: tuple[str, ...]
    start: int
    end: int
    bracketed: bool
    """Whether a row stands in brackets: ``VALUES (?x) { (1) }``."""


@lru_cache(maxsize=2048)  # those of a question are asked for with every answer
def values_blocks(text: str) -> tuple[Block, ...]:
    """Every ``VALUES`` block of a query, wherever it stands, in written order."""
    found, blocks = tokens(text), list[Block]()
    for index, token in enumerate(found):
        if not token.is_word("VALUES"):
            continue
        brace = next((i for i in range(index, len(found)) if found[i].text == "{"), None)
        if brace is None:
            raise QuerySyntax("A VALUES has no block.", start=token.start)
        variables = tuple(t.text[1:] for t in found[index:brace] if t.kind == "var")
        end = found[closing(found, brace)].start
        blocks.append(Block(variables, found[brace].end, end, found[index + 1].text == "("))
    return tuple(blocks)


Values = Mapping[tuple[str, ...], Sequence[tuple[Term | None, ...]]]
"""Rows of terms by the variables of their block; None is UNDEF."""


def bind(text: str, values: Values) -> str:
    """The query with the content of every block of the given variables replaced by the given rows.

    Raises:
        QuerySyntax: variables that no block of the query has.

    >>> from pyoxigraph import Literal
    >>> bind("SELECT ?x { VALUES ?x { UNDEF } }", {("x",): [(Literal('}'),)]})
    'SELECT ?x { VALUES ?x { "}" } }'
    """
    blocks = values_blocks(text)
    bound = {b.variables for b in blocks}
    for missing in (variables for variables in values if variables not in bound):
        raise QuerySyntax(f"No VALUES block binds {' '.join('?' + v for v in missing)}.")
    for block in reversed(blocks):
        if block.variables in values:
            rows = " ".join(_row(row, block.bracketed) for row in values[block.variables])
            text = f"{text[: block.start]} {rows} {text[block.end :]}"
    return text


def _row(row: Iterable[Term | None], bracketed: bool) -> str:
    written = " ".join("UNDEF" if term is None else _term(term) for term in row)
    return f"({written})" if bracketed else written


def _term(term: Term) -> str:
    r"""A term as every engine reads it alike, also one that decodes ``\\u0022`` before it looks at strings.

    Source: SPARQL 1.1, section 19.2. The letter after a backslash is written as a code point itself.

    >>> from pyoxigraph import Literal
    >>> print(_term(Literal("\\u0022")))
    "\\\U000000750022"
    """
    written = str(term)
    if not isinstance(term, Literal) or "\\\\" not in written:
        return written
    return _AFTER_BACKSLASH.sub(lambda found: f"{found[1]}\\U{ord(found[2]):08X}", written)


# Escaped backslashes, then the letter of a code point; one backslash more, and it is an escape of its own.
_AFTER_BACKSLASH = re.compile(r"(?<!\\)((?:\\\\)+)([uU])")


def values(variables: Sequence[str], rows: Iterable[tuple[Term | None, ...]]) -> str:
    """The text of a ``VALUES`` block.

    >>> values(["x", "y"], [(None, None)])
    'VALUES (?x ?y) { (UNDEF UNDEF) }'
    """
    head = " ".join("?" + v for v in variables)
    return f"VALUES ({head}) {{ {' '.join(_row(row, True) for row in rows)} }}"
