"""`entrepot reason`: the command over ``entail``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kg import entail
from kg.console import AsJson, print_findings, said, shown_progress
from kg.errors import Misuse
from kg.reasoning import reference


def reasoning(
    files: Annotated[
        list[Path] | None, typer.Option("--in", help="RDF in any format, by suffix; several FILEs.")
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More files after --in.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="FILE.nt for asserted and inferred; other formats by suffix.")
    ] = None,
    batch: Annotated[Path | None, typer.Option(help='MANIFEST.jsonl: {"id", "in": [FILE...], "out"} a line.')] = None,
    axiomatic: Annotated[bool, typer.Option("--axiomatic", help="Add what holds of anything.")] = False,
    engine: Annotated[entail.Engine, typer.Option(help="owlrl runs that reasoner instead.")] = "entrepot",
    as_json: AsJson = False,
) -> None:
    """Say what follows from any RDF; exit 1 at a contradiction. No setting, no snapshot, no imports."""
    inputs = [*(files or []), *(more or [])]
    if batch:
        if inputs or out:
            raise Misuse("--batch takes its files from the manifest.", "Leave --in and --out out.")
        raise typer.Exit(_run_batch(batch, engine, axiomatic=axiomatic))
    if not files:
        raise Misuse("There is nothing to reason over.", "Write --in FILE..., or --batch MANIFEST.jsonl.")
    with shown_progress() as progress:
        outcome = entail.run(inputs, out, engine=engine, axiomatic=axiomatic, progress=progress)
    for note in outcome.notes:
        said.print(f"Note: {note}")
    if as_json:
        print(json.dumps(outcome.as_json(), indent=1, ensure_ascii=False))
    else:
        print_findings(outcome.findings)
        said.print(f"{outcome.triples:,} triples{f' in {out}' if out else ''}.")
    raise typer.Exit(1 if outcome.findings else 0)


def _run_batch(manifest: Path, engine: entail.Engine, *, axiomatic: bool) -> int:
    """Prints a line for each case as soon as it is known; 1 if something was found in any."""
    found = False
    for note in reference.LIMITS if engine == "owlrl" else ():
        said.print(f"Note: {note}")
    for case in entail.batch(manifest, engine=engine, axiomatic=axiomatic):
        print(json.dumps(case, ensure_ascii=False), flush=True)
        found = found or bool(case["findings"])
    return 1 if found else 0
