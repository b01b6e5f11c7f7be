"""How fast the reasoner is and how much memory it takes, beside owlrl and sparq-rdf: ``make bench``.

Every run is a process of its own over the same N-Triples file; the engines take turns, and of some runs the fastest
counts, so that what else the machine does weighs less. What is over in a moment is run several times a turn, for it
falls into one phase of the machine, and what takes long goes through many. Trust the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import ecommerce
import pyoxigraph as ox

from kg.terms import Triple

HERE = Path(__file__).parent
SIZES = (1_000, 10_000, 100_000, 1_000_000)
FOR_OWLRL = ("1,000", "10,000")
"""The data on which owlrl is run as well; anything more would take it hours."""
MOMENT, MOST = 1.0, 8
"""Seconds that an engine runs at least in a turn, and how often at most."""

Results = dict[tuple[str, str], Mapping[str, float]]
"""What a run took, by data and engine."""


def main() -> None:
    options = argparse.ArgumentParser(description="Compare reasoners on generated data.")
    options.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="how many triples")
    options.add_argument("--runs", type=int, default=3, help="how often each engine runs on each file")
    options.add_argument("--plot", type=Path, default=HERE / "reasoning.svg", help="where to draw time and memory")
    chosen = options.parse_args()
    data = {f"{size:,}": ecommerce.triples(size) for size in chosen.sizes}
    data |= {"chain": ecommerce.chain(1000), "clique": ecommerce.clique(100, 10)}
    results: Results = {}
    with TemporaryDirectory() as folder:
        for name, triples in data.items():
            results |= compared(name, triples, Path(folder), chosen.runs)
    for line in (*ratios(results), *goals(results)):
        print(line)
    plot(results, chosen.sizes, chosen.plot)


def compared(name: str, triples: Sequence[Triple], folder: Path, runs: int) -> Results:
    """The fastest run of each engine on some data."""
    path = folder / "data.nt"
    path.write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES))
    found: Results = {}
    for _ in range(runs):
        for engine in ("entrepot", "without proofs", "sparq-rdf", "owlrl"):
            if engine == "owlrl" and name not in FOR_OWLRL:
                continue
            times = [run(engine, path)]
            while sum(took["reason"] for took in times) < MOMENT and len(times) < MOST:
                times.append(run(engine, path))
            times.sort(key=lambda took: took["reason"])
            middle = times[len(times) // 2]["reason"]
            print(f"{name:>10} {engine:15} {times[0]['reason']:9.3f} s, median {middle:9.3f} s", file=sys.stderr)
            if (name, engine) not in found or times[0]["reason"] < found[name, engine]["reason"]:
                found[name, engine] = times[0]
    return found


def run(engine: str, path: Path) -> Mapping[str, float]:
    command = [sys.executable, str(HERE / "engines.py"), engine, str(path)]
    took: Mapping[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return took


# --- what came out -----------------------------------------------------------------------------------------


def ratios(results: Results) -> list[str]:
    """A line for each run, with its time as a multiple of sparq-rdf's on the same data."""
    lines = ["      data engine            triples   seconds  × sparq-rdf  µs/triple  B/triple"]
    for (data, engine), took in results.items():
        times = took["reason"] / results[data, "sparq-rdf"]["reason"]
        lines.append(
            f"{data:>10} {engine:15} {took['triples']:9,.0f} {took['reason']:9.3f} {times:12.2f} "
            f"{per_triple(took) * 1e6:10.2f} {took['memory'] / took['triples']:9.0f}"
        )
    return lines


def per_triple(took: Mapping[str, float]) -> float:
    return took["reason"] / took["triples"]


def goals(results: Results) -> list[str]:
    """What the reasoner is to reach, beside what it reached; only what was measured."""
    ours = {data: took for (data, engine), took in results.items() if engine == "entrepot"}
    found = []

    def compare(text: str, one: Mapping[str, float] | None, other: Mapping[str, float] | None, each: bool) -> None:
        if one and other:
            ratio = per_triple(one) / per_triple(other) if each else one["reason"] / other["reason"]
            found.append(f"{text}: {ratio:.2f}")

    compare("owlrl / ours at 10,000 (at least 200)", results.get(("10,000", "owlrl")), ours.get("10,000"), False)
    for size, goal in (("100,000", "at most 6, aim 4"), ("1,000,000", "at most 10, aim 6")):
        compare(f"ours / sparq-rdf at {size} ({goal})", ours.get(size), results.get((size, "sparq-rdf")), False)
        compare(
            f"with / without proofs at {size} (at most 1.4)",
            ours.get(size),
            results.get((size, "without proofs")),
            False,
        )
    compare("a triple at 1,000,000 / at 10,000 (at most 2)", ours.get("1,000,000"), ours.get("10,000"), True)
    compare("a triple of the chain / at 100,000 (at most 1)", ours.get("chain"), ours.get("100,000"), True)
    compare("a triple of the clique / at 100,000 (at most 3)", ours.get("clique"), ours.get("100,000"), True)
    return found


def plot(results: Results, sizes: Sequence[int], path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    for axis, key, unit, scale in ((axes[0], "reason", "seconds", 1), (axes[1], "memory", "megabytes", 1e6)):
        for engine in ("entrepot", "without proofs", "sparq-rdf", "owlrl"):
            points = [(n, results[f"{n:,}", engine][key] / scale) for n in sizes if (f"{n:,}", engine) in results]
            axis.plot(*zip(*points, strict=True), marker="o", label=engine)
        axis.set(xscale="log", yscale="log", xlabel="asserted triples", ylabel=unit)
        axis.grid(visible=True, which="major", alpha=0.3)
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
