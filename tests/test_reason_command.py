"""`entrepot reason`: what follows from any RDF, one graph or a batch of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

PROJECT = Path(__file__).parent.parent

ANIMALS = """
@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Cat rdfs:subClassOf :Animal ; owl:disjointWith :Dog . :Dog rdfs:label "dog" .
:tom a :Cat ; :weight 4 . _:someone :owns :tom .
:weight rdfs:range :Weight .
"""
TOM_IS_A_DOG = (
    "<http://example.org/tom> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Dog> .\n"
    "_:someone <http://example.org/owns> <http://example.org/rex> .\n"
)
DERIVED = "<http://example.org/tom> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Animal> ."


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "animals.ttl").write_text(ANIMALS, encoding="utf-8")
    (tmp_path / "tom.nt").write_text(TOM_IS_A_DOG, encoding="utf-8")
    (tmp_path / "broken.ttl").write_text(":a :b\n:c :d", encoding="utf-8")
    return tmp_path


def reason(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kg.cli import main; main()", "reason", *arguments]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.run(command, cwd=here, env=environment, capture_output=True, encoding="utf-8", check=False)


def written(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_what_follows_is_written_beside_what_is_asserted(here: Path) -> None:
    done = reason(here, "--in", "animals.ttl", "--out", "all.nt")
    assert (done.returncode, done.stdout) == (0, "")
    asserted = list(ox.parse((here / "animals.ttl").read_bytes(), format=ox.RdfFormat.TURTLE))
    lines = written(here / "all.nt")
    assert DERIVED in lines
    assert len(lines) == len(set(lines)) == len(asserted) + 1  # a literal is no subject, so the weight has no type


@pytest.mark.parametrize("form", ["ttl", "rdf", "owl", "nt", "nq", "trig", "jsonld", "n3"])
def test_any_format_is_read_by_its_suffix(here: Path, form: str) -> None:
    triples = [quad.triple for quad in ox.parse((here / "animals.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)]
    target = ox.RdfFormat.RDF_XML if form == "owl" else ox.RdfFormat.from_extension(form)
    assert target
    ox.serialize([ox.Quad(*triple) for triple in triples], str(here / f"again.{form}"), format=target)
    assert reason(here, "--in", f"again.{form}", "--out", "all.nt").returncode == 0
    assert DERIVED in written(here / "all.nt")


def test_several_files_are_one_graph_whose_blank_nodes_stay_apart(here: Path) -> None:
    done = reason(here, "--in", "animals.ttl", "tom.nt", "--out", "all.nt", "--json")
    assert done.returncode == 1
    owners = {line.split()[0] for line in written(here / "all.nt") if "/owns>" in line}
    assert len(owners) == 2
    again = reason(here, "--in", "animals.ttl", "--in", "tom.nt", "--json")
    assert json.loads(again.stdout) == json.loads(done.stdout)


def test_a_contradiction_exits_1_with_its_proof_and_places(here: Path) -> None:
    done = reason(here, "--in", "animals.ttl", "tom.nt")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "animals.ttl:5: error [contradiction] :tom cannot be both a :Cat and a dog. Fix: Take back or correct one of "
        "these 2 facts: :tom is a :Cat (animals.ttl:5); :tom is a dog (tom.nt:1); or else this axiom: :Cat and dog are "
        "disjoint.",
        "  because :Cat and dog are disjoint (axiom: cax-dw)",
        "  because :tom is a :Cat (animals.ttl:5)",
        "  because :tom is a dog (tom.nt:1)",
    ]
    answer = json.loads(reason(here, "--in", "animals.ttl", "tom.nt", "--json").stdout)
    assert answer["consistent"] is False
    (finding,) = answer["findings"]
    assert (finding["code"], finding["file"], finding["line"]) == ("contradiction", "animals.ttl", 5)


def test_trivial_triples_are_written_only_where_asked_for(here: Path) -> None:
    reason(here, "--in", "animals.ttl", "--out", "plain.nt")
    assert not [line for line in written(here / "plain.nt") if "#sameAs>" in line]
    reason(here, "--in", "animals.ttl", "--out", "all.nt", "--axiomatic")
    tom = "<http://example.org/tom>"
    assert f"{tom} <http://www.w3.org/2002/07/owl#sameAs> {tom} ." in written(here / "all.nt")


def test_owlrl_runs_without_what_it_gets_wrong_and_says_so(here: Path) -> None:
    (here / "keys.ttl").write_text(
        """@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        :Person owl:hasKey ( :number ) . :a a :Person ; :number 1 . :b a :Person ; :number 2 . :c a :Person .""",
        encoding="utf-8",
    )
    done = reason(here, "--in", "keys.ttl", "animals.ttl", "--engine", "owlrl", "--out", "all.nt", "--json")
    assert done.returncode == 0
    assert not [line for line in written(here / "all.nt") if "#sameAs>" in line]
    assert DERIVED in written(here / "all.nt")
    notes = json.loads(done.stdout)["notes"]
    assert notes[0].startswith("prp-key is set aside")
    assert all(f"Note: {note}" in done.stderr for note in notes)
    assert reason(here, "--in", "animals.ttl", "tom.nt", "--engine", "owlrl").returncode == 1


def test_a_swrl_rule_that_cannot_run_is_a_finding_and_no_contradiction(here: Path) -> None:
    (here / "rule.ttl").write_text(
        """@prefix swrl: <http://www.w3.org/2003/11/swrl#> . @prefix swrlb: <http://www.w3.org/2003/11/swrlb#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        [] a swrl:Imp ; rdfs:label "r" ; swrl:head () ;
          swrl:body ( [ a swrl:BuiltinAtom ; swrl:builtin swrlb:matches ; swrl:arguments ( "a" "b" ) ] ) .""",
        encoding="utf-8",
    )
    done = reason(here, "--in", "rule.ttl", "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert (answer["consistent"], [finding["code"] for finding in answer["findings"]]) == (True, ["swrl"])


def test_imports_are_not_followed_and_that_is_said(here: Path) -> None:
    text = "<http://example.org/o> <http://www.w3.org/2002/07/owl#imports> <http://example.org/other> ."
    (here / "imports.nt").write_text(text, encoding="utf-8")
    done = reason(here, "--in", "imports.nt")
    assert (done.returncode, "Note: owl:imports are not followed." in done.stderr) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is nothing to reason over."),
        (("--in", "broken.ttl"), "broken.ttl:1: This is no Turtle: The prefix : has not been declared."),
        (("--in", "nowhere.ttl"), "nowhere.ttl: No such file or directory."),
        (("--in", "animals.pdf"), "the suffix .pdf names no RDF format"),
        (("--in", "animals.ttl", "--out", "all.csv"), "the suffix .csv names no RDF format"),
        (("--in", "animals.ttl", "--out", "nowhere/all.nt"), "there is no such folder"),
        (("--in", "animals.ttl", "--engine", "hermit"), "hermit"),
        (("--batch", "cases.jsonl", "--in", "animals.ttl"), "--batch takes its files from the manifest"),
        (("--batch", "nowhere.jsonl"), "nowhere.jsonl: No such file or directory."),
    ],
)
def test_misuse_exits_2_and_says_what_to_do(here: Path, arguments: tuple[str, ...], said: str) -> None:
    done = reason(here, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_case_does_not_stop_the_batch(here: Path) -> None:
    cases = [
        '{"id": "good", "in": ["animals.ttl"], "out": "good.nt"}',
        '{"id": "broken", "in": ["broken.ttl"], "out": "broken.nt"}',
        "no case at all",
        '{"id": "without files", "in": []}',
        '{"id": "a text", "in": "animals.ttl"}',
        '{"in": ["animals.ttl"]}',
        '{"id": "missing", "in": ["nowhere.ttl"], "out": "x.nt"}',
        '{"id": "nowhere", "in": ["animals.ttl"], "out": "nowhere/x.nt"}',
        '{"id": "clash", "in": ["animals.ttl", "tom.nt"], "out": "clash.nt"}',
        "",
        '{"id": "last", "in": ["animals.ttl"], "out": "last.nt"}',
    ]
    (here / "cases.jsonl").write_text("\n".join(cases), encoding="utf-8")
    done = reason(here, "--batch", "cases.jsonl")
    assert done.returncode == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [
        *("good", "broken", None, "without files", "a text", None, "missing", "nowhere", "clash", "last")
    ]
    assert [answer["consistent"] for answer in answers] == [True, *[None] * 7, False, True]
    assert all(set(answer) >= {"id", "consistent", "triples", "findings"} for answer in answers)
    assert all(finding["fix"] for answer in answers for finding in answer["findings"])
    assert answers[1]["findings"][0]["file"] == "broken.ttl"
    assert answers[2]["findings"][0]["line"] == 3
    assert written(here / "good.nt") and written(here / "last.nt") and written(here / "clash.nt")


def test_a_batch_without_faults_exits_0(here: Path) -> None:
    (here / "cases.jsonl").write_text('{"id": 1, "in": ["animals.ttl"], "out": "good.nt"}\n', encoding="utf-8")
    done = reason(here, "--batch", "cases.jsonl", "--axiomatic")
    (answer,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, answer["id"], answer["findings"]) == (0, 1, [])
    assert answer["triples"] == len(written(here / "good.nt"))
