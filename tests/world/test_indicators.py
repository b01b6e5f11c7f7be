"""Indicators of markets: every carried value is one observation, and markets are compared by the right one."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
from carried import Row, ask, left_out, rows, select
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode

from kg.check.hygiene import hygiene
from kg.check.shapes import shapes
from kg.files import tables
from kg.files.load import Dataset
from kg.settings import CHECKOUT
from kg.terms import PREFIXES as NAMESPACES

TABLES = CHECKOUT / "ontology" / "tables"
FACTBOOK = {
    "exports_usd": ("exports", "USD"),
    "fixed_broadband_per_100": ("fixed-broadband-subscriptions", "per-100-inhabitants"),
    "gdp_per_capita_ppp_usd": ("gdp-per-person-ppp", "international-dollars-2021"),
    "gdp_ppp_usd": ("gdp-ppp", "international-dollars-2021"),
    "gdp_usd_official": ("gdp-official", "USD"),
    "imports_usd": ("imports", "USD"),
    "internet_users_pct": ("internet-users-share", "percent-of-inhabitants"),
    "literacy_pct": ("literacy", "percent-of-adults"),
    "mobile_subs_per_100": ("mobile-subscriptions", "per-100-inhabitants"),
    "population": ("population", "persons"),
    "urban_pct": ("urban-share", "percent-of-inhabitants"),
}
GAPMINDER = {
    "gdp_per_capita_ppp_2021usd": ("gdp-per-person-ppp", "international-dollars-2021"),
    "population": ("population", "persons"),
}
FINDEX = {
    "account_pct": ("account", "percent-of-adults"),
    "adult_population": ("adult-population", "persons"),
    "bank_account_pct": ("bank-account", "percent-of-adults"),
    "borrowed_pct": ("borrowed", "percent-of-adults"),
    "bought_online_pct": ("bought-online", "percent-of-adults"),
    "cash_on_delivery_only_pct": ("cash-on-delivery-only", "percent-of-adults"),
    "mobile_money_account_pct": ("mobile-money-account", "percent-of-adults"),
    "paid_bills_online_pct": ("paid-bills-online", "percent-of-adults"),
    "paid_online_for_online_purchase_pct": ("paid-online", "percent-of-adults"),
}
LPI = {
    "customs": ("lpi-customs", "points-of-5"),
    "infrastructure": ("lpi-infrastructure", "points-of-5"),
    "international_shipments": ("lpi-international-shipments", "points-of-5"),
    "logistics_competence": ("lpi-logistics-competence", "points-of-5"),
    "lpi_score": ("lpi", "points-of-5"),
    "timeliness": ("lpi-timeliness", "points-of-5"),
    "tracking_tracing": ("lpi-tracking", "points-of-5"),
}
ROWS = {"population_gdp": 2156, "factbook_indicators": 2343, "findex": 711, "lpi": 170}
"""The rows of each carried file."""
VALUES = {"population_gdp": 4301, "factbook_indicators": 2341, "findex": 4062, "lpi": 1004}
"""The values in them, each of which is an observation; two of the Factbook are left out."""


class Value(NamedTuple):
    """A value of a market as a carried file gives it."""

    market: str
    measure: str
    year: str | None
    value: Decimal
    bound: str
    unit: str
    source: str


@pytest.fixture(scope="module")
def code(store: ox.Store) -> dict[str, str]:
    return {str(alpha3): str(country) for country, alpha3 in select(store, "SELECT ?c ?a { ?c ep:alpha3 ?a }")}


def impossible() -> set[str]:
    return {row["row"] for row in left_out("factbook-quantities")}


def values(name: str, code: dict[str, str]) -> Iterator[Value]:
    """What a carried file says, value by value, without what is left out."""
    for row in rows(name):
        for measure, unit, year, text in _cells(name, row):
            bound = "equal" if text else "less"
            yield Value(code[row["iso3"]], measure, year, Decimal(text or 1), bound, unit, row["source_title"])


def _cells(name: str, row: Row) -> Iterator[tuple[str, str, str | None, str]]:
    if name == "factbook_indicators":
        if f"{row['iso3']} {row['indicator']} {row['year']}" not in impossible():
            yield *FACTBOOK[row["indicator"]], row["year"] or None, row["value"]
        return
    columns = {"population_gdp": GAPMINDER, "findex": FINDEX, "lpi": LPI}[name]
    for column, (measure, unit) in columns.items():
        if row[column]:
            yield measure, unit, row.get("year") or row["edition_year"], row[column]


@pytest.fixture(scope="module")
def observed(store: ox.Store) -> list[Value]:
    """Every observation of an indicator that the graph holds."""
    query = """SELECT ?market ?measure ?year ?value ?bound ?unit ?title {
        ?o a ep:Observation ; ep:about ?market ; ep:measure ?measure ; ep:value ?value ; ep:bound ?bound ;
           ep:unit ?unit ; ep:statedBy ?source .
        ?measure a ep:Indicator . ?source dcterms:title ?title
        OPTIONAL { ?o ep:year ?year } }"""
    return [
        Value(str(m), str(i), y, Decimal(v or ""), str(b), str(u), str(t))
        for m, i, y, v, b, u, t in select(store, query)
    ]


@pytest.fixture(scope="module")
def carried(code: dict[str, str]) -> list[Value]:
    return [value for name in ROWS for value in values(name, code)]


def test_every_carried_row_gives_its_observations_or_is_listed_with_a_reason(code: dict[str, str]) -> None:
    for name, count in ROWS.items():
        assert len(rows(name)) == count
        assert len(list(values(name, code))) == VALUES[name]
    listed = left_out("factbook-quantities")
    assert all(row["table"] == "factbook_indicators" and row["reason"] for row in listed)
    flagged = {
        f"{row['iso3']} {row['indicator']} {row['year']}"
        for row in rows("factbook_indicators")
        if "implausible" in row["quality_flag"]
    }
    assert impossible() == flagged == {"FJI mobile_subs_per_100 2024", "UZB mobile_subs_per_100 2024"}


def test_the_graph_holds_every_carried_value_once_and_no_other(observed: list[Value], carried: list[Value]) -> None:
    assert len(observed) == sum(VALUES.values()) == 11708
    assert Counter(observed) == Counter(carried)


def test_a_sample_of_values_is_answered_as_the_file_has_them(client: TestClient, carried: list[Value]) -> None:
    sample = random.Random(6).sample(carried, 40)
    for value in sample:
        given = {"market": value.market, "measure": value.measure}
        found = {(row[0], row[1], row[2], row[3], row[4]) for row in ask(client, "market-indicators", **given)}
        year = int(value.year) if value.year else None
        assert (value.measure, year, value.bound, float(value.value), value.unit) in found, value
    assert len(sample) == 40


def test_every_observation_has_a_year_or_says_that_none_is_stated_and_a_source(store: ox.Store) -> None:
    missing = """SELECT ?o { ?measure a ep:Indicator . ?o ep:measure ?measure ; a ep:Observation
        FILTER NOT EXISTS { ?o ep:statedBy ?source . ?source a ep:ReferenceSource ; ep:writtenUntil ?read } }"""
    assert list(select(store, missing)) == []
    undated = """SELECT ?o ?status { ?measure a ep:Indicator . ?o ep:measure ?measure ; a ep:Observation
        FILTER NOT EXISTS { ?o ep:year ?year } OPTIONAL { ?o ep:yearStatus ?status } }"""
    assert list(select(store, undated)) == [("factbook-UA-literacy-undated", "notStated")]


def test_a_blank_cell_that_means_less_than_one_is_a_bound_and_never_zero(
    observed: list[Value], code: dict[str, str]
) -> None:
    less = [value for value in observed if value.bound == "less"]
    flagged = [row for row in rows("factbook_indicators") if "less than 1" in row["quality_flag"]]
    assert len(less) == len(flagged) == 35
    assert {value.market for value in less} == {code[row["iso3"]] for row in flagged}
    assert {(value.measure, value.value) for value in less} == {("fixed-broadband-subscriptions", Decimal(1))}


def test_the_rank_of_a_market_stands_beside_its_score(store: ox.Store, code: dict[str, str]) -> None:
    ranked = {
        (m, y, int(r or 0))
        for m, y, r in select(store, "SELECT ?m ?y ?r { ?o ep:measure id:lpi ; ep:about ?m ; ep:year ?y ; ep:rank ?r }")
    }
    expected = {(code[r["iso3"]], r["edition_year"], int(r["lpi_rank"])) for r in rows("lpi") if r["lpi_rank"]}
    assert ranked == expected
    assert len(ranked) == 139


# --- comparing ---------------------------------------------------------------------------------------------


def chosen(carried: list[Value]) -> dict[tuple[str, str], Value]:
    """The value by which each market is compared, worked out from the files alone."""
    found: dict[tuple[str, str], Value] = {}
    for value in carried:
        if value.year:
            key = (value.market, value.measure)
            found[key] = max(found.get(key, value), value, key=lambda v: (not _is_second(v), int(v.year or 0)))
    return found


def _is_second(value: Value) -> bool:
    return value.source.startswith(("CIA World Factbook", "World Bank WDI"))


@pytest.fixture(scope="module")
def compared(store: ox.Store) -> dict[tuple[str, str], tuple[str, Decimal, str, Decimal]]:
    query = """SELECT ?market ?measure ?year ?value ?bound ?percentile {
        ?o a ep:LatestObservation ; ep:about ?market ; ep:measure ?measure ; ep:year ?year ; ep:value ?value ;
           ep:bound ?bound ; ep:percentile ?percentile }"""
    found = [
        (str(m), str(i), (str(y), Decimal(v or ""), str(b), Decimal(p or "")))
        for m, i, y, v, b, p in select(store, query)
    ]
    assert len({each[:2] for each in found}) == len(found), "one for each market and indicator"
    return {(market, measure): rest for market, measure, rest in found}


def test_markets_are_compared_by_the_latest_value_of_the_preferred_source(
    compared: dict[tuple[str, str], tuple[str, Decimal, str, Decimal]], carried: list[Value]
) -> None:
    expected = {key: (value.year, value.value, value.bound) for key, value in chosen(carried).items()}
    assert {key: rest[:3] for key, rest in compared.items()} == expected
    assert len(expected) > 4600


def test_population_is_gapminders_where_it_has_one_and_the_factbooks_elsewhere(client: TestClient) -> None:
    (kuwait,) = (row for row in ask(client, "market-indicators", market="KW", measure="population") if row[6])
    (gibraltar,) = (row for row in ask(client, "market-indicators", market="GI", measure="population") if row[6])
    assert kuwait[5].startswith("source-open-numbers-ddf-gapminder")
    assert gibraltar[5].startswith("source-cia-world-factbook")


def test_a_percentile_is_the_share_of_the_other_markets_that_do_worse(
    compared: dict[tuple[str, str], tuple[str, Decimal, str, Decimal]],
) -> None:
    adverse = {"exports", "cash-on-delivery-only"}
    by_measure = defaultdict(dict)
    for (market, measure), (_, value, bound, percentile) in compared.items():
        goodness = (value, bound != "less")
        by_measure[measure][market] = (goodness, percentile)
    assert len(by_measure) == 27
    for measure, markets in by_measure.items():
        for goodness, percentile in markets.values():
            lower = sum(other < goodness for other, _ in markets.values())
            higher = sum(other > goodness for other, _ in markets.values())
            worse = higher if measure in adverse else lower
            equal = len(markets) - 1 - lower - higher
            expected = 100 * (worse + equal / 2) / (len(markets) - 1)
            assert float(percentile) == pytest.approx(expected, abs=0.0001), measure


def test_each_indicator_speaks_to_one_aspect_with_a_weight_and_a_reason(store: ox.Store) -> None:
    query = """SELECT ?i ?aspect ?weight ?direction ?reason {
        ?i a ep:Indicator ; ep:indicates ?aspect ; ep:weight ?weight ; ep:higherIs ?direction ; ep:reason ?reason }"""
    found = list(select(store, query))
    assert len(found) == len({each[0] for each in found}) == 27
    assert {each[0] for each in found if each[3] == "adverse"} == {"exports", "cash-on-delivery-only"}
    assert ("lpi-customs", "aspect-4") in {each[:2] for each in found}


# --- what the questions say --------------------------------------------------------------------------------


def test_a_time_series_keeps_to_the_years_asked_for(client: TestClient) -> None:
    found = ask(client, "market-indicators", market="Brazil", measure="population", **{"from": "2018", "to": "2020"})
    assert sorted(row[1] for row in found) == [2018, 2019, 2020]


def test_a_value_without_a_year_is_shown_and_left_out_where_years_are_asked_for(client: TestClient) -> None:
    given = {"market": "Ukraine", "measure": "literacy"}
    assert [row[1:5] for row in ask(client, "market-indicators", **given)] == [
        (None, "equal", 100, "percent-of-adults")
    ]
    assert ask(client, "market-indicators", **given, **{"from": "1900"}) == set()


def test_the_documents_values_of_a_market_stand_beside_the_indicators(client: TestClient) -> None:
    measures = {row[0] for row in ask(client, "market-indicators", market="Australia")}
    assert {"online-retail-sales", "population"} <= measures


def test_coverage_says_of_each_market_what_is_known_of_which_year_and_how_old(
    client: TestClient, carried: list[Value]
) -> None:
    expected = chosen(carried)
    for market in ("BR", "KP", "AX"):
        found = ask(client, "data-coverage", market=market, year="2026")
        assert len(found) == 27
        for _, indicator, _, known, latest, age, _, _ in found:
            value = expected.get((market, indicator))
            assert known is (value is not None), (market, indicator)
            assert latest == (int(value.year or 0) if value else None)
            assert age == (2026 - int(value.year or 0) if value else None)


def test_coverage_says_of_each_indicator_of_how_many_markets_it_is_known(
    client: TestClient, carried: list[Value]
) -> None:
    expected = Counter(measure for _, measure in chosen(carried))
    assert {row[1]: row[7] for row in ask(client, "data-coverage", market="BR")} == expected


# --- bad rows and planted faults ---------------------------------------------------------------------------

SOURCE = "source-cia-world-factbook-cadebf"
BAD = {
    "factbook-quantities": {
        f'BR,exports,2023,equal,"3,5",{SOURCE}': "value is '3,5', not a number such as 1250.5",
        f"BR,exports,2023,equal,-1,{SOURCE}": "value is -1, below 0",
        f"BR,exports,23,equal,1,{SOURCE}": "year is 23, below 1900",
        f"BR,exports,2023,under,1,{SOURCE}": "bound is 'under', which is none of equal, less",
        f"BR,exports,2023,equal,,{SOURCE}": "value is empty",
        "BR,exports,2023,equal,1,": "source is empty",
    },
    "factbook-shares": {f"BR,internet-users-share,2023,,101,{SOURCE}": "value is 101, above 100"},
    "findex-shares": {f"BR,account,2021,130.5,{SOURCE}": "value is 130.5, above 100"},
    "logistics-performance": {f"BR,lpi,2023,6,12,{SOURCE}": "value is 6, above 5"},
    "population-and-gdp": {f"BR,population,2023.5,1,{SOURCE}": "year is '2023.5', not a whole number"},
    "findex-adults": {f"BR,2023,many,{SOURCE}": "value is 'many', not a number such as 1250.5"},
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_left_out_by_itself_and_named(name: str, tmp_path: Path) -> None:
    header, sound, *_ = (TABLES / f"{name}.csv").read_text("utf-8").splitlines()
    table = tmp_path / "tables" / f"{name}.csv"
    table.parent.mkdir()
    table.write_text("\n".join([header, sound, *BAD[name]]) + "\n", "utf-8")
    found = tables.read(table, TABLES / f"{name}.rq")
    assert [f.line for f in found.findings()] == [3 + number for number in range(len(BAD[name]))]
    for finding, reason in zip(found.findings(), BAD[name].values(), strict=True):
        assert finding.code == "row-refused"
        assert reason in finding.message
    observations = {t.subject for t in found.triples() if t.object == NamedNode(NAMESPACES["ep"] + "Observation")}
    assert len(observations) == 1


def planted(turtle: str) -> ox.Store:
    store = ox.Store()
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in NAMESPACES.items())
    store.bulk_load(
        input=(prefixes + (CHECKOUT / "ontology/schema/indicators.ttl").read_text("utf-8") + turtle).encode(),
        format=ox.RdfFormat.TURTLE,
    )
    store.bulk_load(path=CHECKOUT / "ontology/schema/observations.ttl", format=ox.RdfFormat.TURTLE)
    return store


def nothing_known() -> Dataset:
    return Dataset(CHECKOUT / "ontology", {}, {}, [])


WHOLE = "ep:about id:BR ; ep:measure id:account ; ep:year 2021 ; ep:unit id:percent-of-adults ; ep:bound id:equal"
FAULTY_OBSERVATIONS = {
    f'{WHOLE} ; ep:value "3,5"': "quantityStatement-value",
    f'{WHOLE} ; ep:value "3,5"^^xsd:decimal': "quantityStatement-value",
    f"{WHOLE} ; ep:value 3.5, 4.5": "quantityStatement-value",
    WHOLE: "quantityStatement-value",
    f"{WHOLE.replace('ep:year 2021 ; ', '')} ; ep:value 3.5": "quantityStatement-year",
    f"{WHOLE.replace(' ; ep:unit id:percent-of-adults', '')} ; ep:value 3.5": "quantityStatement-unit",
}


@pytest.mark.parametrize("fault", FAULTY_OBSERVATIONS)
def test_the_shapes_find_a_fault_in_an_observation(fault: str) -> None:
    store = planted(f"id:faulty a ep:Observation ; {fault} . id:sound a ep:Observation ; {WHOLE} ; ep:value 3.5 .")
    found = list(shapes(CHECKOUT / "ontology/shapes/observations.ttl", store))
    about_it = [finding for finding in found if finding.focus and finding.focus.endswith(("faulty", "sound"))]
    assert {(f.code, f.focus) for f in about_it} == {(FAULTY_OBSERVATIONS[fault], NAMESPACES["id"] + "faulty")}


INDICATOR = "a ep:Indicator ; ep:indicates id:aspect-1 ; ep:higherIs id:favourable ; ep:weight 1.0 ; ep:reason 'So.'"
FAULTY_INDICATORS = {
    "ep:indicates id:aspect-1 ; ": "indicator-indicates",
    "ep:higherIs id:favourable ; ": "indicator-higherIs",
    "ep:weight 1.0 ; ": "indicator-weight",
    " ; ep:reason 'So.'": "indicator-reason",
}


@pytest.mark.parametrize("missing", FAULTY_INDICATORS)
def test_the_shapes_find_what_an_indicator_lacks(missing: str) -> None:
    store = planted(f"id:faulty {INDICATOR.replace(missing, '')} . id:sound {INDICATOR} .")
    found = list(shapes(CHECKOUT / "ontology/shapes/indicators.ttl", store))
    assert [(f.code, f.focus) for f in found] == [(FAULTY_INDICATORS[missing], NAMESPACES["id"] + "faulty")]


def test_a_share_over_100_is_off_the_scale_of_its_measure() -> None:
    scale = "id:account ep:scaleMin 0.0 ; ep:scaleMax 100.0 ."
    store = planted(f"{scale} id:faulty {WHOLE} ; ep:value 130.5 . id:sound {WHOLE} ; ep:value 100.0 .")
    (found,) = hygiene(CHECKOUT / "queries/hygiene/value-off-scale.rq", store, nothing_known())
    assert (found.focus, found.severity) == (NAMESPACES["id"] + "faulty", "error")
    assert "130.5" in found.message


def test_a_source_that_nobody_ranked_among_those_of_an_indicator_is_found() -> None:
    known = "id:account a ep:Indicator . id:known ep:preference 1 ."
    store = planted(f"{known} id:a {WHOLE} ; ep:statedBy id:known . id:b {WHOLE} ; ep:statedBy id:stranger .")
    (found,) = hygiene(CHECKOUT / "queries/hygiene/source-without-preference.rq", store, nothing_known())
    assert found.focus == NAMESPACES["id"] + "stranger"
