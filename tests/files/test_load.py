"""An ontology folder as a dataset: graphs, places, and what is wrong, as findings."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode
from small_folders import folder

from kg.files.load import inputs, load
from kg.terms import BASE, GENID, OWL, PREF_LABEL, SWRL, TYPE, XSD, Triple, ep, ident

HARBOUR = Path(__file__).parent.parent / "cases" / "turtle" / "harbour"

# --- what is loaded ----------------------------------------------------------------------------------------


def test_every_file_is_a_graph_named_by_its_ontology() -> None:
    dataset = load(HARBOUR)
    assert dataset.findings == []
    assert {f.name: g.value.removeprefix(BASE) for g, f in dataset.files.items()} == {
        "entrepot.ttl": "",
        "facts/ports.ttl": "facts/ports",
        "schema/places.ttl": "schema/places",
        "schema/swrl.ttl": "schema/swrl",
    }
    for file in dataset.files.values():
        assert file.sha256 == hashlib.sha256(file.path.read_bytes()).hexdigest()


def test_a_triple_in_two_files_is_given_once(tmp_path: Path) -> None:
    dataset = load(folder(tmp_path, ("one", "id:a ep:p 1 ."), ("two", "id:a ep:p 1.0, 01 .")))
    said = [t.object.value for t in dataset.triples() if t.predicate == ep("p")]
    assert said == ["1", "1"]
    assert len(set(dataset.triples())) == len(list(dataset.triples()))


def test_literals_are_spelled_as_the_store_spells_them(tmp_path: Path) -> None:
    text = f'id:a ep:p 1.50, "007"^^<{XSD}integer>, "2012-01-01T00:00:00.000Z"^^<{XSD}dateTime>, "x"@EN, "1.0" .'
    dataset = load(folder(tmp_path, ("one", text)))
    said = {str(t.object).replace(XSD, "") for t in dataset.triples() if t.predicate == ep("p")}
    assert said == {'"1.5"^^<decimal>', '"7"^^<integer>', '"2012-01-01T00:00:00Z"^^<dateTime>', '"x"@en', '"1.0"'}


def test_no_blank_node_is_left_and_the_names_survive_an_edit_elsewhere(tmp_path: Path) -> None:
    def names() -> set[str]:
        triples = list(load(tmp_path).triples())
        assert not any(isinstance(end, BlankNode) for t in triples for end in (t.subject, t.object))
        return {t.subject.value for t in triples if t.subject.value.startswith(GENID)}

    shutil.copytree(HARBOUR, tmp_path, dirs_exist_ok=True)
    before = names()
    ports = tmp_path / "facts" / "ports.ttl"
    ports.write_text(ports.read_text("utf-8") + "id:Manaus ep:near [ ep:code 'new' ] .", "utf-8")
    assert len(names() - before) == 1
    assert before < names()


def test_imports_may_go_round(tmp_path: Path) -> None:
    one = f"<{BASE}one> owl:imports <{BASE}two>, <{BASE}> ."
    assert load(folder(tmp_path, ("one", one), ("two", f"<{BASE}two> owl:imports <{BASE}one> ."))).findings == []


# --- places ------------------------------------------------------------------------------------------------


def line_of(name: str, start: str) -> int:
    lines = (HARBOUR / name).read_text("utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def test_a_subject_is_found_where_it_is_typed() -> None:
    dataset = load(HARBOUR)
    assert dataset.place(ident("large")) == ("schema/places.ttl", line_of("schema/places.ttl", "id:large"))
    facts = NamedNode(BASE + "facts/ports")
    assert dataset.place(ident("large"), facts) == ("facts/ports.ttl", line_of("facts/ports.ttl", "id:large"))
    assert dataset.place(ident("nowhere")) == (None, None)
    assert dataset.place(ident("nowhere"), facts) == ("facts/ports.ttl", None)


def test_an_axiom_is_found_where_its_subject_is() -> None:
    dataset = load(HARBOUR)
    axioms = [t.subject for t in dataset.triples() if t.object == NamedNode(OWL + "Axiom")]
    santos, port = ("facts/ports.ttl", "id:Santos"), ("schema/places.ttl", "ep:Port a")
    assert {dataset.place(axiom) for axiom in axioms} == {(f, line_of(f, start)) for f, start in (santos, port)} | {
        ("schema/places.ttl", line_of("schema/places.ttl", "ep:City"))
    }


def test_what_has_no_name_is_found_where_its_statement_begins() -> None:
    dataset = load(HARBOUR)
    atoms = [t.subject for t in dataset.triples() if t.object == NamedNode(SWRL + "ClassAtom")]
    assert {dataset.place(atom) for atom in atoms} == {("schema/swrl.ttl", line_of("schema/swrl.ttl", "[] a swrl:Imp"))}


# --- inputs ------------------------------------------------------------------------------------------------


def test_the_inputs_are_all_files_that_matter_by_their_hash(tmp_path: Path) -> None:
    shutil.copytree(HARBOUR, tmp_path, dirs_exist_ok=True)
    ours = {"rules/10-a.rq", "shapes/places.ttl", "tables/a.csv"}
    for name in {*ours, ".places.ttl.new", "facts/.#ports.ttl", "notes.md"}:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    found = inputs(tmp_path)
    assert list(found) == sorted(found)
    assert set(found) == set(inputs(HARBOUR)) | ours
    assert found["tables/a.csv"] == hashlib.sha256(b"tables/a.csv").hexdigest()


def test_ten_thousand_triples_load_within_two_seconds_of_processor_time(tmp_path: Path) -> None:
    blocks = "".join(
        f'id:c{i} a ep:Claim ; ep:p "text {i}"@en, {i}.0 ; ep:q [ ep:r {i} ] .\n'
        f"[] a owl:Axiom ; owl:annotatedSource id:c{i} ; owl:annotatedProperty ep:p ;"
        f" owl:annotatedTarget {i}.0 ; ep:claim id:c .\n"
        for i in range(1000)
    )
    folder(tmp_path, ("one", blocks))
    start = time.process_time()
    dataset = load(tmp_path)
    assert time.process_time() - start < 2.0
    assert dataset.findings == []
    assert sum(map(len, dataset.graphs.values())) == 10_003


def test_labels_and_types_come_through() -> None:
    triples = set(load(HARBOUR).triples())
    assert Triple(ident("Santos"), PREF_LABEL, Literal("Santos", language="en")) in triples
    assert Triple(ident("Santos"), TYPE, ep("Port")) in triples
