"""The commands: what they print, and the exit codes 0 for clean, 1 for findings, 2 for misuse."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from working_copy import copied

from kg.asking import manual
from kg.serving import snapshot as snapshots
from kg.settings import Settings

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def here(documents_alone: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with the questions and a copy of the ontology without the tables of the world, already built."""
    folder = tmp_path_factory.mktemp("here")
    assert snapshots.current(copied(documents_alone, folder).state)
    return folder


def entrepot(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENTREPOT_")}
    command = [sys.executable, "-c", "from kg.cli import main; main()", *arguments]
    environment["PYTHONPATH"] = str(PROJECT)
    return subprocess.run(command, cwd=here, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_a_build_of_unchanged_inputs_does_nothing_and_says_so(here: Path) -> None:
    done = entrepot(here, "build")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("Nothing changed: snapshot ")


def test_a_build_shows_its_progress(here: Path) -> None:
    done = entrepot(here, "build", "--force")
    assert done.returncode == 0
    steps = re.findall(r"^… (\w+)", done.stderr, re.M)
    assert steps[:3] == ["reading", "checking", "reasoning"]
    assert steps[-1] == "writing"


def test_a_clean_ontology_has_no_findings(here: Path) -> None:
    assert entrepot(here, "check").returncode == 0
    found = json.loads(entrepot(here, "check", "--json").stdout)["findings"]
    assert {finding["code"] for finding in found} <= {"excused"}


def test_a_fault_is_printed_with_its_place_and_fix_and_exits_1(here: Path) -> None:
    path = here / "ontology" / "facts" / "world.ttl"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\nid:XX a ep:Nothing .\n", encoding="utf-8")
    try:
        checked, built = entrepot(here, "check"), entrepot(here, "build")
    finally:
        path.write_text(before, encoding="utf-8")
    for done in (checked, built):
        assert done.returncode == 1
        assert f"facts/world.ttl:{before.count(chr(10)) + 2}: error [" in done.stdout
        assert " Fix: " in done.stdout
    assert "nothing was published" in built.stderr


def test_a_question_is_answered_as_table_csv_and_json(here: Path) -> None:
    table = entrepot(here, "ask", "country-tier", "country=Spain").stdout.splitlines()
    assert table[0].split() == ["country", "tier", "basis", "region", "regionTier", "group", "status", "claims"]
    (row,) = csv.DictReader(entrepot(here, "ask", "country-tier", "country=ES", "--format", "csv").stdout.splitlines())
    assert (row["country"], row["basis"]) == ("Spain", "stated")
    answer = json.loads(entrepot(here, "ask", "country-tier", "country=西班牙", "--json").stdout)
    assert answer["rows"][0]["tier"]["id"] == "id:tier-2"


def test_an_empty_answer_says_what_is_not_stated(here: Path) -> None:
    done = entrepot(here, "ask", "zero-tolerance-platforms", "platform=AliExpress")
    assert (done.returncode, done.stdout) == (0, "Not stated: what AliExpress has zero tolerance for.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "country-teir"), "Did you mean country-tier?"),
        (("ask", "country-tier", "country"), "is no parameter=value"),
        (("ask", "country-tier", "country=Atlantis"), "Nothing of type Country is called 'Atlantis'"),
        (("ask", "country-tier", "country=eBay"), "eBay is a Marketplace, not a Country."),
        (("ask", "country-tier", "land=ES"), "land"),
        (("ask", "country-tier", "--format", "pdf"), "Use table, json, csv,"),
        (("explain", "Brazil", "ep:partOf", "id:LatinAmerica"), "is no IRI, CURIE or N-Triples literal"),
        (("explain", "id:DX", "ep:focusesOn", "id:tier-1"), "Nearby it holds:"),
        (("explain", '"Brazil"', "ep:partOf", "id:LatinAmerica"), "This is no triple."),
        (("ask", "country-tier", "country=[/b]"), "'[/b]'"),
        (("explain", "id:DX", "ep:focusesOn", "id:BR", "--format", "svg"), "Use text, json or dot."),
        (("export", "--out", "graph.xls"), "names no format"),
        (("export", "--out", "nowhere/graph.nt"), "No such file or directory"),
        (("sing",), "No such command"),
        (("build", "--loud"), "No such option"),
    ],
)
def test_misuse_exits_2_and_says_what_to_do(here: Path, arguments: tuple[str, ...], said: str) -> None:
    done = entrepot(here, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_proof_ends_in_sourced_leaves(here: Path) -> None:
    done = entrepot(here, "explain", "id:AliExpress", "ep:coversThroughRegion", "id:VN")
    first, *reasons = done.stdout.splitlines()
    assert first.startswith("AliExpress focuses on a region around Vietnam (inferred: prp-spo2")
    assert "  because AliExpress focuses on Southeast Asia (stated: S3-71)" in reasons


def test_every_way_to_a_fact_is_shown_where_asked_for(here: Path) -> None:
    fact = ("explain", "id:eBay", "ep:doesNotTolerate", "id:patent-infringing-goods", "--all")
    first, second = entrepot(here, *fact).stdout.split("\n\nor, in another way:\n\n")
    assert first.splitlines()[0].startswith("eBay does not tolerate patent-infringing goods (")
    assert first != second
    proofs = json.loads(entrepot(here, *fact, "--json").stdout)["proofs"]
    assert [(proof["triple"], proof["alternatives"]) for proof in proofs] == [(proofs[0]["triple"], 1)] * 2
    dot = entrepot(here, *fact, "--format", "dot").stdout
    assert dot.startswith("digraph proof {")
    assert dot.count("-> t0;") == 2


def test_a_name_is_resolved_in_any_language(here: Path) -> None:
    assert entrepot(here, "resolve", "Lanting Jishi").stdout.startswith("id:LightInTheBox ")
    assert entrepot(here, "resolve", "兰亭集势").stdout.startswith("id:LightInTheBox ")


def test_the_graph_is_exported_with_what_is_inferred(here: Path) -> None:
    assert entrepot(here, "export", "--out", "graph.nt").returncode == 0
    lines = (here / "graph.nt").read_text(encoding="utf-8").splitlines()
    counts = json.loads((next((here / "state" / "snapshots").iterdir()) / "manifest.json").read_text())["counts"]
    assert len(lines) == counts["triples"] > counts["asserted"] > 7000


def test_what_is_exported_has_blank_nodes_where_the_files_have_them(here: Path) -> None:
    assert entrepot(here, "export", "--out", "blank.nt").returncode == 0
    text = (here / "blank.nt").read_text(encoding="utf-8")
    assert "/genid/" not in text
    assert re.search(r"^_:\w+ <", text, re.M)


def test_a_current_snapshot_is_used_while_another_build_holds_the_lock(here: Path) -> None:
    with snapshots.writing(here / "state"):
        assert entrepot(here, "resolve", "Brazil").returncode == 0


def test_a_forced_build_of_a_snapshot_in_use_is_misuse(here: Path) -> None:
    current = snapshots.current(here / "state")
    assert current
    with snapshots.held(current):
        done = entrepot(here, "build", "--force")
    assert done.returncode == 2
    assert "is in use" in done.stderr


def test_a_question_with_a_fault_is_refused_and_not_unknown(here: Path) -> None:
    path = here / "queries" / "questions" / "platforms" / "broken.rq"
    path.write_text("SELECT * { ?s ?p ?o }", encoding="utf-8")
    try:
        done = entrepot(here, "ask", "broken")
    finally:
        path.unlink()
    assert done.returncode == 2
    assert "error [" in done.stderr
    assert "'broken' is refused, see above" in done.stderr


def test_fmt_check_exits_1_where_a_file_would_change(here: Path) -> None:
    assert entrepot(here, "fmt", "--check", "ontology").returncode == 0
    path = here / "untidy.ttl"
    path.write_text("@prefix id: <https://w3id.org/entrepot/id/> . id:b id:p id:c. id:a id:p id:b .", encoding="utf-8")
    assert entrepot(here, "fmt", "--check", "untidy.ttl").returncode == 1
    assert entrepot(here, "fmt", "untidy.ttl").returncode == 0
    assert entrepot(here, "fmt", "--check", "untidy.ttl").returncode == 0


def test_a_taken_port_exits_2_with_a_hint(here: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = entrepot(here, "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "Try another --port." in done.stderr


def test_the_readme_names_every_command_and_question(here: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^  (\w+) {2,}\S", entrepot(here, "--help").stdout, re.M)
    assert {"fmt", "check", "build", "ask", "explain", "resolve", "export", "serve"} <= set(commands)
    names = [line.split()[0] for line in entrepot(here, "ask", "list").stdout.splitlines()]
    assert len(names) == len(list((PROJECT / "queries" / "questions").glob("*/*.rq")))
    for word in (*commands, *names):
        assert re.search(rf"`[^`]*\b{word}\b[^`]*`", readme), word


def test_the_first_screen_of_the_readme_shows_what_the_commands_print(here: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```console\n(\$ entrepot .*?)```", readme, re.S)
    shown = re.findall(r"\$ entrepot ([^\n]*)\n(.*?)(?=\n\$|\Z)", block, re.S)
    assert len(shown) == 2
    for command, output in shown:
        printed = [line.rstrip() for line in entrepot(here, *command.split()).stdout.splitlines()]
        assert output.strip().splitlines() == printed


def test_the_example_of_the_manual_is_live_at_once(here: Path) -> None:
    path = here / "queries" / "questions" / "markets" / "countries-of-region.rq"
    path.write_text(manual.example(), encoding="utf-8")
    try:
        assert entrepot(here, "check").returncode == 0
        asked = entrepot(here, "ask", "countries-of-region", "region=South America", "--format", "csv")
        path.write_text(manual.example().replace("ep:partOf ?region", "ep:partOf+ ?region"), encoding="utf-8")
        refused = entrepot(here, "check")
    finally:
        path.unlink()
    assert "Brazil" in asked.stdout.splitlines()
    assert refused.returncode == 1
    assert "questions/markets/countries-of-region.rq:12: error [path]" in refused.stdout


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "xlsx", "parquet", "ttl", "jsonld"])
def test_an_answer_is_written_to_a_file_in_the_format_of_its_suffix(here: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"tiers.{suffix}"
    done = entrepot(here, "ask", "country-tier", "country=Spain", "--out", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert out.stat().st_size > 50
