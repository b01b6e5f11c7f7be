"""Places, languages and goods of the whole world stand in the graph as the carried data have them."""

from __future__ import annotations

from collections import Counter, defaultdict

import pyoxigraph as ox
import pytest
from carried import ask, left_out, rows, select, table
from fastapi.testclient import TestClient

from kg.asking.names import Names
from kg.settings import CHECKOUT
from kg.terms import PREF_LABEL, ident

TABLES = CHECKOUT / "ontology" / "tables"


@pytest.fixture(scope="module")
def alpha2() -> dict[str | None, str]:
    return {row["iso3"]: row["iso2"] for row in rows("country_regions")}


# --- places --------------------------------------------------------------------------------------------------


def test_at_least_240_places_have_labels_in_at_least_30_languages(store: ox.Store) -> None:
    tongues: dict[str | None, set[str | None]] = defaultdict(set)
    for place, tongue in select(
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


def test_each_country_lies_in_the_m49_region_that_the_carried_row_names(store: ox.Store) -> None:
    pairs = set(select(store, "SELECT ?alpha2 ?code { ?c ep:alpha2 ?alpha2 ; ep:partOf ?r . ?r ep:m49Code ?code }"))
    carried = rows("country_regions")
    assert len(carried) == 250
    assert {row["iso2"] for row in carried if row["m49_subregion_code"] == "QO"} == {"AQ"}  # CLDR's, no region of M49
    for row in carried:
        for code in {row["m49_region_code"], row["m49_subregion_code"]} - {"QO", ""}:
            assert (row["iso2"], code) in pairs, (row["iso2"], code)


def test_every_carried_row_of_traits_is_in_the_graph_or_listed_as_left_out(store: ox.Store) -> None:
    query = """SELECT ?c ?region ?least ?coastless ?state {
      ?c a ep:Country
      OPTIONAL { ?c ep:inEconomicRegion ?region } OPTIONAL { ?c ep:leastDeveloped ?least }
      OPTIONAL { ?c ep:landlocked ?coastless } OPTIONAL { ?c ep:unState ?state } }"""
    known = {country: tuple(traits) for country, *traits in select(store, query)}
    left = {row["row"] for row in left_out("country-traits")}
    carried = rows("country_regions")
    flag = {"0": "false", "1": "true", "": None}
    for row in carried:
        region = row["wb_style_region"].replace("_", "-")
        traits = flag[row["ldc"]], flag[row["landlocked"]], row["un_member"].lower() or None
        assert known[row["iso2"]] == (f"economic-region-{region}" if region else None, *traits)
        assert (row["iso2"] in left) == (not region and not any(traits))
    assert len(table("country-traits")) + len(left) == len(carried)


def test_what_thousands_of_records_rest_on_is_described_by_some_of_them(client: TestClient) -> None:
    thing = client.get("/entities/id:equal").json()
    assert len(thing["records"]) == 150 and thing["truncated"]
    assert all(any(fact["value"].get("id") == "id:equal" for fact in each["facts"]) for each in thing["records"])
    brazil = client.get("/entities/id:BR").json()
    assert [each["id"] for each in brazil["records"]] == sorted(each["id"] for each in brazil["records"])


# --- languages -----------------------------------------------------------------------------------------------


def test_every_carried_language_of_a_market_is_in_the_graph(alpha2: dict[str | None, str], store: ox.Store) -> None:
    query = """SELECT ?market ?language ?speakers ?writers ?status {
      ?use ep:languageOfMarket ?market ; ep:marketLanguage ?language ; ep:speakersPercent ?speakers
      OPTIONAL { ?use ep:writersPercent ?writers } OPTIONAL { ?use ep:hasOfficialStatus ?status } }"""
    known = {(market, language): tuple(rest) for market, language, *rest in select(store, query)}
    carried = rows("cldr_languages")
    assert len(carried) == len(known) == 1034
    for row in carried:
        speakers, writers, status = known[alpha2[row["iso3"]], f"language-{row['language'].replace('_', '-')}"]
        assert float(speakers) == float(row["population_pct"])
        assert (float(writers) if writers else None) == (float(row["writing_pct"]) if row["writing_pct"] else None)
        official = row["official_status"].replace("_", "-")
        assert status == (f"{official}-language" if official else None)


def test_every_language_has_one_english_name_and_the_one_of_the_documents_is_not_named_twice(store: ox.Store) -> None:
    named = Counter(
        language
        for (language,) in select(
            store, f'SELECT ?l {{ ?l a ep:Language ; {PREF_LABEL} ?label FILTER(LANG(?label) = "en") }}'
        )
    )
    assert set(named.values()) == {1}
    assert named.keys() == {f"language-{row['tag']}" for row in table("languages")}


def test_a_language_is_found_by_its_tag_and_a_country_by_its_code(client: TestClient) -> None:
    def meant(q: str, **only: str) -> str:
        return str(client.get("/resolve", params={"q": q, **only}).json()["matches"][0]["id"])

    called = {row["name_en"].casefold() for row in table("languages")}
    tags = [row["tag"] for row in table("languages") if row["tag"] not in called]  # "ga" is Irish, but Ga goes by it
    assert len(tags) > 500 and {"de", "es", "vi", "zh-Hans"} <= set(tags)
    assert [meant(tag, type="Language") for tag in tags] == [f"id:language-{tag}" for tag in tags]
    assert (meant("de"), meant("DE")) == ("id:DE", "id:DE")


# --- goods ---------------------------------------------------------------------------------------------------


def test_the_harmonized_system_is_whole_down_to_the_subheadings(store: ox.Store) -> None:
    levels = Counter(
        "section" if code.startswith("hs-section") else len(code.removeprefix("hs-"))
        for (code,) in select(store, "SELECT ?code { ?code a ep:HsCode }")
    )
    # Source: the nomenclature of 2022 has 21 sections, 96 chapters (77 is not used), 1,228 headings, 5,612 subheadings.
    assert levels == {"section": 21, 2: 96, 4: 1228, 6: 5612}


def test_each_position_lies_in_the_one_that_its_digits_begin_with(store: ox.Store) -> None:
    links = list(select(store, "SELECT ?code ?broader { ?code ep:broaderCode ?broader }"))
    assert len(links) == 96 + 1228 + 5612
    for code, broader in links:
        digits = code.removeprefix("hs-")
        assert broader == f"hs-{digits[:-2]}" if len(digits) > 2 else broader.startswith("hs-section-")
    assert ("hs-61", "hs-section-11") in links


def test_every_category_of_the_documents_is_classified_or_listed_with_the_reason(store: ox.Store) -> None:
    classified = {category for category, _ in select(store, "SELECT ?c ?h { ?c ep:classifiedUnder ?h }")}
    left = {row["row"] for row in left_out("goods-classifications")}
    assert classified | left == {category for (category,) in select(store, "SELECT ?c { ?c a ep:Category }")}
    assert not classified & left


# --- asking --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "place"),
    [("Alemania", "DE"), ("Saksa", "DE"), ("الصين", "CN"), ("日本", "JP"), ("Україна", "UA")],
)
def test_a_country_is_found_by_its_name_in_any_language(client: TestClient, name: str, place: str) -> None:
    matches = client.get("/resolve", params={"q": name, "type": "Country"}).json()["matches"]
    assert matches[0]["id"] == f"id:{place}"


def test_every_code_and_english_name_of_a_country_means_that_country_alone(client: TestClient) -> None:
    """Whatever places are called elsewhere: Austria is Áo in Vietnamese, and AO is Angola."""
    names: Names = client.app.state.entrepot.serving.desk.names  # type: ignore[attr-defined]
    countries = table("countries")
    assert len(countries) == 250
    for row in countries:
        for name in (row["alpha2"], row["alpha3"], row["name_en"], row["name_zh"]):
            assert names.one(name, "Country") == ident(row["alpha2"]), name


@pytest.mark.parametrize("market", ["BEL", "CHE", "IND", "DEU"])
def test_the_languages_of_a_market_are_those_of_the_carried_rows(client: TestClient, market: str) -> None:
    carried = [row for row in rows("cldr_languages") if row["iso3"] == market]
    assert carried
    answer = {
        (tag, speakers, official) for _, tag, speakers, _, official in ask(client, "market-languages", market=market)
    }
    assert answer == {
        (
            row["language"].replace("_", "-"),
            float(row["population_pct"]),
            f"{row['official_status'].replace('_', '-')}-language" if row["official_status"] else None,
        )
        for row in carried
    }


def test_a_category_is_followed_up_to_its_section(client: TestClient) -> None:
    answer = ask(client, "product-classification", category="hair straightener")
    assert [group[:4] for group in sorted(answer, key=lambda row: row[1])] == [
        ("above", 1, "hs-851632", "subheading"),
        ("above", 2, "hs-8516", "heading"),
        ("above", 3, "hs-85", "chapter"),
        ("above", 4, "hs-section-16", "section"),
    ]
    reasons = {group: reason for _, _, group, _, reason in answer}
    assert reasons["hs-851632"] and not reasons["hs-85"]


def test_a_code_has_what_contains_it_and_what_it_contains(client: TestClient) -> None:
    answer = {group[:4] for group in ask(client, "product-classification", category="6704")}
    assert answer == {
        ("above", 1, "hs-67", "chapter"),
        ("above", 2, "hs-section-12", "section"),
        *(("below", 1, f"hs-{code}", "subheading") for code in ("670411", "670419", "670420", "670490")),
        ("below", 1, "wigs", "category"),
    }


def restricting(client: TestClient, category: str, market: str, when: str) -> dict[str, tuple[str, str | None]]:
    """The status and the goods of each rule, by its name."""
    answer = ask(client, "restricted", category=category, market=market, asOf=when)
    return {rule: (status, goods) for rule, status, _, goods, *_ in answer}


def test_what_the_documents_say_restricts_goods_of_any_kind(client: TestClient) -> None:
    for category in ("clothing", "6109", "decorations"):
        found = restricting(client, category, "RU", "2015-06-30")
        for rule in ("rule-RU-declarations", "rule-RU-carrier-control", "rule-RU-parcel-duty"):
            assert found[rule] == ("in-force", None)


@pytest.mark.parametrize("category", ["clothing", "61", "6109", "610910", "6203"])
def test_a_duty_on_a_kind_of_goods_concerns_all_that_lies_within_it(client: TestClient, category: str) -> None:
    """Indonesia, duty on clothing above USD 3 since 2020-01-30 (cited/policies.csv)."""
    assert any(row["market"] == "ID" and row["applies_to"] == "clothing above USD 3" for row in rows("cited/policies"))
    assert ("in-force", "clothing") in restricting(client, category, "ID", "2020-06-30").values()
    assert ("in-force", "clothing") not in restricting(client, category, "ID", "2019-06-30").values()


def test_a_range_of_rates_has_both_its_ends(client: TestClient) -> None:
    answer = ask(client, "restricted", category="clothing", market="ID", asOf="2020-06-30")
    (stated,) = (row for row in rows("cited/policies") if row["applies_to"] == "clothing above USD 3")
    (found,) = (row for row in answer if row[3] == "clothing")
    assert "-".join(map(str, found[4:6])) == stated["value"] and found[6] == "percent"


def test_a_duty_on_other_goods_does_not_concern_these(client: TestClient) -> None:
    for category in ("wigs", "electronics", "8517", "64"):
        assert "clothing" not in {goods for _, goods in restricting(client, category, "ID", "2020-06-30").values()}


def test_that_nothing_is_stated_is_not_said_to_be_free(client: TestClient) -> None:
    response = client.get("/questions/restricted", params={"category": "wigs", "market": "AD", "asOf": "2020"}).json()
    assert response["rows"] == [] and response["diagnosis"]["code"] in ("not-stated", "not-together")
