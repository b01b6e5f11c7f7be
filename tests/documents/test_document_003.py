"""Document 003: what its answers say, and what must not be claimed."""

from __future__ import annotations

import pytest
from asked import ask, ids, local
from fastapi.testclient import TestClient

SOUTHEAST_ASIA = {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"}
"""The members of region 035. Source: UN M49."""


def test_aliexpress_has_grade_a_b_and_c_where_document_003_says_so(client: TestClient) -> None:
    answer = ask(client, "platforms-for-emerging-markets")
    grades = {m.removeprefix(""): g for p, m, g in ids(answer, "platform", "market", "grade") if p == "AliExpress"}
    assert grades == {
        **dict.fromkeys(("RU", "BR", "MX"), "grade-A"),
        **dict.fromkeys(SOUTHEAST_ASIA, "grade-B"),
        **dict.fromkeys(("ES", "IN"), "grade-C"),
    }
    for row in answer["rows"]:
        if local(row["platform"]) == "AliExpress" and local(row["grade"]) in ("grade-A", "grade-B"):
            assert "S3-71" in row["evidence"]["claims"]


def test_dx_has_no_current_focus_and_is_absent(client: TestClient) -> None:
    assert ("DX",) not in ids(ask(client, "platforms-for-emerging-markets"), "platform")


@pytest.mark.parametrize(
    ("country", "tier", "basis"),
    [
        ("Spain", "tier-2", "stated-tier"),
        ("Germany", "tier-1", "inherited-tier"),
        ("Argentina", "tier-3", "residual-tier"),
    ],
)
def test_a_stated_tier_outweighs_an_inherited_one_and_the_rest_is_residual(
    client: TestClient, country: str, tier: str, basis: str
) -> None:
    assert ids(ask(client, "country-tier", country=country), "tier", "basis") == {(tier, basis)}


def test_a_residual_tier_says_what_it_rests_on_the_absence_of(client: TestClient) -> None:
    (row,) = ask(client, "country-tier", country="Argentina", evidence="full")["rows"]
    assert row["evidence"]["status"] == "inferred"
    assert row["evidence"]["absent"]


def test_spain_is_shown_with_the_tier_of_europe_that_it_outweighs(client: TestClient) -> None:
    answer = ask(client, "country-tier", country="ES")
    assert ids(answer, "region", "regionTier") == {("Europe", "tier-1")}
    assert answer["rows"][0]["evidence"]["conflicts"]


def test_the_margin_of_decorations_is_not_stated(client: TestClient) -> None:
    rows = ask(client, "hot-categories")["rows"]
    of_decorations = [r for r in rows if (r["position"], local(r["attribute"])) == (2, "profit-margin")]
    assert [r["level"] for r in of_decorations] == [None]


def test_hair_straighteners_are_refused_by_name_on_ebay_and_by_inference_on_amazon_abroad(client: TestClient) -> None:
    on_ebay = ask(client, "sellable", product="hair straightener", platform="eBay")
    assert ids(on_ebay, "site", "permission", "ground") == {("eBay", "refused", "named-prohibition")}
    on_amazon = ask(client, "sellable", product="hair straightener", platform="Amazon")
    assert ids(on_amazon, "site", "ground") == {
        ("AmazonUS", "following-prohibition"),
        ("AmazonUK", "following-prohibition"),
    }
    assert {row["evidence"]["status"] for row in on_amazon["rows"]} == {"inferred"}


def test_zero_tolerance_is_stated_for_ebay_and_amazon_outside_china_and_not_stated_for_aliexpress(
    client: TestClient,
) -> None:
    assert ids(ask(client, "zero-tolerance-platforms"), "site") == {("eBay",), ("AmazonUS",), ("AmazonUK",)}
    answer = ask(client, "zero-tolerance-platforms", platform="AliExpress")
    assert answer["rows"] == []
    assert answer["diagnosis"]["code"] in ("not-stated", "not-together")
    assert "ot stated" in answer["diagnosis"]["detail"]
    assert "AliExpress" in answer["diagnosis"]["detail"]


def test_the_three_major_platforms_are_compared_but_never_the_same(client: TestClient) -> None:
    answer = ask(client, "major-platforms")
    assert ids(answer, "platform", "counterpart") == {
        ("eBay", "Taobao"),
        ("Amazon", "JD"),
        ("AliExpress", "Taobao"),
    }
    assert client.get("/sparql", params={"query": "ASK { ?x <http://www.w3.org/2002/07/owl#sameAs> ?y }"}).json() == {
        "head": {},
        "boolean": False,
    }


def test_the_average_per_seller_is_computed_with_its_bounds(client: TestClient) -> None:
    rows = ask(client, "platform-observations", platform="eBay", year="2013")["rows"]
    averages = {
        (local(row["unit"]), row["bound"]["label"], row["value"])
        for row in rows
        if local(row["measure"]) == "average-volume-per-seller"
    }
    assert averages == {("USD", "<", 875_000), ("CNY", "~", 5_000_000)}


@pytest.mark.parametrize(
    ("date", "rule", "status", "permission"),
    [
        ("2011", "access-AmazonUS-until-2011", "in-force", "refused"),
        ("2011", "access-AmazonUS-from-2012", "not-yet", "granted"),
        ("2013", "access-AmazonUS-until-2011", "ended", "refused"),
        ("2013", "access-AmazonUS-from-2012", "in-force", "granted"),
        ("2026", "access-AmazonUS-from-2012", "last-known", "granted"),
    ],
)
def test_access_to_amazon_us_differs_with_the_date(
    client: TestClient, date: str, rule: str, status: str, permission: str
) -> None:
    answer = ask(client, "market-access", platform="Amazon", site="US", asOf=date)
    assert (rule, status, permission) in ids(answer, "rule", "status", "permission")


def test_the_refusal_was_lifted_by_a_company_in_the_united_states(client: TestClient) -> None:
    answer = ask(client, "market-access", platform="Amazon", site="US", asOf="2011")
    assert ("refused", "company-in-the-United-States") in ids(answer, "permission", "exception")


# --- what must not be claimed --------------------------------------------------------------------------------------


def test_a_product_that_no_category_contains_is_put_into_none(client: TestClient) -> None:
    answer = ask(client, "product-profile", product="hair straightener")
    assert answer["rows"] == []
    assert answer["diagnosis"]["code"] == "not-stated"
    assert "a platform that sells or has sold it" in answer["diagnosis"]["detail"]


def test_a_platform_of_which_nothing_is_stated_has_no_empty_row(client: TestClient) -> None:
    answer = ask(client, "platform-profile", platform="Taobao")
    assert answer["rows"] == []
    assert answer["diagnosis"]["detail"].startswith("Not stated: who started it; to whom it belongs by the documents; ")
    (row,) = ask(client, "platform-profile", platform="coolicool")["rows"]
    assert (local(row["operator"]), row["evidence"]["claims"]) == ("Aukey", ["S0-59"])


def test_a_thing_is_found_in_all_claims_that_name_it(client: TestClient) -> None:
    """Not only in those whose subject it is: S2-16 names UPS among the couriers."""
    found = ask(client, "claims", subject="UPS")["rows"]
    assert [local(row["claim"]) for row in found] == ["claim-S2-16"]


def test_a_product_that_a_platform_says_nothing_of_is_not_stated_to_be_barred_there(client: TestClient) -> None:
    answer = ask(client, "sellable", product="hair straightener", platform="AliExpress")
    assert answer["rows"] == []
    assert answer["diagnosis"]["detail"] == "Not stated: that hair straightener is barred from AliExpress."


def test_a_conflict_about_spain_is_not_shown_for_germany(client: TestClient) -> None:
    (row,) = ask(client, "country-tier", country="Germany")["rows"]
    assert row["evidence"]["conflicts"] == []


def test_the_country_from_which_the_document_looks_abroad_has_no_tier(client: TestClient) -> None:
    answer = ask(client, "country-tier", country="China")
    assert answer["rows"] == []
    assert answer["diagnosis"]["code"] == "not-stated"


def test_opinions_are_shown_as_such_and_stand_behind_no_assertion(client: TestClient) -> None:
    query = """
        PREFIX ep: <https://w3id.org/entrepot/ontology#> PREFIX id: <https://w3id.org/entrepot/id/>
        PREFIX owl: <http://www.w3.org/2002/07/owl#>
        ASK { ?axiom owl:annotatedSource ?thing ; ep:claim ?claim . ?claim ep:kind ?kind
              FILTER(?kind NOT IN (id:fact, id:estimate)) }
    """
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is False
    kinds = {local(row["claim"]): local(row["kind"]) for row in ask(client, "market-tiers", tier="2")["rows"]}
    assert kinds == {
        "claim-S3-08": "fact",
        "claim-S3-09": "opinion",
        "claim-S3-10": "opinion",
        "claim-S3-11": "advice",
    }
