"""Trade agreements and trade partners: every carried row is in the graph, or its gap is listed."""

from __future__ import annotations

from collections import Counter, defaultdict

import pyoxigraph as ox
import pytest
from carried import ask, left_out, rows, select
from fastapi.testclient import TestClient

KIND = {"base_treaty": "base", "protocol or amendment": "amendment"}
SIDES = {
    "bilateral": "sides-bilateral",
    "plurilateral": "sides-plurilateral",
    "plurilateral+third country": "sides-group-and-country",
    "accession to region-third": "sides-group-and-country",
    "region-region": "sides-two-groups",
}


@pytest.fixture(scope="module")
def code(store: ox.Store) -> dict[str | None, str | None]:
    return {alpha3: country for country, alpha3 in select(store, "SELECT ?c ?a { ?c ep:alpha3 ?a }")}


def agreement(desta: str) -> str:
    return "agreement-" + desta.replace("+", "-")


def test_every_agreement_is_in_the_graph_with_its_years_and_its_kind(store: ox.Store) -> None:
    carried = rows("trade_agreements_desta")
    assert len(carried) == 1217
    query = """SELECT ?a ?signed ?inForce ?kind ?sides ?region ?base {
        ?a a ep:TradeAgreement ; ep:agreementKind ?kind
        OPTIONAL { ?a ep:yearSigned ?signed } OPTIONAL { ?a ep:yearInForce ?inForce } OPTIONAL { ?a ep:sides ?sides }
        OPTIONAL { ?a ep:agreementRegion ?region } OPTIONAL { ?a ep:baseAgreement ?base } }"""
    assert Counter(select(store, query)) == Counter(
        (
            agreement(row["desta_id"]),
            row["year_signed"] or None,
            row["year_in_force"] or None,
            "agreement-kind-" + KIND.get(row["entry_type"], row["entry_type"]),
            SIDES.get(row["membership_type"]),
            None if row["region"] == "Intercontinental" else row["region"],
            None if row["base_treaty_id"] == row["desta_id"] else agreement(row["base_treaty_id"]),
        )
        for row in carried
    )


def test_every_agreement_is_found_by_its_name(store: ox.Store) -> None:
    named = defaultdict(set)
    for found, name in select(store, "SELECT ?a ?n { ?a a ep:TradeAgreement ; skos:prefLabel|skos:altLabel ?n }"):
        named[found].add(name)
    for row in rows("trade_agreements_desta"):
        assert row["name"] in named[agreement(row["desta_id"])], row["desta_id"]


def test_every_party_is_in_the_graph_or_listed_with_a_reason(
    store: ox.Store, code: dict[str | None, str | None]
) -> None:
    carried = [
        (row["desta_id"], member) for row in rows("trade_agreements_desta") for member in row["members_iso3"].split(";")
    ]
    left = left_out("trade-agreement-parties")
    listed = {tuple(row["row"].split(" ")) for row in left}
    assert {member for _, member in listed} == {"ANT"}
    assert all(row["reason"] for row in left)
    kept = {(agreement(desta), code[member]) for desta, member in carried if (desta, member) not in listed}
    assert len(carried) == len(kept) + len(listed) == 7771
    assert set(select(store, "SELECT ?a ?m { ?a ep:hasParty ?m }")) == kept


def test_two_markets_find_the_agreement_between_them(client: TestClient) -> None:
    found = ask(client, "trade-agreements", market="CL", partner="CN")
    assert found == {("CN", "agreement-199", "agreement-kind-base", "sides-bilateral", 2005, 2006, None)}


def test_the_partners_of_a_market_are_those_of_the_file(client: TestClient, code: dict[str | None, str | None]) -> None:
    for market in ("CHL", "CHN", "USA"):
        mine = [row for row in rows("trade_agreements_desta") if market in row["members_iso3"].split(";")]
        expected = {
            (code[member], agreement(row["desta_id"]))
            for row in mine
            for member in row["members_iso3"].split(";")
            if member not in (market, "ANT")
        }
        assert {row[:2] for row in ask(client, "trade-agreements", market=market)} == expected, market
        assert expected


def test_a_year_leaves_out_what_was_not_stated_to_be_in_force_by_then(client: TestClient) -> None:
    every = ask(client, "trade-agreements", market="AU", partner="SG")
    by_2005 = ask(client, "trade-agreements", market="AU", partner="SG", year="2005")
    assert by_2005 == {row for row in every if row[5] is not None and row[5] <= 2005}
    assert 0 < len(by_2005) < len(every)


def test_a_year_in_force_before_the_signature_stays_as_in_the_source(store: ox.Store) -> None:
    query = "SELECT ?a { ?a ep:yearSigned ?signed ; ep:yearInForce ?inForce . FILTER(?inForce < ?signed) }"
    assert {found for (found,) in select(store, query)} == {
        "agreement-243-2",
        "agreement-243-4",
        "agreement-419",
        "agreement-1011",
    }


def test_every_trade_share_is_in_the_graph_with_its_source(store: ox.Store, code: dict[str | None, str | None]) -> None:
    carried = rows("factbook_trade_partners")
    assert len(carried) == 2307
    query = """SELECT ?market ?flow ?partner ?share ?bound ?year ?title {
        ?s ep:about ?market ; ep:tradeFlow ?flow ; ep:tradePartner ?partner ; ep:sharePercent ?share ; ep:year ?year ;
           ep:statedBy/dcterms:title ?title
        OPTIONAL { ?s ep:shareBound ?bound } }"""
    found = Counter((m, f, p, float(s or ""), b, y, t) for m, f, p, s, b, y, t in select(store, query))
    assert found == Counter(
        (
            code[row["iso3"]],
            f"flow-{row['flow']}",
            code[row["partner_iso3"]],
            float(row["share_pct"]) or 0.5,
            None if float(row["share_pct"]) else "less",
            row["year"],
            row["source_title"],
        )
        for row in carried
    )


def test_less_than_half_a_per_cent_is_not_nothing(client: TestClient) -> None:
    exports = ask(client, "trade-partners", market="MN", flow="export")
    assert ("flow-export", "TH", "less", 0.5, 2023) in exports
    assert ("flow-export", "CN", "equal", 92, 2023) in exports
    assert len(exports) == 5
    assert all(row[3] > 0 for row in exports)
