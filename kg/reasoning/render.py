"""A proof as JSON, as plain English and as a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.reasoning.proofs import Asserted, Derived, Proof
from kg.sources import Source
from kg.terms import TYPE, XSD, Term, Triple, in_words, written

Label: TypeAlias = Callable[[Term], str]
Describe: TypeAlias = Callable[[Source], Mapping[str, Any]]
Passage: TypeAlias = Callable[[tuple[Source, ...]], str | None]


def as_json(
    proof: Proof,
    describe: Describe = lambda _: {},
    label: Label = written,
    passage: Passage = lambda _: None,
) -> dict[str, Any]:
    """A proof as nested nodes.

    Args:
        describe: what to say of a source besides its claim and graph: document, locator, url, title, date.
        label: the name of a term in the node's ``text``.
        passage: the words of the sources themselves, where they are at hand.
    """
    node: dict[str, Any] = {"triple": triple_as_json(proof.triple), "status": proof.status}
    if isinstance(proof, Asserted):
        blank = dict.fromkeys(("document", "locator", "url", "title", "date"))
        node["sources"] = [
            {"claim": each.claim, **blank, "graph": each.graph, **describe(each)} for each in proof.sources
        ]
        node["passage"] = passage(proof.sources)
        return node
    node |= {"rule": proof.rule, "axiom": proof.axiom, "text": _sentence(proof, label)}
    node["premises"] = [as_json(premise, describe, label, passage) for premise in proof.premises]
    node |= {"alternatives": proof.alternatives, "absent": _absent(proof, label), "more": proof.more}
    return node


def triple_as_json(triple: Triple) -> dict[str, dict[str, str]]:
    """A triple with its terms as in SPARQL's JSON results."""
    return {place: _term(getattr(triple, place)) for place in ("subject", "predicate", "object")}


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    if term.datatype.value == XSD + "string":
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


# --- text --------------------------------------------------------------------------------------------------


def as_text(proof: Proof, label: Label = written) -> str:
    """A proof in plain English, one line a step, each indented below what it leads to and written out once."""
    return "\n".join(_lines(proof, label, depth=0, shown=set()))


def _lines(proof: Proof, label: Label, depth: int, shown: set[Triple]) -> Iterator[str]:
    says = f"{'  ' * depth}{'because ' * (depth > 0)}{_says(proof.triple, label)}"
    indent = "  " * (depth + 1)
    if isinstance(proof, Asserted):
        yield f"{says} ({_named_sources(proof, label)})"
        return
    if proof.triple in shown:
        yield f"{says} (as shown above)"
        return
    shown.add(proof.triple)
    yield f"{says} ({proof.status}: {proof.rule}, {proof.axiom})"
    for premise in proof.premises:
        yield from _lines(premise, label, depth + 1, shown)
    for text in _absent(proof, label):
        yield f"{indent}because {text}"
    if proof.more:
        yield f"{indent}because of more than is shown here"


def _sentence(proof: Derived, label: Label) -> str:
    """One step of a proof: ``A, because B, C and D.``"""
    reasons = [_says(premise.triple, label) for premise in proof.premises] + _absent(proof, label)
    if not reasons:
        return f"{_says(proof.triple, label)}, by definition."
    listed = f"{', '.join(reasons[:-1])} and {reasons[-1]}" if len(reasons) > 1 else reasons[0]
    return f"{_says(proof.triple, label)}, because {listed}."


def _absent(proof: Derived, label: Label) -> list[str]:
    return [in_words(text, label) for text in proof.absent]


def _says(triple: Triple, label: Label) -> str:
    subject, value = cast(Term, triple.subject), cast(Term, triple.object)
    predicate = "is a" if triple.predicate == TYPE else label(triple.predicate)
    return f"{label(subject)} {predicate} {value.value if isinstance(value, Literal) else label(value)}"


def _named_sources(leaf: Asserted, label: Label) -> str:
    names = [label(NamedNode(each.claim or each.source or each.graph)) for each in leaf.sources]
    return f"{leaf.status}: {', '.join(names)}"


# --- graph -------------------------------------------------------------------------------------------------


def as_dot(proof: Proof, label: Label = written) -> str:
    """A proof in Graphviz' language: each triple once, each rule between its premises and what it concludes."""
    nodes: dict[Triple, str] = {}
    lines = dict.fromkeys(_dot(proof, label, nodes))
    return "\n".join(["digraph proof {", "  rankdir = BT;", *(f"  {line}" for line in lines), "}"])


def _dot(proof: Proof, label: Label, nodes: dict[Triple, str]) -> Iterator[str]:
    known = proof.triple in nodes
    node = nodes.setdefault(proof.triple, f"t{len(nodes)}")
    if known:
        return
    if isinstance(proof, Asserted):
        sources = _named_sources(proof, label)
        yield f"{node} [shape = box, label = {_quoted(_says(proof.triple, label), sources)}];"
        return
    yield f"{node} [shape = box, style = rounded, label = {_quoted(_says(proof.triple, label), proof.status)}];"
    yield f"{node}r [shape = plain, label = {_quoted(proof.rule, proof.axiom, *_absent(proof, label))}];"
    yield f"{node}r -> {node};"
    for premise in proof.premises:
        yield from _dot(premise, label, nodes)
        yield f"{nodes[premise.triple]} -> {node}r;"


def _quoted(*lines: str) -> str:
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'
