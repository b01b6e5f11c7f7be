"""The reasoner does what the published test cases for OWL 2 RL ask, but for those that are listed with the reason."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from conformance import SUITE, Case, Result, cases

LIST = Path(__file__).parent.parent / "cases" / "conformance" / "unreached.csv"
CASES = list(cases())
TESTS = [(case, kind) for case in CASES for kind in case.kinds]
SOUND = ("ConsistencyTest", "NegativeEntailmentTest")


@cache
def unreached() -> dict[str, str]:
    """Why a case cannot be reached, by its id."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["reason"] for row in csv.DictReader(file)}


@cache
def result(case_id: str) -> Result:
    return Result(next(case for case in CASES if case.id == case_id))


@pytest.fixture(autouse=True)
def suite() -> None:
    if not CASES:
        pytest.skip(f"the conformance suite is not at hand ({SUITE.relative_to(SUITE.parents[3])})")


@pytest.mark.parametrize(("case", "kind"), TESTS, ids=lambda each: each if isinstance(each, str) else each.id)
def test_case(case: Case, kind: str) -> None:
    passes = result(case.id).passes(case, kind)
    if kind in SOUND or case.id not in unreached():
        assert passes
    else:
        assert not passes, "it is reached now: take it off the list"


def test_the_whole_suite_was_run() -> None:
    assert len(CASES) == 365
    assert Counter((case.group.split()[0], kind) for case, kind in TESTS) == {
        ("w3c", "ConsistencyTest"): 77,
        ("w3c", "NegativeEntailmentTest"): 7,
        ("w3c", "PositiveEntailmentTest"): 30,
        ("w3c", "InconsistencyTest"): 14,
        ("dat", "PositiveEntailmentTest"): 115,
        ("dat", "InconsistencyTest"): 41,
        ("sem", "PositiveEntailmentTest"): 72,
        ("sem", "InconsistencyTest"): 21,
        ("ont", "PositiveEntailmentTest"): 7,
        ("xtr", "PositiveEntailmentTest"): 15,
        ("xtr", "InconsistencyTest"): 2,
    }
    approved = Counter(kind for case, kind in TESTS if case.group == "w3c Approved")
    assert approved["ConsistencyTest"] + approved["NegativeEntailmentTest"] == 58
    assert approved["PositiveEntailmentTest"] + approved["InconsistencyTest"] == 40


def test_the_scores_are_what_is_promised() -> None:
    """``test_case`` holds every case to the list, so the list is the score."""
    missed = Counter(case.group for case in CASES if case.id in unreached())
    assert sum(missed.values()) == len(unreached()) == 24, "the list names cases that there are not"
    assert all(unreached().values())
    assert missed["sem"] + missed["ont"] + missed["xtr"] == 0  # 117 of 117
    assert 40 - missed["w3c Approved"] == 24  # owlrl: 22
    assert 156 - missed["dat"] == 151  # owlrl: 116


def test_what_follows_is_not_there_before() -> None:
    """The check of an entailment would be worth nothing if the premise alone passed it."""
    positive = [case for case, kind in TESTS if kind == "PositiveEntailmentTest" and case.id not in unreached()]
    said = [case.id for case in positive if Result(case, without_rules=True).entails(case.graph("conclusion"))]
    assert (len(positive), len(said)) == (220, 13)
    assert all(re.search("-ont-graph-|-ont-iri-|emptygraph|subgraph", case) for case in said)  # these ask for no more


@pytest.mark.soak
def test_the_command_comes_to_the_same_in_one_batch(tmp_path: Path) -> None:
    with (tmp_path / "cases.jsonl").open("w", encoding="utf-8") as manifest:
        for number, case in enumerate(CASES):
            files = [case.folder / case.manifest["files"]["premise"], *case.imported]
            line = {"id": case.id, "in": list(map(str, files)), "out": str(tmp_path / f"{number}.nt")}
            manifest.write(json.dumps(line) + "\n")
    command = [sys.executable, "-c", "from kg.cli import main; main()", "reason", "--axiomatic", "--batch"]
    done = subprocess.run([*command, manifest.name], capture_output=True, encoding="utf-8", timeout=900)
    assert done.returncode == 1, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {answer["id"]: answer["consistent"] for answer in answers} == {
        case.id: result(case.id).consistent for case in CASES
    }
    assert [answer["triples"] for answer in answers] == [
        len((tmp_path / f"{number}.nt").read_bytes().splitlines()) for number in range(len(CASES))
    ]
    assert len(answers) == 365
