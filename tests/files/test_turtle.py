"""`entrepot fmt`: one text for one graph, and nothing lost."""

from __future__ import annotations

import stat
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from pyoxigraph import BlankNode, Literal, NamedNode
from random_graphs import canonical, graphs

from kg.errors import FileRefused
from kg.files.normal import normalise
from kg.files.turtle import comments, format_file, format_text, parse, says, write
from kg.terms import ID, PREFIXES, SKOS, XSD, Triple, ep, ident

CASES = Path(__file__).parent.parent / "cases" / "turtle"
PREFIX_LINES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


def body(text: str) -> str:
    """What fmt makes of the statements, without prefix declarations."""
    lines = format_text(PREFIX_LINES + text).splitlines()
    return "\n".join(line for line in lines if not line.startswith("@prefix")).strip()


@settings(deadline=None)
@given(graphs)
def test_a_written_graph_reads_back_as_the_same_graph(graph: list[Triple]) -> None:
    assert canonical(normalise(parse(write(graph))[0])) == canonical(normalise(graph))


@settings(deadline=None)
@given(graphs)
def test_formatting_twice_changes_nothing(graph: list[Triple]) -> None:
    once = format_text(write(graph))
    assert format_text(once) == once


@settings(deadline=None)
@given(graphs)
def test_the_order_of_statements_and_the_labels_do_not_matter(graph: list[Triple]) -> None:
    def renamed(term: object) -> object:
        return BlankNode("z" + term.value[::-1]) if isinstance(term, BlankNode) else term

    other = [Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in reversed(graph)]  # type: ignore[arg-type]
    assert write(other) == write(graph)


def test_a_file_saved_by_protege_comes_back_as_the_file_written_by_hand() -> None:
    by_hand, saved = ((CASES / name).read_text("utf-8") for name in ("ports-by-hand.ttl", "ports-as-saved.ttl"))
    committed = (CASES / "harbour" / "facts" / "ports.ttl").read_text("utf-8")
    assert format_text(by_hand) == committed
    assert format_text(saved) == committed


def test_the_ontology_comes_first_then_terms_by_kind_then_individuals() -> None:
    text = """
        id:BR a ep:Country . ep:Country a owl:Class . ep:code a owl:DatatypeProperty . ep:zone a owl:ObjectProperty .
        [] a owl:AllDifferent . ep:note a owl:AnnotationProperty . ep:size a rdfs:Datatype . <urn:z> a owl:Ontology .
    """
    subjects = [block.split()[0] for block in body(text).split("\n\n")]
    assert subjects == ["<urn:z>", "ep:note", "ep:zone", "ep:code", "ep:size", "ep:Country", "id:BR", "[]"]


def test_an_axiom_stands_below_its_subject_and_names_that_first() -> None:
    text = """
        [] ep:claim id:c2 ; owl:annotatedTarget id:x ; owl:annotatedSource id:BR ; owl:annotatedProperty ep:p ;
            a owl:Axiom .
        id:ZA ep:p id:x . id:BR ep:p id:x .
    """
    assert body(text) == (
        "id:BR ep:p id:x .\n\n"
        "[] a owl:Axiom ;\n    owl:annotatedSource id:BR ;\n    owl:annotatedProperty ep:p ;\n"
        "    owl:annotatedTarget id:x ;\n    ep:claim id:c2 .\n\n"
        "id:ZA ep:p id:x ."
    )


def test_labels_come_before_other_properties_and_by_language() -> None:
    text = 'id:BR ep:code "BR" ; skos:prefLabel "巴西"@zh, "Brazil"@en ; a ep:Country .'
    assert body(text) == 'id:BR a ep:Country ;\n    skos:prefLabel "Brazil"@en, "巴西"@zh ;\n    ep:code "BR" .'


def test_a_long_value_goes_over_several_lines() -> None:
    text = f'id:BR ep:p [ ep:q "{"x" * 60}" ; ep:r "{"y" * 60}" ] .'
    assert body(text) == f'id:BR ep:p [\n        ep:q "{"x" * 60}" ;\n        ep:r "{"y" * 60}"\n    ] .'


def test_text_of_several_lines_is_written_over_several_lines() -> None:
    assert body('id:BR ep:p "one\\n\\"two\\" \\\\" .') == 'id:BR ep:p """one\n"two" \\\\""" .'


def test_a_decimal_written_bare_has_a_point() -> None:
    text = 'id:BR ep:p "100"^^xsd:decimal, "7."^^xsd:decimal, "1.50"^^xsd:decimal, "x"^^xsd:decimal, 100 .'
    assert body(text) == 'id:BR ep:p 1.50, 100.0, 100, 7.0, "x"^^xsd:decimal .'


def test_a_symmetric_statement_goes_from_the_smaller_iri_in_its_axiom_too() -> None:
    text = """
        ep:B owl:disjointWith ep:A . ep:B a owl:Class .
        [] a owl:Axiom ; owl:annotatedSource ep:B ; owl:annotatedProperty owl:disjointWith ; owl:annotatedTarget ep:A .
    """
    assert body(text) == (
        "ep:B a owl:Class .\n\nep:A owl:disjointWith ep:B .\n\n"
        "[] a owl:Axiom ;\n    owl:annotatedSource ep:A ;\n    owl:annotatedProperty owl:disjointWith ;\n"
        "    owl:annotatedTarget ep:B ."
    )


def test_declarations_of_built_in_terms_are_dropped() -> None:
    assert (
        body("xsd:date a rdfs:Datatype . owl:sameAs a owl:ObjectProperty . ep:C a owl:Class .") == "ep:C a owl:Class ."
    )


def test_a_list_keeps_its_order_and_the_type_of_its_cells() -> None:
    typed = "[ a swrl:AtomList ; rdf:first 2 ; rdf:rest [ a swrl:AtomList ; rdf:first 1 ; rdf:rest () ] ]"
    assert body("id:BR ep:p ( 2 1 2 ) .") == "id:BR ep:p ( 2 1 2 ) ."
    assert body(f"id:BR ep:p {typed} .") == f"id:BR ep:p {typed} ."


def test_a_shared_node_has_a_label_that_does_not_change_with_its_neighbours() -> None:
    shared = "id:BR ep:p _:x . id:CN ep:p _:x . _:x ep:q 1 ."
    label = body(shared).split()[2]
    assert label.startswith("_:b")
    assert body(shared + " id:AA ep:p _:y . id:ZZ ep:p _:y . _:y ep:q 2 .").count(label) == 3


def test_a_node_that_points_at_itself_is_kept() -> None:
    text = body("_:x ep:p _:x .")
    assert text.split() == [text.split()[0], "ep:p", text.split()[0], "."]


def test_unused_prefixes_and_the_base_are_dropped_and_own_ones_kept() -> None:
    text = "@base <http://x.org/> . @prefix b: <http://x.org/b#> . @prefix c: <urn:c:> . <a> <b#p> <b#q> ."
    assert format_text(text) == "@prefix b: <http://x.org/b#> .\n\n<http://x.org/a> b:p b:q .\n"


def test_the_prefix_that_the_owl_api_invents_for_the_ontology_is_not_used() -> None:
    text = f"{PREFIX_LINES} @prefix : <http://x.org/> . <http://x.org/> a owl:Ontology ; owl:versionIRI :1 ."
    assert "<http://x.org/1>" in format_text(text)


def test_comments_are_counted_but_for_those_of_protege() -> None:
    saved = (CASES / "ports-as-saved.ttl").read_text("utf-8")
    assert "###  " in saved and "#    Individuals" in saved
    assert comments(saved) == []
    assert comments((CASES / "ports-by-hand.ttl").read_text("utf-8")) == [13]


def test_broken_turtle_is_refused_with_its_line() -> None:
    with pytest.raises(FileRefused) as refused:
        format_text("@prefix ep: <urn:x:> .\nep:a ep:b ep:c\nep:d ep:e ep:f .\n")
    finding = refused.value.findings[0]
    assert (finding.code, finding.line) == ("turtle-syntax", 3)
    assert finding.message == "This is no Turtle: A dot is expected at the end of statements."


def test_triple_terms_are_refused() -> None:
    with pytest.raises(FileRefused, match="left as it was"):
        format_text("<urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> .")


def test_a_text_that_says_more_less_or_something_else_does_not_pass_for_the_same() -> None:
    said = parse("<urn:a> <urn:b> [ <urn:c> 1.0 ], [ <urn:c> 2 ] .")[0]
    assert says(said, "<urn:a> <urn:b> _:y, _:x . _:x <urn:c> 1.0 . _:y <urn:c> 2 .")
    assert not says(said, "<urn:a> <urn:b> [ <urn:c> 1.0 ] .")
    assert not says(said, "<urn:a> <urn:b> [ <urn:c> 1.0 ], [ <urn:c> 2 ], [] .")
    assert not says(said, "<urn:a> <urn:b> [ <urn:c> 1.00 ], [ <urn:c> 2 ] .")


def test_checking_a_file_says_that_it_would_change_and_leaves_it(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_bytes(b"<urn:a>   <urn:b> 1 .\r\n")
    assert format_file(file, check=True)
    assert file.read_bytes() == b"<urn:a>   <urn:b> 1 .\r\n"


def test_a_formatted_file_keeps_its_permissions_and_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_bytes(b"\xef\xbb\xbf<urn:a>   <urn:b> 1 .\r\n")
    file.chmod(0o640)
    assert format_file(file, check=False)
    assert file.read_bytes() == b"<urn:a> <urn:b> 1 .\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["a.ttl"]
    assert not format_file(file, check=False)


def test_formatting_leaves_nothing_beside_the_file_and_takes_nobodys_name(tmp_path: Path) -> None:
    file, other = tmp_path / "a.ttl", tmp_path / ".a.ttl.new"
    file.write_text("<urn:b> a <urn:c> . <urn:a> a <urn:c> .")
    other.write_text("somebody's")
    assert format_file(file, check=False)
    assert sorted(tmp_path.iterdir()) == [other, file]
    assert other.read_text() == "somebody's"


def test_a_file_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_bytes(b'<urn:a> <urn:b> 1 .\n<urn:a> <urn:b> "\xe9" .\n')
    with pytest.raises(FileRefused) as refused:
        format_file(file, check=False)
    finding = refused.value.findings[0]
    assert (finding.code, finding.file, finding.line) == ("not-utf8", str(file), 2)


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        format_file(tmp_path / "a.ttl", check=True)
    assert refused.value.findings[0].code == "file-unreadable"


def test_nodes_nested_too_deeply_are_refused_and_a_long_list_is_not() -> None:
    with pytest.raises(FileRefused) as refused:
        format_text("<urn:a> <urn:p> " + "[ <urn:p> " * 2000 + "1" + " ]" * 2000 + " .")
    assert refused.value.findings[0].code == "format-too-deep"
    items = " ".join(map(str, range(2000)))
    assert format_text(f"<urn:a> <urn:p> ( {items} ) .").split()[3:-2] == items.split()


def test_a_document_that_says_nothing_is_empty() -> None:
    assert format_text("@prefix a: <urn:a> . # nothing") == ""


def test_quads_are_written_without_their_graph() -> None:
    quad = ox.Quad(ident("BR"), ep("p"), Literal("1", datatype=NamedNode(XSD + "integer")), ident("graph"))
    assert write([quad], {"id": ID, "ep": ep("").value, "skos": SKOS}).splitlines()[-1] == "id:BR ep:p 1 ."
