"""What a caller gives is read as he means it, or refused with the parameter at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from kg.asking.arguments import Arguments, arguments
from kg.asking.names import Names
from kg.asking.question import Question
from kg.errors import BadParameter, UnknownName, UnknownParameter
from kg.terms import ident

PARAMETERS = """{market: {type: Country, doc: The market}, tier: {type: Entity, optional: true, doc: D},
#+   many: {type: Country, many: true, optional: true, doc: D}, needed: {type: Country, doc: The one},
#+   amount: {type: decimal, optional: true, minimum: 0, maximum: 100, doc: D},
#+   count: {type: integer, optional: true, doc: D}, year: {type: year, optional: true, doc: D},
#+   expand: {type: boolean, optional: true, doc: D}, word: {type: string, optional: true, doc: D},
#+   from: {type: year, optional: true, doc: D}, to: {type: year, optional: true, doc: D},
#+   weights: {table: {place: Country, weight: decimal}, optional: true, doc: D}, asOf: {type: dateTime, doc: D}}"""
QUERY = """SELECT ?x WHERE {
  VALUES ?market { id:BR } VALUES ?tier { UNDEF } VALUES ?many { id:AR id:RU } VALUES ?needed { UNDEF }
  VALUES ?amount { UNDEF } VALUES ?count { UNDEF } VALUES ?year { 2017 } VALUES ?expand { false }
  VALUES ?from { UNDEF } VALUES ?to { 2020 }
  VALUES ?word { UNDEF } VALUES (?place ?weight) { (id:BR 0.5) } VALUES ?asOf { "2011-01-01T00:00:00Z"^^xsd:dateTime }
  ?x ep:restricts ?market, ?tier, ?many, ?needed, ?place
  FILTER(?from <= ?to || ?amount + ?count + ?weight > 0 || ?year = 1 || ?expand || ?word = "" || ?asOf > ?asOf)
}"""

Read = Callable[..., Arguments]


@pytest.fixture
def given(question: Callable[..., Question], names: Names) -> Read:
    asked = question(QUERY, columns="x:Thing", parameters=PARAMETERS)

    def given(values: Mapping[str, Any]) -> Arguments:
        texts = {k: [v] if isinstance(v, str) else v for k, v in ({"needed": "RU"} | dict(values)).items()}
        return arguments(asked, texts, names, date(2026, 11, 21))

    return given


def value(read: Read, name: str, text: Any) -> list[str]:
    return [str(term.value) for row in read({name: text}).rows[name] for term in row if term is not None]


def test_a_time_that_ends_before_it_begins_is_refused_also_by_a_default(given: Read) -> None:
    for span, at_fault in (({"from": "2019", "to": "2018"}, "to"), ({"from": "2021"}, "from")):
        with pytest.raises(BadParameter, match=f"'from' is {span['from']}, 'to' is {span.get('to', 2020)}") as caught:
            given(span)
        assert caught.value.data["parameter"] == at_fault
    assert given({"from": "2018", "to": "2018"}).rows["to"] == given({"to": "2018"}).rows["to"]


def test_what_is_not_given_is_what_stands_in_the_file(given: Read) -> None:
    rows = given({}).rows
    assert rows["market"] == ((ident("BR"),),)
    assert rows["many"] == ((ident("AR"),), (ident("RU"),))
    assert rows["tier"] == ((None,),)


def test_an_entity_goes_by_any_name(given: Read) -> None:
    assert given({"market": "argentina"}).rows["market"] == [(ident("AR"),)]


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_value_of_an_optional_parameter_counts_as_absent(text: str, given: Read) -> None:
    assert given({"tier": text, "many": [text]}).rows == given({}).rows


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("amount", "7.50", "7.5"),
        ("amount", ".5", "0.5"),
        ("count", "+007", "7"),
        ("year", "2013", "2013"),
        ("expand", "TRUE", "true"),
        ("expand", "0", "false"),
        ("word", 'a "quoted" } word', 'a "quoted" } word'),
        ("asOf", "2013-02-28", "2013-02-28T00:00:00Z"),
        ("asOf", "2012-02", "2012-02-29T23:59:59Z"),
        ("asOf", "2013", "2013-12-31T23:59:59Z"),
        ("asOf", "2013-01-01T02:00:00+03:00", "2012-12-31T23:00:00Z"),
        ("asOf", "2013-01-01T02:00:00", "2013-01-01T02:00:00Z"),
    ],
)
def test_values_are_read_as_they_are_meant(name: str, text: str, meant: str, given: Read) -> None:
    assert value(given, name, text) == [meant]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("amount", "-1"),
        ("amount", "100.01"),
        ("amount", "1,5"),
        ("amount", "1e3"),
        ("amount", "٣"),
        ("amount", "9" * 19),
        ("count", "7.0"),
        ("count", "9" * 19),
        ("year", "13"),
        ("expand", "perhaps"),
        ("asOf", "2013-02-30"),
        ("asOf", "yesterday"),
        ("asOf", "0000"),
        ("word", "a\x07b"),
        ("market", "Bra\nzil"),
        ("market", "Atlantis"),
        ("market", ""),
        ("market", ["BR", "AR"]),
        ("weights", "BR"),
        ("weights", ["BR,1", "BRA,2"]),
        ("weights", "BR,heavy"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_parameter(name: str, text: Any, given: Read) -> None:
    with pytest.raises(BadParameter) as caught:
        given({name: text})
    assert caught.value.data["parameter"] == name


def test_a_required_parameter_without_a_default_must_be_given(given: Read) -> None:
    with pytest.raises(BadParameter, match="The one"):
        given({"needed": []})


def test_an_unknown_parameter_comes_with_the_one_that_may_be_meant(given: Read) -> None:
    with pytest.raises(UnknownParameter, match="'market'"):
        given({"markt": "BR"})


def test_a_value_that_is_given_twice_counts_once(given: Read) -> None:
    assert given({"many": ["BR", "BR", "AR"]}).rows["many"] == [(ident("BR"),), (ident("AR"),)]


def test_a_table_has_a_row_for_each_value(given: Read) -> None:
    assert value(given, "weights", ["BR,0.5", "id:AR, 2"]) == [
        ident("BR").value,
        "0.5",
        ident("AR").value,
        "2",
    ]


def test_the_date_is_today_where_none_is_given(given: Read) -> None:
    assert given({}).as_of == "2026-11-21T00:00:00Z"


def test_what_was_given_can_be_given_again(given: Read) -> None:
    first = given({"market": "Argentina", "amount": "7.50", "weights": "Brazil,1", "asOf": "2013"})
    pairs = dict(first.pairs)
    assert pairs == {
        "market": "id:AR",
        "needed": "id:RU",
        "amount": "7.5",
        "weights": "id:BR,1",
        "asOf": "2013-12-31T23:59:59Z",
    }
    assert given(pairs).rows == first.rows


def test_an_unknown_name_is_no_default(given: Read) -> None:
    with pytest.raises(UnknownName):
        given({"tier": "third"})
