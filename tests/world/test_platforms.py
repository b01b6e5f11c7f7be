"""What is answered about platforms in any market: no page alone, no old page as of today, no silence as a no."""

from __future__ import annotations

import random
from typing import Any

import pytest
from carried import Row, answered, local, rows
from fastapi.testclient import TestClient


def answer(client: TestClient, question: str, **parameters: Any) -> list[dict[str, Any]]:
    return answered(client, question, **{"evidence": "none", **parameters})


@pytest.fixture(scope="module")
def seeded() -> dict[str, str]:
    """How the documents' entities are called that names.csv finds in the cited pages."""
    return {"DealeXtreme": "DX", "Kaola": "NetEase Kaola", "Suning": "Suning.com"}


def sample(file: str, size: int) -> list[Row]:
    return random.Random(6).sample(rows(f"cited/{file}"), size)


# --- rows are found with their pages -----------------------------------------------------------------------


def test_a_sample_of_facts_is_found_by_the_platform(client: TestClient, seeded: dict[str, str]) -> None:
    for row in sample("platforms", 25):
        asked = {"platform": seeded.get(row["platform"], row["platform"]), "hints": "true", "evidence": "summary"}
        attribute = "attribute-" + row["attribute"].replace("_", "-")
        found = [
            r
            for r in answer(client, "platform-facts", attribute=attribute, **asked)
            if (r["value"], r["page"]) == (row["value"], row["source_url"])
        ]
        assert {r["confidence"]["label"] for r in found} == {row["confidence"]}, row
        assert all(local(r["source"]) in {s["document"] for s in r["evidence"]["sources"]} for r in found)


def test_a_sample_of_markets_is_found_by_the_platform_and_by_the_market(
    client: TestClient, seeded: dict[str, str]
) -> None:
    for row in sample("platform_markets", 25):
        platform = seeded.get(row["platform"], row["platform"])
        found = answer(client, "markets-for-platform", platform=platform, hints="true")
        assert any(local(r["market"]) == row["market"] for r in found), row
        if row["relation"] in ("serves", "local_site", "cross_border_selling", "served_until"):
            there = answer(client, "platforms-for-market", market=row["market"], hints="true")
            assert any(r["platform"]["label"].casefold() == platform.casefold() for r in there), row


def test_a_sample_of_logistics_and_payments_is_found_by_the_market(client: TestClient) -> None:
    for row in sample("logistics", 15):
        ends = {"origin": row["from_market"], "destination": row["to_market"].replace("EU", "DE")}
        found = answer(client, "logistics-services", hints="true", **{end: code for end, code in ends.items() if code})
        assert any((r["value"], r["page"]) == (row["value"], row["source_url"]) for r in found), row
    for row in (row for row in sample("payments", 25) if row["market"]):
        found = answer(client, "payment-methods-by-market", market=row["market"], hints="true")
        assert any((r["value"], r["page"]) == (row["value"], row["source_url"]) for r in found), row


def test_what_is_said_of_a_way_of_paying_without_a_market_is_found(client: TestClient) -> None:
    said = [row for row in rows("cited/payments") if not row["market"]]
    assert len(said) == 24
    for row in said:
        found = answer(client, "payment-method-facts", method=row["method"], hints="true")
        assert any((r["value"], r["page"]) == (row["value"], row["source_url"]) for r in found), row


# --- time --------------------------------------------------------------------------------------------------


def status(client: TestClient, platform: str, market: str, as_of: str) -> set[tuple[str | None, str | None]]:
    found = answer(client, "markets-for-platform", platform=platform, asOf=as_of)
    return {(local(r["relation"]), local(r["status"])) for r in found if local(r["market"]) == market}


def test_a_platform_that_served_a_market_until_a_day_has_left_it_on_the_next(client: TestClient) -> None:
    assert status(client, "Shopee", "IN", "2022-03-29") == {("relation-serves", "in-force")}
    assert status(client, "Shopee", "IN", "2022-03-30") == {("relation-serves", "ended")}
    assert status(client, "Shopee", "IN", "2021-09") == {("relation-serves", "not-yet")}
    assert status(client, "Jumia", "TZ", "2026-11-21") == {("relation-serves", "ended")}


def test_every_end_that_is_carried_is_an_end(client: TestClient) -> None:
    ended = [row for row in rows("cited/platform_markets") if row["relation"] == "served_until"]
    assert len(ended) == 14
    for row in ended:
        found = status(client, row["platform"], row["market"], "2026-11-21")
        assert ("relation-serves", "ended") in found, row
        assert not any(now == "in-force" for _, now in found), row


def test_a_page_without_a_date_never_says_that_something_is_in_force(client: TestClient) -> None:
    for as_of in ("2015", "2026-11-20", "2026-11-21", "2026-11-22", "2030"):
        for market in ("BR", "US", "DE", "SG"):
            for row in answer(client, "platforms-for-market", market=market, asOf=as_of):
                if row["relation"] and not row["observed"] and not row["until"]:
                    assert local(row["status"]) == ("unknown" if as_of < "2026-11-21" else "last-known")


def test_a_dated_page_holds_for_its_time_and_is_last_known_after_it(client: TestClient) -> None:
    assert status(client, "Coupang", "TW", "2025-08-05") == {("relation-serves", "unknown")}
    assert status(client, "Coupang", "TW", "2025-08-06") == {("relation-serves", "in-force")}
    assert status(client, "Coupang", "TW", "2025-08-07") == {("relation-serves", "last-known")}


def test_an_undated_presence_stands_behind_a_dated_one(client: TestClient) -> None:
    rows_of_jumia = [
        row for row in answer(client, "platforms-for-market", market="GH") if row["platform"]["label"] == "Jumia"
    ]
    assert [(bool(row["observed"]), row["outranked"]) for row in rows_of_jumia] == [(True, False), (False, True)]


def test_plans_tests_and_sellers_from_a_market_are_no_presence(client: TestClient) -> None:
    assert status(client, "TikTok Shop", "MX", "2026") == {("relation-planned", "last-known")}
    assert not [
        r for r in answer(client, "platforms-for-market", market="MX") if r["platform"]["label"] == "TikTok Shop"
    ]
    assert not [r for r in answer(client, "platforms-for-market", market="TR") if r["platform"]["label"] == "Joom"]
    japan = {r["platform"]["label"] for r in answer(client, "platforms-for-market", market="JP")}
    assert "Coupang" not in japan


# --- conflicts and weak sources ----------------------------------------------------------------------------


def values(client: TestClient, platform: str, attribute: str) -> dict[str, set[str | None]]:
    """The values of an attribute, each with the conflicts in which it stands."""
    found: dict[str, set[str | None]] = {}
    for row in answer(client, "platform-facts", platform=platform, attribute=f"attribute-{attribute}"):
        found.setdefault(row["value"], set()).add(row["conflict"] and row["conflict"]["label"])
    return found


def test_two_dates_for_one_start_are_shown_as_a_conflict(client: TestClient) -> None:
    assert values(client, "Wish", "launch-date") == {"2010": {"Wish: launch"}, "2011": {"Wish: launch"}}
    assert values(client, "Gmarket", "launch-date") == {"2000": {"Gmarket: launch"}, "2003": {"Gmarket: launch"}}
    assert values(client, "Noon", "launch-date") == {"2016": {"Noon: launch"}, "2017": {"Noon: launch"}}


def test_a_year_does_not_contradict_a_day_of_it(client: TestClient) -> None:
    assert values(client, "Lazada", "launch-date") == {"2012": {None}, "2012-03-27": {None}}
    assert values(client, "AliExpress", "launch-date") == {"2010": {None}, "2010-04": {None}}


def test_two_stakes_of_one_owner_at_once_are_shown_as_a_conflict(client: TestClient) -> None:
    stakes = ("Alibaba (86.5% stake)", "Alibaba (76.1% stake)", "Alibaba 86.5%")
    assert values(client, "Trendyol", "owner") == {stake: {"Trendyol: owner"} for stake in stakes}


def test_owners_one_after_the_other_are_no_conflict(client: TestClient) -> None:
    assert {conflict for conflicts in values(client, "Yandex Market", "owner").values() for conflict in conflicts} == {
        None
    }


def test_the_conflicts_that_the_readers_noted_are_all_there(client: TestClient) -> None:
    noted = {
        ("Mercado Libre", "market-reach"),
        ("SHEIN", "market-reach"),
        ("SHEIN", "headquarters"),
        ("OTTO", "seller-fee"),
        ("Tokopedia", "owner"),
    }
    for platform, attribute in noted:
        assert None not in values(client, platform, attribute), (platform, attribute)
    qoo10 = [r for r in answer(client, "markets-for-platform", platform="Qoo10") if local(r["market"]) == "JP"]
    assert [(r["confidence"]["label"], bool(r["conflict"])) for r in qoo10] == [("high", True), ("low", True)]
    poland = answer(client, "payment-methods-by-market", market="PL", method="Bank transfer")
    assert {(row["percent"], row["percentTo"]) for row in poland if row["conflict"]} == {(35, None), (80, 90)}


def test_a_low_confidence_is_marked_and_never_answers_alone(client: TestClient) -> None:
    low = [row for row in rows("cited/platforms") if row["confidence"] == "low"]
    assert len(low) == 10
    alone = 0
    for row in low:
        asked = {"platform": row["platform"], "attribute": "attribute-" + row["attribute"].replace("_", "-")}
        found = answer(client, "platform-facts", **asked)
        hinted = answer(client, "platform-facts", hints="true", **asked)
        assert any(r["value"] == row["value"] and r["confidence"]["label"] == "low" for r in hinted), row
        assert not found or {r["confidence"]["label"] for r in found} - {"low"}, row
        alone += not found
    assert alone == 4
    assert not [r for r in answer(client, "markets-for-platform", platform="TikTok Shop") if local(r["market"]) == "BR"]


# --- the question for any market ---------------------------------------------------------------------------


def test_grade_and_verdict_of_the_documents_stand_beside_the_presence(client: TestClient) -> None:
    brazil = answer(client, "platforms-for-market", market="BR", evidence="summary")
    (row,) = [r for r in brazil if r["platform"]["label"] == "AliExpress"]
    assert (local(row["grade"]), local(row["verdict"]), local(row["relation"])) == (
        "grade-A",
        "suits",
        "relation-serves",
    )
    assert (row["languages"], row["opposingMarket"]) == ("Portuguese", len(set(row["evidence"]["roles"]["opposing"])))
    (row,) = [r for r in answer(client, "platforms-for-market", market="IN") if r["platform"]["label"] == "AliExpress"]
    assert (local(row["grade"]), row["relation"], row["status"]) == ("grade-C", None, None)


def test_a_presence_gives_no_grade(client: TestClient) -> None:
    graded = {
        (r["platform"]["label"], local(r["market"])): local(r["grade"])
        for r in answer(client, "platforms-for-emerging-markets")
        if r["market"]
    }
    for market in ("BR", "RU", "MX", "VN", "IN", "ID"):
        for row in answer(client, "platforms-for-market", market=market, hints="true"):
            assert local(row["grade"]) == graded.get((row["platform"]["label"], market)), row


def test_the_market_s_ways_of_paying_and_carriers_are_joined(client: TestClient) -> None:
    mexico = {r["platform"]["label"]: r for r in answer(client, "platforms-for-market", market="MX")}
    assert mexico["Mercado Libre"]["payment"] == "Mercado Pago"
    assert mexico["Amazon"]["payment"] is None
    assert mexico["Amazon"]["logistics"] == "overseas warehouse"
    germany = answer(client, "logistics-services", destination="DE")
    assert "China-Europe rail" in {r["service"]["label"] for r in germany if local(r["shippedTo"]) == "EU"}


def test_only_platforms_with_a_language_are_shown_where_one_is_asked_for(client: TestClient) -> None:
    hindi = {r["platform"]["label"] for r in answer(client, "platforms-for-market", market="IN", language="Hindi")}
    assert hindi == {"Amazon"}


def test_platforms_are_compared_with_what_is_not_stated(client: TestClient) -> None:
    found = answer(client, "compare-platforms", platform=["Wish", "DHgate"])
    cells = {(r["platform"]["label"], local(r["attribute"])): r for r in found}
    wish, dhgate = cells["Wish", "attribute-owner"], cells["DHgate", "attribute-owner"]
    assert (wish["value"], wish["confidence"]["label"]) == ("Qoo10 (since 2024-04-23)", "high")
    assert (dhgate["value"], dhgate["page"], dhgate["confidence"]) == (None, None, None)
    assert cells["Wish", "attribute-launch-date"]["conflict"]["label"] == "Wish: launch"


def test_a_way_of_paying_that_was_given_up_has_ended(client: TestClient) -> None:
    def now(market: str, method: str, as_of: str) -> set[str | None]:
        found = answer(client, "payment-methods-by-market", market=market, method=method, asOf=as_of)
        return {local(row["status"]) for row in found}

    assert now("JP", "LINE Pay", "2025-05-01") == {"ended"}
    assert "ended" not in now("JP", "LINE Pay", "2025-04-30")
    assert now("ZA", "M-Pesa", "2016-07-01") == {"ended"}
    assert now("DE", "Sofort", "2025-04-01") == {"ended"}
