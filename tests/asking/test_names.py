"""Whatever a person calls a thing is understood, and never guessed."""

from __future__ import annotations

import pytest

from kg.asking.names import Names, Naming
from kg.errors import AmbiguousName, BadParameter, UnknownName
from kg.sparql import Pattern, Var
from kg.terms import PREF_LABEL, TYPE, ep, ident


@pytest.mark.parametrize(
    "text",
    [
        "https://w3id.org/entrepot/id/BR",
        "<https://w3id.org/entrepot/id/BR>",
        "id:BR",
        "BR",
        "bra",
        "Brazil",
        "BRASIL",
        "brásil",
        "  brazil ",
        "Ｂｒａｚｉｌ",
        "巴西",
    ],
)
def test_a_country_goes_by_its_iri_code_and_name_in_any_language(text: str, names: Names) -> None:
    assert names.one(text, "Country") == ident("BR")


def test_accents_do_not_count_on_either_side(names: Names) -> None:
    assert names.one("cote d’ivoire", "Country") == names.one("ivory coast", "Country") == ident("CI")


def test_initials_may_have_full_stops_and_a_firm_its_web_address(names: Names) -> None:
    assert names.one("B.R.", "Country") == ident("BR")
    assert names.one("AliExpress.com", "Platform") == ident("AliExpress")
    with pytest.raises(UnknownName):
        names.one("AliExpress.example", "Platform")


def test_claims_and_documents_go_by_their_numbers(names: Names) -> None:
    assert names.one("S3-71") == ident("claim-S3-71")
    assert names.one("003", "Document") == ident("document-003")


def test_a_name_beats_an_alias(names: Names) -> None:
    assert names.one("the bear") == ident("Bear")
    assert names.one("the bear", "Country") == ident("RU")


def test_a_supertype_is_a_type_too(names: Names) -> None:
    assert names.one("Brazil", "Place") == names.one("Brazil", "Entity") == ident("BR")


def test_two_things_of_one_name_are_never_chosen_between() -> None:
    namings = [Naming(iri, PREF_LABEL, "Georgia", "en") for iri in ("urn:a", "urn:b")]
    names = Names(namings, [("urn:a", "urn:Place"), ("urn:b", "urn:Place")])
    with pytest.raises(AmbiguousName) as caught:
        names.one("georgia", parameter="market")
    assert [c["id"] for c in caught.value.data["candidates"]] == ["<urn:a>", "<urn:b>"]
    assert caught.value.data["parameter"] == "market"


def test_an_unknown_name_comes_with_what_may_be_meant(names: Names) -> None:
    with pytest.raises(UnknownName, match="Brazil") as caught:
        names.one("Brezil", "Country", "market")
    assert caught.value.data == {"parameter": "market", "candidates": [{"id": "id:BR", "label": "Brazil"}]}


def test_a_thing_of_another_type_is_called_by_what_it_is(names: Names) -> None:
    with pytest.raises(UnknownName, match="Brazil is a Country, not a Platform"):
        names.one("Brazil", "Platform")


def test_the_article_goes_by_the_next_letter() -> None:
    namings = [Naming("urn:a", PREF_LABEL, "Anna", "en")]
    names = Names(namings, [("urn:a", "urn:c/Addressee"), ("urn:b", "urn:c/Epoch")])
    with pytest.raises(UnknownName, match="Anna is an Addressee, not an Epoch"):
        names.one("Anna", "Epoch")


def test_a_long_value_is_not_repeated_whole(names: Names) -> None:
    with pytest.raises(UnknownName) as caught:
        names.one("a" * 10_000, "Country")
    assert len(caught.value.message) < 200


def test_a_class_that_nothing_has_is_no_type_to_look_for(names: Names) -> None:
    with pytest.raises(BadParameter, match="'Contry'") as caught:
        names.resolve("Brazil", "Contry")
    assert caught.value.data["parameter"] == "type"
    assert caught.value.hint == "Did you mean Country?"
    assert names.resolve("Brazil", "Entity")


def test_the_order_of_matches_does_not_depend_on_the_order_of_sets() -> None:
    iris = [f"urn:{letter}/same" for letter in "qwertyuiop"]
    names = Names([], [(iri, "urn:Place") for iri in iris])
    assert [match.iri.value for match in names.resolve("same")] == sorted(iris)


@pytest.mark.parametrize("text", ["", "https://example.org/nothing", "id:nothing", "?", "a" * 10_000])
def test_nonsense_is_unknown(text: str, names: Names) -> None:
    with pytest.raises(UnknownName):
        names.one(text, "Country")


def test_control_characters_are_refused(names: Names) -> None:
    with pytest.raises(BadParameter, match="control"):
        names.one("Brazil\x00", "Country", "market")


def found(names: Names, text: str, type_: str | None = None) -> list[str]:
    return [match.as_json()["id"] for match in names.resolve(text, type_)]


def test_exact_names_come_before_aliases_before_parts_before_misspellings(names: Names) -> None:
    assert found(names, "the bear") == ["id:Bear", "id:RU"]
    assert found(names, "america") == ["id:LatinAmerica", "id:SouthAmerica"]
    assert found(names, "Brazl") == ["id:BR"]
    assert found(names, "america", "Country") == []
    assert found(names, "qqq") == []


def test_a_match_says_what_it_is_and_how_it_was_found(names: Names) -> None:
    assert names.resolve("巴西")[0].as_json() == {
        "id": "id:BR",
        "iri": "https://w3id.org/entrepot/id/BR",
        "label": "Brazil",
        "type": "Country",
        "matched": "巴西",
    }


def test_individuals_come_before_terms_of_the_vocabulary(names: Names) -> None:
    assert found(names, "part of") == ["ep:partOf"]


def test_a_label_falls_back_to_english_then_to_the_end_of_the_iri(names: Names) -> None:
    assert [names.label(ident("BR"), lang) for lang in ("zh", "pt-BR", "fr", None)] == [
        "巴西",
        "Brasil",
        "Brazil",
        "Brazil",
    ]
    assert names.label(ident("claim-S3-71")) == "claim-S3-71"


def test_members_are_listed_by_label_or_searched(names: Names) -> None:
    assert [label for _, label in names.members("Country")] == [
        "Argentina",
        "Brazil",
        "Côte d’Ivoire",
        "Germany",
        "Russia",
    ]
    assert names.members("Country", "braz") == [(ident("BR"), "Brazil")]
    assert names.members("Nothing") == []


def test_a_pattern_is_read_out_in_words(names: Names) -> None:
    assert names.phrase(Pattern(Var("x"), ep("hasProminentProblem"), Var("y")), {"x": ident("DE")}) == (
        "Germany – has prominent problem – ?"
    )
    assert names.phrase(Pattern(ident("BR"), TYPE, ep("TariffRule")), {}) == "Brazil – is a – tariff rule"


def test_a_code_beats_what_a_thing_is_called_in_a_language_of_no_source() -> None:
    angola, austria = ident("AO"), ident("AT")
    names = Names(
        [
            Naming(angola.value, PREF_LABEL, "Angola", "en"),
            Naming(austria.value, PREF_LABEL, "Austria", "en"),
            Naming(austria.value, PREF_LABEL, "Áo", "vi"),
        ],
        [(place.value, ep("Country").value) for place in (angola, austria)],
    )
    assert names.one("AO", "Country") == angola
    assert [match.iri for match in names.resolve("ao")] == [angola, austria]


def test_an_hs_code_goes_by_its_digits() -> None:
    shirts = ident("hs-6109")
    names = Names([Naming(shirts.value, PREF_LABEL, "6109 T-shirts", "en")], [(shirts.value, ep("HsCode").value)])
    assert names.one("6109") == shirts
