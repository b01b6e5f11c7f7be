"""The Turtle modules of an ontology folder, found by following imports through the catalog, never online."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode

from kg.errors import Finding
from kg.files import catalog, layout, turtle
from kg.terms import BASE, OWL, TYPE, Node, Triple

ROOT = "entrepot.ttl"
ONTOLOGY, IMPORTS = NamedNode(OWL + "Ontology"), NamedNode(OWL + "imports")
ANNOTATED_SOURCE = NamedNode(OWL + "annotatedSource")


@dataclass(frozen=True)
class Graph:
    """The triples of one file, literals and blank nodes as they stand there, and the line of each subject.

    ``name`` is relative to the ontology folder.
    """

    iri: NamedNode
    path: Path
    name: str
    content: bytes
    triples: Sequence[Triple]
    lines: Mapping[Node, int]


def read(folder: Path) -> tuple[list[Graph], list[Finding]]:
    """The root module and whatever it imports, each once, and what is wrong with them or with the catalog."""
    entries, findings = catalog.read(folder)
    modules: dict[Path, Graph] = {}
    waiting = [(folder / ROOT).resolve()]
    for path in waiting:
        module, faults = _module(path, folder)
        findings += faults
        if module is not None:
            modules[path] = module
            targets = [entries[iri] for iri in _imports(module) if iri in entries]
            waiting += [t for t in dict.fromkeys(targets) if t not in waiting and t.is_file()]
    findings += _wrong_imports(modules, entries)
    if len(modules) == len(waiting):
        findings += _not_imported(folder, modules)
    distinct = {module.iri: module for module in reversed(modules.values())}
    findings += _twice(modules.values(), distinct)
    return [module for module in modules.values() if module is distinct[module.iri]], findings


def _module(path: Path, folder: Path) -> tuple[Graph | None, list[Finding]]:
    name = _name(path, folder)
    try:
        content = path.read_bytes()
    except OSError as cause:
        return None, [turtle.unreadable(cause, name)]
    try:
        text = content.decode("utf-8-sig")
        triples, _ = turtle.parse(text)
    except UnicodeDecodeError as cause:
        return None, [turtle.not_utf8(content, cause, name)]
    except SyntaxError as cause:
        return None, [turtle.fault(cause, name)]
    headers = [t.subject for t in triples if t.predicate == TYPE and t.object == ONTOLOGY]
    named = list(dict.fromkeys(h for h in headers if isinstance(h, NamedNode)))
    iri = named[0] if named else NamedNode(BASE + name.removesuffix(".ttl"))
    module = Graph(iri, path, name, content, triples, _lines(text, triples))
    return module, [] if len(named) == 1 else [_header_finding(module, len(named))]


def _name(path: Path, folder: Path) -> str:
    root = folder.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _imports(module: Graph) -> list[str]:
    return [t.object.value for t in module.triples if t.predicate == IMPORTS and isinstance(t.object, NamedNode)]


# --- findings ----------------------------------------------------------------------------------------------


def _header_finding(module: Graph, count: int) -> Finding:
    if count == 0:
        message, fix = "The file has no owl:Ontology.", f"Begin it with <{module.iri.value}> a owl:Ontology ."
        return Finding("ontology-header-missing", "error", message, fix, file=module.name, line=1)
    message, fix = f"The file has {count} ontology headers.", "Keep one: a file is one ontology."
    line = module.lines.get(module.iri)
    return Finding("ontology-header-repeated", "error", message, fix, file=module.name, line=line)


def _wrong_imports(modules: Mapping[Path, Graph], entries: Mapping[str, Path]) -> Iterator[Finding]:
    known = {module.iri.value for module in modules.values()}
    misnamed: dict[tuple[str, Path], Graph] = {}
    for module in modules.values():
        for iri in _imports(module):
            target = modules.get(entries[iri]) if iri in entries else None
            if iri not in entries and iri not in known:
                message = f"{module.iri.value} imports {iri}, which the catalog does not map to a file."
                fix = f'Add <uri name="{iri}" uri="..."/> to {catalog.NAME}, or drop the import.'
                line = module.lines.get(module.iri)
                yield Finding("import-unmapped", "error", message, fix, focus=iri, file=module.name, line=line)
            elif target is not None and target.iri.value != iri:
                misnamed[iri, target.path] = target
    for (iri, _), target in misnamed.items():
        message = f"The catalog gives this file for {iri}, but its header says {target.iri.value}."
        fix = "Let header, import and catalog say the same IRI."
        line = target.lines.get(target.iri)
        yield Finding("ontology-iri-differs", "error", message, fix, focus=iri, file=target.name, line=line)


def _twice(modules: Iterable[Graph], distinct: Mapping[NamedNode, Graph]) -> Iterator[Finding]:
    for module in modules:
        first = distinct[module.iri]
        if first is not module:
            message = f"{module.iri.value} is the ontology IRI of {first.name} too; this file is left out."
            fix, line = "Give each file an IRI of its own.", module.lines.get(module.iri)
            focus = module.iri.value
            yield Finding("ontology-iri-twice", "error", message, fix, focus=focus, file=module.name, line=line)


def _not_imported(folder: Path, modules: Iterable[Path]) -> Iterator[Finding]:
    read_files = {_name(path, folder) for path in modules}
    for path in sorted((*folder.glob("schema/*.ttl"), *folder.glob("facts/*.ttl"))):
        name = path.relative_to(folder).as_posix()
        if name not in read_files and not path.name.startswith("."):
            fix = f"Import it in {ROOT} and map it in {catalog.NAME}, or remove it."
            yield Finding("module-not-imported", "warning", "No module imports this file.", fix, file=name, line=1)


# --- lines -------------------------------------------------------------------------------------------------


def _lines(text: str, triples: Sequence[Triple]) -> dict[Node, int]:
    """The line of the statement that each subject stands in; of an axiom, that of what it annotates."""
    named, anonymous = layout.subject_lines(text)
    subjects = list(dict.fromkeys(t.subject for t in triples))
    parents: dict[Node, Node] = {t.object: t.subject for t in reversed(triples) if isinstance(t.object, BlankNode)}
    keys = {s: s.value if isinstance(s, NamedNode) else str(s) for s in subjects}
    lines: dict[Node, int] = {s: named[key] for s, key in keys.items() if key in named}
    # A statement that begins with [ or ( has one subject that nothing points at, and statements come in order.
    roots = [s for s in subjects if s not in lines and s not in parents]
    lines |= zip(roots, anonymous, strict=False)
    for subject in subjects:
        path: dict[Node, None] = {}
        at: Node = subject
        while at not in lines and at not in path and at in parents:
            path[at] = None
            at = parents[at]
        if at in lines:
            lines |= dict.fromkeys(path, lines[at])
    about = {t.subject: t.object for t in triples if t.predicate == ANNOTATED_SOURCE}
    return lines | {node: lines[source] for node, source in about.items() if source in lines}
