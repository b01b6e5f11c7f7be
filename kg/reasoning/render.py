"""A proof as JSON, as plain English and as a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pyoxigraph import BlankNode, NamedNode

from kg.reasoning.proofs import Asserted, Derived, Proof
from kg.reasoning.wording import Label, axiom_in_words, says
from kg.sources import Source
from kg.terms import XSD, Term, Triple, in_words, written

Note: TypeAlias = Callable[[Asserted], str]
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


def as_text(proof: Proof, label: Label = written, note: Note | None = None) -> str:
    """A proof in plain English, one line a step, each indented below what it leads to and written out once.

    Args:
        note: what to say of a leaf, in brackets behind it; else its sources.
    """
    return "\n".join(lines(proof, label, note or (lambda leaf: _named_sources(leaf, label)), 0, set()))


def ways_as_text(proofs: Sequence[Proof], label: Label = written) -> str:
    """Several proofs of one triple in plain English, one below the other."""
    return "\n\nor, in another way:\n\n".join(as_text(proof, label) for proof in proofs)


def lines(proof: Proof, label: Label, note: Note, depth: int, shown: set[Triple]) -> Iterator[str]:
    """The lines of a proof, so deep; a step that is ``shown`` already is only named."""
    line = f"{'  ' * depth}{'because ' * (depth > 0)}{says(proof.triple, label)}"
    indent = "  " * (depth + 1)
    if isinstance(proof, Asserted):
        yield f"{line} ({note(proof)})"
        return
    if proof.triple in shown:
        yield f"{line} (as shown above)"
        return
    shown.add(proof.triple)
    yield f"{line} ({proof.status}: {proof.rule}, {axiom_in_words(proof.rule, proof.axiom, label)})"
    for premise in proof.premises:
        yield from lines(premise, label, note, depth + 1, shown)
    for text in _absent(proof, label):
        yield f"{indent}because {text}"
    if proof.more:
        yield f"{indent}because of more than is shown here"


def _sentence(proof: Derived, label: Label) -> str:
    """One step of a proof: ``A, because B, C and D.``"""
    reasons = [says(premise.triple, label) for premise in proof.premises] + _absent(proof, label)
    if not reasons:
        return f"{says(proof.triple, label)}, by definition."
    listed = f"{', '.join(reasons[:-1])} and {reasons[-1]}" if len(reasons) > 1 else reasons[0]
    return f"{says(proof.triple, label)}, because {listed}."


def _absent(proof: Derived, label: Label) -> list[str]:
    return [in_words(text, label) for text in proof.absent]


def _named_sources(leaf: Asserted, label: Label) -> str:
    names = [label(NamedNode(each.claim or each.source or each.graph)) for each in leaf.sources]
    return f"{leaf.status}: {', '.join(names)}"


# --- graph -------------------------------------------------------------------------------------------------


def as_dot(*proofs: Proof, label: Label = written) -> str:
    """Proofs in Graphviz' language: each triple once, each rule between its premises and what it concludes."""
    nodes: dict[Triple, str] = {}
    steps: dict[Triple, int] = {}
    found = [line for proof in proofs for line in _dot(proof, label, nodes, steps, again=True)]
    body = "\n".join(f"  {line}" for line in dict.fromkeys(found))
    return f"digraph proof {{\n  rankdir = BT;\n{body}\n}}"


def _dot(
    proof: Proof, label: Label, nodes: dict[Triple, str], steps: dict[Triple, int], *, again: bool = False
) -> Iterator[str]:
    """The lines of a proof, nothing for a step that has been shown, unless it is the beginning of another way."""
    known = proof.triple in nodes
    node = nodes.setdefault(proof.triple, f"t{len(nodes)}")
    if isinstance(proof, Asserted):
        if not known:
            sources = _named_sources(proof, label)
            yield f"{node} [shape = box, label = {_quoted(says(proof.triple, label), sources)}];"
        return
    if known and not again:
        return
    yield f"{node} [shape = box, style = rounded, label = {_quoted(says(proof.triple, label), proof.status)}];"
    steps[proof.triple] = steps.get(proof.triple, 0) + 1
    rule = f"{node}r{steps[proof.triple]}"
    axiom = axiom_in_words(proof.rule, proof.axiom, label)
    yield f"{rule} [shape = plain, label = {_quoted(proof.rule, axiom, *_absent(proof, label))}];"
    yield f"{rule} -> {node};"
    for premise in proof.premises:
        yield from _dot(premise, label, nodes, steps)
        yield f"{nodes[premise.triple]} -> {rule};"


def _quoted(*texts: str) -> str:
    return '"' + "\\n".join(text.replace("\\", "\\\\").replace('"', '\\"') for text in texts) + '"'
