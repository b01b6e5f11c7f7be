"""SPARQL text taken apart and put together; the same tokenizer serves binding, lint, cutting and refusing."""

from kg.sparql.algebra import Element, Group, Pattern, Patterns, Var, elements, instantiator, patterns
from kg.sparql.blocks import Block, Values, bind, values, values_blocks
from kg.sparql.pieces import Parts, Piece, aliases, bindable, parts, split, variables
from kg.sparql.terminals import Token, closing, refuse_remote, tokens, unreadable

__all__ = [
    "Block",
    "Element",
    "Group",
    "Parts",
    "Pattern",
    "Patterns",
    "Piece",
    "Token",
    "Values",
    "Var",
    "aliases",
    "bind",
    "bindable",
    "closing",
    "elements",
    "instantiator",
    "parts",
    "patterns",
    "refuse_remote",
    "split",
    "tokens",
    "unreadable",
    "values",
    "values_blocks",
    "variables",
]
