"""What is asserted to be narrower than a class or property, step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode

from kg.terms import Node, Triple


def below(top: NamedNode, step: NamedNode, triples: Iterable[Triple]) -> set[Node]:
    """The class or property and all that is asserted, in such steps, to be narrower."""
    narrower: dict[Node, list[Node]] = defaultdict(list)
    for triple in triples:
        if triple.predicate == step:
            narrower[triple.object].append(triple.subject)
    found: set[Node] = {top}
    waiting: list[Node] = [top]
    while waiting:
        fresh = [each for each in narrower[waiting.pop()] if each not in found]
        found.update(fresh)
        waiting += fresh
    return found
