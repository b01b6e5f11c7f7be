"""Bad input gets one clear error that names the place and the remedy, publishes nothing and loses nothing."""

from __future__ import annotations

import gc
import hashlib
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from working_copy import copied

from api.app import create_app
from kg.build import build, ensure
from kg.cache import NOTHING
from kg.check import Judge
from kg.errors import BuildFailed, BuildRefused, EntrepotError, Finding
from kg.serving import snapshot as snapshots
from kg.settings import Settings
from kg.sources import Source


@pytest.fixture(scope="module")
def edited(documents_alone: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The project as an author has it, without the tables of the world: a copy to edit, with a published snapshot."""
    return copied(documents_alone, tmp_path_factory.mktemp("edited"))


def refused(settings: Settings, file: str, text: str, *, instead_of: str | None = None) -> list[Finding]:
    """The errors of a build after a text was added to a file, or put in place of another; the file is mended after."""
    path = settings.ontology / file
    before, current = path.read_text(encoding="utf-8"), snapshots.current(settings.state)
    assert instead_of is None or before.count(instead_of) >= 1
    path.write_text(before.replace(instead_of, text, 1) if instead_of else before + text, encoding="utf-8")
    try:
        with pytest.raises(BuildRefused) as caught:
            build(settings)
    finally:
        path.write_text(before, encoding="utf-8")
    assert snapshots.current(settings.state) == current
    assert [p.name for p in (settings.state / "snapshots").iterdir()] == [current.name if current else None]
    errors = [finding for finding in caught.value.findings if finding.severity == "error"]
    assert all(finding.fix for finding in errors)
    return errors


def last_line(settings: Settings, file: str) -> int:
    return len((settings.ontology / file).read_text(encoding="utf-8").splitlines())


SEED = "facts/seed-003.ttl"


def test_an_unchanged_copy_needs_no_build(edited: Settings) -> None:
    assert not build(edited).changed


def test_broken_turtle_is_refused_at_its_line(edited: Settings) -> None:
    (finding,) = refused(edited, SEED, "\nid:Taobao ep:launchedBy id:Alibaba ;;\n  oops\n")
    assert finding.code == "turtle-syntax"
    assert finding.file == SEED
    assert finding.line in range(last_line(edited, SEED) + 2, last_line(edited, SEED) + 5)


def test_a_fact_without_a_source_is_refused(edited: Settings) -> None:
    (finding,) = refused(edited, SEED, "\nid:Taobao ep:launchedBy id:Alibaba .\n")
    assert (finding.code, finding.file, finding.line) == ("fact-without-source", SEED, last_line(edited, SEED) + 2)


def test_a_claim_that_does_not_exist_is_refused(edited: Settings) -> None:
    (finding,) = refused(edited, SEED, "ep:claim id:claim-S3-99 .", instead_of="ep:claim id:claim-S3-71 .")
    assert finding.code == "unknown-claim"
    assert "claim-S3-99" in finding.message
    assert finding.file == SEED
    assert finding.line


def test_an_opinion_behind_an_assertion_is_refused(edited: Settings) -> None:
    (finding,) = refused(edited, SEED, "ep:claim id:claim-S3-75 .", instead_of="ep:claim id:claim-S3-71 .")
    assert (finding.code, finding.file) == ("opinion-as-fact", SEED)


def test_an_opinion_behind_an_axiom_is_refused(edited: Settings) -> None:
    below = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    axiom = f"[] a owl:Axiom ; owl:annotatedSource ep:Store ; owl:annotatedProperty {below}"
    text = f"ep:Store {below} ep:Agent .\n{axiom} ; owl:annotatedTarget ep:Agent ; ep:claim id:claim-S3-75 .\n"
    (finding,) = refused(edited, SEED, text)
    assert (finding.code, finding.file) == ("opinion-as-fact", SEED)


END = '"2011-12-31T23:59:59Z"^^xsd:dateTime'
FLAWS = {
    "quantityStatement-unit": ("    ep:unit id:sellers ;\n", ""),
    "quantityStatement-bound": ("    ep:bound id:equal ;\n    ep:measure", "    ep:measure"),
    "quantityStatement-year": ("    ep:value 7000000000.0 ;\n    ep:year 2013 .", "    ep:value 7000000000.0 ."),
    "interval-reversed": (f"{END} .", f'{END} ;\n    ep:validFrom "2012-06-01T00:00:00Z"^^xsd:dateTime .'),
    "second-label": ('skos:prefLabel "wig trade', 'skos:prefLabel "trade in wigs"@en, "wig trade'),
}
"""Records that lack a unit, a bound or a year, end before they begin, or have two labels in one language."""


def test_flawed_records_are_refused_each_at_its_line(edited: Settings) -> None:
    whole = (edited.ontology / SEED).read_text(encoding="utf-8")
    flawed = whole
    for before, after in FLAWS.values():
        assert before in flawed
        flawed = flawed.replace(before, after, 1)
    found = refused(edited, SEED, flawed, instead_of=whole)
    assert {finding.code for finding in found} == set(FLAWS)
    assert {finding.file for finding in found} == {SEED}
    assert all(finding.line for finding in found)


def test_a_locator_that_the_document_does_not_have_is_refused_where_the_document_is_at_hand(
    edited: Settings, seeds: Path
) -> None:
    with_documents = replace(edited, sources=seeds)
    (finding,) = refused(with_documents, SEED, 'ep:locator "p16 s99" ;', instead_of='ep:locator "p16 s9" ;')
    assert (finding.code, finding.file) == ("locator-not-in-document", SEED)
    assert finding.line
    assert "p16 s99" in finding.message


def test_a_missing_import_is_refused(edited: Settings) -> None:
    missing = "<https://w3id.org/entrepot/facts/world>, <https://w3id.org/entrepot/facts/nowhere>"
    (finding,) = refused(edited, "entrepot.ttl", missing, instead_of="<https://w3id.org/entrepot/facts/world>")
    assert finding.code == "import-unmapped"
    assert "facts/nowhere" in finding.message
    assert finding.file == "entrepot.ttl"
    assert finding.line


def test_a_country_that_is_also_a_bloc_stops_the_build_with_a_proof_in_plain_words(edited: Settings) -> None:
    (finding,) = refused(edited, SEED, "\nid:BR a ep:Bloc .\n")
    here = f"{SEED}:{last_line(edited, SEED) + 2}"
    table = "tables/countries.csv:" + str(line_of(edited, "tables/countries.csv", "BR,"))
    assert (finding.code, finding.focus, f"{finding.file}:{finding.line}") == ("contradiction", "id:BR", here)
    assert finding.message == "Brazil cannot be both a bloc and a place."
    assert finding.facts == (f"Brazil is a bloc ({here})", f"Brazil is a country ({table})")
    line = line_of(edited, "schema/blocs.ttl", "ep:Bloc a owl:Class")
    assert finding.proof == (
        f"because bloc and place are disjoint (axiom: cax-dw; schema/blocs.ttl:{line})",
        f"because Brazil is a bloc ({here})",
        "because Brazil is a place (inferred: cax-sco, every country is a place)",
        f"  because Brazil is a country ({table})",
    )
    assert finding.fix.startswith(f"Take back or correct one of these 2 facts: Brazil is a bloc ({here}); ")
    assert finding.fix.endswith("or else one of these 2 axioms: bloc and place are disjoint; every country is a place.")
    assert f"\n  because Brazil is a bloc ({here})\n" in str(finding)
    assert Finding(**finding.as_json()) == replace(finding, proof=finding.proof, facts=finding.facts)


TWO_OWNERS = """
id:Taobao ep:ownedBy id:Alibaba, id:Amazon .
id:Alibaba owl:differentFrom id:Amazon .
[] a owl:Axiom ; owl:annotatedSource id:Taobao ; owl:annotatedProperty ep:ownedBy ;
    owl:annotatedTarget id:Alibaba ; ep:claim id:claim-S3-71 .
[] a owl:Axiom ; owl:annotatedSource id:Taobao ; owl:annotatedProperty ep:ownedBy ;
    owl:annotatedTarget id:Amazon ; ep:claim id:claim-S3-71 .
"""


def test_two_owners_of_a_platform_where_one_is_allowed_stop_the_build_with_a_proof(edited: Settings) -> None:
    path = edited.ontology / "schema" / "agents.ttl"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\nep:ownedBy a owl:FunctionalProperty .\n", encoding="utf-8")
    try:
        (finding,) = refused(edited, SEED, TWO_OWNERS)
    finally:
        path.write_text(before, encoding="utf-8")
    line = last_line(edited, SEED) + 2
    assert finding.message.startswith("Alibaba and Amazon cannot be both the same and different.")
    assert finding.proof == (
        "because what is the same cannot be different (axiom: eq-diff1)",
        "because Alibaba is the same as Amazon (inferred: prp-fp, “is owned by” has at most one value)",
        f"  because Taobao is owned by Alibaba ({SEED}:{line})",
        f"  because Taobao is owned by Amazon ({SEED}:{line})",
        f"because Alibaba is different from Amazon ({SEED}:{line + 1})",
    )
    assert finding.fix.endswith("or else this axiom: “is owned by” has at most one value.")
    assert len(finding.facts) == 3


def line_of(settings: Settings, file: str, start: str) -> int:
    lines = (settings.ontology / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def test_a_fault_in_a_rule_is_refused(edited: Settings) -> None:
    (finding,) = refused(edited, "rules/10-stated-tier.rq", "?tire", instead_of="?tier")
    assert finding.file == "rules/10-stated-tier.rq"
    assert finding.line


def test_a_bad_row_of_a_table_is_reported_with_its_line_and_the_rest_loads(edited: Settings) -> None:
    path = edited.ontology / "tables" / "regions.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "999,Atlantis\n", encoding="utf-8")
    try:
        built = build(edited)
    finally:
        path.write_text(before, encoding="utf-8")
    (finding,) = [f for f in built.findings if f.file == "tables/regions.csv"]
    assert (finding.code, finding.line) == ("row-refused", before.count("\n") + 1)


@pytest.mark.parametrize(
    ("damage", "code"),
    [(lambda text: text.replace("whole", "hole", 1), "table-column"), (lambda text: text[:-9], "table-truncated")],
    ids=["a column is missing", "the file breaks off"],
)
def test_a_table_that_cannot_be_used_is_left_out_and_answers_say_so(
    edited: Settings, damage: Callable[[str], str], code: str
) -> None:
    path = edited.ontology / "tables" / "central-and-eastern-europe.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(damage(before), encoding="utf-8")
    try:
        built = build(edited)
        gc.collect()
        with TestClient(create_app(edited)) as client:
            answer = client.get("/questions/country-tier", params={"country": "Spain"})
            page = client.get("/questions/country-tier.html", params={"country": "Spain"})
    finally:
        path.write_text(before, encoding="utf-8")
    assert [(f.code, f.severity) for f in built.findings if f.file == "tables/central-and-eastern-europe.csv"] == [
        (code, "warning")
    ]
    assert answer.json()["rows"]
    assert [said.partition(":")[0] for said in answer.json()["missing"]] == ["tables/central-and-eastern-europe.csv"]
    assert "tables/central-and-eastern-europe.csv" in page.text


def test_a_changed_fact_builds_a_new_snapshot(edited: Settings) -> None:
    path = edited.ontology / SEED
    before = path.read_text(encoding="utf-8")
    addition = """
[] a owl:Axiom ; owl:annotatedSource id:AliExpress ; owl:annotatedProperty ep:focusesOn ;
    owl:annotatedTarget id:AR ; ep:claim id:claim-S3-71 .
"""
    unsourced = before.replace("ep:focusesOn id:BR", "ep:focusesOn id:AR, id:BR")
    try:
        path.write_text(unsourced, encoding="utf-8")
        with pytest.raises(BuildRefused):  # the new fact has no source yet
            build(edited)
        path.write_text(unsourced + addition, encoding="utf-8")
        assert build(edited).changed
    finally:
        path.write_text(before, encoding="utf-8")


def test_an_edit_during_the_build_is_in_the_snapshot_that_comes_of_it(edited: Settings) -> None:
    path = edited.ontology / "tables" / "regions.csv"
    before = path.read_bytes()
    after = before + b"\n"
    steps = []

    def edit(step: str) -> None:
        steps.append(step)
        path.write_bytes(after)

    try:
        built = build(edited, force=True, progress=edit)
        assert steps.count("reading the ontology") == 2
        inputs = snapshots.read_manifest(built.snapshot)["inputs"]
        assert inputs["ontology/tables/regions.csv"] == hashlib.sha256(after).hexdigest()
        assert not build(edited).changed
    finally:
        path.write_bytes(before)


def test_inputs_that_keep_changing_are_not_published(edited: Settings) -> None:
    path = edited.ontology / "tables" / "regions.csv"
    before, current = path.read_bytes(), snapshots.current(edited.state)

    def edit(step: str) -> None:
        if step.startswith("writing"):
            path.write_bytes(path.read_bytes() + b"\n")

    try:
        with pytest.raises(EntrepotError, match="keep changing"):
            build(edited, force=True, progress=edit)
    finally:
        path.write_bytes(before)
    assert snapshots.current(edited.state) == current


def test_what_was_found_out_of_other_files_is_not_used(edited: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    found_out, sizes = Judge.sources, list[int]()

    def sources(judge: Judge) -> list[tuple[Source, ...]]:
        found = found_out(judge)
        sizes.append(len(found))
        return found[1:] if len(sizes) == 1 else found  # as if a triple had come in between

    monkeypatch.setattr(Judge, "sources", sources)
    assert build(edited, force=True).changed
    assert len(sizes) == 2


def test_a_judge_that_breaks_off_is_an_error(edited: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with Judge(edited.ontology, edited.queries, None, NOTHING) as judge:
        for ask in (judge.sources, judge.findings):
            with pytest.raises(BuildFailed, match="exit code 1"):
                ask()


def test_a_build_that_fails_for_another_reason_says_which(edited: Settings, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(BuildFailed, match="Not a directory"):
        ensure(replace(edited, state=tmp_path / "state"))


def test_a_question_with_a_fault_is_left_out_and_the_others_stay(edited: Settings) -> None:
    from kg.asking import questions

    path = edited.queries / "questions" / "platforms" / "broken.rq"
    path.write_text("#+ summary: Which?\n#+ topic: platforms\nSELECT ?x WHERE { ?x a \n", encoding="utf-8")
    try:
        found, findings = questions.read(edited.queries)
    finally:
        path.unlink()
    assert len(found) == len(list((edited.queries / "questions").glob("*/*.rq")))
    assert {(f.file, f.severity) for f in findings if f.severity != "info"} == {
        ("questions/platforms/broken.rq", "error")
    }
    assert all(f.line for f in findings)
