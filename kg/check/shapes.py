"""SHACL shapes: what a single node must look like; a validation result is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyoxigraph import Literal, NamedNode
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import SH, URIRef

from kg.check.words import broken, readable
from kg.errors import Finding, Severity
from kg.terms import BASE, EP, GENID, OWL, TYPE

SEVERITY: dict[Any, Severity] = {SH.Violation: "error", SH.Warning: "warning", SH.Info: "info"}
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


class _Data(OxigraphDataGraph):
    """The store as pySHACL reads it: for every result pySHACL asks whether it is empty, and would count it all."""

    def __bool__(self) -> bool:
        return True


def shapes(path: Path, store: ox.Store) -> Iterator[Finding]:
    """A finding for each result of a file of SHACL shapes over the default graph, without the place of its focus.

    Where the file cannot be used, the only finding says why, with its place.
    """
    file = "/".join(path.parts[-2:])
    try:
        shapes = _read_shapes(path.read_bytes())
        _, report, text = pyshacl.validate(_Data(store), shacl_graph=shapes, inplace=True)
    except SyntaxError as error:
        yield broken(file, error.msg, error.lineno)
        return
    except (ReportableRuntimeError, re.error) as error:
        yield broken(file, str(error).splitlines()[0], None)
        return
    if not isinstance(report, rdflib.Graph):
        yield broken(file, text, None)
        return
    for result in report.objects(None, SH.result):
        parts = dict(report.predicate_objects(result))
        focus = _term(parts[SH.focusNode])
        if _judged(focus, store):
            severity = SEVERITY.get(parts[SH.resultSeverity], "error")
            fix = str(shapes.value(parts[SH.sourceShape], URIRef(EP + "fix")) or "Make the node fit its shape.")
            yield Finding(_code(parts), severity, _message(focus, parts), fix, focus.value)


@lru_cache(maxsize=64)  # a file is read for every portion of the data
def _read_shapes(content: bytes) -> rdflib.Graph:
    """The shapes of a file, each property shape with the targets of the node shape that it belongs to.

    The results are the same, six times faster: pySHACL takes all targets of a property shape at once, but goes
    to the property shapes of a node shape for every focus node anew.

    Raises:
        SyntaxError: it is no Turtle.
    """
    triples = [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)]
    shapes = rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    for shape in set(shapes.subjects(SH.property)):
        targets = [(by, node) for by in TARGETS for node in shapes.objects(shape, by)]
        if targets and (None, None, shape) not in shapes and (shape, SH.deactivated, None) not in shapes:
            for part in shapes.objects(shape, SH.property):
                for by, node in targets:
                    shapes.add((part, by, node))
            shapes.remove((shape, SH.property, None))
    return shapes


def _term(node: Any) -> NamedNode | Literal:
    return NamedNode(node) if isinstance(node, URIRef) else Literal(node)


def _judged(node: NamedNode | Literal, store: ox.Store) -> bool:
    """Whether our shapes may judge a node: not the terms of other vocabularies, nor blank parts of axioms."""
    if isinstance(node, Literal) or (node.value.startswith(BASE) and not node.value.startswith(GENID)):
        return True
    types = {str(quad.object) for quad in store.quads_for_pattern(node, TYPE, None, ox.DefaultGraph())}
    return all(cls == f"<{OWL}NamedIndividual>" or not cls.startswith(f"<{OWL}") for cls in types)


def _code(result: dict[Any, Any]) -> str:
    """The local name of a named shape, else its kind of constraint: ``min-count``."""
    if isinstance(result[SH.sourceShape], URIRef):
        return re.split("[#/]", result[SH.sourceShape])[-1]
    component = re.split("#", result[SH.sourceConstraintComponent])[-1].removesuffix("ConstraintComponent")
    return re.sub(r"(?<!^)(?=[A-Z])", "-", component).lower()


def _message(focus: NamedNode | Literal, result: dict[Any, Any]) -> str:
    value = _term(result.get(SH.value, result[SH.focusNode]))
    found = "" if value == focus else f" Found: {readable(value)}."
    return f"{readable(focus)}: {result[SH.resultMessage]}{found}"
