"""A proof can be read as JSON, as English and as a graph."""

from __future__ import annotations

import json

from naive_reasoner import one

from kg.reasoning.proofs import Asserted, Derived
from kg.reasoning.render import as_dot, as_json, as_text
from kg.sources import Source
from kg.terms import Term, written

CLAIM = Source(
    "https://w3id.org/entrepot/id/claim-S3-71", "https://w3id.org/entrepot/id/document-003", "g", "fact", "stated"
)
LEAF = Asserted(one("id:DX ep:focusesOn id:LA ."), (CLAIM,), "stated")
PART = Asserted(
    one("id:LA ep:hasPart id:BR ."),
    (Source(None, "https://w3id.org/entrepot/id/cia", "g", None, "reference"),),
    "reference",
)
PROOF = Derived(
    one("id:DX ep:covers id:BR ."),
    "prp-spo2",
    "ep:covers ⊒ ep:focusesOn ∘ ep:hasPart",
    (LEAF, PART),
    ("nothing says that id:DX ep:leaves id:BR",),
    2,
    "inferred",
)
LABELS = {
    "DX": "DX",
    "LA": "Latin America",
    "BR": "Brazil",
    "covers": "covers",
    "focusesOn": "focuses on",
    "hasPart": "contains",
}


def label(term: Term) -> str:
    name = written(term).partition(":")[2]
    return LABELS.get(name, name)


def test_a_derived_node_has_all_that_the_interface_promises() -> None:
    node = as_json(PROOF, label=label)
    assert list(node) == ["triple", "status", "rule", "axiom", "text", "premises", "alternatives", "absent", "more"]
    assert node["triple"]["subject"] == {"type": "uri", "value": "https://w3id.org/entrepot/id/DX"}
    assert (node["rule"], node["status"], node["alternatives"]) == ("prp-spo2", "inferred", 2)
    assert node["text"] == (
        "DX covers Brazil, because DX focuses on Latin America, Latin America contains Brazil "
        "and nothing says that DX leaves Brazil."
    )
    assert json.loads(json.dumps(node)) == node


def test_a_leaf_has_its_sources_as_the_caller_describes_them() -> None:
    leaf = as_json(PROOF, describe=lambda _: {"document": "003", "locator": "p14 s3"}, passage=lambda _: "...")[
        "premises"
    ][0]
    assert list(leaf) == ["triple", "status", "sources", "passage"]
    assert leaf["passage"] == "..."
    assert leaf["sources"] == [
        {
            "claim": CLAIM.claim,
            "document": "003",
            "locator": "p14 s3",
            "url": None,
            "title": None,
            "date": None,
            "graph": "g",
        }
    ]


def test_terms_are_written_as_in_sparql_results() -> None:
    def value(text: str) -> dict[str, str]:
        return as_json(Asserted(one(f"id:BR ep:p {text} ."), (CLAIM,), "stated"))["triple"]["object"]  # type: ignore[no-any-return]

    assert value('"Brasil"@pt') == {"type": "literal", "value": "Brasil", "xml:lang": "pt"}
    assert value('"BR"') == {"type": "literal", "value": "BR"}
    assert value("7") == {"type": "literal", "value": "7", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    assert value("_:b")["type"] == "bnode"


def test_text_says_because() -> None:
    assert as_text(PROOF, label).splitlines() == [
        "DX covers Brazil (inferred: prp-spo2, “focuses on”, then “contains”, is “covers”)",
        "  because DX focuses on Latin America (stated: claim-S3-71)",
        "  because Latin America contains Brazil (reference: cia)",
        "  because nothing says that DX leaves Brazil",
    ]


def test_text_shows_a_step_once_and_then_points_back() -> None:
    twice = Derived(one("id:DX a ep:Seller ."), "r", "a", (PROOF, PROOF), (), 0, "inferred", more=True)
    lines = as_text(twice, label).splitlines()
    assert lines[0] == "DX is a Seller (inferred: r, a)"
    assert lines[5] == "  because DX covers Brazil (as shown above)"
    assert lines[6] == "  because of more than is shown here"


def test_what_holds_by_definition_says_so() -> None:
    assert as_json(Derived(one("id:x a ep:T ."), "cls-oo", "ep:T ≡ {id:x}", (), (), 0, "schema"))["text"] == (
        "id:x is a ep:T, by definition."
    )


def test_a_graph_has_each_triple_once_and_is_safe_from_quotation_marks() -> None:
    quoted = Asserted(one('id:x ep:says "a \\"b\\" \\\\" .'), (CLAIM,), "stated")
    proof = Derived(one("id:DX a ep:Seller ."), "r", "a", (PROOF, PROOF, quoted), (), 0, "inferred")
    dot = as_dot(proof, label=label)
    assert dot.startswith("digraph proof {") and dot.endswith("}")
    assert dot.count("DX covers Brazil") == 1
    assert 'x says a \\"b\\" \\\\' in dot
    assert dot.count("->") == 8 - 2
