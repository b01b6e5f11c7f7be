"""The checks: every kind of bad input gives the finding that names it, with file and line; good input gives none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import pyoxigraph as ox
import pytest

from kg.check import check
from kg.errors import Finding
from kg.files.load import load
from kg.settings import CHECKOUT
from kg.terms import OWL, SH

QUERIES = CHECKOUT / "queries"
STYLE = CHECKOUT / "ontology" / "shapes" / "style.ttl"
BASE = "https://w3id.org/entrepot/"
MODULES = ("schema/evidence", "facts/seed")
FILES = {"schema": "schema/evidence.ttl", "facts": "facts/seed.ttl"}

# --- a small project, clean as it stands -------------------------------------------------------------------

PREFIXES = """\
@prefix ep: <https://w3id.org/entrepot/ontology#> .
@prefix id: <https://w3id.org/entrepot/id/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def header(name: str, rest: str = "") -> str:
    return (
        f'<{BASE}{name}> a owl:Ontology ; dcterms:title "Title"@en ; dcterms:description "Description."@en ;\n'
        f'  dcterms:creator "Entrepôt" ; dcterms:license <https://example.org/licence> ;\n'
        f"  owl:versionIRI <{BASE}{name}/1>{rest} .\n"
    )


def term(name: str, kind: str, rest: str = "") -> str:
    return (
        f'ep:{name} a owl:{kind} ; skos:prefLabel "{name}"@en ; skos:definition "A {kind} named {name}."@en ;\n'
        f"  rdfs:isDefinedBy <{BASE}schema/evidence>{rest} .\n"
    )


def under(name: str) -> str:
    return f" ; rdfs:subClassOf ep:{name}"


def ranged(domain: str, range_: str) -> str:
    return f" ; rdfs:domain {domain} ; rdfs:range {range_}"


def entity(name: str, cls: str, rest: str = "") -> str:
    return f'id:{name} a owl:NamedIndividual, ep:{cls} ; skos:prefLabel "{name}"@en{rest} .\n'


def record(rest: str, *, claim: str = "claim-1", name: str = "membership-2") -> str:
    return f"id:{name} a ep:Membership ; ep:statedBy id:{claim} ; {rest} .\n"


def axiom(subject: str, claim: str) -> str:
    return (
        f"[] a owl:Axiom ; owl:annotatedSource id:{subject} ; owl:annotatedProperty ep:partOf ;\n"
        f"  owl:annotatedTarget id:America ; ep:claim id:{claim} .\n"
    )


CATALOG = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">\n'
    + "".join(f'<uri name="{BASE}{name}" uri="{name}.ttl"/>\n' for name in MODULES)
    + "</catalog>\n"
)
ROOT = PREFIXES + header("ontology", "".join(f" ;\n  owl:imports <{BASE}{name}>" for name in MODULES))
SCHEMA = (
    PREFIXES
    + header("schema/evidence")
    + term("Entity", "Class")
    + term("Claim", "Class", under("Entity"))
    + term("ClaimKind", "Class", under("Entity"))
    + term("Document", "Class", under("Entity"))
    + term("ReferenceSource", "Class", under("Entity"))
    + term("Editorial", "Class", under("Entity"))
    + term("Place", "Class", under("Entity"))
    + term("Record", "Class", under("Entity"))
    + term("Membership", "Class", under("Record"))
    + term("Saying", "Class", under("Record"))
    + term("claim", "AnnotationProperty")
    + term("source", "AnnotationProperty")
    + term("waives", "AnnotationProperty")
    + term("document", "ObjectProperty", ranged("ep:Claim", "ep:Document"))
    + term("kind", "ObjectProperty", ranged("ep:Claim", "ep:ClaimKind"))
    + term("statedBy", "ObjectProperty", ranged("ep:Record", "ep:Entity"))
    + term("member", "ObjectProperty", ranged("ep:Record", "ep:Entity"))
    + term("partOf", "ObjectProperty", ranged("ep:Entity", "ep:Entity"))
    + term("hasPart", "ObjectProperty", " ; owl:inverseOf ep:partOf")
    + term("validFrom", "DatatypeProperty", ranged("ep:Record", "xsd:dateTime"))
    + term("validUntil", "DatatypeProperty", ranged("ep:Record", "xsd:dateTime"))
    + term("code", "DatatypeProperty", ranged("ep:Entity", "xsd:string"))
    + term("alpha2", "DatatypeProperty", " ; rdfs:subPropertyOf ep:code")
    + "".join(entity(name, "ClaimKind") for name in ("fact", "estimate", "forecast", "advice", "opinion"))
    + "[] a owl:AllDifferent ; owl:distinctMembers ( id:fact id:opinion ) .\n"
    + "[ a owl:Restriction ; owl:onProperty ep:partOf ; owl:hasValue id:fact ] rdfs:subClassOf ep:Place .\n"
    + "skos:prefLabel a owl:AnnotationProperty . skos:Concept a owl:Class .\n"
)
FACTS = (
    PREFIXES
    + header("facts/seed", " ;\n  dcterms:source id:document-1")
    + entity("document-1", "Document")
    + entity("editorial-1", "Editorial", " ; ep:partOf id:document-1")
    + "id:claim-1 a ep:Claim ; ep:document id:document-1 ; ep:kind id:fact .\n"
    + "id:claim-2 a ep:Claim ; ep:document id:document-1 ; ep:kind id:opinion .\n"
    + entity("America", "Place")
    + entity("BR", "Place", ' ; ep:alpha2 "BR" ; ep:partOf id:America')
    + axiom("BR", "claim-1 ; ep:source id:editorial-1")
    + record("ep:member id:BR", name="membership-1")
    + "id:saying-1 a ep:Saying ; ep:member id:BR ; ep:statedBy id:claim-2 .\n"
)


def write(folder: Path, *, schema: str = SCHEMA, facts: str = FACTS) -> Path:
    """The small project with these texts as its two modules."""
    texts = {"entrepot.ttl": ROOT, "catalog-v001.xml": CATALOG, FILES["schema"]: schema, FILES["facts"]: facts}
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "shapes").mkdir()
    copy(STYLE, folder / "shapes")
    return folder


def findings(folder: Path, *, schema: str = SCHEMA, facts: str = FACTS, queries: Path = QUERIES) -> list[Finding]:
    return check(load(write(folder, schema=schema, facts=facts)), queries)


def placed(found: list[Finding]) -> list[tuple[str, str | None, int | None]]:
    return [(finding.code, finding.file, finding.line) for finding in found]


def line_after(text: str, lines: int = 1) -> int:
    return len(text.splitlines()) + lines


HEADER = line_after(PREFIXES)


def test_a_clean_project_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


# --- hygiene queries and style shapes ----------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Statements added to the modules; the findings stand so many lines into the facts, or else the schema."""

    code: str
    schema: str = ""
    facts: str = ""
    lines: tuple[int, ...] = (1,)

    def expected(self) -> list[tuple[str, str, int]]:
        module, before = ("facts", FACTS) if self.facts else ("schema", SCHEMA)
        return [(self.code, FILES[module], line_after(before, line)) for line in self.lines]


US = entity("US", "Place")
DATE = '{} "{}"^^xsd:{}'.format
BARE = f'ep:Bare a owl:Class ; rdfs:isDefinedBy <{BASE}schema/evidence> ; skos:{{}} "Bare one."@en .\n'.format
HYGIENE = [
    Case("asserted-same-as", facts=entity("Brazil", "Place", " ; owl:sameAs id:BR")),
    Case("date-without-zone", facts=record(DATE("ep:validFrom", "2012-01-01T00:00:00", "dateTime"))),
    Case("date-without-zone", facts=record(DATE("ep:validFrom", "2012-01-01T00:00:00+08:00", "dateTime"))),
    Case("deprecated-term", schema=term("Old", "Class", " ; owl:deprecated true"), facts=entity("US", "Old")),
    Case("duplicate-label", schema=term("Twin", "Class").replace('"Twin"', '"Place"')),
    Case("duplicate-label", facts=entity("Brasil", "Place").replace('"Brasil"', '"BR"')),
    Case("foreign-datatype", facts=record(DATE("ep:validFrom", "2012-01-01", "date"))),
    Case("foreign-datatype", facts=record(DATE("ep:validFrom", "2012", "gYear"))),
    Case("hierarchy-cycle", schema=term("A", "Class", under("B")) + term("B", "Class", under("A")), lines=(1, 3)),
    Case(
        "interval-reversed",
        facts=record(
            DATE("ep:validFrom", "2013-01-01T00:00:00Z", "dateTime")
            + DATE(" ; ep:validUntil", "2012-12-31T23:59:59Z", "dateTime")
        ),
    ),
    Case("label-whitespace", facts=US.replace('"US"', '"US "')),
    Case("label-whitespace", facts=US.replace('"US"', '"U  S"')),
    Case("list-outside-axiom", facts=record("ep:member ( id:BR )")),
    Case("list-outside-axiom", facts=record("ep:member ()")),
    Case("misplaced-evidence", facts=entity("US", "Place", " ; ep:claim id:claim-1")),
    Case("misplaced-evidence", facts=entity("US", "Place", " ; ep:statedBy id:claim-1")),
    Case("missing-is-defined-by", schema='ep:X a owl:Class ; skos:prefLabel "x"@en ; skos:definition "An x."@en .\n'),
    Case("opinion-as-fact", facts=record("ep:member id:BR", claim="claim-2")),
    Case("opinion-as-fact", facts=entity("US", "Place", " ; ep:partOf id:America") + axiom("US", "claim-2")),
    Case(
        "opinion-as-fact",
        facts=entity("US", "Place", " ; ep:partOf id:America") + axiom("US", "claim-1 ; ep:source id:claim-2"),
    ),
    Case("property-pun", schema=term("x", "ObjectProperty, owl:AnnotationProperty", ranged("ep:Place", "ep:Place"))),
    Case("property-without-domain-or-range", schema=term("x", "ObjectProperty", " ; rdfs:domain ep:Place")),
    Case("reserved-vocabulary", schema="owl:Thing rdfs:subClassOf ep:Entity .\n"),
    Case("second-label", facts=US + 'id:US skos:prefLabel "USA"@en .\n'),
    Case("several-domains", schema=term("x", "ObjectProperty", ranged("ep:Place, ep:Record", "ep:Place"))),
    Case("undeclared-individual", facts=record("ep:member id:Atlantis")),
    Case("undeclared-term", facts=record("ep:membr id:BR")),
    Case("undeclared-term", facts=entity("US", "Plaice")),
    Case("unknown-claim", facts=record("ep:member id:BR", claim="claim-9")),
    Case("unknown-claim", facts=entity("US", "Place", " ; ep:partOf id:America") + axiom("US", "claim-9")),
    Case("unnamed-individual", facts="id:US a ep:Place .\n"),
    Case("untagged-label", facts=entity("US", "Place", ' ; skos:prefLabel "USA"')),
    Case("untyped-individual", facts='id:US a owl:NamedIndividual ; skos:prefLabel "US"@en .\n'),
    Case("wrong-kind-of-value", facts=record('ep:member "BR"')),
    Case("wrong-kind-of-value", facts=record("ep:validFrom id:BR")),
]
STYLED = [
    Case("class-name", schema=term("place_name", "Class")),
    Case("class-name", schema=term("x", "Class").replace("ep:x", "id:X")),
    Case("property-name", schema=term("Inside", "ObjectProperty", ranged("ep:Place", "ep:Place"))),
    Case("missing-label", schema=BARE("definition")),
    Case("missing-definition", schema=BARE("prefLabel")),
    Case("second-definition", schema=term("X", "Class", ' ; skos:definition "Another."@en')),
    Case("definition-sentence", schema=term("X", "Class").replace('named X."', 'named X"')),
    Case("definition-sentence", schema=term("X", "Class").replace('"A', '"a')),
]
LACKING = {
    "missing-header-source": ("facts", " ;\n  dcterms:source id:document-1"),
    "missing-title": ("schema", ' ; dcterms:title "Title"@en'),
    "missing-licence": ("facts", " dcterms:license <https://example.org/licence> ;"),
    "module-header": ("schema", ' ; dcterms:description "Description."@en'),
}
"""What a header may lack: the module and the part to take away."""


@pytest.mark.parametrize("case", HYGIENE + STYLED, ids=lambda case: case.code)
def test_a_bad_statement_is_found_where_it_stands(case: Case, tmp_path: Path) -> None:
    found = findings(tmp_path, schema=SCHEMA + case.schema, facts=FACTS + case.facts)
    assert placed(found) == case.expected()


@pytest.mark.parametrize("code", LACKING)
def test_a_header_that_lacks_something_is_found_where_it_stands(code: str, tmp_path: Path) -> None:
    module, part = LACKING[code]
    texts = {"schema": SCHEMA, "facts": FACTS}
    assert part in texts[module]
    found = findings(tmp_path, **{module: texts[module].replace(part, "")})
    assert placed(found) == [(code, FILES[module], HEADER)]


ELSEWHERE = {
    "undeclared-term": 'id:BR ep:membr "x" .',
    "undeclared-individual": "id:BR ep:partOf id:Atlantis .",
    "wrong-kind-of-value": 'id:BR ep:partOf "x" .',
    "label-whitespace": 'id:BR skos:altLabel "B  R"@en .',
    "untagged-label": 'id:BR skos:definition "A country." .',
    "date-without-zone": 'id:BR ep:validFrom "2012-01-01T00:00:00"^^xsd:dateTime .',
    "foreign-datatype": 'id:BR ep:validFrom "2012-01-01"^^xsd:date .',
    "misplaced-evidence": "id:BR ep:claim id:claim-1 .",
    "list-outside-axiom": "id:BR ep:partOf ( id:America ) .",
}
"""A bad statement, in the schema, about something that the facts describe."""


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_finding_names_the_file_of_the_bad_statement_not_the_one_that_describes_its_subject(
    code: str, tmp_path: Path
) -> None:
    found = findings(tmp_path, schema=SCHEMA + ELSEWHERE[code] + "\n")
    assert (code, FILES["schema"], line_after(SCHEMA)) in placed(found)
    assert not [finding for finding in found if finding.code == code and finding.file == FILES["facts"]]


def test_a_deprecated_term_is_found_in_the_file_that_uses_it(tmp_path: Path) -> None:
    schema = SCHEMA + term("Old", "Class", " ; owl:deprecated true") + "id:BR a ep:Old .\n"
    assert placed(findings(tmp_path, schema=schema)) == [("deprecated-term", FILES["schema"], line_after(SCHEMA, 3))]


OF_INDICATORS = {"source-without-preference", "value-off-scale"}
"""Hygiene queries that ``world/test_indicators.py`` tries."""


def test_every_hygiene_query_and_every_style_shape_has_a_case() -> None:
    queries = {path.stem for path in QUERIES.glob("hygiene/*.rq")}
    rules = {quad.subject.value for quad in ox.parse(path=STYLE) if quad.predicate.value == SH + "message"}
    shapes = {rule.partition("#")[2] for rule in rules}
    assert {case.code for case in HYGIENE} | OF_INDICATORS == queries
    assert {case.code for case in STYLED} | LACKING.keys() == shapes | {"missing-header-source"}
    assert (len(queries), len(shapes), len(HYGIENE), len(STYLED)) == (26, 9, 35, 8)


def test_a_finding_says_in_words_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, facts=FACTS + record("ep:member id:BR", claim="claim-2"))
    assert found.severity == "error"
    assert found.focus == BASE + "id/membership-2"
    assert found.message.startswith("id:membership-2 is asserted on id:claim-2, whose kind is id:opinion")
    assert found.fix.startswith("Keep it as a claim")


def test_a_blank_node_is_found_where_the_thing_stands_that_it_hangs_below(tmp_path: Path) -> None:
    blank = '[ a ep:Membership ; ep:statedBy id:claim-1 ; ep:member "BR" ]'
    (found,) = findings(tmp_path, facts=FACTS + entity("US", "Place", f" ;\n  rdfs:seeAlso {blank}"))
    assert placed([found]) == [("wrong-kind-of-value", FILES["facts"], line_after(FACTS))]
    assert found.message.startswith("a node without a name gives ep:member")


def test_findings_stand_in_the_order_of_the_files(tmp_path: Path) -> None:
    facts = FACTS + record("ep:member id:Atlantis") + "id:US a ep:Place .\n"
    found = placed(findings(tmp_path, schema=SCHEMA + term("place_name", "Class"), facts=facts))
    assert found == sorted(found, key=lambda place: place[1:])
    assert len(found) == 3


# --- evidence ----------------------------------------------------------------------------------------------


def test_a_fact_without_claim_or_source_is_an_error(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, facts=FACTS + entity("US", "Place", " ; ep:partOf id:America ; ep:hasPart id:BR"))
    assert placed([found]) == [("fact-without-source", FILES["facts"], line_after(FACTS))]
    assert found.message == "id:US is given ep:hasPart, ep:partOf without a claim or source."


def test_labels_types_and_codes_may_rest_on_the_header(tmp_path: Path) -> None:
    facts = entity("US", "Place", ' ; ep:alpha2 "US" ; ep:code "840" ; skos:altLabel "USA"@en')
    assert findings(tmp_path, facts=FACTS + facts) == []


def test_a_statement_in_the_schema_needs_no_claim(tmp_path: Path) -> None:
    assert findings(tmp_path, schema=SCHEMA + entity("World", "Place") + "id:World ep:hasPart id:World .\n") == []


def test_a_saying_may_rest_on_an_opinion(tmp_path: Path) -> None:
    saying = "id:saying-2 a ep:Remark ; ep:member id:BR ; ep:statedBy id:claim-2 .\n"
    assert findings(tmp_path, schema=SCHEMA + term("Remark", "Class", under("Saying")), facts=FACTS + saying) == []


# --- waivers -----------------------------------------------------------------------------------------------

WAIVED = term("x", "ObjectProperty", ' ; ep:waives "property-without-domain-or-range: it holds of anything"')


def test_a_warning_is_waived_by_an_annotation(tmp_path: Path) -> None:
    assert findings(tmp_path, schema=SCHEMA + WAIVED) == []


def test_an_error_cannot_be_waived_and_the_attempt_is_reported(tmp_path: Path) -> None:
    found = findings(tmp_path, facts=FACTS + record('ep:membr id:BR ; ep:waives "undeclared-term"'))
    assert {finding.code for finding in found} == {"undeclared-term", "idle-waiver"}


def test_a_waiver_that_waives_nothing_is_reported(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, schema=SCHEMA + term("X", "Class", ' ; ep:waives "class-name"'))
    assert placed([found]) == [("idle-waiver", FILES["schema"], line_after(SCHEMA))]


# --- broken checks -----------------------------------------------------------------------------------------

FRONT = "#+ problem: {focus} is bad.\n#+ fix: Mend it.\n#+ severity: error\n"
GOOD = "SELECT ?focus WHERE { ?focus a <https://w3id.org/entrepot/ontology#Saying> }\n"


def test_a_hygiene_query_is_a_file(tmp_path: Path) -> None:
    (found,) = findings(tmp_path / "ontology", queries=_queries(tmp_path, FRONT + GOOD))
    assert (found.code, found.message) == ("new", "id:saying-1 is bad.")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (FRONT + "SELECT ?focus WHERE {\n  ?focus a }\n", 5, "at '}'"),
        (FRONT.replace("#+ fix: Mend it.\n", "") + GOOD, 1, "fix"),
        (FRONT.replace("#+ fix:", "#+ fixes:") + GOOD, 1, "fix, fixes"),
        (FRONT.replace("error", "fatal") + GOOD, 1, "fatal"),
        (FRONT.replace("{focus}", "{label}") + GOOD, 1, "label"),
        (FRONT + "ASK { ?focus a ?class }\n", 1, "no SELECT of a ?focus"),
        (FRONT + "SELECT ?label WHERE { ?label a ?class }\n", 1, "no SELECT of a ?focus"),
        (FRONT + "SELECT ?focus ?x WHERE { ?x a ?class OPTIONAL { ?x <urn:none> ?focus } }\n", 1, "no ?focus"),
        (FRONT + "SELECT ?focus WHERE { SERVICE <https://example.org/> { ?focus a ?class } }\n", 1, "SERVICE"),
    ],
)
def test_a_hygiene_query_that_cannot_be_used_is_itself_a_finding(
    text: str, line: int, why: str, tmp_path: Path
) -> None:
    (found,) = findings(tmp_path / "ontology", queries=_queries(tmp_path, text))
    assert placed([found]) == [("broken-check", "queries/hygiene/new.rq", line)]
    assert why in found.message


def test_a_hygiene_query_in_another_encoding_is_itself_a_finding(tmp_path: Path) -> None:
    queries = _queries(tmp_path, FRONT + GOOD)
    (queries / "hygiene" / "new.rq").write_bytes("#+ problem: x\n#+ fix: Entrepôt\n".encode("latin-1"))
    (found,) = findings(tmp_path / "ontology", queries=queries)
    assert placed([found]) == [("broken-check", "queries/hygiene/new.rq", 2)]


def test_a_byte_order_mark_is_no_part_of_a_hygiene_query(tmp_path: Path) -> None:
    (found,) = findings(tmp_path / "ontology", queries=_queries(tmp_path, "\ufeff" + FRONT + GOOD))
    assert found.code == "new"


def _queries(folder: Path, text: str) -> Path:
    path = folder / "queries" / "hygiene" / "new.rq"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder / "queries"


# --- shapes ------------------------------------------------------------------------------------------------

SHAPES = f"""\
@prefix ep: <https://w3id.org/entrepot/ontology#> .
@prefix sh: <{SH}> .
@prefix shapes: <https://w3id.org/entrepot/shapes/places#> .
"""


def _shaped(folder: Path, text: str, **texts: str) -> list[Finding]:
    write(folder, **texts)
    (folder / "shapes" / "places.ttl").write_text(SHAPES + text, encoding="utf-8")
    return check(load(folder), QUERIES)


def test_a_named_shape_gives_its_code_message_severity_and_fix(tmp_path: Path) -> None:
    text = """shapes:code-length a sh:PropertyShape ; sh:targetClass ep:Place ; sh:path ep:alpha2 ; sh:maxLength 2 ;
        sh:message "The code has two letters." ; sh:severity sh:Info ; ep:fix "Look it up." ."""
    (found,) = _shaped(tmp_path, text, facts=FACTS + entity("US", "Place", ' ; ep:alpha2 "USA"'))
    assert found == Finding(
        code="code-length",
        severity="info",
        message="id:US: The code has two letters. Found: USA.",
        fix="Look it up.",
        focus=BASE + "id/US",
        file=FILES["facts"],
        line=line_after(FACTS),
    )


def test_an_anonymous_shape_gives_the_kind_of_its_constraint(tmp_path: Path) -> None:
    text = "[] a sh:NodeShape ; sh:targetClass ep:Place ; sh:property [ sh:path ep:alpha2 ; sh:minCount 1 ] ."
    (found,) = _shaped(tmp_path, text)
    assert (found.code, found.severity, found.focus) == ("min-count", "error", BASE + "id/America")


def test_a_shape_reaches_the_instances_of_subclasses(tmp_path: Path) -> None:
    text = "[] a sh:NodeShape ; sh:targetClass ep:Record ; sh:property [ sh:path ep:member ; sh:maxCount 0 ] ."
    assert {found.focus for found in _shaped(tmp_path, text)} == {
        BASE + "id/membership-1",
        BASE + "id/saying-1",
    }


def test_a_deactivated_shape_finds_nothing(tmp_path: Path) -> None:
    text = """[] a sh:NodeShape ; sh:deactivated true ; sh:targetClass ep:Place ;
        sh:property [ sh:path ep:alpha2 ; sh:minCount 1 ] ."""
    assert _shaped(tmp_path, text) == []


def test_a_shape_that_another_shape_uses_still_counts_there(tmp_path: Path) -> None:
    text = """shapes:coded a sh:NodeShape ; sh:targetClass ep:Bloc ; sh:property [ sh:path ep:alpha2 ; sh:minCount 1 ] .
        shapes:named a sh:NodeShape ; sh:targetClass ep:Place ; sh:node shapes:coded ."""
    schema = SCHEMA + term("Bloc", "Class", under("Entity"))
    found = _shaped(tmp_path, text, schema=schema, facts=FACTS + entity("EU", "Bloc"))
    assert [(finding.code, finding.focus) for finding in found] == [
        ("named", BASE + "id/America"),
        ("min-count", BASE + "id/EU"),
    ]


def test_terms_of_other_vocabularies_are_not_judged_by_our_style(tmp_path: Path) -> None:
    text = f"[] a sh:NodeShape ; sh:targetClass <{OWL}Class> ; sh:pattern 'entrepot' ."
    assert _shaped(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("shapes:x a sh:NodeShape ;\n  sh:targetClass .\n", 5, "error at line 5"),
        ("[] a sh:NodeShape ; sh:targetClass ep:Place ; sh:minCount 'x' .", None, "MinCount"),
        (
            "[] a sh:PropertyShape ; sh:path ep:alpha2 ; sh:targetClass ep:Place ; sh:pattern '[' .",
            None,
            "unterminated",
        ),
    ],
)
def test_shapes_that_cannot_be_used_are_themselves_a_finding(
    text: str, line: int | None, why: str, tmp_path: Path
) -> None:
    (found,) = _shaped(tmp_path, text)
    assert placed([found]) == [("broken-check", "shapes/places.ttl", line)]
    assert why in found.message


def test_a_file_that_cannot_be_read_is_reported_alone(tmp_path: Path) -> None:
    found = findings(tmp_path, facts=FACTS + "id:US a .\n")
    assert [(finding.file, finding.severity) for finding in found] == [(FILES["facts"], "error")]
