"""How Turtle spells a term: prefixed names, bare numbers, strings over several lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from kg.terms import XSD

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "double": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
"""The spellings that Turtle reads without quotation marks."""


def with_point(decimal: str) -> str:
    """A decimal's spelling with a point and a digit after it: bare ``100`` would be an integer.

    >>> with_point("100"), with_point("-1."), with_point("2.50")
    ('100.0', '-1.0', '2.50')
    """
    match = re.fullmatch(r"([+-]?[0-9]+)\.?", decimal)
    return f"{match[1]}.0" if match else decimal


_UNSEEN = {code: f"\\u{code:04X}" for code in (*range(32), 0x7F, 0x85, 0x2028, 0x2029, 0xFEFF)}
_UNSEEN |= {ord("\t"): "\\t", ord("\r"): "\\r", ord("\b"): "\\b", ord("\f"): "\\f", ord("\\"): "\\\\"}
del _UNSEEN[ord("\n")]


def _quote(value: str) -> str:
    text = value.translate(_UNSEEN)
    if "\n" in text:
        return '"""' + re.sub(r'"(?=""|\Z)', r"\"", text) + '"""'
    return '"' + text.replace('"', '\\"') + '"'


class Notation:
    """The spelling of terms with given prefixes; it remembers which of them were needed."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self.longest_first = sorted(prefixes.items(), key=lambda p: (-len(p[1]), p))
        self.used: set[str] = set()
        self.iris: dict[NamedNode, str] = {}

    def declarations(self) -> str:
        """The ``@prefix`` lines of the prefixes used so far."""
        return "\n".join(f"@prefix {p}: <{iri}> ." for p, iri in self.prefixes.items() if p in self.used)

    def iri(self, node: NamedNode) -> str:
        if node not in self.iris:
            self.iris[node] = self._shorten(node.value)
        return self.iris[node]

    def _shorten(self, iri: str) -> str:
        for prefix, namespace in self.longest_first:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                self.used.add(prefix)
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def literal(self, literal: Literal) -> str:
        datatype = literal.datatype.value
        bare = with_point(literal.value) if datatype == XSD + "decimal" else literal.value
        if datatype in _BARE and _BARE[datatype].fullmatch(bare):
            return bare
        quoted = _quote(literal.value)
        if literal.language:
            return f"{quoted}@{literal.language}" + (f"--{literal.direction}" if literal.direction else "")
        return quoted if datatype == XSD + "string" else f"{quoted}^^{self.iri(literal.datatype)}"
