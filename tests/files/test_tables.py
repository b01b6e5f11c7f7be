"""Tables through CONSTRUCT queries: cells are terms, rows have lines, and a bad row does not stop the others."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from small_folders import folder

from kg.errors import Finding
from kg.files import tables
from kg.files.load import load
from kg.terms import BASE, DCTERMS, OWL, TYPE, XSD, Triple, ep, ident

FRONT = "#+ title: Countries\n#+ source: id:reference-iso\n#+ license: https://example.org/licence\n"
PROLOGUE = """
PREFIX ep: <https://w3id.org/entrepot/ontology#>
PREFIX id: <https://w3id.org/entrepot/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
QUERY = f"""{FRONT}{PROLOGUE}
CONSTRUCT {{ ?country a ep:Country ; ep:code ?code ; ep:area ?area }}  # one row, one country
WHERE {{
  BIND(IRI(CONCAT(STR(id:), ?code)) AS ?country)
  BIND(xsd:decimal(?size) AS ?area)  # square kilometres
}}
"""
GRAPH = NamedNode(BASE + "tables/countries")


def read(path: Path, csv: str | bytes, query: str = QUERY) -> tuple[list[Triple], list[Finding], dict[str, int]]:
    """What the table gives below its header."""
    (path / "tables").mkdir(exist_ok=True)
    table, mapping = path / "tables" / "countries.csv", path / "tables" / "countries.rq"
    table.write_bytes(csv.encode() if isinstance(csv, str) else csv)
    mapping.write_text(query, "utf-8")
    triples, findings, lines = tables.read(table, mapping)
    return [t for t in triples if t.subject != GRAPH], findings, lines


def refused(path: Path, csv: str, query: str = QUERY) -> Finding:
    """Why the whole table is refused."""
    triples, findings, lines = read(path, csv, query)
    assert (triples, lines, len(findings)) == ([], {}, 1)
    assert findings[0].severity == "error" and findings[0].fix
    return findings[0]


def test_a_row_becomes_triples_and_its_subject_has_its_line(tmp_path: Path) -> None:
    triples, findings, lines = read(tmp_path, "code,size,note\nBR,8510000.50,x\nAD,468,\n")
    assert findings == []
    assert set(triples) == {
        Triple(ident("BR"), TYPE, ep("Country")),
        Triple(ident("BR"), ep("code"), Literal("BR")),
        Triple(ident("BR"), ep("area"), Literal("8510000.5", datatype=NamedNode(XSD + "decimal"))),
        Triple(ident("AD"), TYPE, ep("Country")),
        Triple(ident("AD"), ep("code"), Literal("AD")),
        Triple(ident("AD"), ep("area"), Literal("468", datatype=NamedNode(XSD + "decimal"))),
    }
    assert lines == {GRAPH.value: 1, ident("BR").value: 2, ident("AD").value: 3}


def test_a_cell_is_a_term_whatever_stands_in_it(tmp_path: Path) -> None:
    query = f"{FRONT}{PROLOGUE} CONSTRUCT {{ id:x ep:note ?note }} WHERE {{ BIND(?note AS ?same) }}"
    odd = ['} . ?s ?p "x', "\\", "'''", 'a "quoted" word', "巴西", "<urn:a>", "?note", "UNDEF", "two\nlines", " x "]
    rows = "".join('"' + cell.replace('"', '""') + '"\n' for cell in odd)
    triples, findings, _ = read(tmp_path, "note\n" + rows, query)
    assert findings == []
    assert {t.object for t in triples} == {Literal(cell) for cell in odd}


def test_an_empty_cell_is_unbound_and_leaves_out_what_needs_it(tmp_path: Path) -> None:
    triples, findings, _ = read(tmp_path, "code,size\nBR,\n")
    assert findings == []
    assert {t.predicate for t in triples} == {TYPE, ep("code")}


def test_rows_are_numbered_by_line_even_below_a_cell_of_several_lines(tmp_path: Path) -> None:
    query = f"{FRONT}{PROLOGUE} CONSTRUCT {{ ?s ep:row ?ROWNUM }} WHERE {{ BIND(IRI(CONCAT(STR(id:), ?code)) AS ?s) }}"
    triples, _, lines = read(tmp_path, '\ufeffcode,note\r\nA,"two\r\nlines"\r\n\r\nB,x\r\n', query)
    assert {t.subject: t.object.value for t in triples} == {ident("A"): "2", ident("B"): "5"}
    assert (lines[ident("A").value], lines[ident("B").value]) == (2, 5)


def test_rows_stay_apart_although_they_are_solved_together(tmp_path: Path) -> None:
    query = f"{FRONT}{PROLOGUE} CONSTRUCT {{ id:x ep:of [ ep:code ?code ] }} WHERE {{ FILTER(BOUND(?code)) }}"
    triples, _, _ = read(tmp_path, "code\nA\nB\n", query)
    assert len({t.subject for t in triples if t.predicate == ep("code")}) == 2


def test_a_lookup_in_the_query_is_no_column(tmp_path: Path) -> None:
    query = f"""{FRONT}{PROLOGUE} CONSTRUCT {{ ?s ep:in ?region }}
        WHERE {{ VALUES (?name ?region) {{ ("EU" id:Europe) }} BIND(IRI(CONCAT(STR(id:), ?code)) AS ?s)
                 FILTER(?name = ?where) }}"""
    triples, findings, _ = read(tmp_path, "code,where\nDE,EU\nBR,LA\n", query)
    assert triples == [Triple(ident("DE"), ep("in"), ident("Europe"))]
    assert [(f.code, f.line) for f in findings] == [("row-refused", 3)]


def test_bad_rows_are_refused_with_their_lines_and_the_rest_is_loaded(tmp_path: Path) -> None:
    triples, findings, _ = read(tmp_path, "code,size\nA,1\nB\nC,many\nD,2,3\n,5\nE,6\n")
    assert {t.subject for t in triples} == {ident("A"), ident("E")}
    assert {(f.code, f.severity, f.file) for f in findings} == {("row-refused", "warning", "tables/countries.csv")}
    assert {f.line: f.message for f in findings} == {
        3: "Row left out: it has 1 cells, and the header has 2.",
        4: "Row left out: ?area has no value where ?size is 'many'.",
        5: "Row left out: it has 3 cells, and the header has 2.",
        6: "Row left out: it yields no triple.",
    }


def test_the_front_matter_describes_the_graph(tmp_path: Path) -> None:
    read(tmp_path, "code,size\nBR,1\n", FRONT + "#+ source: https://example.org/b\n" + QUERY.removeprefix(FRONT))
    triples, _, _ = tables.read(tmp_path / "tables" / "countries.csv", tmp_path / "tables" / "countries.rq")
    assert {(t.predicate.value, t.object) for t in triples if t.subject == GRAPH} == {
        (TYPE.value, NamedNode(OWL + "Ontology")),
        (DCTERMS + "title", Literal("Countries", language="en")),
        (DCTERMS + "source", ident("reference-iso")),
        (DCTERMS + "source", NamedNode("https://example.org/b")),
        (DCTERMS + "license", NamedNode("https://example.org/licence")),
    }


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("#+ title: A\n#+ author: id:b\n#+ source: id:a\n", 2),
        ("#+ title: A\n#+ source: nowhere\n", 2),
        ("#+ title:\n#+ source: id:a\n", 1),
        ("#+ source: id:a\n", 1),
        ("#+ title: A\n", 1),
    ],
)
def test_front_matter_that_is_wrong_or_missing_refuses_the_table(tmp_path: Path, front: str, line: int) -> None:
    finding = refused(tmp_path, "code,size\nBR,1\n", front + QUERY.removeprefix(FRONT))
    assert (finding.code, finding.file, finding.line) == ("table-front-matter", "tables/countries.rq", line)


def test_a_column_that_the_header_lacks_or_has_twice_refuses_the_table(tmp_path: Path) -> None:
    lacking = refused(tmp_path, "code,area\nBR,1\n")
    assert (lacking.code, lacking.file, lacking.line) == ("table-column", "tables/countries.csv", 1)
    assert "?size" in lacking.message
    assert refused(tmp_path, "code,size,size\nBR,1,2\n").code == "table-column"


def test_a_query_that_is_no_plain_construct_refuses_the_table(tmp_path: Path) -> None:
    csv = "code,size\nBR,1\n"
    assert refused(tmp_path, csv, FRONT + "SELECT * WHERE { BIND(?code AS ?x) }").code == "table-query-form"
    assert refused(tmp_path, csv, QUERY + " LIMIT 1").code == "table-query-form"
    assert (
        refused(tmp_path, csv, QUERY.replace("WHERE {", "WHERE { SELECT ?country {") + "}").code == "table-query-form"
    )


def test_a_query_that_does_not_parse_is_refused_with_its_line(tmp_path: Path) -> None:
    finding = refused(tmp_path, "code,size\nBR,1\n", QUERY.replace("AS ?area)", "AS ?area"))
    assert (finding.code, finding.file, finding.line) == ("table-query-syntax", "tables/countries.rq", 13)


def test_a_query_that_reaches_for_another_machine_is_refused(tmp_path: Path) -> None:
    query = QUERY.replace("BIND(xsd", "SERVICE <http://example.org/> { ?a ?b ?c } BIND(xsd")
    assert refused(tmp_path, "code,size\nBR,1\n", query).code == "table-query-forbidden"


def test_a_table_that_is_no_csv_or_no_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    finding = refused(tmp_path, 'code,size\nBR,"1" 2\n')
    assert (finding.code, finding.line) == ("table-syntax", 2)
    finding = read(tmp_path, "code,size\nBR,1\nSão,1\n".encode("latin-1"))[1][0]
    assert (finding.code, finding.file, finding.line) == ("not-utf8", "tables/countries.csv", 3)


def test_half_a_table_is_refused_and_the_folder_loads(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("code\nBR\n")
    (tmp_path / "tables" / "b.rq").write_text(QUERY)
    dataset = load(tmp_path)
    assert {f.code for f in dataset.findings} == {"table-query-missing", "table-missing"}
    assert [f.name for f in dataset.files.values()] == ["entrepot.ttl"]


def test_a_table_is_a_graph_of_the_folder_and_its_subjects_have_rows(tmp_path: Path) -> None:
    read(folder(tmp_path), "code,size\nAD,468.0\nBR,8\n")
    dataset = load(tmp_path)
    assert dataset.findings == []
    assert dataset.files[GRAPH].name == "tables/countries.csv"
    assert dataset.place(ident("BR")) == ("tables/countries.csv", 3)
    assert dataset.place(ident("BR"), GRAPH) == ("tables/countries.csv", 3)


def test_a_table_of_two_thousand_rows_takes_less_than_a_second(tmp_path: Path) -> None:
    rows = "".join(f"X{i},{i}.5,{'note ' * 10}\n" for i in range(2000))
    start = time.process_time()
    triples, findings, _ = read(tmp_path, "code,size,note\n" + rows)
    assert time.process_time() - start < 1.0
    assert (len(triples), findings) == (6000, [])
