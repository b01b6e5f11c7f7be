"""The scorecard of a market and the ranking of all: what is known is judged, and what is not is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
import pytest
from carried import local, select
from fastapi.testclient import TestClient

Json = dict[str, Any]
MARKETS = ("BR", "DE", "NR", "KP", "AX", "PK")
"""A market of which much is known, some of which little is, and one of which nothing is."""


def answer(client: TestClient, question: str, *pairs: tuple[str, str]) -> Json:
    response = client.get(f"/questions/{question}", params=[("limit", "5000"), *pairs])
    assert response.status_code == 200, response.text
    found: Json = response.json()
    assert found["truncated"] is False
    return found


def scorecard(client: TestClient, market: str, *pairs: tuple[str, str]) -> list[Json]:
    rows: list[Json] = answer(client, "market-scorecard", ("market", market), *pairs)["rows"]
    return rows


def indicators(rows: list[Json]) -> list[Json]:
    return [row for row in rows if row["indicator"]]


@pytest.fixture(scope="module")
def declared(store: ox.Store) -> dict[str, tuple[str, float]]:
    """The aspect and the weight of each indicator."""
    query = "SELECT ?i ?aspect ?weight { ?i ep:indicates ?aspect ; ep:weight ?weight }"
    return {str(i): (str(aspect), float(weight or "")) for i, aspect, weight in select(store, query)}


@pytest.fixture(scope="module")
def percentiles(store: ox.Store) -> dict[str, dict[str, float]]:
    """The percentile of each market by each indicator that is known of it."""
    query = "SELECT ?m ?i ?p { ?o ep:about ?m ; ep:measure ?i ; ep:percentile ?p }"
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for market, indicator, percentile in select(store, query):
        found[str(market)][str(indicator)] = float(percentile or "")
    return found


def judged(
    known: Mapping[str, float], declared: Mapping[str, tuple[str, float]], weights: Mapping[str, float]
) -> tuple[float | None, float]:
    """The score and the coverage of a market by weighted aspects or indicators, worked out from its percentiles."""
    points = used = 0.0
    for criterion, weight in weights.items():
        parts = {i: w for i, (aspect, w) in declared.items() if aspect == criterion} or {criterion: 1.0}
        whole = sum(parts.values())
        for indicator, part in parts.items():
            if indicator in known:
                used += weight * part / whole
                points += weight * part / whole * known[indicator]
    return (points / used if used else None), used / sum(weights.values())


EQUAL = {f"aspect-{number}": 1.0 for number in range(1, 6)}


@pytest.mark.parametrize("market", MARKETS)
def test_every_aspect_and_every_indicator_has_a_row_whether_it_is_known_or_not(
    client: TestClient, declared: dict[str, tuple[str, float]], percentiles: dict[str, dict[str, float]], market: str
) -> None:
    rows = scorecard(client, market)
    assert {local(row["aspect"]) for row in rows} == set(EQUAL)
    assert sorted(str(local(row["indicator"])) for row in indicators(rows)) == sorted(declared)
    assert len(declared) == 27
    for row in indicators(rows):
        indicator = str(local(row["indicator"]))
        assert (local(row["aspect"]), row["weight"]) == declared[indicator]
        whole = [row[column] is not None for column in ("value", "bound", "unit", "year", "source", "percentile")]
        assert whole == [indicator in percentiles[market]] * 6, "not stated is neither 0 nor half a value"


def test_what_a_cell_without_a_value_means_is_written_with_the_answer(client: TestClient) -> None:
    columns = {column["name"]: column["empty"] for column in answer(client, "market-scorecard")["columns"]}
    assert columns["value"] == columns["percentile"] == "not stated for any year"
    assert columns["grade"] == "no indicator of the aspect is known"


@pytest.mark.parametrize("market", MARKETS)
def test_missing_data_lower_the_coverage_and_not_the_score(
    client: TestClient, declared: dict[str, tuple[str, float]], percentiles: dict[str, dict[str, float]], market: str
) -> None:
    for row in scorecard(client, market):
        aspect = str(local(row["aspect"]))
        if aspect == "aspect-5":
            assert (row["coverage"], row["aspectScore"], row["grade"]) == (0, None, None)
            continue
        score, coverage = judged(percentiles[market], declared, {aspect: 1.0})
        assert row["coverage"] == pytest.approx(coverage, abs=0.005)
        assert row["aspectScore"] == (None if score is None else pytest.approx(score, abs=0.05))


def test_less_is_known_of_pakistan_than_of_brazil_and_yet_no_score_counts_it_as_nothing(
    client: TestClient, percentiles: dict[str, dict[str, float]]
) -> None:
    (pakistan,) = {
        (r["aspectScore"], r["coverage"]) for r in scorecard(client, "PK") if local(r["aspect"]) == "aspect-4"
    }
    assert "lpi-customs" not in percentiles["PK"]
    assert pakistan == (None, 0)
    (brazil,) = {(r["aspectScore"], r["coverage"]) for r in scorecard(client, "BR") if local(r["aspect"]) == "aspect-4"}
    assert brazil == (pytest.approx(percentiles["BR"]["lpi-customs"], abs=0.05), 1)


def test_a_grade_is_the_highest_that_the_ontology_declares_for_the_score(client: TestClient, store: ox.Store) -> None:
    grades = {str(g): float(least or "") for g, least in select(store, "SELECT ?g ?l { ?g ep:leastScore ?l }")}
    assert len(grades) == 4
    query = "SELECT ?a ?score ?grade { ?a ep:score ?score OPTIONAL { ?a ep:aspectGrade ?grade } }"
    found = [(str(a), float(score or ""), str(grade)) for a, score, grade in select(store, query)]
    assert len(found) > 800
    for assessment, score, grade in found:
        assert grade == max((g for g in grades if grades[g] <= score), key=lambda g: grades[g]), assessment
    shown = {(local(row["aspect"]), local(row["grade"])) for row in scorecard(client, "BR")}
    assert ("aspect-1", "aspect-grade-strong") in shown


def test_the_thresholds_stand_in_no_rule(store: ox.Store) -> None:
    explained = list(select(store, "SELECT ?g { ?g a ep:AspectGrade ; skos:definition ?d }"))
    assert len(explained) == 4


def test_the_claims_of_the_documents_stand_beside_the_indicators(client: TestClient, store: ox.Store) -> None:
    for market in ("BR", "DE"):
        query = (
            f"SELECT ?c {{ ?c ep:bearsOn id:{market} ; ep:aspect ?a ; ep:polarity ?p ; ep:kind ?k ; ep:statement ?s }}"
        )
        expected = {str(claim) for (claim,) in select(store, query)}
        rows = [row for row in scorecard(client, market) if row["claim"]]
        assert {str(local(row["claim"])) for row in rows} == expected
        assert all(row["polarity"] and row["kind"] and row["statement"] and not row["indicator"] for row in rows)
        assert all(row["evidence"]["claims"] for row in rows)


def test_a_value_names_its_source_in_the_row_and_in_its_evidence(client: TestClient) -> None:
    for row in indicators(scorecard(client, "BR")):
        if row["value"] is not None:
            assert row["source"]["id"].startswith("id:source-")
            assert row["year"] >= 2000
            assert row["evidence"]["sources"], row


def test_a_percentile_is_explained_by_the_value_and_those_of_the_other_markets(client: TestClient) -> None:
    (row,) = (r for r in scorecard(client, "BR") if local(r["indicator"]) == "lpi-customs")
    assert row["evidence"]["status"] == "inferred"
    conclusions = client.get(row["evidence"]["explain"]).json()["conclusions"]
    assert {"91-percentile", "92-aspect-assessment"} <= {conclusion.get("rule") for conclusion in conclusions}


# --- weights and ranking -----------------------------------------------------------------------------------


def weights(given: Mapping[str, float]) -> list[tuple[str, str]]:
    return [("weights", f"id:{criterion},{weight}") for criterion, weight in given.items()]


def ranking(client: TestClient, *pairs: tuple[str, str]) -> list[Json]:
    rows: list[Json] = answer(client, "market-ranking", ("evidence", "none"), *pairs)["rows"]
    return rows


@pytest.mark.parametrize(
    "given",
    [EQUAL, {"aspect-3": 2.0, "aspect-1": 1.0}, {"lpi": 0.5, "account": 0.2, "bought-online": 0.3}, {"exports": 1}],
)
def test_a_ranking_is_the_weighted_mean_of_what_is_known_of_every_market(
    client: TestClient,
    declared: dict[str, tuple[str, float]],
    percentiles: dict[str, dict[str, float]],
    given: dict[str, float],
) -> None:
    rows = ranking(client, *weights(given))
    assert len(rows) == 250
    for row in rows:
        score, coverage = judged(percentiles.get(str(local(row["market"])), {}), declared, given)
        assert row["coverage"] == pytest.approx(coverage, abs=0.006)
        assert row["score"] == (None if score is None else pytest.approx(score, abs=0.06))
    scores = [row["score"] for row in rows if local(row["standing"]) == "ranked"]
    assert scores == sorted(scores, reverse=True)


def test_other_weights_give_another_ranking_and_stand_in_the_answer(client: TestClient) -> None:
    given = weights({"lpi": 0.5, "account": 0.2})
    found = answer(client, "market-ranking", ("evidence", "none"), *given)
    assert [(each["criterion"]["id"], each["weight"]) for each in found["parameters"]["weights"]] == [
        ("id:lpi", 0.5),
        ("id:account", 0.2),
    ]
    default = answer(client, "market-ranking", ("evidence", "none"))
    assert len(default["parameters"]["weights"]) == 5
    assert [row["market"] for row in found["rows"][:20]] != [row["market"] for row in default["rows"][:20]]


def test_a_scorecard_and_the_ranking_give_a_market_the_same_score(client: TestClient) -> None:
    given = weights({"aspect-1": 1.0, "aspect-3": 3.0})
    for market in MARKETS:
        (scored,) = {(row["marketScore"], row["marketCoverage"]) for row in scorecard(client, market, *given)}
        (ranked,) = ranking(client, ("market", market), *given)
        assert scored == (ranked["score"], ranked["coverage"])


def test_what_is_not_known_of_a_market_does_not_lower_its_place(
    client: TestClient, percentiles: dict[str, dict[str, float]]
) -> None:
    """With customs weighed in, of which nothing is known, Pakistan has the score that it has without."""
    alone = ranking(client, ("market", "PK"), *weights({"account": 1.0}))
    with_customs = ranking(
        client, ("market", "PK"), ("minimumCoverage", "0"), *weights({"account": 1.0, "lpi-customs": 1.0})
    )
    assert alone[0]["score"] == with_customs[0]["score"] == pytest.approx(percentiles["PK"]["account"], abs=0.05)
    assert (alone[0]["coverage"], with_customs[0]["coverage"]) == (1, 0.5)


def test_a_market_of_which_too_little_is_known_is_excluded_and_says_so(client: TestClient) -> None:
    rows = ranking(client, ("minimumCoverage", "0.7"))
    standings = {local(row["standing"]) for row in rows}
    assert standings == {"ranked", "excluded-for-coverage", "excluded-for-requirement"}
    for row in rows:
        if local(row["standing"]) == "ranked":
            assert row["coverage"] >= 0.7
        if local(row["standing"]) == "excluded-for-coverage":
            assert row["coverage"] < 0.71
    places = [local(row["standing"]) == "ranked" for row in rows]
    assert places == sorted(places, reverse=True), "those that take a place come first"


def test_a_market_that_misses_a_requirement_is_excluded_with_the_requirement(
    client: TestClient, percentiles: dict[str, dict[str, float]]
) -> None:
    rows = ranking(client, ("required", "id:lpi-customs,60"))
    for row in rows:
        met = percentiles.get(str(local(row["market"])), {}).get("lpi-customs", -1) >= 60
        assert (local(row["standing"]) == "excluded-for-requirement") is not met
        assert row["unmet"] == (None if met else {"id": "id:lpi-customs", "label": "LPI: customs"})
    assert 20 < sum(row["unmet"] is None for row in rows) < 100


def test_several_requirements_do_not_change_a_score(client: TestClient) -> None:
    given = [("required", "id:lpi,0"), ("required", "id:account,0"), ("required", "id:population,0")]
    once = {local(row["market"]): (row["score"], row["coverage"]) for row in ranking(client)}
    more = {local(row["market"]): (row["score"], row["coverage"]) for row in ranking(client, *given)}
    assert once == more


def test_a_row_of_the_ranking_rests_on_the_assessments_of_the_market(client: TestClient) -> None:
    (row,) = answer(client, "market-ranking", ("market", "BR"))["rows"]
    assert row["evidence"]["status"] == "inferred"
    assert row["evidence"]["sources"]


@pytest.mark.parametrize("weights", ["Brazil,1", "aspect-1,-2", "aspect-1,0"])
def test_a_weight_that_is_none_is_refused(client: TestClient, weights: str) -> None:
    for question, more in (("market-ranking", {}), ("market-scorecard", {"market": "BR"})):
        response = client.get(f"/questions/{question}", params={"weights": weights, **more})
        assert response.status_code == 422 and response.json()["parameter"] == "weights"
