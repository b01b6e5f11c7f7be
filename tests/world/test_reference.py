"""Places, languages and goods of the whole world stand in the graph as the carried data have them."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.serving import snapshot as snapshots
from kg.terms import EP, ID, PREF_LABEL, ident

PROJECT = Path(__file__).parent.parent.parent
TABLES = PROJECT / "ontology" / "tables"
SHARED = PROJECT.parent / "shared" / "data"

PREFIXES = f"PREFIX ep: <{EP}> PREFIX id: <{ID}> "


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the carried data (../shared/data) are not at hand")
    return SHARED


@pytest.fixture(scope="module")
def alpha2(shared: Path) -> dict[str, str]:
    return {row["iso3"]: row["iso2"] for row in rows(shared / "country_regions.csv")}


@pytest.fixture(scope="module")
def store(snapshot: Path) -> ox.Store:
    return ox.Store.read_only(str(snapshot / snapshots.STORE))


def found(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    """The solutions as texts, individuals by their local names, nothing as an empty text."""
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term.value.removeprefix(ID) if term else "" for term in solution) for solution in solutions]


# --- places --------------------------------------------------------------------------------------------------


def test_at_least_240_places_have_labels_in_at_least_30_languages(store: ox.Store) -> None:
    tongues: dict[str, set[str]] = defaultdict(set)
    for place, tongue in found(
        store, f"SELECT ?place (LANG(?label) AS ?tongue) {{ ?place a ep:Place ; {PREF_LABEL} ?label }}"
    ):
        tongues[place].add(tongue)
    spoken_of = [place for place, its in tongues.items() if len(its) >= 30]
    assert len(spoken_of) >= 240
    assert {"DE", "BR", "XK", "World", "WesternAfrica"} <= set(spoken_of)


@pytest.mark.parametrize(
    ("place", "tag", "name"),
    [
        ("DE", "es", "Alemania"),
        ("DE", "fi", "Saksa"),
        ("CN", "ja", "中国"),
        ("GR", "el", "Ελλάδα"),
        ("EG", "ar", "مصر"),
        ("US", "en", "United States"),
        ("US", "zh", "美国"),
        ("Europe", "ru", "Европа"),
    ],
)
def test_a_place_is_called_as_people_call_it(store: ox.Store, place: str, tag: str, name: str) -> None:
    labels = [quad.object for quad in store.quads_for_pattern(ident(place), PREF_LABEL, None, ox.DefaultGraph())]
    assert ox.Literal(name, language=tag) in labels


def test_each_country_lies_in_the_m49_region_that_the_carried_row_names(shared: Path, store: ox.Store) -> None:
    pairs = set(found(store, "SELECT ?alpha2 ?code { ?c ep:alpha2 ?alpha2 ; ep:partOf ?r . ?r ep:m49Code ?code }"))
    carried = rows(shared / "country_regions.csv")
    assert len(carried) == 250
    assert {row["iso2"] for row in carried if row["m49_subregion_code"] == "QO"} == {"AQ"}  # CLDR's, no region of M49
    for row in carried:
        for code in {row["m49_region_code"], row["m49_subregion_code"]} - {"QO", ""}:
            assert (row["iso2"], code) in pairs, (row["iso2"], code)


def test_every_carried_row_of_traits_is_in_the_graph_or_listed_as_left_out(shared: Path, store: ox.Store) -> None:
    query = """SELECT ?c ?region ?least ?coastless ?state {
      ?c a ep:Country
      OPTIONAL { ?c ep:inEconomicRegion ?region } OPTIONAL { ?c ep:leastDeveloped ?least }
      OPTIONAL { ?c ep:landlocked ?coastless } OPTIONAL { ?c ep:unState ?state } }"""
    known = {country: tuple(traits) for country, *traits in found(store, query)}
    left_out = {row["row"] for row in rows(TABLES / "left-out" / "country-traits.csv")}
    carried = rows(shared / "country_regions.csv")
    flag = {"0": "false", "1": "true", "": ""}
    for row in carried:
        region = row["wb_style_region"].replace("_", "-")
        traits = flag[row["ldc"]], flag[row["landlocked"]], row["un_member"].lower()
        assert known[row["iso2"]] == (f"economic-region-{region}" if region else "", *traits)
        assert (row["iso2"] in left_out) == (not region and not any(traits))
    assert len(rows(TABLES / "country-traits.csv")) + len(left_out) == len(carried)


# --- languages -----------------------------------------------------------------------------------------------


def test_every_carried_language_of_a_market_is_in_the_graph(
    shared: Path, alpha2: dict[str, str], store: ox.Store
) -> None:
    query = """SELECT ?market ?language ?speakers ?writers ?status {
      ?use ep:languageOfMarket ?market ; ep:marketLanguage ?language ; ep:speakersPercent ?speakers
      OPTIONAL { ?use ep:writersPercent ?writers } OPTIONAL { ?use ep:hasOfficialStatus ?status } }"""
    known = {(market, language): tuple(rest) for market, language, *rest in found(store, query)}
    carried = rows(shared / "cldr_languages.csv")
    assert len(carried) == len(known) == 1034
    for row in carried:
        speakers, writers, status = known[alpha2[row["iso3"]], f"language-{row['language'].replace('_', '-')}"]
        assert float(speakers) == float(row["population_pct"])
        assert (float(writers) if writers else None) == (float(row["writing_pct"]) if row["writing_pct"] else None)
        official = row["official_status"].replace("_", "-")
        assert status == (f"{official}-language" if official else "")


def test_every_language_has_one_english_name_and_the_one_of_the_documents_is_not_named_twice(store: ox.Store) -> None:
    named = Counter(
        language
        for (language,) in found(
            store, f'SELECT ?l {{ ?l a ep:Language ; {PREF_LABEL} ?label FILTER(LANG(?label) = "en") }}'
        )
    )
    assert set(named.values()) == {1}
    assert named.keys() == {f"language-{row['tag']}" for row in rows(TABLES / "languages.csv")} | {"language-de"}


# --- goods ---------------------------------------------------------------------------------------------------


def test_the_harmonized_system_is_whole_down_to_the_subheadings(store: ox.Store) -> None:
    levels = Counter(
        "section" if code.startswith("hs-section") else len(code.removeprefix("hs-"))
        for (code,) in found(store, "SELECT ?code { ?code a ep:HsCode }")
    )
    # Source: the nomenclature of 2022 has 21 sections, 96 chapters (77 is not used), 1,228 headings, 5,612 subheadings.
    assert levels == {"section": 21, 2: 96, 4: 1228, 6: 5612}


def test_each_position_lies_in_the_one_that_its_digits_begin_with(store: ox.Store) -> None:
    links = found(store, "SELECT ?code ?broader { ?code ep:broaderCode ?broader }")
    assert len(links) == 96 + 1228 + 5612
    for code, broader in links:
        digits = code.removeprefix("hs-")
        assert broader == f"hs-{digits[:-2]}" if len(digits) > 2 else broader.startswith("hs-section-")
    assert ("hs-61", "hs-section-11") in links


def test_every_category_of_the_documents_is_classified_or_listed_with_the_reason(store: ox.Store) -> None:
    classified = {category for category, _ in found(store, "SELECT ?c ?h { ?c ep:classifiedUnder ?h }")}
    left_out = {row["row"] for row in rows(TABLES / "left-out" / "goods-classifications.csv")}
    assert classified | left_out == {category for (category,) in found(store, "SELECT ?c { ?c a ep:Category }")}
    assert not classified & left_out
