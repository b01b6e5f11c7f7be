"""The command line: `entrepot VERB`. Exit codes: 0 clean, 1 findings, 2 misuse."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import pyoxigraph as ox
import typer
from rich.console import Console
from rich.table import Table

from kg import build as building
from kg import settings as setting
from kg.asking import questions
from kg.asking.answer import Answer, answer
from kg.asking.arguments import arguments
from kg.asking.cells import shown
from kg.asking.claims import local
from kg.asking.desk import Desk
from kg.asking.formats import FORMATS, envelope
from kg.asking.names import Names
from kg.asking.question import Question
from kg.console import AsJson, counted, print_findings, said, shown_progress
from kg.data_command import data
from kg.errors import BuildRefused, EntrepotError, Finding, Misuse, UnknownQuestion, UnknownTriple
from kg.files import turtle
from kg.files.blanks import restore
from kg.reason_command import reasoning
from kg.reasoning import render
from kg.reasoning.proofs import Why
from kg.serving import snapshot
from kg.serving.lease import InProcess, Lease
from kg.settings import Settings
from kg.terms import Term, Triple, canonical, parse_term, shorten

app = typer.Typer(
    name="entrepot",
    help="A knowledge graph of cross-border e-commerce whose every answer says why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("reason")(reasoning)
app.add_typer(data)


def main() -> None:
    """Run the command line; errors of ours are printed, not traced."""
    try:
        app()
    except BuildRefused as refused:
        print_findings(refused.findings)
        said.print(refused.message, refused.hint)
        sys.exit(1)
    except EntrepotError as error:
        said.print(str(error))
        sys.exit(2)
    except OSError as error:
        said.print(f"{error.filename}: {error.strerror}." if error.filename else str(error))
        sys.exit(2)


# --- authoring -------------------------------------------------------------------------------------------------


@app.command()
def fmt(
    paths: Annotated[list[Path], typer.Argument(help="Turtle files, or folders of them.", exists=True)],
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if something would change.")] = False,
) -> None:
    """Bring Turtle files to the one canonical form."""
    files = [f for path in paths for f in (sorted(path.rglob("*.ttl")) if path.is_dir() else [path])]
    if not check and any(f.resolve().is_relative_to(setting.PACKAGED) for f in files):
        raise Misuse(
            "These files travel with the program.", "Copy the ontology into a folder of your own and edit it there."
        )
    changed = []
    for file in files:
        if not check and (lost := turtle.comments(file.read_text(encoding="utf-8"))):
            said.print(f"{file}:{lost[0]}: comments are not kept; put the text into an annotation (rdfs:comment).")
        if turtle.format_file(file, check=check):
            changed.append(file)
    for file in changed:
        said.print(f"{'would change' if check else 'changed'} {file}")
    said.print(f"{counted(len(files), 'file')}, {len(changed)} {'to change' if check else 'changed'}")
    raise typer.Exit(1 if check and changed else 0)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Look for everything wrong with the ontology, the rules and the questions; exit 1 if something must be mended."""
    found = building.check(setting.read())
    if as_json:
        print(json.dumps({"findings": [finding.as_json() for finding in found]}, indent=1, ensure_ascii=False))
    else:
        print_findings(found)
        said.print(counted(len(found), "finding") if found else "Nothing found: the inputs are clean.")
    raise typer.Exit(1 if any(finding.severity == "error" for finding in found) else 0)


@app.command()
def build(
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check, reason and publish a new snapshot; nothing happens if the inputs have not changed."""
    settings = setting.read()
    with shown_progress() as progress:
        built = building.build(settings, force=force, progress=progress)
    counts = snapshot.read_manifest(built.snapshot)["counts"]
    if as_json:
        print(json.dumps({"snapshot": built.snapshot.name, "changed": built.changed, "counts": counts}))
        return
    print_findings(built.findings)
    name = built.snapshot.name[:12]
    if built.changed:
        said.print(
            f"Snapshot {name} in {built.seconds:.1f} s: {counts['triples']:,} triples, {counts['inferred']:,} inferred."
        )
    else:
        said.print(f"Nothing changed: snapshot {name} is current.")


@app.command()
def export(out: Annotated[Path, typer.Option("--out", help="FILE.nt; other formats by suffix.")]) -> None:
    """Write asserted and inferred triples to a file."""
    form = ox.RdfFormat.from_extension(out.suffix.lstrip("."))
    if form is None or form.supports_datasets:
        raise Misuse(f"{out.suffix or 'No suffix'} names no format for triples.", "Use .nt, .ttl or .rdf.")
    with _snapshot(setting.read()) as path:
        store = ox.Store.read_only(str(path / snapshot.STORE))
        quads = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
        ox.serialize(restore(quad.triple for quad in quads), str(out), format=form)
    said.print(f"{out} written")


# --- asking ----------------------------------------------------------------------------------------------------


@app.command()
def ask(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A question; `entrepot ask list` names them all.")],
    given: Annotated[list[str] | None, typer.Argument(metavar="[PARAMETER=VALUE]...")] = None,
    form: Annotated[
        str, typer.Option("--format", help=f"table, {', '.join(FORMATS)}; the table is for reading.")
    ] = "table",
    out: Annotated[Path | None, typer.Option("--out", help="Write to a file; its suffix names the format.")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question, with the claims that each row rests on."""
    written = FORMATS.get(_format(form, out, as_json=as_json))
    settings = setting.read()
    known, faults = questions.read(settings.queries, None if name == "list" else name)
    if not known and not faults:
        known, faults = questions.read(settings.queries)  # to say what there is
    print_findings([fault for fault in faults if fault.severity != "info"], to=said)
    if name == "list":
        for question in known.values():
            print(f"{question.name:34}{question.summary}")
        return
    level = written.evidence if written else "summary"
    asked = asyncio.run(_answer(settings, _question(name, known, faults), _pairs(given or []), level))
    if written is None:
        _print_answer(asked)
    elif out:
        out.write_bytes(b"".join(written.write(asked)))
        said.print(f"{out} written")
    elif written.module and sys.stdout.isatty():
        raise Misuse(f"{written.title} is nothing to look at.", "Add --out FILE.")
    else:
        for piece in written.write(asked):
            sys.stdout.buffer.write(piece)


def _format(form: str, out: Path | None, *, as_json: bool) -> str:
    """The name of the format that is asked for; ``table`` where none is.

    Raises:
        Misuse: there is no such format, or what writes it is not installed.
    """
    name = "json" if as_json else out.suffix.lstrip(".") if out and form == "table" else form
    if name != "table" and name not in FORMATS:
        raise Misuse(f"{name!r} is no format.", f"Use table, {', '.join(FORMATS)}.")
    if name in FORMATS and not FORMATS[name].installed:
        raise Misuse(f"{FORMATS[name].title} is not written here.", f"Install entrepot[{FORMATS[name].extra}].")
    return name


@app.command()
def explain(
    subject: str,
    predicate: str,
    object: Annotated[str, typer.Argument(help="An IRI, a CURIE or an N-Triples literal.")],  # noqa: A002
    every: Annotated[bool, typer.Option("--all", help="Show the other derivations too.")] = False,
    form: Annotated[str, typer.Option("--format", help="text, json or dot.")] = "text",
    as_json: AsJson = False,
) -> None:
    """Say why a triple is in the graph, down to the claims and sources."""
    form = "json" if as_json else form
    if form not in ("text", "json", "dot"):
        raise Misuse(f"{form!r} is no format.", "Use text, json or dot.")
    triple = _triple(subject, predicate, object)
    settings = setting.read()
    with _snapshot(settings) as path, closing(Why(path / snapshot.WHY)) as why:
        desk = asyncio.run(_desk(path, why, settings))

        def label(term: Term) -> str:
            return why.expression(term) or desk.names.word(term)

        proof = why.proof(triple)
        if proof is None:
            near = "".join(f"\n  {' '.join(map(desk.names.word, t))}" for t in why.near(triple))
            raise UnknownTriple("The graph does not hold this triple.", f"Nearby it holds:{near}" if near else "")
        proofs = [proof, *(why.alternatives(triple) if every else [])]
        if form == "dot":
            print(render.as_dot(*proofs, label=label))
        elif form == "json":
            nodes = [render.as_json(each, desk.describe, label, desk.passage) for each in proofs]
            print(json.dumps({"proofs": nodes} if every else nodes[0], ensure_ascii=False))
        else:
            print(render.ways_as_text(proofs, label))


@app.command()
def resolve(text: str, as_json: AsJson = False) -> None:
    """Find what a name, code or alias stands for."""
    settings = setting.read()
    with _snapshot(settings) as path, closing(Why(path / snapshot.WHY)) as why:
        matches = Names.of(why).resolve(text)
    if as_json:
        print(json.dumps({"matches": [match.as_json() for match in matches]}, ensure_ascii=False))
        return
    for match in matches:
        print(f"{shorten(match.iri.value):28} {match.type or '':20} {match.label} ({match.matched})")
    if not matches:
        said.print(f"Nothing is called {text!r}, or nearly so.")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
) -> None:
    """Build if needed, then answer over HTTP; what is built meanwhile is served as soon as it is there."""
    import uvicorn

    setting.read()  # misuse is found here, before a server starts
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as cause:
            raise Misuse(f"Port {port} of {host} cannot be used: {cause.strerror}.", "Try another --port.") from cause
    # Queries still running are not waited for: their processes end with the server.
    uvicorn.run("api.app:configured", factory=True, host=host, port=port, timeout_graceful_shutdown=2)


def _question(name: str, known: Mapping[str, Question], faults: Sequence[Finding]) -> Question:
    if name in known:
        return known[name]
    if any(fault.file and Path(fault.file).stem == name for fault in faults):
        raise UnknownQuestion(f"The question {name!r} is refused, see above.", "Mend its file and ask again.")
    near = get_close_matches(name, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`entrepot ask list` names them all."
    raise UnknownQuestion(f"There is no question {name!r}.", hint)


def _pairs(given: Sequence[str]) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise Misuse(f"{each!r} is no parameter=value.", "Write, for example, market=Brazil.")
        pairs.setdefault(name, []).append(value)
    return pairs


def _triple(*texts: str) -> Triple:
    try:
        return Triple(*map(_term, texts))  # type: ignore[arg-type]  # which is what it looks at
    except TypeError:
        raise Misuse("This is no triple.", "Its subject and predicate are IRIs, no literals.") from None


def _term(text: str) -> Term:
    term = parse_term(text)
    if term is None:
        raise Misuse(f"{text!r} is no IRI, CURIE or N-Triples literal.", "Write, for example, id:BR.")
    return canonical(term)


async def _answer(settings: Settings, question: Question, given: Mapping[str, Sequence[str]], evidence: str) -> Answer:
    with _snapshot(settings) as path, closing(Why(path / snapshot.WHY)) as why:
        async with _lease(path) as lease:
            desk = await Desk.open(lease, why, settings.sources, snapshot.read_manifest(path)["findings"])
            bound = arguments(question, given, desk.names, datetime.now(UTC).date())
            return await answer(bound, lease, why, desk, evidence=evidence, snapshot=path.name)


async def _desk(path: Path, why: Why, settings: Settings) -> Desk:
    async with _lease(path) as lease:
        return await Desk.open(lease, why, settings.sources)


def _lease(path: Path) -> AbstractAsyncContextManager[Lease]:
    return InProcess(ox.Store.read_only(str(path / snapshot.STORE)), path.name).lease(0)


def _print_answer(asked: Answer) -> None:
    """An answer as a table: a line a row, with its status and claims; or the reason why there is none."""
    rows = [envelope.row(asked, number) for number in range(len(asked.solutions))]
    table = Table(*(column.name for column in asked.question.columns), "status", "claims", box=None, pad_edge=False)
    for row in rows:
        cells = [shown(row[column.name], column) for column in asked.question.columns]
        table.add_row(*cells, row["evidence"]["status"], " ".join(row["evidence"]["claims"]))
    if rows:
        Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 400).print(table)
    if asked.diagnosis:
        print(asked.diagnosis.detail)
        for claim in asked.diagnosis.nearby:
            print(f"  {local(claim.iri)}: {claim.statement}")
    for missing in asked.desk.missing:
        said.print(f"A table is missing from this answer: {missing}")
    if asked.truncated:
        said.print(f"Only the first {len(rows)} of {asked.total} rows are shown.")


# --- helpers of the commands -----------------------------------------------------------------------------------


@contextmanager
def _snapshot(settings: Settings) -> Iterator[Path]:
    """The current snapshot, built if need be and held as long as it is used."""
    with ExitStack() as holding:
        while True:
            path = _built(settings)
            try:
                holding.enter_context(snapshot.held(path))
            except FileNotFoundError:  # another build has replaced it by now
                continue
            break
        yield path


def _built(settings: Settings) -> Path:
    if snapshot.current(settings.state):
        return building.build(settings).snapshot
    with shown_progress() as progress:
        return building.build(settings, progress=progress).snapshot
