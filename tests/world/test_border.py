"""At the border: thresholds on their dates, landed costs worked by hand, every carried row, and what bad rows do."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from carried import answered, left_out, local, read, rows, select, table
from fastapi.testclient import TestClient

from kg.files.load import load
from kg.settings import CHECKOUT

CASES = Path(__file__).parent / "cases" / "landed-cost.csv"
GIVEN = ("destination", "value", "currency", "shipping", "rate", "rateCurrency", "dutyRate", "vatRate")
PARAMETERS = (*GIVEN, "items", "weight", "category", "origin", "channel", "asOf")
FIGURES = ("dutyLow", "dutyHigh", "vatLow", "vatHigh", "fee", "totalLow", "totalHigh")


def relief(client: TestClient, market: str, date: str, matter: str = "duty") -> set[tuple[float, str, str]]:
    """The amounts that answer for goods from anywhere, with their status."""
    found = answered(client, "de-minimis", market=market, asOf=date)
    return {
        (row["amount"], local(row["currency"]), local(row["status"]))
        for row in found
        if local(row["matter"]) == f"matter-{matter}-relief" and row["standing"].startswith("answers")
        if local(row["origin"]) == "any-origin" and local(row["status"]) != "unknown"
    }


# --- thresholds on their dates -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("market", "matter", "date", "amount", "currency", "status"),
    [
        ("US", "duty", "2025-08-28", 800, "USD", "in-force"),
        ("US", "duty", "2025-08-29", 0, "USD", "in-force"),
        ("EU member", "vat", "2021-06-30", 22, "EUR", "in-force"),
        ("EU member", "vat", "2021-07-01", 0, "EUR", "in-force"),
        ("EU member", "duty", "2026-06-30", 150, "EUR", "in-force"),
        ("EU member", "duty", "2026-07-01", 0, "EUR", "last-known"),
        ("RU", "duty", "2018-12-31", 1000, "EUR", "in-force"),
        ("RU", "duty", "2019-06-30", 500, "EUR", "in-force"),
        ("RU", "duty", "2020-01-01", 200, "EUR", "in-force"),
        ("RU", "duty", "2022-03-30", 200, "EUR", "in-force"),
        ("RU", "duty", "2022-03-31", 1000, "EUR", "in-force"),
        ("RU", "duty", "2025-01-01", 200, "EUR", "in-force"),
    ],
)
def test_the_threshold_of_a_date_is_the_one_in_force(
    client: TestClient, market: str, matter: str, date: str, amount: float, currency: str, status: str
) -> None:
    for place in ("AT", "HR", "ES") if market == "EU member" else (market,):
        assert relief(client, place, date, matter) == {(amount, currency, status)}


def test_a_rule_of_the_union_reaches_a_member_only_while_it_is_one(client: TestClient) -> None:
    made_by = {
        year: {local(row["madeBy"]) for row in answered(client, "de-minimis", market="GB", asOf=year)}
        for year in ("2019-06-30", "2020-06-30")
    }
    assert made_by == {"2019-06-30": {"EU", "GB"}, "2020-06-30": {"GB"}}


def test_a_member_with_another_vat_relief_than_the_union_keeps_its_own(client: TestClient) -> None:
    assert relief(client, "BG", "2021-06-30", "vat") == {(15, "EUR", "in-force")}
    assert relief(client, "DK", "2021-06-30", "vat") == {(80, "DKK", "in-force")}


def test_a_rule_without_a_date_is_never_in_force_today_and_gives_way_to_one_with_a_date(client: TestClient) -> None:
    for market in ("RU", "KZ", "JP", "BR"):
        undated = [
            row
            for row in answered(client, "de-minimis", market=market, asOf="2026-11-26")
            if row["from"] is None and row["until"] is None
        ]
        assert undated
        assert {local(row["status"]) for row in undated} == {"last-known"}
    assert all(
        row["standing"] in ("outranked", "hint")
        for row in answered(client, "de-minimis", market="RU", asOf="2026-11-26")
        if row["from"] is None
    )


def test_a_threshold_with_low_confidence_is_a_hint_and_answers_no_landed_cost(client: TestClient) -> None:
    found = answered(client, "de-minimis", market="CM", asOf="2026-11-26")
    assert {(local(row["confidence"]), row["standing"]) for row in found} == {("confidence-low", "hint")}
    (row,) = answered(client, "landed-cost", destination="CM", value="100", currency="USD", asOf="2026-11-26")
    assert (row["dutyReliefRule"], row["vatReliefRule"], row["vatRule"], row["totalHigh"]) == (None, None, None, None)


def test_sources_that_differ_at_one_time_are_both_shown_with_their_conflict(client: TestClient) -> None:
    found = answered(client, "de-minimis", market="AL", asOf="2026-11-26")
    duty = [row for row in found if local(row["matter"]) == "matter-duty-relief"]
    shown = {row["amount"]: row["evidence"]["conflicts"] for row in duty if row["amount"] in (22, 100)}
    assert set(shown) == {22, 100}
    assert all("duty relief in AL: 100 USD or 22 EUR" in conflicts for conflicts in shown.values())


def test_no_two_rules_outrank_each_other(store: ox.Store) -> None:
    better: dict[str, set[str]] = {}
    for one, other in select(store, "SELECT ?one ?other WHERE { ?one ep:outranks ?other }"):
        assert one is not None and other is not None
        better.setdefault(one, set()).add(other)
    assert len(better) > 100

    def below(application: str, seen: tuple[str, ...] = ()) -> None:
        assert application not in seen, seen
        for worse in better.get(application, ()):
            below(worse, (*seen, application))

    for application in better:
        below(application)


def test_changes_between_two_dates_say_what_began_what_ended_and_what_is_planned(client: TestClient) -> None:
    given = {"market": "FR", "from": "2026-06-01", "to": "2026-12-31"}
    found = {
        (row["date"][:10], row["change"], local(row["matter"])) for row in answered(client, "policy-changes", **given)
    }
    assert found == {
        ("2026-06-30", "ended", "matter-duty-relief"),
        ("2026-07-01", "began", "matter-duty-relief"),
        ("2026-07-01", "began", "matter-duty-amount"),
        ("2026-11-01", "proposed", "matter-parcel-fee"),
    }


def test_years_mean_all_of_them_and_a_last_day_all_of_it(client: TestClient) -> None:
    whole = {"market": "US", "from": "2025-01-01T00:00:00Z", "to": "2025-12-31T23:59:59Z"}
    found = answered(client, "policy-changes", **whole)
    assert ("2025-08-28", "ended") in {(row["date"][:10], row["change"]) for row in found}
    assert answered(client, "policy-changes", **{**whole, "from": "2025", "to": "2025"}) == found
    until = [row["date"] for row in answered(client, "policy-changes", **{**whole, "to": "2025-08-28"})]
    assert until == [row["date"] for row in found if row["date"] <= "2025-08-28T23:59:59Z"]
    assert until[-1] == "2025-08-28T23:59:59Z"


def test_a_planned_withdrawal_of_a_relief_is_a_relief_of_nothing(client: TestClient) -> None:
    """cited/policies.csv has them as ``..._removal_planned`` and ``..._removal_proposal``."""
    for market, years in (("GB", "2029"), ("JP", "2028")):
        found = answered(client, "policy-changes", **{"market": market, "from": years, "to": years})
        amounts = [
            row["amount"] for row in found if local(row["matter"]) in ("matter-duty-relief", "matter-vat-relief")
        ]
        assert amounts == [0], market


def test_a_change_says_to_which_origin_and_channel_it_is_limited(client: TestClient) -> None:
    """Goods of China lost the relief on 2025-05-02, all others on 2025-08-29 (cited/policies.csv, US)."""
    found = answered(client, "policy-changes", **{"market": "US", "from": "2025-05-01", "to": "2025-08-31"})
    lost = [
        (row["date"][:10], local(row["origin"])) for row in found if row["amount"] == 0 and row["change"] == "began"
    ]
    assert ("2025-05-02", "CN") in lost
    assert ("2025-08-29", "any-origin") in lost
    assert ("2025-05-02", "any-origin") not in lost


def test_what_is_only_proposed_is_no_rule_of_the_day(client: TestClient) -> None:
    found = answered(client, "import-rules", market="JP", asOf="2028-06-30")
    proposed = {local(row["matter"]) for row in found if row["proposed"]}
    assert proposed == {"matter-vat-relief", "matter-scheme"}
    (row,) = answered(client, "landed-cost", destination="JP", value="9999", currency="JPY", asOf="2028-06-30")
    assert local(row["vatStanding"]) == "relieved"


def test_the_currencies_of_a_market_have_their_time(client: TestClient) -> None:
    used = {
        date: {local(row["currency"]) for row in answered(client, "market-currencies", market="BG", asOf=date)}
        for date in ("2025-12-31", "2026-01-15", "2026-02-01")
    }
    assert used == {"2025-12-31": {"BGN"}, "2026-01-15": {"BGN", "EUR"}, "2026-02-01": {"EUR"}}


# --- worked cases ------------------------------------------------------------------------------------------


def cases() -> list[dict[str, str]]:
    return read(CASES)


def test_there_are_enough_worked_cases() -> None:
    worked = cases()
    assert len(worked) == 72
    assert all(case["policies"] and case["arithmetic"] for case in worked)
    assert len({case["case"] for case in worked}) == len(worked)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["case"])
def test_a_landed_cost_is_what_was_worked_out_by_hand(client: TestClient, case: dict[str, str]) -> None:
    given = {name: case[name] for name in PARAMETERS if case[name]}
    found = answered(client, "landed-cost", **given)
    assert len(found) == int(case["readings"]), [(row["onlyIf"], row["totalLow"], row["totalHigh"]) for row in found]
    wanted = tuple(None if case[name] == "none" else Decimal(case[name]) for name in FIGURES)
    reading = (None if case["onlyIf"] == "none" else case["onlyIf"], case["dutyStanding"], case["vatStanding"])
    assert (reading, wanted) in [
        (
            (row["onlyIf"], local(row["dutyStanding"]), local(row["vatStanding"])),
            tuple(None if row[name] is None else round(Decimal(str(row[name])), 2) for name in FIGURES),
        )
        for row in found
    ]


def test_each_step_of_a_landed_cost_shows_its_rule_and_source(client: TestClient) -> None:
    (row,) = answered(client, "landed-cost", destination="DE", value="150", currency="EUR", asOf="2026-11-26")
    rules = [local(row[name]) for name in ("dutyReliefRule", "dutyRule", "vatReliefRule", "vatRule")]
    assert [rule.split("-")[1:3] for rule in rules] == [
        ["duty", "relief"],
        ["duty", "amount"],
        ["vat", "relief"],
        ["vat", "amount"],
    ]
    assert local(row["status"]) == "last-known"
    cited = {source["document"] for source in row["evidence"]["sources"]}
    assert {"source-eu-vat-rates-data-5e3bb5", "source-globalimportblog-bakermckenzie-com-5df0c9"} & cited
    assert len(cited) >= 4


# --- every carried row -------------------------------------------------------------------------------------

BORDER = ("import-thresholds", "import-rates", "import-charges", "import-provisions", "import-proposals")
EARLIER_RATES = {"RU": "20", "KZ": "12", "BH": "5"}
"""The rates before the present one, which three rows of vat_rates.csv name in their note."""


def test_every_policy_and_threshold_is_in_a_table_or_listed_with_the_reason() -> None:
    carried = {"policies": rows("cited/policies"), "de_minimis": rows("de_minimis")}
    assert {name: len(found) for name, found in carried.items()} == {"policies": 620, "de_minimis": 210}
    left = left_out("policies") + left_out("de-minimis")
    assert all(row["reason"] for row in left)
    kept = [row for name in BORDER for row in table(name)]
    assert len(kept) + len(left) == 830
    assert Counter(row["table"] for row in left) == {"cited/policies.csv": 13, "de_minimis.csv": 81}
    by_market = Counter(row["market"] for row in carried["policies"]) - Counter(
        row["row"].split()[2] for row in left if row["table"] == "cited/policies.csv"
    )
    assert not by_market - Counter(row["market"] for row in kept)


def test_every_rate_of_vat_and_every_currency_is_in_a_table() -> None:
    carried, kept = rows("vat_rates"), table("vat-rates")
    assert len(carried) == 158
    earlier = [row for row in kept if row["note"] == "the rate before, from the same row"]
    assert {row["market"]: row["rate"] for row in earlier} == EARLIER_RATES
    assert Counter(Decimal(row["standard_rate_pct"]) for row in carried) == Counter(
        Decimal(row["rate"]) for row in kept if row not in earlier
    )
    used = rows("cldr_currencies")
    assert len(used) == len(table("market-currencies")) == 383
    codes = {row["code"] for row in table("currencies")} | {"RUB", "USD", "CNY"}
    assert {row["currency"] for row in used} <= codes


def test_every_row_of_the_tables_is_in_the_graph_with_its_source(store: ox.Store) -> None:
    stated = set(select(store, "SELECT ?market ?source WHERE { ?rule ep:borderMarket ?market ; ep:statedBy ?source }"))
    tables = [row for name in (*BORDER, "vat-rates") for row in table(name)]
    assert {(row["market"], row["source"]) for row in tables} == stated
    pairs = "SELECT ?use ?source WHERE { ?use a ep:CurrencyUse ; ep:statedBy ?source }"
    assert len(list(select(store, pairs))) == 383


# --- bad input ---------------------------------------------------------------------------------------------

BAD = [
    ("import-thresholds", {"currency": "ZZZ"}, "?currency names id:ZZZ, which is no ep:Currency"),
    ("import-thresholds", {"market": "ZZ"}, "?market names id:ZZ, which is no ep:Country or ep:Bloc"),
    ("import-thresholds", {"amount": "800,00"}, "?amount is '800,00', not a number such as 1250.5"),
    ("import-thresholds", {"source": ""}, "?source is empty"),
    ("import-thresholds", {"valid_until": "2001-01-01", "valid_from": "2002-01-01"}, "?valid_until is 2001-01-01"),
    ("import-rates", {"rate": "101"}, "?rate is 101, above 100"),
    ("vat-rates", {"rate": "100.5"}, "?rate is 100.5, above 100"),
    ("import-charges", {"currency": "EURO"}, "?currency names id:EURO, which is no ep:Currency"),
    ("import-proposals", {"confidence": "sure"}, "?confidence names id:confidence-sure"),
    ("import-provisions", {"valid_from": "31.12.2020"}, "?valid_from is '31.12.2020', not a date"),
    ("market-currencies", {"valid_until": "1900"}, "?valid_until is 1900, before ?valid_from"),
]


def test_a_bad_row_is_refused_by_table_line_and_column_and_the_rest_loads(tmp_path: Path) -> None:
    ontology = tmp_path / "ontology"
    shutil.copytree(CHECKOUT / "ontology", ontology)
    expected: dict[tuple[str, int], str] = {}
    for name in dict.fromkeys(name for name, _, _ in BAD):
        path = ontology / "tables" / f"{name}.csv"
        found = table(name)
        dated = [row for row in found if name != "market-currencies" or row["valid_from"]]
        for row, (_, change, reason) in zip(dated, (bad for bad in BAD if bad[0] == name), strict=False):
            expected[f"tables/{name}.csv", found.index(row) + 2] = reason
            row |= change
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
    refused = {(f.file, f.line): f.message for f in load(ontology).findings if f.code == "row-refused"}
    assert refused.keys() == expected.keys()
    assert [key for key, reason in expected.items() if reason not in refused[key]] == []


def test_two_rows_of_one_source_for_one_thing_at_one_time_are_both_refused(tmp_path: Path) -> None:
    ontology = tmp_path / "ontology"
    shutil.copytree(CHECKOUT / "ontology", ontology)
    path = ontology / "tables" / "import-thresholds.csv"
    found = table("import-thresholds")
    line = next(n for n, row in enumerate(found, 2) if row["market"] == "NG")
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(found[0]), lineterminator="\n").writerow({**found[line - 2], "amount": "301"})
    refused = {f.line for f in load(ontology).findings if f.code == "row-refused"}
    assert refused == {line, len(found) + 2}
