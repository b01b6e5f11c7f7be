"""Blocs, organisations and income groups: every carried row is there with its source, and as-of answers follow it."""

from __future__ import annotations

import calendar
from collections import Counter

import pyoxigraph as ox
import pytest
from carried import ask, left_out, rows, select
from fastapi.testclient import TestClient

BLOC = {"EUROZONE": "EuroArea", "AFCFTA": "AfCFTA", "PACIFIC_ALLIANCE": "PacificAlliance"}
"""The blocs whose individuals have other names than the file."""
UNIONS = {"EUU": "EU", "AUN": "AfricanUnion"}
FULL = {"member": None, "withdrawn": "ending-withdrawn", "superseded": "ending-superseded"}
"""The statuses that mean a full membership, with what ended it."""
SUSPENDED_FOR_A_TIME = {("MERCOSUR", "PY"), ("MERCOSUR", "VE"), ("SADC", "MG")}
"""Those of whom a note says from when on they were suspended; each is a member before."""


def first(date: str) -> str | None:
    """The first second of a day, month or year."""
    return f"{(date + '-01-01')[:10]}T00:00:00Z" if date else None


def last(date: str) -> str | None:
    """The last second of a day, month or year."""
    if len(date) == 4:
        date += "-12"
    if len(date) == 7:
        date += f"-{calendar.monthrange(int(date[:4]), int(date[5:]))[1]}"
    return f"{date}T23:59:59Z" if date else None


@pytest.fixture(scope="module")
def code(store: ox.Store) -> dict[str | None, str]:
    """The local name of a country by its alpha-3 code, and those of the unions that are members."""
    found = {alpha3: country for country, alpha3 in select(store, "SELECT ?c ?a { ?c ep:alpha3 ?a }")}
    return {**{alpha3: country for alpha3, country in found.items() if country}, **UNIONS}


# --- blocs ---------------------------------------------------------------------------------------------------

FACTBOOK = "CIA World Factbook, final edition (retired Feb 2026)"
"""Its lists are carried apart from the rows of the blocs."""
MEMBERSHIPS = """
    SELECT ?bloc ?market ?from ?until ?ending ?title {
      ?m ep:membershipBloc ?bloc ; ep:member ?market ; ep:standing id:standing-member ; ep:statedBy/dcterms:title ?title
      OPTIONAL { ?m ep:validFrom ?from } OPTIONAL { ?m ep:validUntil ?until } OPTIONAL { ?m ep:ending ?ending }
    }"""
AFFILIATIONS = """
    SELECT ?bloc ?market ?from ?until ?standing ?title {
      ?a a ep:BlocAffiliation ; ep:standingIn ?bloc ; ep:standingOf ?market ; ep:standing ?standing .
      ?a ep:statedBy/dcterms:title ?title
      OPTIONAL { ?a ep:validFrom ?from } OPTIONAL { ?a ep:validUntil ?until }
    }"""


def test_every_row_of_the_blocs_is_in_the_graph_with_its_dates_and_its_source(
    store: ox.Store, code: dict[str, str]
) -> None:
    found = [row for row in (*select(store, MEMBERSHIPS), *select(store, AFFILIATIONS)) if row[-1] != FACTBOOK]
    carried = rows("blocs")
    assert len(carried) == 366
    wanted = []
    for row in carried:
        pair = BLOC.get(row["bloc"], row["bloc"]), code[row["iso3"]]
        if pair not in SUSPENDED_FOR_A_TIME:
            kind = FULL[row["status"]] if row["status"] in FULL else f"standing-{row['status']}"
            wanted.append((*pair, first(row["from"]), last(row["to"]), kind, row["source_title"]))
    assert len(wanted) == 363
    titles = {(BLOC.get(row["bloc"], row["bloc"]), code[row["iso3"]]): row["source_title"] for row in carried}
    split = [
        ("MERCOSUR", "PY", "1991-03-26", "2012-06-28", "ending-suspended"),
        ("MERCOSUR", "PY", "2012-06-29", "2013-04", "standing-suspended"),
        ("MERCOSUR", "PY", "2013-05", "", None),
        ("MERCOSUR", "VE", "2012-07-31", "2016-11-30", "ending-suspended"),
        ("MERCOSUR", "VE", "2016-12-01", "", "standing-suspended"),
        ("SADC", "MG", "", "2008", "ending-suspended"),
        ("SADC", "MG", "2009", "2014-01-29", "standing-suspended"),
        ("SADC", "MG", "2014-01-30", "", None),
        ("EFTA", "FI", "1961", "1985-12-31", "standing-associate"),
    ]
    wanted += [(b, m, first(start), last(end), kind, titles[b, m]) for b, m, start, end, kind in split]
    assert Counter(found) == Counter(wanted)
    assert len(found) == 372


def test_a_standing_that_is_not_full_never_looks_like_a_membership(store: ox.Store) -> None:
    partial = "?x a ep:BlocAffiliation { ?x a ep:BlocMembership } UNION { ?x ep:member|ep:membershipBloc ?y }"
    assert not store.query(f"PREFIX ep: <https://w3id.org/entrepot/ontology#> ASK {{ {partial} }}")
    full = set(select(store, "SELECT ?m { ?r ep:membershipBloc id:AfCFTA ; ep:member ?m }"))
    signed = set(select(store, "SELECT ?m { ?r a ep:BlocAffiliation ; ep:standingIn id:AfCFTA ; ep:standingOf ?m }"))
    assert (len(full), len(signed)) == (38, 16)
    assert not full & signed


def standing(client: TestClient, bloc: str, market: str, date: str) -> set[tuple[str, str]]:
    """The standings of a market in a bloc that are not ended or yet to come at a date, each with its status."""
    answer = ask(client, "bloc-members", bloc=bloc, market=market, asOf=date)
    return {(row[2].removeprefix("standing-"), row[3]) for row in answer if row[3] not in ("ended", "not-yet")}


@pytest.mark.parametrize(
    ("bloc", "market", "date", "expected"),
    [
        ("EU", "GB", "2019", {("member", "in-force")}),
        ("EU", "GB", "2020-01-31", {("member", "in-force")}),
        ("EU", "GB", "2020-02-01", set()),
        ("EU", "GB", "2021", set()),
        ("EU", "HR", "2013-06-30", set()),
        ("EU", "HR", "2013-07-01", {("member", "in-force")}),
        ("NAFTA", "MX", "2019", {("member", "in-force")}),
        ("USMCA", "MX", "2019", set()),
        ("NAFTA", "MX", "2021", set()),
        ("USMCA", "MX", "2021", {("member", "in-force")}),
        ("MERCOSUR", "VE", "2014", {("member", "in-force")}),
        ("MERCOSUR", "VE", "2018", {("suspended", "in-force")}),
        ("SADC", "SC", "2000", {("member", "in-force")}),
        ("SADC", "SC", "2006", set()),
        ("SADC", "SC", "2010", {("member", "in-force")}),
        ("EFTA", "FI", "1970", {("associate", "in-force")}),
        ("EFTA", "FI", "1990", {("member", "in-force")}),
        ("RCEP", "MM", "2010", {("signatory", "unknown")}),
        ("BRICS", "SA", "2024-06", {("disputed", "in-force")}),
        ("ASEAN", "TL", "2025-10-25", set()),
        ("EuroArea", "BG", "2025-12-31", set()),
        ("EuroArea", "BG", "2026-01-01", {("member", "in-force")}),
        ("EuroArea", "BG", "2027", {("member", "last-known")}),
    ],
)
def test_a_standing_follows_the_date(
    client: TestClient, bloc: str, market: str, date: str, expected: set[tuple[str, str]]
) -> None:
    assert standing(client, bloc, market, date) == expected


def test_the_unions_are_members_of_the_group_of_twenty(client: TestClient) -> None:
    members = {row[1] for row in ask(client, "bloc-members", bloc="G20", asOf="2024") if row[3] != "not-yet"}
    assert {"EU", "AfricanUnion", "CN", "ZA"} <= members
    assert len(members) == 21


def test_a_bloc_has_as_many_members_at_a_date_as_the_file_says(client: TestClient, code: dict[str, str]) -> None:
    carried = [row for row in rows("blocs") if row["bloc"] == "EU"]
    for year in (1957, 1958, 1973, 1995, 2004, 2007, 2013, 2019, 2021):
        end = last(str(year)) or ""
        expected = {
            code[row["iso3"]] for row in carried if (first(row["from"]) or "") <= end <= (last(row["to"]) or "9")
        }
        answer = ask(client, "bloc-members", bloc="EU", asOf=str(year))
        assert {row[1] for row in answer if row[3] == "in-force"} == expected, year


# --- organisations -------------------------------------------------------------------------------------------


def test_every_row_of_the_organisations_is_in_the_graph_or_listed_with_a_reason(
    store: ox.Store, code: dict[str, str]
) -> None:
    carried = rows("factbook_org_membership")
    listed = {row["row"] for row in left_out("organisation-members")}
    assert all(row["reason"] for row in left_out("organisation-members"))
    kept = [row for row in carried if f"{row['org_abbrev']} {row['iso3']} ({row['role']})" not in listed]
    assert (len(carried), len(listed), len(kept)) == (2891, 242, 2649)
    query = "SELECT ?list ?market ?title { ?list ep:lists|ep:standingOf ?market ; ep:statedBy/dcterms:title ?title }"
    found = [row[:2] for row in select(store, query) if row[-1] == FACTBOOK]
    assert len(found) == len(set(found)) == len(kept)
    assert Counter(market for _, market in found) == Counter(code[row["iso3"]] for row in kept)


def test_who_observes_a_bloc_or_is_associated_with_it_has_that_standing(client: TestClient) -> None:
    """As the Factbook lists them (factbook_org_membership.csv), without dates: last known at its edition of 2026."""
    for bloc, market, standing in (
        ("MERCOSUR", "CL", "associate"),
        ("PacificAlliance", "GB", "observer"),
        ("ASEAN", "JP", "dialogue-partner"),
        ("EU", "RS", "candidate"),
    ):
        found = ask(client, "bloc-members", bloc=bloc, market=market, asOf="2026-06-30")
        assert {row[2:4] for row in found} == {(f"standing-{standing}", "last-known")}, (bloc, market)


def test_what_the_blocs_say_with_dates_is_not_said_again_without(store: ox.Store) -> None:
    left = left_out("organisation-members")
    bodies = {row["row"].split(" (")[0].rsplit(" ", 1)[0] for row in left if "table of blocs" in row["reason"]}
    assert len(bodies) == 20
    assert {"EU", "OECD", "NAFTA", "Pacific Alliance"} <= bodies
    assert not list(select(store, "SELECT ?b { ?b a ep:Bloc . ?list ep:listOf ?b }"))


@pytest.mark.parametrize(
    ("organisation", "market", "expected"),
    [
        ("WTO", "BR", {"standing-member"}),
        ("WTO", "TW", {"standing-member"}),
        ("WTO", "ET", {"standing-candidate"}),
        ("WTO", "BY", {"standing-observer"}),
        ("AfricanUnion", "NE", {"standing-suspended"}),
        ("SchengenArea", "SM", {"standing-de-facto"}),
        ("ADB", "BE", {"standing-nonregional"}),
        ("WTO", "VN", set()),
    ],
)
def test_a_market_stands_in_an_organisation_as_the_source_prints_it(
    client: TestClient, organisation: str, market: str, expected: set[str]
) -> None:
    answer = ask(client, "organisations", organisation=organisation, market=market)
    assert {row[2] for row in answer} == expected


def test_a_list_without_dates_is_last_known_after_its_source_and_unknown_before(client: TestClient) -> None:
    for date, status in (("2020", "unknown"), ("2026-02-10", "in-force"), ("2026-11", "last-known")):
        assert {row[3] for row in ask(client, "organisations", market="BR", asOf=date)} == {status}, date


def test_a_list_that_other_sources_contradict_has_low_confidence(client: TestClient) -> None:
    assert {row[4] for row in ask(client, "organisations", organisation="CEMAC")} == {"confidence-low"}
    assert {row[4] for row in ask(client, "organisations", organisation="COMESA")} == {"confidence-medium"}


# --- income groups -------------------------------------------------------------------------------------------


def test_every_income_group_is_in_the_graph_with_its_years_and_its_source(
    store: ox.Store, code: dict[str, str]
) -> None:
    carried = rows("income_groups")
    assert len(carried) == 518
    query = """SELECT ?market ?group ?from ?until ?title {
        ?c ep:incomeGroup/skos:prefLabel ?group ; ep:about ?market ; ep:validFrom ?from .
        ?c ep:statedBy/dcterms:title ?title
        OPTIONAL { ?c ep:validUntil ?until } }"""
    assert Counter(select(store, query)) == Counter(
        (
            code[row["iso3"]],
            row["income_group"].lower(),
            first(row["from_data_year"]),
            None if row["is_current"] == "1" else last(row["to_data_year"]),
            row["source_title"],
        )
        for row in carried
    )


def test_the_income_group_of_every_market_in_every_year_is_that_of_the_file(
    client: TestClient, code: dict[str, str]
) -> None:
    carried, asked = rows("income_groups"), 0
    for year in (1987, 1999, 2010, 2024):
        answer = ask(client, "income-group", asOf=f"{year}-06-30")
        found = {row[0]: row[1].removeprefix("income-") for row in answer if row[2] == "in-force"}
        groups = {
            code[row["iso3"]]: row["income_group"].lower().removesuffix(" income").replace(" ", "-")
            for row in carried
            if int(row["from_data_year"]) <= year <= int(row["to_data_year"])
        }
        assert found == groups, year
        asked += len(groups)
    assert asked > 600


def test_an_income_group_is_only_last_known_after_its_source(client: TestClient) -> None:
    found = {row[:3] for row in ask(client, "income-group", market="TG", asOf="2026-11-26")}
    assert ("TG", "income-lower-middle", "last-known") in found
    assert ("TG", "income-low", "ended") in found
