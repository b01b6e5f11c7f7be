"""Names for blank nodes that come from what is said, not from labels: equal statements, equal names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.terms import GENID, Node, Triple

_Edge: TypeAlias = tuple[str, str, Node]
"""Which way it goes, the predicate, and what is at the other end."""


def names(triples: Iterable[Triple]) -> dict[BlankNode, str]:
    """A name for every blank node, in order of first appearance: 32 hexadecimal digits.

    The name depends on the statements about the node and about the blank nodes connected with it, those that
    point at them included, and on nothing else: it stays when another part of the file changes. Two nodes of
    one name say the same about the same things, so that uniting them changes no meaning.
    """
    edges = _edges(triples)
    found: dict[BlankNode, str] = dict.fromkeys(edges, "")
    for component in _components(edges):
        colours = _distinguish({node: edges[node] for node in component})
        whole = _hash(sorted(_coloured(node, edges[node], colours) for node in component))
        found.update({node: _hash([whole, colours[node]])[:32] for node in component})
    return found


def skolemise(triples: Iterable[Triple]) -> list[Triple]:
    """The triples with an IRI, ``.../genid/<name>``, for each blank node; in the same order."""
    triples = list(triples)
    iris: dict[Node, Node] = {node: NamedNode(GENID + name) for node, name in names(triples).items()}
    return [_replace(triple, iris) for triple in triples]


def restore(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples with blank nodes again where :func:`skolemise` put IRIs.

    >>> from kg.terms import TYPE, ep
    >>> list(restore([Triple(NamedNode(GENID + "3f9c"), TYPE, ep("Claim"))]))[0].subject
    <BlankNode value=3f9c>
    """
    for triple in triples:
        ends = [end for end in (triple.subject, triple.object) if isinstance(end, NamedNode)]
        yield _replace(triple, {n: BlankNode(n.value[len(GENID) :]) for n in ends if n.value.startswith(GENID)})


def _replace(triple: Triple, others: Mapping[Node, Node]) -> Triple:
    subject, object_ = others.get(triple.subject), others.get(triple.object)
    if subject is None and object_ is None:
        return triple
    assert not isinstance(subject, Literal)
    return Triple(subject or triple.subject, triple.predicate, object_ or triple.object)


def _edges(triples: Iterable[Triple]) -> dict[BlankNode, list[_Edge]]:
    edges: dict[BlankNode, list[_Edge]] = {}
    for triple in triples:
        predicate = triple.predicate.value
        if isinstance(triple.subject, BlankNode):
            edges.setdefault(triple.subject, []).append(("out", predicate, triple.object))
        if isinstance(triple.object, BlankNode):
            edges.setdefault(triple.object, []).append(("in", predicate, triple.subject))
    return edges


def _components(edges: Mapping[BlankNode, list[_Edge]]) -> Iterator[list[BlankNode]]:
    """Blank nodes that are connected through blank nodes alone, in order of first appearance."""
    order = {node: place for place, node in enumerate(edges)}
    seen: set[BlankNode] = set()
    for start in edges:
        component, waiting = [], [start]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                component.append(node)
                waiting += [other for _, _, other in edges[node] if isinstance(other, BlankNode)]
        if component:
            yield sorted(component, key=order.__getitem__)


def _distinguish(edges: Mapping[BlankNode, list[_Edge]]) -> dict[BlankNode, str]:
    """A colour of its own for each node of a component: refined, and where nothing tells nodes apart, the first
    of them is marked and refined on.

    Source: colour refinement with individualisation (McKay and Piperno, Practical graph isomorphism II, 2014).
    """
    colours = dict.fromkeys(edges, "")
    if len(colours) > 1:
        colours = _refine(edges, colours)
    while len(count := Counter(colours.values())) < len(colours):
        tied = min(colour for colour, nodes in count.items() if nodes > 1)
        first = next(node for node in edges if colours[node] == tied)
        colours = _refine(edges, colours | {first: _hash([tied, "first"])})
    return colours


def _refine(edges: Mapping[BlankNode, list[_Edge]], colours: Mapping[BlankNode, str]) -> dict[BlankNode, str]:
    while True:
        finer = {node: _hash([colours[node], _coloured(node, edges[node], colours)]) for node in edges}
        if len(set(finer.values())) == len(set(colours.values())):
            return finer
        colours = finer


def _coloured(node: BlankNode, edges: list[_Edge], colours: Mapping[BlankNode, str]) -> str:
    ends = (colours[end] if isinstance(end, BlankNode) else str(end) for _, _, end in edges)
    lines = (f"{way} {predicate} {end}" for (way, predicate, _), end in zip(edges, ends, strict=True))
    return "\n".join([colours[node], *sorted(lines)])


def _hash(texts: Iterable[str]) -> str:
    return sha256("\n\n".join(texts).encode()).hexdigest()
