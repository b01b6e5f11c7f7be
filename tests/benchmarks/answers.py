"""How much an answer costs beside a plain route around the same query, grlc and rdflib-endpoint: `make bench`.

Every server has the same triples and the same queries with their defaults, and answers one request after the other
over one connection; the servers take turns. Printed are medians in milliseconds and ratios to the plain route.

grlc and rdflib-endpoint come after ours and with fewer questions, for neither stops a query whose client has left: they
get the questions that the plain route answers soonest.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2 as httpx
import pyoxigraph as ox

from kg.asking.arguments import arguments
from kg.asking.names import Names
from kg.asking.ordering import ordered
from kg.asking.question import Question
from kg.asking.questions import read
from kg.build import build
from kg.serving.snapshot import STORE
from kg.settings import Settings
from kg.settings import read as read_settings
from kg.sparql import bind

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
PEERS = PROJECT / ".venv-bench" / "bin"
"""Where grlc and rdflib-endpoint are installed: their pins are not ours."""
PLAIN, BARE, SUMMARY = "plain route", "ours, no evidence", "ours, evidence"
GRLC, ENDPOINT = "grlc", "rdflib-endpoint"
AIM = {BARE: 1.5, SUMMARY: 4.0}
"""Times the plain route, by the project's own aim."""

Ask = Callable[[str], httpx.Response]
Times = dict[str, dict[str, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="requests to each server for each question")
    parser.add_argument("--peers", type=int, default=10, help="questions that grlc and rdflib-endpoint are asked")
    parser.add_argument("--plot", type=Path, default=PROJECT / "build" / "benchmarks" / "answers.svg")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        settings = replace(read_settings({}, PROJECT), state=Path(folder) / "state")
        snapshot = build(settings).snapshot
        queries = bound_queries(settings, snapshot)
        port = free_port()
        asks = started(ours(settings, snapshot, queries, Path(folder), port), servers)
        times = measure(asks, list(queries), options.rounds)
        soonest = sorted(times[PLAIN], key=lambda question: times[PLAIN][question])[: options.peers]
        others = started(peers(snapshot, {name: queries[name] for name in soonest}, Path(folder), port), servers)
        times |= measure(others, soonest, options.rounds)
    show(times)
    plot(times, options.plot)


def bound_queries(settings: Settings, snapshot: Path) -> dict[str, str]:
    """Each question as our service runs it, with its defaults."""
    questions, _ = read(settings.queries)
    store = ox.Store.read_only(str(snapshot / STORE))
    names, today = Names([], []), datetime.now(UTC).date()

    def text(question: Question) -> str:
        query = bind(question.query, arguments(question, {}, names, today).values)
        return f"{ordered(question, query)}\nLIMIT 1000"

    found = {name: text(question) for name, question in questions.items()}
    for query in found.values():
        store.query(query)
    return found


# --- the servers ----------------------------------------------------------------------------------------------


Server = AbstractContextManager[Ask]


def started(servers: Iterable[tuple[str, Server]], stack: ExitStack) -> dict[str, Ask]:
    return {name: stack.enter_context(server) for name, server in servers}


def ours(
    settings: Settings, snapshot: Path, queries: Mapping[str, str], folder: Path, port: int
) -> Iterator[tuple[str, Server]]:
    """The plain route, at the given port, and our service without and with evidence."""
    (folder / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
    plain = {"PEER_STORE": str(snapshot / STORE), "PEER_QUERIES": str(folder / "queries.json")}
    yield PLAIN, served(python("plain_peer:create_app", port), plain, port, lambda name: f"/questions/{name}")
    state = {"ENTREPOT_STATE": str(settings.state)}
    for name, query in ((BARE, "?evidence=none"), (SUMMARY, "")):
        own = free_port()
        command = [sys.executable, "-m", "uvicorn", "api.app:configured", "--factory", "--port", str(own), *QUIET]
        yield name, served(command, state, own, lambda question, query=query: f"/questions/{question}{query}")


def peers(snapshot: Path, queries: Mapping[str, str], folder: Path, plain: int) -> Iterator[tuple[str, Server]]:
    """Of the other servers those that are installed."""
    if (PEERS / "rdflib-endpoint").is_file():
        yield ENDPOINT, endpoint(snapshot, queries, folder)
    if (PEERS / "grlc-server").is_file():
        yield GRLC, grlc(queries, plain, folder)


_LONGEST = 5.0  # seconds; a server that needs more for an answer is left out of its line
QUIET = ["--log-level", "error", "--no-access-log"]


def python(app: str, port: int) -> list[str]:
    return [sys.executable, "-m", "uvicorn", app, "--factory", "--app-dir", str(HERE), "--port", str(port), *QUIET]


def endpoint(snapshot: Path, queries: Mapping[str, str], folder: Path) -> Server:
    """rdflib-endpoint with the triples in memory; the client sends the query."""
    store = ox.Store.read_only(str(snapshot / STORE))
    triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    ox.serialize(triples, str(folder / "all.nt"), format=ox.RdfFormat.N_TRIPLES)
    port = free_port()
    command = [str(PEERS / "rdflib-endpoint"), "serve", "--port", str(port), str(folder / "all.nt")]
    return served(command, {}, port, lambda name: str(httpx.URL("/", params={"query": queries[name]})))


def grlc(queries: Mapping[str, str], port: int, folder: Path) -> Server:
    """grlc with the same queries as files, in front of the plain endpoint."""
    files = folder / "grlc"
    files.mkdir()
    for name, query in queries.items():
        head = f"#+ endpoint: http://127.0.0.1:{port}/sparql\n#+ method: GET\n#+ pagination: 0\n"
        (files / f"{name}.rq").write_text(head + query, encoding="utf-8")
    own = free_port()
    (folder / "config.ini").write_text(
        f"[auth]\ngithub_access_token = none\n[local]\nlocal_sparql_dir = {files}/\n"
        f"[defaults]\nserver_name = 127.0.0.1:{own}\nendpoint = http://127.0.0.1:{port}/sparql\nlog_debug = false\n",
        encoding="utf-8",
    )
    command = [str(PEERS / "grlc-server"), f"--port={own}"]
    environment = {"GRLC_CONFIG_FILE": str(folder / "config.ini")}
    return served(command, environment, own, lambda name: f"/api-local/{name}", folder)


@contextmanager
def served(
    command: list[str],
    environment: Mapping[str, str],
    port: int,
    path: Callable[[str], str],
    folder: Path = PROJECT,
) -> Iterator[Ask]:
    """A server in a process of its own, as a function that asks it."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, **quiet)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_LONGEST) as client:
            wait(process, port)
            headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
            yield lambda name: client.get(path(name), headers=headers)
    finally:
        process.terminate()
        process.wait()


def wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{process.args} did not start.")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


# --- measuring ------------------------------------------------------------------------------------------------


def measure(asks: Mapping[str, Ask], questions: list[str], rounds: int) -> Times:
    """The median of each server for each question, in milliseconds; what does not answer with 200 is left out."""
    times: Times = {name: {} for name in asks}
    for question in questions:
        works = {name: ask for name, ask in asks.items() if answers(ask, question)}
        taken: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(rounds):
            for name, ask in works.items():
                started = time.perf_counter()
                ask(question)
                taken[name].append((time.perf_counter() - started) * 1000)
        for name, each in taken.items():
            times[name][question] = statistics.median(each)
    return times


def answers(ask: Ask, question: str) -> bool:
    """Whether a server answers a question, and in time."""
    try:
        return ask(question).status_code == 200
    except httpx.TimeoutException:
        return False


def show(times: Times) -> None:
    print(f"{'question':34}" + "".join(f"{name:>20}" for name in times))
    for question, plain in times[PLAIN].items():
        cells = (times[name].get(question) for name in times)
        texts = (f"{t:.1f} ms ({t / plain:.1f}x)" if t else "no answer" for t in cells)
        print(f"{question:34}" + "".join(f"{text:>20}" for text in texts))
    for name, its in times.items():
        ratios = [t / times[PLAIN][question] for question, t in its.items()]
        if not ratios:
            continue
        whole = sum(its.values()) / sum(times[PLAIN][question] for question in its)
        aim = f", aim {AIM[name]}" if name in AIM else ""
        print(f"{name}: {whole:.2f} times the plain route in all, median {statistics.median(ratios):.2f}{aim}")


def plot(times: Times, path: Path) -> None:
    """A bar for each server and question, where matplotlib is installed."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("no plot: matplotlib is not installed")
        return
    questions = sorted(times[PLAIN], key=lambda question: times[PLAIN][question])
    figure, axes = plt.subplots(figsize=(9, 2 + 0.32 * len(questions)), layout="constrained")
    height = 0.8 / len(times)
    for number, (name, its) in enumerate(times.items()):
        places = [i + number * height for i, question in enumerate(questions) if question in its]
        axes.barh(places, [its[q] for q in questions if q in its], height, label=name)
    axes.set_yticks([i + 0.4 for i in range(len(questions))], questions)
    axes.set_xscale("log")
    axes.set_xlabel("median of an answer, ms (logarithmic)")
    axes.legend(loc="lower right")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    print(f"plot: {path}")


if __name__ == "__main__":
    main()
