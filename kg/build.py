"""From files to a published snapshot: load, check, reason, write, publish; the one place where the rooms meet."""

from __future__ import annotations

import hashlib
import multiprocessing
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg import collector, datasets
from kg.asking import questions
from kg.cache import Cache
from kg.check import Judge
from kg.errors import BuildFailed, BuildRefused, EntrepotError, Finding
from kg.files import load as loading
from kg.files.load import Dataset
from kg.reasoning import contradictions, order, proofs, strata, swrl
from kg.reasoning.closure import Closure
from kg.reasoning.reason import reason
from kg.reasoning.rules import compile_rules
from kg.reasoning.schema import LABEL
from kg.reasoning.strata import Stratum
from kg.reasoning.wording import labels
from kg.serving import filling, snapshot
from kg.settings import Settings
from kg.sources import Source
from kg.terms import INFERRED, Triple, expand

Progress = Callable[[str], None]
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to: the current snapshot, whether it is new, and what was found that does not stop it."""

    snapshot: Path
    changed: bool
    findings: tuple[Finding, ...]
    seconds: float


def check(settings: Settings) -> list[Finding]:
    """Everything wrong with the ontology, its rules and the questions, without building.

    Contradictions are found by reasoning, so ``build`` may still refuse what passes here.
    """
    with _judge(settings) as judge:
        dataset = loading.load(settings.ontology, _cache(settings))
        _, faults = _rules(settings, list(dataset.triples()))
        _, refused = questions.read(settings.queries)
        return [*judge.findings(), *faults, *refused]


def build(settings: Settings, *, force: bool = False, progress: Progress = lambda _: None) -> Built:
    """The current snapshot of the inputs, made anew only if they changed; if they did not, nothing is written.

    Raises:
        BuildRefused: the inputs have errors; the snapshot that was current still is.
        Misuse: the snapshot is to be made anew by force, and somebody reads it.
        EntrepotError: the inputs change faster than they can be built.
    """
    started = time.perf_counter()
    with suppress(FileNotFoundError):  # without the lock, another build may remove the snapshot while we look
        if not force and (current := _current(settings, _inputs(settings))):
            return Built(current, False, _findings(current), time.perf_counter() - started)
    with snapshot.writing(settings.state):
        for _ in range(_TRIES):
            inputs = _inputs(settings)
            if not force and (current := _current(settings, inputs)):
                return Built(current, False, _findings(current), time.perf_counter() - started)
            with snapshot.staging(settings.state) as staging, collector.paused():
                made = _make(settings, inputs, staging, None if force else _last(settings), progress)
                if not made or _inputs(settings) != inputs:  # what was read may be neither the old files nor the new
                    continue
                path = snapshot.publish(settings.state, staging, snapshot.name(inputs), anew=force)
            snapshot.clean(settings.state)
            _cache(settings).clean()
            return Built(path, True, _findings(path), time.perf_counter() - started)
    raise EntrepotError("The inputs keep changing; nothing was published.", "Build again when the edits are done.")


def ensure(settings: Settings, progress: Progress = lambda _: None) -> Built:
    """As ``build``, in a process of its own, so that the memory of a build goes back when it ends.

    Raises:
        BuildRefused: the inputs have errors.
        BuildFailed: anything else went wrong.
    """
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=_build_apart, args=(settings, sending), daemon=True)
    child.start()
    sending.close()
    try:
        while isinstance(message := receiving.recv(), str):
            progress(message)
    except EOFError:  # killed, or by an error that its own traceback shows
        child.join()
        message = BuildFailed(f"The building process ended with exit code {child.exitcode}.", "See the log.")
    child.join()
    if isinstance(message, Built):
        return message
    raise message if isinstance(message, BuildFailed) else BuildRefused(message)


def _build_apart(settings: Settings, pipe: Connection) -> None:
    try:
        pipe.send(build(settings, progress=pipe.send))
    except BuildRefused as refused:
        pipe.send(refused.findings)
    except EntrepotError as error:
        pipe.send(BuildFailed(error.message, error.hint))
    except OSError as error:
        pipe.send(BuildFailed(f"The build failed: {error}.", "Mend the disk or the permissions and build again."))


# --- the steps -----------------------------------------------------------------------------------------------


def _inputs(settings: Settings) -> dict[str, str]:
    """The hash of everything that a snapshot depends on, by name."""
    hygiene = sorted((settings.queries / "hygiene").glob("*.rq"))
    return {
        **{f"ontology/{name}": digest for name, digest in loading.inputs(settings.ontology).items()},
        **{f"hygiene/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in hygiene},
        **snapshot.inputs_of_program(),
    }


def _current(settings: Settings, inputs: dict[str, str]) -> Path | None:
    """The current snapshot, if these inputs made it."""
    current = snapshot.current(settings.state)
    return current if current and current.name == snapshot.name(inputs) else None


def _last(settings: Settings) -> Path | None:
    """The current snapshot, if the same program made it, so that its store can be the beginning of the next one."""
    current = snapshot.current(settings.state)
    with suppress(OSError, ValueError):  # it is damaged
        if current and snapshot.inputs_of_program().items() <= snapshot.read_manifest(current)["inputs"].items():
            return current
    return None


def _make(settings: Settings, inputs: dict[str, str], staging: Path, last: Path | None, progress: Progress) -> bool:
    """Write a snapshot to be into ``staging``, or refuse; whether it was, or the files changed meanwhile."""
    progress("reading the ontology")
    with _judge(settings) as judge:
        dataset = loading.load(settings.ontology, _cache(settings))
        asserted = list(dataset.triples())
        progress(f"checking {len(asserted):,} triples")
        rules, faults = _rules(settings, asserted)
        if _stops([*dataset.findings, *faults]):
            _refuse([*judge.findings(), *faults])
        closure = reason(asserted, rules, progress)
        contradicted = _contradictions(closure, dataset)
        if contradicted or judge.done():
            _refuse([*judge.findings(), *faults])
            _refuse(contradicted)
        sources = judge.sources()
        if len(sources) != len(asserted):
            return False
        progress(f"writing {len(closure):,} triples, {len(closure) - len(asserted):,} of them inferred")
        _write(staging, last, closure, dataset, sources)
        found = [*judge.findings(), *faults]
    _refuse(found)
    counts = {"triples": len(closure), "asserted": len(asserted), "inferred": len(closure) - len(asserted)}
    described = [each.as_json() for each in datasets.describe(dataset)]
    snapshot.write_manifest(staging, snapshot.manifest(inputs, counts=counts, findings=found, datasets=described))
    return True


def _write(
    staging: Path, last: Path | None, closure: Closure, dataset: Dataset, sources: Sequence[tuple[Source, ...]]
) -> None:
    """The store, and the proofs: asserted facts have the numbers of their triples in the dataset."""
    filling.write(staging, _quads(dataset, closure))
    with ThreadPoolExecutor(1) as beside:
        filled = beside.submit(filling.apart, staging, last)
        proofs.write(staging / snapshot.WHY, closure, sources.__getitem__)
        filled.result()


def _judge(settings: Settings) -> Judge:
    return Judge(settings.ontology, settings.queries, settings.sources, _cache(settings))


def _rules(settings: Settings, asserted: list[Triple]) -> tuple[list[Stratum], list[Finding]]:
    """The stratified rules, and what is wrong with them, with their order or with the rules in SWRL."""
    rules, faults = strata.read(settings.ontology / "rules")
    compiled = compile_rules(asserted)
    return rules, [*faults, *order.check_strata(rules, compiled), *swrl.check(asserted, compiled)]


def _quads(dataset: Dataset, closure: Closure) -> Iterator[str]:
    """Every triple once in the default graph, and in the graph of each of its sources or of what is inferred."""
    terms = list(map(str, closure.terms))
    for subject, predicate, value, fact in closure.facts:
        text = f"{terms[subject]} {terms[predicate]} {terms[value]}"
        yield f"{text} .\n"
        if not closure.is_given(fact):
            yield f"{text} {INFERRED} .\n"
    for graph, triples in dataset.graphs.items():
        for triple in triples:
            yield f"{triple} {graph} .\n"


def _cache(settings: Settings) -> Cache:
    """What earlier builds of this program found out about tables and shapes."""
    return Cache(settings.state / "cache", salt=snapshot.name(snapshot.inputs_of_program()))


def _refuse(found: Sequence[Finding]) -> None:
    """Nothing, unless there is an error among the findings."""
    if _stops(found):
        raise BuildRefused(found)


def _stops(found: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in found)


def _findings(path: Path) -> tuple[Finding, ...]:
    return tuple(Finding(**finding) for finding in snapshot.read_manifest(path)["findings"])


# --- contradictions --------------------------------------------------------------------------------------------


def _contradictions(closure: Closure, dataset: Dataset) -> list[Finding]:
    """What cannot be, in the words of the ontology."""
    if not closure.violations:
        return []
    words = contradictions.Words(labels(dataset.triples()), dataset.place_of, partial(_home, dataset))
    return contradictions.findings(closure, words)


def _home(dataset: Dataset, axiom: str) -> tuple[str | None, int | None]:
    """Where an axiom stands: what has its text for a label, else the first of its terms that is defined somewhere."""
    labelled = [t.subject for t in dataset.triples() if t.predicate == LABEL and t.object == Literal(axiom)]
    terms = [*labelled, *map(expand, re.findall(r"\bep:[\w-]+", axiom))]
    places = (dataset.place(term) for term in terms if isinstance(term, NamedNode))
    return next((place for place in places if place[0]), (None, None))
