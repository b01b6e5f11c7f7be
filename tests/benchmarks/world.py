"""How much the scorecard of one market and the ranking of all cost beside the bare query on the same store.

Each is asked with its defaults, with the evidence that comes by default and without it. The bare query is the text that
the service runs, on the same snapshot in this process; the service answers over HTTP. Printed are medians in
milliseconds; it exits with 1 where an answer takes more than three times as long as its query.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
from answers import PROJECT, QUIET, bound_queries, free_port, served

from kg.build import build
from kg.serving.snapshot import STORE
from kg.settings import read

QUESTIONS = ("market-scorecard", "market-ranking")
LIMIT = 3.0
"""Times the bare query, by the project's own aim."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked")
    parser.add_argument("--state", type=Path, help="a folder with a snapshot that is current; else one is built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(read({}, PROJECT), state=options.state or Path(folder) / "state")
        snapshot = build(settings).snapshot
        queries = bound_queries(settings, snapshot)
        store = ox.Store.read_only(str(snapshot / STORE))
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "api.app:configured", "--factory", "--port", str(port), *QUIET]
        environment = {"ENTREPOT_STATE": str(settings.state)}
        slow = False
        with served(command, environment, port, lambda path: f"/questions/{path}") as ask:
            for name in QUESTIONS:
                bare = median(lambda: list(store.query(queries[name])), options.rounds)  # noqa: B023
                for evidence in ("none", "summary"):
                    path = f"{name}?evidence={evidence}"
                    assert ask(path).status_code == 200
                    ours = median(lambda: ask(path), options.rounds)  # noqa: B023
                    slow |= ours > LIMIT * bare
                    print(f"{path:40} {ours:8.1f} ms   bare {bare:8.1f} ms   {ours / bare:5.2f} times, aim {LIMIT}")
    raise SystemExit(int(slow))


def median(run: Callable[[], object], rounds: int) -> float:
    """The median of the time that it takes, in milliseconds, after a first run that does not count."""
    run()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
