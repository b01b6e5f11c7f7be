"""RDF of any origin and format in, with all that follows from it out: one graph, or a batch of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode, RdfFormat

from kg.errors import BadInput, EntrepotError, Finding, Misuse
from kg.files import places
from kg.reasoning import contradictions, reference, swrl
from kg.reasoning.reason import reason
from kg.reasoning.rules import compile_rules
from kg.reasoning.wording import labels
from kg.terms import OWL, PREFIXES, SWRL, TYPE, Node, Triple

Engine = Literal["entrepot", "owlrl"]
Progress = Callable[[str], None]
FORMATS = "nt, ttl, rdf, owl, xml, n3, nq, trig, jsonld"


@dataclass(frozen=True)
class Graph:
    """The triples of some files, each with the first file that says it, and the prefixes they declare."""

    triples: Mapping[Triple, Path]
    prefixes: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a graph leads to: whether it can be, how many triples, and what is wrong with it."""

    consistent: bool | None
    """None where nothing could be reasoned over."""
    triples: int = 0
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    """What to know of the engine or the input besides."""

    def as_json(self) -> dict[str, Any]:
        found = [finding.as_json() for finding in self.findings]
        answer = {"consistent": self.consistent, "triples": self.triples, "findings": found}
        return answer | ({"notes": list(self.notes)} if self.notes else {})


def run(
    files: Sequence[Path],
    out: Path | None,
    *,
    engine: Engine = "entrepot",
    axiomatic: bool = False,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Writes what some files say together, and what follows, to a file; a contradiction is found, not raised.

    Raises:
        BadInput: a file is not what its suffix says.
        Misuse: a suffix names no format.
        OSError: a file cannot be read or written.
    """
    form = _form(out) if out else None
    if out and not out.absolute().parent.is_dir():
        raise Misuse(f"{out}: there is no such folder.", "Make it first, or write elsewhere.")
    graph = read(files)
    notes = ["owl:imports are not followed."] if any(t.predicate == _IMPORTS for t in graph.triples) else []
    if engine == "owlrl":
        closed, findings = _by_owlrl(graph, axiomatic, progress)
        notes += reference.LIMITS
    else:
        closed, findings = _by_us(graph, axiomatic, progress)
    if out:
        with out.open("wb") as file:
            ox.serialize(closed, file, format=form)
    consistent = not any(finding.code == "contradiction" for finding in findings)
    return Outcome(consistent, len(closed), tuple(findings), tuple(notes))


_IMPORTS = NamedNode(OWL + "imports")


def _by_us(graph: Graph, axiomatic: bool, progress: Progress) -> tuple[Sequence[Triple], list[Finding]]:
    closure = reason(graph.triples, progress=progress, axiomatic=axiomatic)
    findings = []
    if any(t.predicate == TYPE and t.object == _RULE for t in graph.triples):
        findings = swrl.check(graph.triples, compile_rules(graph.triples))
    if closure.violations:
        words = contradictions.Words(labels(graph.triples, graph.prefixes), _Places(graph).of, lambda _: (None, None))
        findings += contradictions.findings(closure, words)
    return list(closure.triples()), findings


_RULE = NamedNode(SWRL + "Imp")


def _by_owlrl(graph: Graph, axiomatic: bool, progress: Progress) -> tuple[Sequence[Triple], list[Finding]]:
    progress(f"owlrl reasons over {len(graph.triples):,} triples")
    found = reference.close(graph.triples, axiomatic=axiomatic)
    fix = "Take back one of the facts that it names; without --engine owlrl a proof is shown."
    return found.triples, [Finding("contradiction", "error", error, fix) for error in found.errors]


# --- reading -----------------------------------------------------------------------------------------------


def read(files: Sequence[Path]) -> Graph:
    """The files as one graph; the blank nodes of each stay its own, named graphs are put together.

    Raises:
        BadInput: a file is not what its suffix says.
        Misuse: a suffix names no format.
        OSError: a file cannot be read.
    """
    triples: dict[Triple, Path] = {}
    prefixes = dict(PREFIXES)
    for number, file in enumerate(files):
        form = _form(file)
        try:
            parser = ox.parse(file.read_bytes(), format=form, base_iri=file.absolute().as_uri())
            for quad in parser:
                triple = _own(quad.triple, number) if len(files) > 1 else quad.triple
                triples.setdefault(triple, file)
        except SyntaxError as cause:
            said = re.sub(r"^Parser error at .*?: ", "", str(cause.msg)).rstrip(".")
            raise _bad(file, f"This is no {form.name}: {said}", cause.lineno) from cause
        if any(isinstance(end, Triple) for triple in triples for end in triple):
            raise _bad(file, "It has triple terms of RDF 1.2, which OWL knows nothing of", None)
        prefixes |= {name: iri for name, iri in parser.prefixes.items() if iri not in PREFIXES.values()}
    return Graph(triples, prefixes)


def _bad(file: Path, problem: str, line: int | None) -> BadInput:
    message = f"{file}:{line}: {problem}." if line else f"{file}: {problem}."
    fix = "Mend the file, or name it by the format that it is in."
    return BadInput(message, fix, file=str(file), line=line, problem=problem)


def _form(file: Path) -> RdfFormat:
    suffix = file.suffix.lstrip(".").lower()
    form = RdfFormat.RDF_XML if suffix == "owl" else RdfFormat.from_extension(suffix)
    if form is None:
        raise Misuse(f"{file}: the suffix {file.suffix or '(none)'} names no RDF format.", f"Use one of {FORMATS}.")
    return form


def _own(triple: Triple, number: int) -> Triple:
    def own(term: Node) -> Node:
        return BlankNode(f"f{number}-{term.value}") if isinstance(term, BlankNode) else term

    return Triple(own(triple.subject), triple.predicate, own(triple.object))  # type: ignore[arg-type]


class _Places:
    """Where triples stand: the file, and in Turtle and N-Triples the line."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._texts: dict[Path, str] = {}

    def of(self, triple: Triple) -> contradictions.Place:
        file = self._graph.triples[triple]
        if _form(file) not in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES):
            return str(file), None
        text = self._texts.setdefault(file, file.read_text(encoding="utf-8-sig"))
        return str(file), places.line_of(text, triple)


# --- batches -----------------------------------------------------------------------------------------------


def batch(manifest: Path, *, engine: Engine, axiomatic: bool) -> Iterator[dict[str, Any]]:
    """What each line of a manifest leads to; a bad case is told and does not stop the others.

    Raises:
        OSError: the manifest cannot be read.
    """
    with manifest.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _case(line, manifest, number, engine=engine, axiomatic=axiomatic)


def _case(line: str, manifest: Path, number: int, *, engine: Engine, axiomatic: bool) -> dict[str, Any]:
    name = None
    try:
        case = json.loads(line)
        name = case["id"]
        files, out = [Path(file) for file in case["in"]], Path(case["out"]) if case.get("out") else None
        if isinstance(case["in"], str) or not files:
            raise TypeError("'in' must be a list of files")
    except (ValueError, KeyError, TypeError) as cause:
        fix = 'Write one JSON object a line: {"id": "...", "in": ["file.ttl"], "out": "file.nt"}.'
        said = f"'{cause.args[0]}' is missing" if isinstance(cause, KeyError) else str(cause)
        problem = Finding("bad-case", "error", f"This is no case: {said}.", fix, file=str(manifest), line=number)
        return {"id": name} | Outcome(None, findings=(problem,)).as_json()
    return {"id": name} | _attempt(files, out, engine=engine, axiomatic=axiomatic).as_json()


def _attempt(files: Sequence[Path], out: Path | None, *, engine: Engine, axiomatic: bool) -> Outcome:
    try:
        return run(files, out, engine=engine, axiomatic=axiomatic)
    except BadInput as bad:
        file, line = bad.data["file"], bad.data["line"]
        problem = Finding(bad.code, "error", f"{bad.data['problem']}.", bad.hint, file=file, line=line)
    except EntrepotError as error:
        problem = Finding("bad-case", "error", error.message, error.hint)
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        problem = Finding("bad-case", "error", f"It could not be run: {error}.", "Mend the case and run it again.")
    return Outcome(None, findings=(problem,))
