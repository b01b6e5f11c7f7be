"""Where a careless reading of the documents would go wrong."""

from __future__ import annotations

import pytest
from asked import ask, holds, ids, leaves, local
from fastapi.testclient import TestClient


def duty(client: TestClient, value: str, currency: str = "RUB") -> set[tuple[object, ...]]:
    answer = ask(client, "parcel-duty", destination="RU", value=value, currency=currency)
    return ids(answer, "standing", "base", "duty")


def test_a_parcel_of_8000_roubles_has_two_readings_because_the_base_is_not_stated(client: TestClient) -> None:
    assert duty(client, "8000") == {("applies", "whole-value", 2400), ("applies", "excess-value", 300)}
    rows = ask(client, "parcel-duty", destination="RU", value="8000", currency="RUB")["rows"]
    assert sorted(row["dutyCny"] for row in rows) == [pytest.approx(32.87), pytest.approx(262.97)]


@pytest.mark.parametrize(("value", "standing"), [("6999.99", "below-threshold"), ("7000", "below-threshold")])
def test_at_the_threshold_and_below_no_duty_is_stated_and_never_0(
    client: TestClient, value: str, standing: str
) -> None:
    assert duty(client, value) == {(standing, None, None)}


def test_just_above_the_threshold_the_rule_applies(client: TestClient) -> None:
    assert {standing for standing, _, _ in duty(client, "7000.01")} == {"applies"}


def test_the_rule_speaks_of_roubles_and_not_of_euros(client: TestClient) -> None:
    assert duty(client, "8000", "USD") == {("other-currency", None, None)}


def test_two_parcels_of_4000_are_not_one_of_8000(client: TestClient) -> None:
    assert duty(client, "4000") == {("below-threshold", None, None)}
    given = [("destination", "RU"), ("value", "4000"), ("value", "4000"), ("currency", "RUB")]
    response = client.get("/questions/parcel-duty", params=given)
    assert response.status_code == 422
    assert response.json()["parameter"] == "value"


def test_a_duty_that_is_only_last_known_is_not_called_in_force(client: TestClient) -> None:
    for date, status in (("2015-02", "in-force"), ("2026-11", "last-known"), ("2011", "unknown")):
        answer = ask(client, "parcel-duty", destination="RU", value="8000", currency="RUB", asOf=date)
        assert ids(answer, "status") == {(status,)}, date


@pytest.mark.parametrize(("number", "standing"), [("5", "within-limit"), ("6", "over-limit")])
def test_five_declarations_are_allowed_and_six_are_not(client: TestClient, number: str, standing: str) -> None:
    answer = ask(client, "declaration-check", destination="RU", declarations=number)
    assert ids(answer, "standing", "limit") == {(standing, 5)}


@pytest.mark.parametrize(("carrier", "standing"), [("DHL", "controlled"), ("UPS", "controlled"), ("4PX", "notStated")])
def test_of_other_carriers_than_dhl_and_ups_nothing_is_stated(client: TestClient, carrier: str, standing: str) -> None:
    answer = ask(client, "declaration-check", destination="RU", declarations="1", carrier=carrier)
    assert ("rule-RU-carrier-control", standing) in ids(answer, "rule", "standing")


def test_anta_bought_nothing(client: TestClient) -> None:
    answer = ask(client, "investments-and-acquisitions")
    assert {event for event, actor in ids(answer, "event", "actor") if actor == "Anta"} == {"acquisition intention"}
    assert holds(client, "id:BaiyuanTrousers ep:acquired id:Globalegrow")
    assert not holds(client, "id:Anta ep:acquired ?anything")


def test_forecasts_never_answer_as_facts(client: TestClient) -> None:
    assert not holds(client, "?x a ep:RankForecast, ep:Ranking")
    assert not holds(client, "?x a ep:Forecast, ep:Observation")
    assert not holds(client, "?x a ep:Restriction ; ep:statedBy ?c . ?c ep:kind id:forecast")
    kinds = ids(ask(client, "platform-observations", platform="eBay"), "kind")
    assert ("forecast",) not in kinds
    for row in ask(client, "trends", direction="import")["rows"]:
        if local(row["claim"]) in ("claim-S2-39", "claim-S2-43", "claim-S2-45", "claim-S2-46", "claim-S1-19"):
            assert row["kind"]["id"] == "id:forecast"


def test_a_country_is_not_mature_for_the_sake_of_its_region_if_it_is_named_as_emerging(client: TestClient) -> None:
    assert holds(client, "id:DE ep:memberOfGroup id:mature-markets")
    for country in ("ES", "RU", "PL"):
        assert not holds(client, f"id:{country} ep:memberOfGroup id:mature-markets"), country
        assert holds(client, f"id:{country} ep:memberOfGroup id:emerging-markets"), country


def test_of_germany_no_infrastructure_problem_is_stated(client: TestClient) -> None:
    answer = ask(client, "market-problems", market="Germany")
    assert answer["rows"] == []
    assert answer["diagnosis"]["code"] == "not-stated"
    assert "Germany" in answer["diagnosis"]["detail"]


def test_aukey_suits_spain_by_rank_and_language(client: TestClient) -> None:
    answer = ask(client, "platforms-for-emerging-markets", market="Spain")
    found = ids(answer, "platform", "grade", "verdict")
    assert found == {("Aukey", "grade-B", "suits"), ("AliExpress", "grade-C", "candidate")}
    (aukey,) = [row for row in answer["rows"] if local(row["platform"]) == "Aukey"]
    assert {"S0-59", "S0-60", "S0-61", "S3-08"} <= set(aukey["evidence"]["claims"])


def test_osell_is_a_candidate_for_russia_and_aliexpress_suits_it(client: TestClient) -> None:
    found = ids(ask(client, "platforms-for-emerging-markets", market="Russia"), "platform", "grade", "verdict")
    assert found == {("OSell", "grade-A", "candidate"), ("AliExpress", "grade-A", "suits")}


def test_lightinthebox_has_evidence_on_language_only(client: TestClient) -> None:
    found = ids(ask(client, "platforms-for-emerging-markets"), "platform", "market", "verdict")
    assert [row for row in found if row[0] == "LightInTheBox"] == [("LightInTheBox", None, "language-evidence-only")]
    assert "DX" not in {platform for platform, _, _ in found}


@pytest.mark.parametrize(("year", "status"), [("2019", "in-force"), ("2021", "ended")])
def test_the_united_kingdom_is_a_member_of_the_union_in_2019_and_not_in_2021(
    client: TestClient, year: str, status: str
) -> None:
    answer = ask(client, "conducive-arrangements", asOf=year)
    assert ("EUDigitalSingleMarket", "GB", status) in ids(answer, "arrangement", "member", "status")


def test_nafta_has_three_members_until_the_middle_of_2020(client: TestClient) -> None:
    for date, status in (("2020-06-30", "in-force"), ("2020-07-01", "ended")):
        found = ids(ask(client, "conducive-arrangements", asOf=date), "arrangement", "member", "status")
        assert {(m, s) for a, m, s in found if a == "NAFTA"} == {(m, status) for m in ("US", "CA", "MX")}


def test_a_causal_path_is_shown_step_by_step_and_asserts_nothing(client: TestClient) -> None:
    answer = ask(client, "policy-effects", country="China")
    steps = ids(answer, "cause", "effect", "kind")
    assert ("standardised-export-market", "stronger-export-economy", "opinion") in steps
    assert ("policy-CN-support-2015", "rapid-warehouse-development", "fact") in steps
    assert not holds(client, "id:policy-CN-supervision ep:leadsTo id:stronger-export-economy")


def test_a_region_that_the_documents_name_can_be_asked_about(client: TestClient) -> None:
    claims = {row["claim"]["id"] for row in ask(client, "market-evidence", market="Africa")["rows"] if row["claim"]}
    assert {"id:claim-S4-24", "id:claim-S1-29"} <= claims
    stances = ids(ask(client, "policy-direction", market="Africa"), "claim", "scope")
    assert ("claim-S1-32", "Africa") in stances


def test_what_is_said_of_a_policy_of_a_bloc_concerns_its_members(client: TestClient) -> None:
    for market, member in (("Germany", True), ("Brazil", False)):
        claims = {row["claim"]["id"] for row in ask(client, "market-evidence", market=market)["rows"] if row["claim"]}
        assert ("id:claim-S0-48" in claims) is member, market


def test_rules_of_a_country_are_policies_with_their_purposes(client: TestClient) -> None:
    found = ask(client, "policy-effects", country="Russia")
    assert ("rule-RU-parcel-duty", "protect-domestic-retail") in ids(found, "policy", "purpose")
    assert all("S2-19" in row["evidence"]["claims"] for row in found["rows"])


def test_what_an_opinion_says_of_emerging_markets_reaches_them_as_a_claim_only(client: TestClient) -> None:
    assert holds(client, "id:claim-S0-49 ep:bearsOn id:IN")
    assert not holds(client, "?saying ep:characterised id:IN ; ep:attribute id:risk-for-overseas-warehouses")


def test_a_sister_company_is_found_through_the_owner(client: TestClient) -> None:
    answer = ask(client, "platform-profile", platform="AliExpress")
    assert ids(answer, "launchedBy", "owner", "sister") == {("Alibaba", "Alibaba", "Cainiao")}
    proof = client.get(answer["rows"][0]["evidence"]["explain"]).json()["conclusions"]
    cited = {s["claim"] for node in proof for leaf in leaves(node) for s in leaf["sources"] if s["claim"]}
    assert any("S4-33" in claim for claim in cited)


def test_whether_anta_bought_a_company_is_not_stated_but_its_intention_is(client: TestClient) -> None:
    answer = ask(client, "purchases", buyer="Anta", company="Globalegrow")
    assert answer["rows"] == []
    assert answer["diagnosis"]["code"] == "not-stated"
    assert answer["diagnosis"]["detail"] == "Not stated: that Anta is the buyer of Globalegrow."
    assert "S2-62" in {near["claim"] for near in answer["diagnosis"]["nearby"]}
    assert ids(ask(client, "purchases"), "buyer", "company") == {("BaiyuanTrousers", "Globalegrow")}
