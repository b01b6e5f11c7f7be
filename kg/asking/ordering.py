"""The query of a question in an order that is total, so that its pages never overlap and a row keeps its number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kg.asking.question import Question
from kg.sparql import Token, tokens


def ordered(question: Question, query: str) -> str:
    """The query with its remaining columns appended to ORDER BY, so that every order is total."""
    return query.rstrip() + _rest_of_order(question)


@lru_cache(maxsize=1024)
def _rest_of_order(question: Question) -> str:
    tail = tokens(question.parts.tail)
    start = next((i for i, token in enumerate(tail) if token.is_word("ORDER")), None)
    named = {tail[i].text[1:] for i in range(start, len(tail)) if _by_itself(tail, i)} if start is not None else set()
    rest = " ".join(f"?{column.name}" for column in question.columns if column.name not in named)
    if not rest:
        return ""
    return f"\n{rest}" if start is not None else f"\nORDER BY {rest}"


def _by_itself(tail: Sequence[Token], at: int) -> bool:
    """Whether a token of ORDER BY is a variable, or one in ASC() or DESC(), but no part of an expression."""
    before = tail[at - 1]
    directed = before.text == "(" and tail[at - 2].is_word("ASC", "DESC") and tail[at + 1].text == ")"
    return tail[at].kind == "var" and (before.kind != "op" or before.text == ")" or directed)
