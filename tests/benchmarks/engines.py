"""One reasoner over one file, in a process of its own: ``python engines.py NAME FILE`` prints what it took as JSON.

``read`` is the time from the file to triples in memory, ``reason`` that from there to the closure, both by the clock.
``memory`` is the peak of the whole process beyond what it had before it read anything.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

Run: TypeAlias = tuple[float, float, int, int]
"""When reading was over and when reasoning was, and how many triples and derivations there are then."""


def entrepot(path: Path, keep: int = 8) -> Run:
    import pyoxigraph as ox

    from kg.reasoning.reason import reason

    triples = [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)]
    read = time.perf_counter()
    closure = reason(triples, keep=keep)
    return read, time.perf_counter(), len(closure), closure.statistics["derivations"]


def without_proofs(path: Path) -> Run:
    """The same with no derivation kept, to see what keeping them costs."""
    return entrepot(path, keep=0)


def sparq(path: Path) -> Run:
    import sparq

    graph = sparq.Graph.load(path)
    read = time.perf_counter()
    graph.reason("owl")
    return read, time.perf_counter(), len(graph), 0


def owlrl(path: Path) -> Run:
    """Without ``owl:hasKey``, under which it makes all members of a class the same."""
    import owlrl
    import rdflib

    graph = rdflib.Graph().parse(path, format="nt")
    graph.remove((None, rdflib.OWL.hasKey, None))
    read = time.perf_counter()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return read, time.perf_counter(), len(graph), 0


ENGINES: dict[str, Callable[[Path], Run]] = {
    "entrepot": entrepot,
    "without proofs": without_proofs,
    "sparq-rdf": sparq,
    "owlrl": owlrl,
}
NEEDED = {"sparq-rdf": ("sparq",), "owlrl": ("owlrl", "rdflib")}


def peak() -> int:
    """The most memory that this process has had, in bytes; what ``getrusage`` says counts that of its parent too."""
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.M)
    return int(kilobytes) * 1024


def measure(engine: str, path: Path) -> dict[str, float]:
    for module in NEEDED.get(engine, ("kg.reasoning.reason",)):
        __import__(module)  # so that neither time nor memory counts it
    before, started = peak(), time.perf_counter()
    read, done, triples, derivations = ENGINES[engine](path)
    return {
        "read": read - started,
        "reason": done - read,
        "triples": triples,
        "derivations": derivations,
        "memory": peak() - before,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
