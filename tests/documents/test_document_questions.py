"""The forty competency questions: the claims and the answers that the seeds expect, each row with its evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from asked import ASKED, NOT_IN_A_ROW, Json, ask, claims_in, ids, nodes, select
from fastapi.testclient import TestClient


@pytest.mark.parametrize("question", ASKED)
def test_an_answer_rests_on_the_claims_that_are_expected(
    client: TestClient, expected: dict[str, str], question: str
) -> None:
    cited = set(re.findall(r"S\d-\d\d", expected[question])) - NOT_IN_A_ROW.get(question, set())
    assert cited
    found = set[str]().union(*(claims_in(ask(client, name, **given)) for name, given in ASKED[question]))
    assert cited <= found


def test_each_of_the_forty_is_declared_by_the_question_that_answers_it(client: TestClient) -> None:
    questions = client.get("/questions").json()["questions"]
    declared = {cq: {q["name"] for q in questions if cq in q["answers"]} for cq in ASKED}
    assert len(ASKED) == 40
    assert declared == {cq: {name for name, _ in asked} for cq, asked in ASKED.items()}


@pytest.mark.parametrize("question", ASKED)
def test_every_row_names_a_status_what_it_rests_on_and_a_link_that_explains_it(
    client: TestClient, question: str
) -> None:
    for name, given in ASKED[question]:
        rows = ask(client, name, **given)["rows"]
        assert rows, name
        for row in rows:
            assert row["evidence"]["status"] in ("stated", "reference", "editorial", "inferred")
            assert row["evidence"]["claims"], (name, row)
            assert row["evidence"]["explain"].startswith("/explain?")


def in_sparql(term: Json) -> str:
    """A term of SPARQL's JSON as it is written in a query."""
    if term["type"] == "uri":
        return f"<{term['value']}>"
    quoted = json.dumps(term["value"], ensure_ascii=False)
    if "xml:lang" in term:
        return f"{quoted}@{term['xml:lang']}"
    return f"{quoted}^^<{term['datatype']}>" if "datatype" in term else quoted


def lines(nodes: Iterable[Json]) -> str:
    """The triples of some nodes as rows of VALUES."""
    triples = {tuple(in_sparql(n["triple"][part]) for part in ("subject", "predicate", "object")) for n in nodes}
    return " ".join(f"({' '.join(triple)})" for triple in sorted(triples))


@pytest.mark.parametrize("question", ASKED)
def test_the_evidence_of_a_row_replays(client: TestClient, question: str) -> None:
    """Every triple of its proofs is in the graph, and they end in asserted ones, which name their sources."""
    name, given = ASKED[question][0]
    for row in ask(client, name, **given)["rows"][:3]:
        conclusions = client.get(row["evidence"]["explain"]).json()["conclusions"]
        assert conclusions, name
        every = [node for conclusion in conclusions for node in nodes(conclusion)]
        ends = [node for node in every if "premises" not in node]
        absent = select(
            client, f"SELECT ?s {{ VALUES (?s ?p ?o) {{ {lines(every)} }} FILTER NOT EXISTS {{ ?s ?p ?o }} }}"
        )
        assert absent == [], name
        inferred = "<https://w3id.org/entrepot/graph/inferred>"
        stated = f"FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != {inferred}) }}"
        assert select(client, f"SELECT ?s {{ VALUES (?s ?p ?o) {{ {lines(ends)} }} {stated} }}") == [], name
        assert all(node["sources"] for node in ends), name


EMERGING_003 = {"RU", "BR", "MX", "ES", "SoutheastAsia", "IN"}
EMERGING_001 = {"BR", "IN", "RU", "Africa", "MiddleEast"}
EMERGING_000 = {"LatinAmerica", "MiddleEast", "CentralAndEasternEurope"}
PROMINENT = {"problem-logistics", "problem-payment", "problem-customs-clearance"}
HARD_TO_GUARANTEE = {"problem-transport-reliability", "problem-clearance-time", "problem-distribution-speed"}
EXPORT_FORMS = {"postal-EMS", "postal-parcel", "dedicated-line", "overseas-warehouse", "domestic-express"}
EXPORT_FORMS |= {"international-express"}

SETS: list[tuple[str, str, dict[str, str], tuple[str, ...], set[tuple[Any, ...]]]] = [
    ("CQ-01", "market-aspects", {}, ("position", "aspect"), {(n, f"aspect-{n}") for n in range(1, 6)}),
    (
        "CQ-04",
        "mature-markets-share",
        {"year": "2020"},
        ("about", "bound", "value", "bestRank", "worstRank", "recordYear", "kind"),
        {
            ("EuropeAndUnitedStates", "greater", 30, None, None, None, "estimate"),
            ("EuropeAndUnitedStates", None, None, None, None, None, "opinion"),
            *((m, None, None, 2, 3, 2020, "forecast") for m in ("Europe", "US")),
            *((m, None, None, 2, 3, None, "estimate") for m in ("Europe", "US")),
            *((m, None, None, None, None, None, "opinion") for m in ("Europe", "US")),
        },
    ),
    (
        "CQ-06",
        "market-growth",
        {"market": "Australia", "from": "2007", "to": "2012"},
        ("measure", "year", "bound", "value", "growthPercent", "annualPercent", "growthBound"),
        {
            ("online-retail-sales", 2007, "greater", 27_000_000_000, None, None, None),
            ("online-retail-sales", 2012, "less", 46_000_000_000, 70.4, 11.2, "at-most"),
            ("import-share-of-online-retail", 2012, "greater", 75, None, None, None),
            ("online-retail-imports", 2012, "about-equal", 34_500_000_000, None, None, None),
        },
    ),
    (
        "CQ-07",
        "import-demand-by-structure",
        {},
        ("region", "trait", "effect"),
        {
            *(
                (r, "imbalanced-structure", "strong-import-demand")
                for r in EMERGING_000 | {"small-developed-countries"}
            ),
            *((r, "weak-offline-retail", "broad-space") for r in EMERGING_000),
            (None, "daily-necessities-unavailable", "strong-sustained-demand"),
        },
    ),
    (
        "CQ-08",
        "product-clusters",
        {"product": "wigs"},
        ("role", "place", "province", "country"),
        {
            ("exporting", "Qingdao", "Shandong", "CN"),
            ("making", "JuanchengCounty", "Shandong", "CN"),
            ("exporting", "CN", None, "CN"),
        },
    ),
    (
        "CQ-09",
        "market-problems",
        {"market": "India"},
        ("problem", "prominent", "mitigation"),
        {(p, p in PROMINENT, "mobile-internet") for p in PROMINENT | HARD_TO_GUARANTEE},
    ),
    ("CQ-10", "mobile-commerce-regions", {}, ("place",), {("IN",), ("ASEAN",), ("SouthAmerica",)}),
    (
        "CQ-11",
        "conducive-arrangements",
        {"asOf": "2016"},
        ("arrangement",),
        {("NAFTA",), ("EUDigitalSingleMarket",)},
    ),
    ("CQ-12", "overseas-warehouse-risk", {"scheme": "003"}, ("market",), {(m,) for m in EMERGING_003}),
    (
        "CQ-12",
        "overseas-warehouse-risk",
        {"scheme": "any"},
        ("market",),
        {(m,) for m in EMERGING_003 | EMERGING_001 | EMERGING_000},
    ),
    (
        "CQ-13",
        "restricting-countries",
        {},
        ("country", "measure"),
        {
            ("RU", "tariff"),
            ("RU", "control of carriers"),
            ("RU", "limit on declarations"),
            ("AR", "not stated"),
            ("AU", "not stated"),
        },
    ),
    (
        "CQ-16",
        "policy-direction",
        {"market": "Russia"},
        ("stance", "document"),
        {
            ("restricting", "document-002"),
            ("opening", "document-001"),
            ("recognising", "document-001"),
            ("improving", "document-001"),
            ("relaxing", "document-004"),
        },
    ),
    (
        "CQ-30",
        "platform-count",
        {},
        ("area", "bound", "value", "unit"),
        {
            ("World", "greater", 3000, "platforms"),
            ("CN", "about-equal", 50, "percent"),
            ("CN", "about-or-more", 1500, "platforms"),
        },
    ),
    (
        "CQ-31",
        "small-language-strategies",
        {},
        ("seller", "bound", "languages", "leadingLanguage", "firstIn"),
        {
            ("LightInTheBox", "equal", 27, None, None),
            *(("Aukey", "greater", 15, "language-de", country) for country in ("FR", "IT", "ES")),
        },
    ),
    (
        "CQ-32",
        "platform-stores",
        {"platform": "Netease Kaola"},
        ("place", "store", "first", "goods"),
        {
            ("Hangzhou", "HaitaoHotProductStore", True, "foreign-imported-goods"),
            ("Ningbo", None, False, None),
            ("Zhengzhou", None, False, None),
        },
    ),
    (
        "CQ-33",
        "import-mode-chain",
        {},
        ("mode", "position", "step"),
        {
            ("bonded-import", 1, "international-logistics"),
            ("bonded-import", 2, "bonded-warehouse"),
            ("bonded-import", 3, "domestic-express"),
            ("import-direct-mail", 1, "international-express"),
            ("cross-border-direct-collection", 1, "international-logistics"),
            ("cross-border-direct-collection", 2, "overseas-warehouse"),
        },
    ),
    (
        "CQ-34",
        "export-logistics-forms",
        {},
        ("item", "level", "kind"),
        {
            *((form, None, None) for form in EXPORT_FORMS - {"postal-parcel"}),
            ("postal-parcel", "bound-to-be-restricted", "forecast"),
            ("postal-parcel", "ever-narrower", "forecast"),
            ("export-logistics", "relatively-mature", "opinion"),
            ("import-logistics", "relatively-new", "opinion"),
            ("export", None, None),
        },
    ),
    (
        "CQ-35",
        "overseas-warehouse-providers",
        {},
        ("firm", "how"),
        {
            ("4PX", "offers it"),
            ("4PX", "turned to it"),
            ("Chukou1", "turned to it"),
            ("Suning", "entered the business"),
            ("AliExpress", "entered the business"),
        },
    ),
    (
        "CQ-36",
        "payment-methods",
        {},
        ("item", "standing", "place"),
        {
            ("credit-card", "traditional", None),
            ("PayPal", "traditional", None),
            *((method, "new", None) for method in ("Alipay", "WeChatPay", "cryptocurrency-payment")),
            ("few-credit-cards", "gap", "underdeveloped-areas"),
            ("problem-payment", "gap", "emerging-markets"),
        },
    ),
    (
        "CQ-39",
        "investments-and-acquisitions",
        {"type": "acquisition"},
        ("actor", "target"),
        {("BaiyuanTrousers", "Globalegrow"), ("some-companies", None)},
    ),
    (
        "CQ-39",
        "investments-and-acquisitions",
        {"type": "investment", "year": "2019"},
        ("target",),
        {("KKPavilion",), ("Haitunjia",), ("FeixiongLingxian",)},
    ),
]
"""Question, parameters, columns and the rows that questions.md expects in them."""


@pytest.mark.parametrize(("cq", "question", "given", "columns", "rows"), SETS)
def test_an_answer_has_the_rows_that_are_expected_and_no_others(
    client: TestClient, cq: str, question: str, given: dict[str, str], columns: tuple[str, ...], rows: set[Any]
) -> None:
    assert cq in ASKED
    assert ids(ask(client, question, **given), *columns) == rows


BRAZIL = {
    ("aspect-1", "favourable"): {"S0-44", "S3-09"},
    ("aspect-2", "favourable"): {"S0-28", "S0-29", "S0-33", "S0-34"},
    ("aspect-3", "adverse"): {"S0-36", "S0-38", "S0-39"},
    ("aspect-3", "favourable"): {"S0-42"},
    ("aspect-4", "adverse"): {"S0-45", "S0-50", "S0-46", "S3-10", "S0-49"},
    ("aspect-4", "favourable"): {"S1-29", "S1-31", "S1-32"},
    ("aspect-5", None): {"S0-52"},
}
"""CQ-02: the claims for and against, aspect by aspect."""


def test_the_evidence_on_brazil_is_what_the_documents_say_for_and_against(client: TestClient) -> None:
    found: dict[tuple[str, str | None], set[str]] = {}
    for aspect, polarity, claim in ids(ask(client, "market-evidence", market="Brazil"), "aspect", "polarity", "claim"):
        found.setdefault((aspect, polarity), set()).add(claim.removeprefix("claim-"))
    assert found == BRAZIL


ADVICE = {
    "new eBay merchants": {"S3-53", "S3-50"},
    "Povos": {"S2-54", "S2-55", "S2-56"},
    "Pentium Electric": {"S2-54", "S2-55", "S2-56"},
    "traditional enterprises": {"S2-47", "S2-49", "S2-58", "S2-65", "S2-66", "S2-67"},
    "import sellers": {"S1-21"},
    "export sellers": {"S1-39"},
    "enterprises entering tier 2": {"S3-11"},
}
"""CQ-40: the advice to each kind of reader."""


@pytest.mark.parametrize("reader", ADVICE)
def test_advice_goes_to_the_reader_that_it_is_given_to(client: TestClient, reader: str) -> None:
    found = ids(ask(client, "advice", addressee=reader), "claim")
    assert {claim.removeprefix("claim-") for (claim,) in found} == ADVICE[reader]


def test_with_expand_countries_are_reached_through_the_regions_that_are_named(client: TestClient) -> None:
    plain = ids(ask(client, "promising-markets"), "market", "claim")
    wide = ids(ask(client, "promising-markets", expand="true"), "market", "claim")
    assert plain < wide
    assert {(country, "claim-S0-13") for country in ("IT", "ES", "RU")} <= wide - plain
    assert {("BR",), ("AR",)} <= ids(ask(client, "mobile-commerce-regions", expand="true"), "place")
