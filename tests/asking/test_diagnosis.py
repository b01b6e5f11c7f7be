"""An empty answer says what is missing, in words a person would use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kg.asking.diagnosis import diagnose
from kg.asking.formats.envelope import as_json
from kg.asking.names import Names
from kg.asking.question import Question
from kg.serving.lease import Lease

pytestmark = pytest.mark.anyio

Make = Callable[..., Question]
Ask = Callable[..., Any]

PARAMETERS = "{m: {type: Country, doc: D}, year: {type: year, optional: true, doc: D}}"
BLOCKS = "VALUES ?m { id:DE } VALUES ?year { UNDEF }"

EMPTY = {
    "?m a ep:Country ; ep:hasProminentProblem ?problem": (
        "not-stated",
        "Not stated: a prominent problem of Germany.",
        ["Germany – has prominent problem – ?"],
    ),
    "?m a ep:Country . ?p ep:focusesOn ?m": (
        "not-stated",
        "Not stated: anything that focuses on Germany.",
        ["? – focuses on – Germany"],
    ),
    "?m ep:focusesOn ?x": ("not-stated", "Not stated: what Germany focuses on.", ["Germany – focuses on – ?"]),
    "?m ep:partOf id:SouthAmerica": (
        "not-stated",
        "Not stated: that Germany is part of South America.",
        ["Germany – part of – South America"],
    ),
    "?m a ep:Country . VALUES ?place { id:AR id:RU } ?m ep:partOf ?place": (
        "not-stated",
        "Not stated: that Germany is part of Argentina or Russia.",
        ["Germany – part of – Argentina or Russia"],
    ),
    "?m ep:thresholdAmount ?amount": (
        "not-stated",
        "Not stated: the threshold amount of Germany.",
        ["Germany – threshold amount – ?"],
    ),
    "?m a ep:TariffRule": (
        "not-stated",
        "Not stated: that Germany is a tariff rule.",
        ["Germany – is a – tariff rule"],
    ),
    "?m a ep:Country . ?x ep:focusesOn ?y . ?x a ep:TariffRule": (
        "not-stated",
        "Not stated: that AliExpress is a tariff rule.",
        ["AliExpress – is a – tariff rule"],
    ),
    "?m a ep:Country . ?x skos:prefLabel ?y . ?x ep:thresholdAmount ?y": (
        "not-together",
        "Stated, but not together with the rest: ? – threshold amount – ?.",
        ["? – threshold amount – ?"],
    ),
    "?m a ep:Country . { ?m ep:restricts ?x } UNION { ?x ep:restricts ?m }": (
        "not-stated",
        "Not stated: what Germany restricts or anything that restricts Germany.",
        ["Germany – restricts – ?", "? – restricts – Germany"],
    ),
    "?m a ep:Country . ?x ep:thresholdAmount ?amount OPTIONAL { ?x ep:year ?y } FILTER(?amount < 5 || ?y = ?year)": (
        "filtered",
        "1 combination found, but none meets the condition (?amount < 5 || ?y = ?year).",
        ["(?amount < 5 || ?y = ?year)"],
    ),
    "FILTER(?amount < 5) ?m a ep:Country . ?p ep:focusesOn ?y . ?x ep:thresholdAmount ?amount": (
        "filtered",
        "2 combinations found, but none meets the condition (?amount < 5).",
        ["(?amount < 5)"],
    ),
    "?m a ep:Country . ?x ep:focusesOn ?y FILTER NOT EXISTS { ?x a ep:Platform }": (
        "filtered",
        "2 combinations found, but each is excluded by: ? – is a – Platform.",
        ["? – is a – Platform"],
    ),
}


@pytest.mark.parametrize("body", EMPTY)
async def test_the_first_thing_that_is_missing_is_named(body: str, question: Make, ask: Ask) -> None:
    asked = question(
        f"SELECT ?m WHERE {{ {BLOCKS} {body} FILTER(!BOUND(?year) || ?year > 0) }}",
        columns="m:Country",
        parameters=PARAMETERS,
    )
    envelope = as_json(await ask(asked))
    code, detail, pattern = EMPTY[body]
    assert envelope["rows"] == []
    assert envelope["diagnosis"] == {"code": code, "detail": detail, "pattern": pattern, "nearby": []}


@pytest.mark.parametrize(
    ("asked_of", "market", "detail"),
    [
        ("a ep:TariffRule ; ep:thresholdAmount ?amount", "Brazil", "Not stated: anything that restricts Brazil."),
        # Another tariff rule restricts Argentina, without a threshold.
        ("a ep:TariffRule ; ep:thresholdAmount ?amount", "Argentina", "Not stated: that ruTariff restricts Argentina."),
        ("a ep:TariffRule", "Germany", "Not stated: anything that restricts Germany."),
        ("a ep:Platform", "Argentina", "Not stated: any Platform that restricts Argentina."),
    ],
)
async def test_what_stands_to_a_given_thing_is_named_by_its_class_only_where_none_of_it_does(
    asked_of: str, market: str, detail: str, question: Make, ask: Ask
) -> None:
    asked = question(
        f"SELECT ?x WHERE {{ VALUES ?m {{ id:DE }} ?x {asked_of} ; ep:restricts ?m }}",
        columns="x:Entity",
        parameters="{m: {type: Country, doc: D}}",
    )
    assert as_json(await ask(asked, {"m": [market]}))["diagnosis"]["detail"] == detail


async def test_the_values_that_nothing_fits_are_named(question: Make, ask: Ask) -> None:
    asked = question(
        f"SELECT ?m WHERE {{ {BLOCKS} ?m a ep:Country FILTER(?year > 2014) }}",
        columns="m:Country",
        parameters=PARAMETERS,
    )
    diagnosis = as_json(await ask(asked, {"year": ["2011"]}))["diagnosis"]
    assert diagnosis["detail"] == "1 combination found, but none fits year 2011."
    assert diagnosis["pattern"] == ["(?year > 2014)"]


async def test_several_values_are_named_together(question: Make, ask: Ask) -> None:
    asked = question(
        "SELECT ?p WHERE { VALUES ?m { id:DE id:CI } ?p ep:focusesOn ?m }",
        columns="p:Platform",
        parameters="{m: {type: Country, many: true, doc: D}}",
    )
    diagnosis = as_json(await ask(asked))["diagnosis"]
    assert diagnosis["detail"] == "Not stated: anything that focuses on Germany or Côte d’Ivoire."


async def test_groups_that_having_leaves_out_are_no_missing_statement(question: Make, ask: Ask) -> None:
    asked = question("SELECT ?m WHERE { ?p ep:focusesOn ?m } GROUP BY ?m HAVING(COUNT(?p) > 9)", columns="m:Country")
    assert as_json(await ask(asked))["diagnosis"]["code"] == "filtered"


class Slow:
    """A lease that gives no answer for longer than a diagnosis waits."""

    async def ask(self, query: str) -> bool:  # noqa: ARG002
        await asyncio.sleep(60)
        return True

    async def select(self, query: str, limit: int) -> Any:  # noqa: ARG002
        await asyncio.sleep(60)


async def test_a_cause_that_is_not_found_in_time_is_said_so(question: Make, names: Names, runner: Lease) -> None:
    asked = question("SELECT ?m WHERE { ?m ep:focusesOn ?x ; ep:restricts ?y }", columns="m:Country")
    assert (await diagnose(asked, {}, runner, names)).code == "not-stated"
    assert (await diagnose(asked, {}, Slow(), names)).code == "not-found-in-time"
