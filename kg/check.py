"""A dataset judged by hygiene queries, SHACL shapes and the evidence of its assertions; the verdicts are findings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import pyoxigraph as ox
import pyshacl
import rdflib
from pyoxigraph import Literal, NamedNode
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import SH, URIRef

from kg.errors import Finding, QueryError, QuerySyntax, Severity
from kg.files.load import Dataset
from kg.sources import Source, below, sources
from kg.sparql import refuse_remote, unreadable
from kg.terms import BASE, EP, GENID, OWL, RDFS, TYPE, Triple, ep, written

FACTS, TABLES = BASE + "facts/", BASE + "tables/"
SEVERITY: dict[Any, Severity] = {SH.Violation: "error", SH.Warning: "warning", SH.Info: "info"}
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
_BRACED = re.compile(r"{(\w+)}")


def check(dataset: Dataset, queries: Path) -> list[Finding]:
    """What loading found, then all else that is wrong, in the order of the files.

    Where loading met an error nothing else is checked: what could not be read would look undeclared everywhere.
    A warning is waived by ``ep:waives "code: reason"`` on its focus; an error cannot be.

    Args:
        queries: the folder whose ``hygiene/*.rq`` are run; a row is a finding with the file's name as its code.
    """
    if any(finding.severity == "error" for finding in dataset.findings):
        return list(dataset.findings)
    store = _store(dataset)
    found: list[Finding] = []
    for path in sorted(queries.glob("hygiene/*.rq")):
        found += _hygiene(path, store, dataset)
    for path in sorted(dataset.root.glob("shapes/*.ttl")):
        found += _shapes(path, store, dataset)
    found += _unsourced(dataset)
    return [*dataset.findings, *sorted(set(_unwaived(found, dataset)), key=_order)]


def _store(dataset: Dataset) -> ox.Store:
    """Every triple once in the default graph, and in the named graph of each file that holds it."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in dataset.triples())
    for graph, triples in dataset.graphs.items():
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    return store


def _order(finding: Finding) -> tuple[str, int, str, str]:
    return finding.file or "", finding.line or 0, finding.code, finding.message


# --- hygiene queries ---------------------------------------------------------------------------------------


def _hygiene(path: Path, store: ox.Store, dataset: Dataset) -> Iterator[Finding]:
    """A finding for each row of a hygiene query, or one that says why the query cannot be used."""
    text, file = path.read_text(encoding="utf-8"), "/".join(path.parts[-3:])
    front = dict(re.findall(r"^#\+ (\w+): (.+)$", text, re.M))
    try:
        rows = _rows(text, front, store)
    except QueryError as error:
        yield _broken(file, error.message, error.data.get("line", 1))
        return
    names = [variable.value for variable in rows.variables]
    for row in rows:
        bound = {name: row[name] for name in names}
        problem, fix = (_filled(front[part], bound) for part in ("problem", "fix"))
        where = dataset.place(bound["focus"], bound.get("graph"))
        yield Finding(path.stem, front["severity"], problem, fix, bound["focus"].value, *where)


def _rows(text: str, front: dict[str, str], store: ox.Store) -> ox.QuerySolutions:
    """The offenders.

    Raises:
        QueryError: the query or its front matter is not what a hygiene query needs.
    """
    refuse_remote(text)
    try:
        rows = store.query(text)
    except SyntaxError as error:
        raise unreadable(text, error) from error
    if wrong := front.keys() ^ {"problem", "fix", "severity"}:
        raise QuerySyntax(f"its front matter has problem, fix and severity, nothing else; see {_listed(wrong)}.")
    if front["severity"] not in get_args(Severity):
        raise QuerySyntax(f"its severity is {front['severity']}, which is none of {_listed(get_args(Severity))}.")
    if not isinstance(rows, ox.QuerySolutions) or ox.Variable("focus") not in rows.variables:
        raise QuerySyntax("it is no SELECT of a ?focus.")
    if unbound := _named(front) - {variable.value for variable in rows.variables}:
        raise QuerySyntax(f"it names {_listed(unbound)} in braces, but does not select that.")
    return rows


def _named(front: dict[str, str]) -> set[str]:
    """The variables that the sentences of a hygiene query name."""
    return set(_BRACED.findall(front["problem"] + front["fix"]))


def _filled(sentence: str, bound: dict[str, Any]) -> str:
    return _BRACED.sub(lambda match: _readable(bound[match[1]]), sentence)


def _readable(node: Any) -> str:
    if node is None:
        return "nothing"
    return "a node without a name" if node.value.startswith(GENID) else written(node)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _broken(file: str, why: str, line: int | None) -> Finding:
    return Finding("broken-check", "error", f"The check cannot be used: {why}", "Mend the file.", None, file, line)


# --- shapes ------------------------------------------------------------------------------------------------


class _Data(OxigraphDataGraph):
    """The store as pySHACL reads it: for every result pySHACL asks whether it is empty, and would count it all."""

    def __bool__(self) -> bool:
        return True


def _shapes(path: Path, store: ox.Store, dataset: Dataset) -> Iterator[Finding]:
    """A finding for each result of a file of SHACL shapes, or one that says why the file cannot be used."""
    file = "/".join(path.parts[-2:])
    try:
        shapes = _read_shapes(path)
        _, report, text = pyshacl.validate(_Data(store), shacl_graph=shapes, inplace=True)
    except SyntaxError as error:
        yield _broken(file, error.msg, error.lineno)
        return
    except (ReportableRuntimeError, re.error) as error:
        yield _broken(file, str(error).splitlines()[0], None)
        return
    if not isinstance(report, rdflib.Graph):
        yield _broken(file, text, None)
        return
    for result in report.objects(None, SH.result):
        parts = dict(report.predicate_objects(result))
        focus = _term(parts[SH.focusNode])
        if _judged(focus, store):
            severity = SEVERITY.get(parts[SH.resultSeverity], "error")
            fix = str(shapes.value(parts[SH.sourceShape], URIRef(EP + "fix")) or "Make the node fit its shape.")
            yield Finding(_code(parts), severity, _message(focus, parts), fix, focus.value, *dataset.place(focus))


def _read_shapes(path: Path) -> rdflib.Graph:
    """The shapes of a file, each property shape with the targets of the node shape that it belongs to.

    The results are the same, six times faster: pySHACL takes all targets of a property shape at once, but goes
    to the property shapes of a node shape for every focus node anew.

    Raises:
        SyntaxError: it is no Turtle.
    """
    triples = ox.serialize([quad.triple for quad in ox.parse(path=path)], format=ox.RdfFormat.N_TRIPLES)
    shapes = rdflib.Graph().parse(data=triples, format="nt")
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
    found = "" if value == focus else f" Found: {_readable(value)}."
    return f"{_readable(focus)}: {result[SH.resultMessage]}{found}"


# --- evidence ----------------------------------------------------------------------------------------------


def _unsourced(dataset: Dataset) -> Iterator[Finding]:
    """A finding for each subject in a graph of facts that has properties of ours without evidence of its own.

    Codes and annotations may rest on the header, as types and labels do; a header that names nothing to rest
    on is a finding too, for tables as well.
    """
    triples = list(dataset.triples())
    exempt = below(ep("code"), NamedNode(RDFS + "subPropertyOf"), triples)
    exempt |= {t.subject for t in triples if t.predicate == TYPE and t.object == NamedNode(OWL + "AnnotationProperty")}
    evidence = sources(dataset)
    for graph in dataset.graphs:
        own = [t for t in dataset.graphs[graph] if t.subject != graph and not _sourced(evidence[t])]
        if graph.value.startswith((FACTS, TABLES)) and any(evidence[t][0].scope == "schema" for t in own):
            yield Finding(
                "missing-header-source",
                "error",
                f"{written(graph)} states facts, but its header names nothing that types, labels and codes rest on.",
                "Add dcterms:source to the header: a document, a reference source or an editorial.",
                graph.value,
                *dataset.place(graph, graph),
            )
        if graph.value.startswith(FACTS):
            yield from _bare(graph, [t for t in own if t.predicate not in exempt], dataset)


def _sourced(found: Iterable[Source]) -> bool:
    """Whether a triple has evidence of its own, not only that of its graph."""
    return any(source.scope in ("axiom", "record") for source in found)


def _bare(graph: NamedNode, triples: Iterable[Triple], dataset: Dataset) -> Iterator[Finding]:
    bare: dict[NamedNode, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value.startswith(EP) and isinstance(triple.subject, NamedNode):
            bare[triple.subject].add(written(triple.predicate))
    for subject, properties in bare.items():
        yield Finding(
            "fact-without-source",
            "error",
            f"{_readable(subject)} is given {_listed(properties)} without a claim or source.",
            "Annotate the axiom with ep:claim or ep:source, or make it a record with ep:statedBy.",
            subject.value,
            *dataset.place(subject, graph),
        )


# --- waivers -----------------------------------------------------------------------------------------------


def _unwaived(found: Iterable[Finding], dataset: Dataset) -> Iterator[Finding]:
    """The findings without those that an ``ep:waives`` waives, and one for each waiver that waives nothing."""
    waivers = {
        (triple.subject.value, triple.object.value.partition(":")[0].strip()): triple.subject
        for triple in dataset.triples()
        if triple.predicate == ep("waives")
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal)
    }
    used: set[tuple[str | None, str]] = set()
    for finding in found:
        waiver = (finding.focus, finding.code)
        if finding.severity == "error" or waiver not in waivers:
            yield finding
        else:
            used.add(waiver)
    for (focus, code), subject in waivers.items():
        if (focus, code) not in used:
            message = f"{written(subject)} waives {code}, but no warning of that name arises there."
            fix = "Remove the ep:waives; errors cannot be waived."
            yield Finding("idle-waiver", "warning", message, fix, focus, *dataset.place(subject))
