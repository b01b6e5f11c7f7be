"""How much the scorecard of one market and the ranking of all cost beside the bare query on the same store.

The bare query is served by the plain route of ``answers.py``: the text that our service runs, on the same snapshot,
with nothing but rows in return. Both are asked with their defaults, over HTTP and in turns; printed are medians in
milliseconds, and it exits with 1 where an answer takes more than three times as long as its bare query.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from answers import BARE, PLAIN, PROJECT, SUMMARY, bound_queries, free_port, measure, ours, started

from kg.build import build
from kg.settings import read

QUESTIONS = ("market-scorecard", "market-ranking")
LIMIT = 3.0
"""Times the bare query, by the project's own aim."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="requests to each server for each question")
    parser.add_argument("--state", type=Path, help="a folder with snapshots, where one of today's files may be current")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        settings = replace(read({}, PROJECT), state=(options.state or Path(folder) / "state").absolute())
        snapshot = build(settings).snapshot
        queries = {name: text for name, text in bound_queries(settings, snapshot).items() if name in QUESTIONS}
        asks = started(ours(settings, snapshot, queries, Path(folder), free_port()), servers)
        times = measure(asks, list(queries), options.rounds)
    ratios = []
    for question, plain in times[PLAIN].items():
        print(f"{question:20} {PLAIN} {plain:.1f} ms")
        for name in (BARE, SUMMARY):
            ratios.append(times[name][question] / plain)
            print(f"{'':20} {name} {times[name][question]:.1f} ms: {ratios[-1]:.2f} times, at most {LIMIT}")
    raise SystemExit(int(max(ratios) > LIMIT))


if __name__ == "__main__":
    main()
