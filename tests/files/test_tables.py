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
    found = tables.read(table, mapping)
    lines = {str(subject)[1:-1]: line for subject, line in found.lines().items()}
    return [t for t in found.triples() if t.subject != GRAPH], found.findings(), lines


def refused(path: Path, csv: str, query: str = QUERY) -> Finding:
    """Why the whole table is refused: an error where the query is at fault, a warning where the file is."""
    triples, findings, _ = read(path, csv, query)
    assert (triples, len(findings)) == ([], 1)
    assert findings[0].severity == ("error" if (findings[0].file or "").endswith(".rq") else "warning")
    assert findings[0].fix
    return findings[0]


def refusals(path: Path, csv: str, front: str) -> dict[int | None, str]:
    """Why rows of a table with declared columns are left out, by line."""
    query = f"{PROLOGUE} CONSTRUCT {{ ?s ep:code ?code }} WHERE {{ BIND(IRI(CONCAT(STR(id:), ?code)) AS ?s) }}"
    findings = read(path, csv, FRONT + front + query)[1]
    assert {f.code for f in findings} <= {"row-refused"}
    return {f.line: f.message.removeprefix("Row left out: ") for f in findings}


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
    read(tmp_path, "code,size\nBR,1\n", QUERY.replace("id:reference-iso", "[id:reference-iso, https://example.org/b]"))
    table = tables.read(tmp_path / "tables" / "countries.csv", tmp_path / "tables" / "countries.rq")
    assert {(t.predicate.value, t.object) for t in table.triples() if t.subject == GRAPH} == {
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


# --- declared columns ----------------------------------------------------------------------------------------


def test_a_declared_column_gives_terms_of_its_type(tmp_path: Path) -> None:
    front = """#+ columns:
#+   rate: {type: decimal}
#+   year: {type: integer}
#+   currency: {type: Currency}
#+   kind: {values: {duty: id:duty-threshold}}
#+   since: {type: date}
#+   until: {type: date, bound: last}
"""
    query = f"""{FRONT}{front}{PROLOGUE}
CONSTRUCT {{ ?s ep:rate ?rate ; ep:year ?year ; ep:currency ?currency ; ep:kind ?kind ;
    ep:from ?since ; ep:to ?until ; ep:how ?untilPrecision }}
WHERE {{ BIND(IRI(CONCAT(STR(id:), ?code)) AS ?s) }}"""
    csv = "code,rate,year,currency,kind,since,until\nA,1250.50,2024,EUR,duty,2020-03-05,2024-02\n"
    triples, findings, _ = read(tmp_path, csv, query)
    instant = NamedNode(XSD + "dateTime")
    assert findings == []
    assert {t.predicate: t.object for t in triples} == {
        ep("rate"): Literal("1250.5", datatype=NamedNode(XSD + "decimal")),
        ep("year"): Literal("2024", datatype=NamedNode(XSD + "integer")),
        ep("currency"): ident("EUR"),
        ep("kind"): ident("duty-threshold"),
        ep("from"): Literal("2020-03-05T00:00:00Z", datatype=instant),
        ep("to"): Literal("2024-02-29T23:59:59Z", datatype=instant),
        ep("how"): ident("month"),
    }


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("{type: decimal}", '"1,5"', "?x is '1,5', not a number such as 1250.5."),
        ("{type: decimal, maximum: 100}", "150", "?x is 150, above 100."),
        ("{type: decimal, minimum: 0}", "-0.1", "?x is -0.1, below 0."),
        ("{type: integer}", "2.0", "?x is '2.0', not a whole number."),
        ("{type: date}", "2023-02-29", "?x is '2023-02-29', a day that no calendar has."),
        ("{type: date}", "1 May 2023", "?x is '1 May 2023', not a date such as 2026-01-31, 2026-01 or 2026."),
        ("{values: {duty: id:a, vat: id:b}}", "tax", "?x is 'tax', which is none of duty, vat."),
        ("{type: Currency}", "E R", "?x is 'E R', which can be the name of nothing."),
        ("{type: string}", "", "?x is empty."),
    ],
)
def test_a_cell_that_does_not_fit_its_column_refuses_the_row(
    tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    assert refusals(tmp_path, f"code,x\nA,{cell}\n", f"#+ columns: {{x: {column}}}\n") == {2: reason}


def test_an_empty_cell_of_an_optional_column_is_unbound(tmp_path: Path) -> None:
    assert refusals(tmp_path, "code,x\nA,\n", "#+ columns: {x: {type: decimal, optional: true}}\n") == {}


DATES = (
    "#+ columns: {a: {type: date, optional: true}, b: {type: date, bound: last, optional: true}}\n#+ interval: [a, b]\n"
)


def test_a_time_that_ends_before_it_begins_refuses_the_row(tmp_path: Path) -> None:
    found = refusals(tmp_path, "code,a,b\nA,2024-05,2024-04\nB,2024-05,2024-05\nC,2024-05,\n", DATES)
    assert found == {2: "?b is 2024-04, before ?a, which is 2024-05."}


def test_rows_that_may_be_said_once_at_a_time_refuse_each_other(tmp_path: Path) -> None:
    rows = "code,a,b\nA,2020,2021\nA,2021-06,\nA,,2019\nB,2020,\nA,,\n"
    found = refusals(tmp_path, rows, DATES + "#+ once: [code]\n")
    assert found == {
        2: "another row for the same time has the same ?code, in line 3.",
        3: "another row for the same time has the same ?code, in line 2.",
    }


def test_a_row_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    query = QUERY.replace(FRONT, FRONT + "#+ columns: {currency: {type: [Unit, Currency]}}\n")
    read(folder(tmp_path), "code,size,currency\nAD,468.0,EUR\nBR,8,EURO\n", query)
    (tmp_path / "tables" / "currencies.csv").write_text("code,size\nEUR,1\n")
    (tmp_path / "tables" / "currencies.rq").write_text(QUERY.replace("ep:Country", "ep:Currency"), "utf-8")
    dataset = load(tmp_path)
    assert [(f.file, f.line, f.message) for f in dataset.findings] == [
        ("tables/countries.csv", 3, "Row left out: ?currency names id:EURO, which is no ep:Unit or ep:Currency.")
    ]
    assert {t.subject for t in dataset.graphs[GRAPH] if t.subject != GRAPH} == {ident("AD")}


def test_a_row_goes_with_the_row_that_it_needs(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "tables").mkdir()
    needs = QUERY.replace(FRONT, FRONT + "#+ columns: {other: {type: Country, optional: true}}\n")
    (tmp_path / "tables" / "a.csv").write_text("code,size,other\nA,1,B\nB,1,C\nC,1,D\nE,1,\n")
    (tmp_path / "tables" / "a.rq").write_text(needs, "utf-8")
    assert [f.line for f in load(tmp_path).findings] == [2, 3, 4]


def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path) -> None:
    finding = refused(tmp_path, "code,size\nBR,1\nAD,46")
    assert (finding.code, finding.file, finding.line) == ("table-truncated", "tables/countries.csv", 3)


@pytest.mark.parametrize(
    "front",
    [
        "#+ columns: {size: {type: number}}\n",
        "#+ columns: {size: {type: [decimal, Country]}}\n",
        "#+ columns: {size: {kind: decimal}}\n",
        "#+ columns: {size: {values: {a: nothing}}}\n",
        "#+ columns: {size: {type: date, bound: middle}}\n",
        "#+ interval: [code, size]\n",
    ],
)
def test_a_declaration_that_says_nothing_refuses_the_table(tmp_path: Path, front: str) -> None:
    finding = refused(tmp_path, "code,size\nBR,1\n", QUERY.replace(FRONT, FRONT + front))
    assert (finding.code, finding.line) == ("table-front-matter", 4)
