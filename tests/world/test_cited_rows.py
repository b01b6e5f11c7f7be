"""Every carried row on platforms, logistics and payment is in the graph, about the right thing, with its page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from carried import LEFT_OUT, Row, read, rows, select, table
from fastapi.testclient import TestClient

from kg.settings import CHECKOUT

CARRIED = {
    "platform-facts": ("platforms", 398),
    "platform-markets": ("platform_markets", 410),
    "platform-languages": ("platform_languages", 144),
    "logistics-facts": ("logistics", 166),
    "payment-facts": ("payments", 237),
}
RELATION = {
    "local_site": "relation-local-site",
    "seller_origin": "relation-seller-origin",
    "cross_border_selling": "relation-cross-border-selling",
    "planned": "relation-planned",
    "tested": "relation-tested",
}
METHODS = {
    "Direct mail import": "import direct mail",
    "Domestic express international service": "domestic express",
    "International express (four majors)": "international express",
    "International postal express": "postal EMS",
    "Ocean freight": "sea transportation",
    "Postal small parcel": "postal parcel",
    "Fulfilment by Amazon (FBA)": "FBA",
}
"""Services and methods that the documents know by another name."""


@pytest.fixture(scope="module")
def seeded() -> dict[str, str]:
    """The name in the documents of each spelling that names.csv finds there."""
    entities = CHECKOUT.parent / "shared" / "seeds" / "entities.csv"
    names = rows("cited/names")
    preferred = {row["entity_id"]: row["preferred_name"] for row in read(entities)}
    return {row["spelling"]: preferred[row["seed_entity"]] for row in names if row["seed_entity"]}


@pytest.fixture(scope="module")
def named(store: ox.Store) -> dict[str, set[str]]:
    """The individuals of each name or alias, without regard to case."""
    found: dict[str, set[str]] = defaultdict(set)
    for thing, name in select(store, "SELECT ?t ?n { ?t skos:prefLabel|skos:altLabel ?n FILTER(LANG(?n) = 'en') }"):
        if thing and name:
            found[name.casefold()].add(thing)
    return found


@pytest.fixture(scope="module")
def preferred() -> dict[tuple[str, str], str]:
    return {(row["spelling"], row["kind"]): row["preferred_name"] for row in rows("cited/names")}


PlatformOf = Callable[[Row], str]


@pytest.fixture(scope="module")
def platform_of(store: ox.Store, named: dict[str, set[str]], seeded: dict[str, str]) -> PlatformOf:
    """The platform that a carried row is about."""
    platforms = {platform for (platform,) in select(store, "SELECT ?p { ?p a ep:Platform }") if platform}

    def found(row: Row) -> str:
        (platform,) = named[seeded.get(row["platform"], row["platform"]).casefold()] & platforms
        return platform

    return found


def stated(row: Row) -> tuple[str, str]:
    """The attribute and the value of a carried row."""
    return "attribute-" + row["attribute"].replace("_", "-"), row["value"]


def trust(row: Row) -> tuple[str, str]:
    """The confidence and the page of a carried row."""
    return "confidence-" + row["confidence"], row["source_url"]


def carried_of(store: ox.Store, query: str) -> Counter[tuple[str | None, ...]]:
    return Counter(select(store, query))


@pytest.mark.parametrize("carried_by", CARRIED)
def test_every_carried_row_is_a_row_of_a_table(carried_by: str) -> None:
    name, count = CARRIED[carried_by]
    assert len(rows(f"cited/{name}")) == count == len(table(carried_by))
    assert not (LEFT_OUT / f"{carried_by}.csv").exists(), "nothing is left out"


def test_every_row_of_a_table_is_in_the_graph(client: TestClient) -> None:
    findings = client.get("/status").json()["findings"]
    assert not [f for f in findings if (f["file"] or "").removeprefix("tables/").removesuffix(".csv") in CARRIED]


def test_every_fact_about_a_platform_has_its_page_and_its_confidence(store: ox.Store, platform_of: PlatformOf) -> None:
    found = carried_of(
        store,
        """SELECT ?p ?a ?v ?c ?u { ?f a ep:PlatformFact ; ep:factAbout ?p ; ep:factAttribute ?a ; ep:valueText ?v ;
            ep:sourceConfidence ?c ; ep:statedBy/rdfs:seeAlso ?u }""",
    )
    assert sum(found.values()) == 398
    for row in rows("cited/platforms"):
        assert found[platform_of(row), *stated(row), *trust(row)], row


def test_every_market_of_a_platform_has_its_page_and_its_confidence(store: ox.Store, platform_of: PlatformOf) -> None:
    found = carried_of(
        store,
        """SELECT ?p ?m ?k ?c ?u { ?r a ep:MarketRelation ; ep:onPlatform ?p ; ep:inMarket ?m ; ep:relationKind ?k ;
            ep:sourceConfidence ?c ; ep:statedBy/rdfs:seeAlso ?u }""",
    )
    assert sum(found.values()) == 410
    for row in rows("cited/platform_markets"):
        kind = RELATION.get(row["relation"], "relation-serves")
        if row["detail"] == "planned":
            kind = "relation-planned"
        assert found[platform_of(row), row["market"], kind, *trust(row)], row


def test_every_language_of_a_platform_has_its_page_and_its_confidence(store: ox.Store, platform_of: PlatformOf) -> None:
    found = carried_of(
        store,
        """SELECT ?p ?l ?c ?u { ?r a ep:PlatformLanguage ; ep:onPlatform ?p ; ep:offeredLanguage ?l ;
            ep:sourceConfidence ?c ; ep:statedBy/rdfs:seeAlso ?u }""",
    )
    assert sum(found.values()) == 144
    for row in rows("cited/platform_languages"):
        assert found[platform_of(row), "language-" + row["language_code"], *trust(row)], row


def test_every_fact_about_a_logistics_service_has_its_page_and_its_confidence(
    store: ox.Store, named: dict[str, set[str]], preferred: dict[tuple[str, str], str]
) -> None:
    found = carried_of(
        store,
        """SELECT ?s ?a ?v ?o ?d ?c ?u { ?f a ep:LogisticsFact ; ep:factAbout ?s ; ep:factAttribute ?a ;
            ep:valueText ?v ; ep:sourceConfidence ?c ; ep:statedBy/rdfs:seeAlso ?u
            OPTIONAL { ?f ep:shippedFrom ?o } OPTIONAL { ?f ep:shippedTo ?d } }""",
    )
    assert sum(found.values()) == 166
    for row in rows("cited/logistics"):
        name = METHODS.get(row["service"], preferred[row["service"], "logistics service"])
        fact = (*stated(row), row["from_market"] or None, row["to_market"] or None, *trust(row))
        assert any(found[service, *fact] for service in named[name.casefold()]), row


def test_every_fact_about_a_way_of_paying_has_its_page_and_its_confidence(
    store: ox.Store, named: dict[str, set[str]], preferred: dict[tuple[str, str], str], seeded: dict[str, str]
) -> None:
    found = carried_of(
        store,
        """SELECT ?s ?a ?v ?m ?c ?u { ?f a ep:PaymentFact ; ep:factAbout ?s ; ep:factAttribute ?a ; ep:valueText ?v ;
            ep:sourceConfidence ?c ; ep:statedBy/rdfs:seeAlso ?u OPTIONAL { ?f ep:inMarket ?m } }""",
    )
    assert sum(found.values()) == 237
    for row in rows("cited/payments"):
        name = seeded.get(row["method"]) or preferred[row["method"], "payment method"]
        fact = (*stated(row), row["market"] or None, *trust(row))
        assert any(found[method, *fact] for method in named[name.casefold()]), row


def test_rows_that_are_equal_in_all_but_the_source_are_one_fact_with_two_sources(store: ox.Store) -> None:
    query = "SELECT ?r (COUNT(?s) AS ?n) { ?r a ?c ; ep:statedBy ?s FILTER(?c IN (%s)) } GROUP BY ?r"
    classes = {
        "platforms": "ep:PlatformFact",
        "platform_markets": "ep:MarketRelation",
        "platform_languages": "ep:PlatformLanguage",
        "logistics": "ep:LogisticsFact",
        "payments": "ep:PaymentFact",
    }
    merged = 0
    for name, cls in classes.items():
        shared = rows(f"cited/{name}")
        source = ("source_url", "source_title", "source_date", "quote")
        facts = Counter(tuple(value for key, value in row.items() if key not in source) for row in shared)
        sources = Counter(int(n or 0) for _, n in select(store, query % cls))
        assert sources == Counter(facts.values()), name
        merged += sum(n > 1 for n in facts.values())
    assert merged == 21


def test_every_name_is_an_individual_of_the_documents_or_of_one_register(
    named: dict[str, set[str]], seeded: dict[str, str]
) -> None:
    own: dict[str, set[str]] = defaultdict(set)
    for register in ("platforms", "companies", "logistics-services", "payment-methods"):
        for row in table(register):
            own[row["id"]].add(register)
    assert {thing: registers for thing, registers in own.items() if len(registers) > 1} == {}
    names = rows("cited/names")
    assert len(names) == 427
    for row in names:
        name = seeded.get(row["spelling"]) or METHODS.get(row["preferred_name"], row["preferred_name"])
        assert named[name.casefold()] | named[f"{name} (company)".casefold()], row


def test_there_is_one_aliexpress(store: ox.Store) -> None:
    query = "SELECT DISTINCT ?t { ?t skos:prefLabel|skos:altLabel ?n FILTER(LCASE(STR(?n)) = 'aliexpress') }"
    assert list(select(store, query)) == [("AliExpress",)]


def test_no_new_individual_bears_the_name_of_one_of_the_documents_of_its_class(store: ox.Store) -> None:
    query = """SELECT DISTINCT ?one ?other ?n { ?one a ?c ; skos:prefLabel ?n . ?other a ?c ;
        skos:prefLabel|skos:altLabel ?n
        FILTER(?c IN (ep:Platform, ep:Company, ep:PaymentMethod, ep:Service, ep:LogisticsMethod))
        FILTER(?one != ?other && LANG(?n) = 'en') }"""
    assert list(select(store, query)) == []
