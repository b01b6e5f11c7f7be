"""What is wrong with the files of an ontology folder, as findings with a place and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_folders import PREFIXES, folder, only

from kg.files.load import load
from kg.terms import BASE, ep


def test_broken_turtle_is_a_finding_with_its_line_and_the_rest_is_loaded(tmp_path: Path) -> None:
    dataset = load(folder(tmp_path, ("one", "id:a ep:p\nid:b ep:p 1 ."), ("two", "id:a ep:p 1 .")))
    finding = only(dataset)
    assert (finding.code, finding.severity, finding.file, finding.line) == ("turtle-syntax", "error", "one.ttl", 6)
    assert [f.name for f in dataset.files.values()] == ["entrepot.ttl", "two.ttl"]


def test_another_encoding_is_a_finding_with_its_line(tmp_path: Path) -> None:
    folder(tmp_path, ("one", ""))
    (tmp_path / "one.ttl").write_bytes(b"# one\n# S\xe3o\n")
    finding = only(load(tmp_path))
    assert (finding.code, finding.file, finding.line) == ("not-utf8", "one.ttl", 2)


def test_a_byte_order_mark_is_tolerated(tmp_path: Path) -> None:
    folder(tmp_path, ("one", ""))
    (tmp_path / "one.ttl").write_bytes(b"\xef\xbb\xbf" + (tmp_path / "one.ttl").read_bytes())
    assert load(tmp_path).findings == []


def test_an_import_that_the_catalog_does_not_map_is_an_error_at_the_importing_header(tmp_path: Path) -> None:
    finding = only(load(folder(tmp_path, ("one", "<https://w3id.org/entrepot/one> owl:imports <urn:other> ."))))
    assert (finding.code, finding.severity, finding.file, finding.line) == ("import-unmapped", "error", "one.ttl", 4)
    assert finding.focus == "urn:other"


def test_an_entry_of_the_catalog_without_a_file_is_an_error_at_its_line(tmp_path: Path) -> None:
    folder(tmp_path, ("one", ""), ("two", ""))
    (tmp_path / "two.ttl").unlink()
    finding = only(load(tmp_path))
    assert (finding.code, finding.file, finding.line) == ("import-missing-file", "catalog-v001.xml", 3)


def test_an_entry_of_the_catalog_outside_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    folder(tmp_path / "ontology", ("one", ""))
    (tmp_path / "ontology" / "one.ttl").rename(tmp_path / "one.ttl")
    catalog = tmp_path / "ontology" / "catalog-v001.xml"
    catalog.write_text(catalog.read_text("utf-8").replace('"one.ttl"', '"../one.ttl"'), "utf-8")
    assert only(load(tmp_path / "ontology")).code == "import-missing-file"


def test_a_folder_without_catalog_or_root_says_so(tmp_path: Path) -> None:
    assert {f.code for f in load(tmp_path).findings} == {"catalog-missing", "file-unreadable"}


def test_a_catalog_that_is_no_xml_is_a_finding_with_its_line(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "catalog-v001.xml").write_text("<catalog>\n<uri>", "utf-8")
    assert (only(load(tmp_path)).code, only(load(tmp_path)).line) == ("catalog-syntax", 2)


def test_two_files_of_one_ontology_iri_are_an_error_and_the_second_is_left_out(tmp_path: Path) -> None:
    folder(tmp_path, ("one", "id:a ep:p 1 ."), ("two", "id:a ep:p 2 ."))
    two = tmp_path / "two.ttl"
    two.write_text(two.read_text("utf-8").replace(f"{BASE}two", f"{BASE}one"), "utf-8")
    dataset = load(tmp_path)
    assert {(f.code, f.file) for f in dataset.findings} == {
        ("ontology-iri-differs", "two.ttl"),
        ("ontology-iri-twice", "two.ttl"),
    }
    assert [t.object.value for t in dataset.triples() if t.predicate == ep("p")] == ["1"]


def test_a_header_that_differs_from_the_catalog_is_an_error_at_the_header(tmp_path: Path) -> None:
    folder(tmp_path, ("one", ""))
    one = tmp_path / "one.ttl"
    one.write_text(one.read_text("utf-8").replace(f"{BASE}one", f"{BASE}other"), "utf-8")
    finding = only(load(tmp_path))
    assert (finding.code, finding.file, finding.line) == ("ontology-iri-differs", "one.ttl", 4)


def test_a_file_without_an_ontology_is_an_error(tmp_path: Path) -> None:
    folder(tmp_path, ("one", ""))
    (tmp_path / "one.ttl").write_text(PREFIXES + "id:a ep:p 1 .", "utf-8")
    finding = only(load(tmp_path))
    assert (finding.code, finding.file) == ("ontology-header-missing", "one.ttl")


def test_a_second_ontology_in_a_file_is_an_error(tmp_path: Path) -> None:
    assert only(load(folder(tmp_path, ("one", "<urn:two> a owl:Ontology .")))).code == "ontology-header-repeated"


def test_a_module_that_nobody_imports_is_a_warning(tmp_path: Path) -> None:
    folder(tmp_path, ("facts/one", ""))
    (tmp_path / "facts" / "two.ttl").write_text("<urn:two> a <urn:x> .", "utf-8")
    finding = only(load(tmp_path))
    assert (finding.code, finding.severity, finding.file) == ("module-not-imported", "warning", "facts/two.ttl")


AXIOM = "[] a owl:Axiom ; owl:annotatedSource id:a ; owl:annotatedProperty ep:p ; ep:claim id:c ; owl:annotatedTarget "


def test_an_annotation_without_its_triple_is_an_error_at_the_subject(tmp_path: Path) -> None:
    finding = only(load(folder(tmp_path, ("one", f"id:a ep:p 1 .\n\n{AXIOM} 2 ."))))
    assert (finding.code, finding.severity) == ("axiom-without-triple", "error")
    assert (finding.file, finding.line) == ("one.ttl", 5)
    assert "id:a ep:p" in finding.message


def test_an_annotation_beside_its_triple_is_none_whatever_the_spelling(tmp_path: Path) -> None:
    assert load(folder(tmp_path, ("one", f"id:a ep:p 2.0 . {AXIOM} 2.00 ."))).findings == []


def test_an_annotation_whose_triple_is_in_another_file_is_an_error(tmp_path: Path) -> None:
    dataset = load(folder(tmp_path, ("one", f"{AXIOM} 2 ."), ("two", "id:a ep:p 2 .")))
    assert only(dataset).code == "axiom-without-triple"


@pytest.mark.parametrize("target", ["[ ep:q 1 ]", "_:shared . _:shared ep:q 1"])
def test_an_annotated_value_without_a_name_may_be_shared_or_written_again(tmp_path: Path, target: str) -> None:
    assert load(folder(tmp_path, ("one", f"id:a ep:p {target} . {AXIOM} {target} ."))).findings == []


def test_an_axiom_with_two_targets_is_an_error(tmp_path: Path) -> None:
    assert only(load(folder(tmp_path, ("one", f"id:a ep:p 1, 2 . {AXIOM} 1, 2 .")))).code == "axiom-incomplete"
