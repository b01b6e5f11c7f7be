"""A row shows what it rests on: no more than its question matched, and no less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest
from small_world import TODAY

from kg.asking import evidence as looking
from kg.asking.answer import explain_row
from kg.asking.claims import Claims, Conflict, in_order
from kg.asking.desk import Desk
from kg.asking.formats.envelope import as_json
from kg.asking.question import Question
from kg.asking.scopes import scopes
from kg.reasoning.proofs import Why
from kg.serving.lease import Lease
from kg.terms import TYPE, ep, ident

pytestmark = pytest.mark.anyio

Make = Callable[..., Question]
Ask = Callable[..., Any]


@pytest.fixture(autouse=True, params=["all rows at once", "by the keys of the rows"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to find what a scope gives for a row: the second is for scopes that give more than the rows can use."""
    run = looking.Witness._run

    async def too_much(witness: Any, scope: Any, names: Any, keys: Any, rows: int) -> Any:
        return await run(witness, scope, names, keys, rows) if keys or not names else ([], True)

    if request.param.startswith("by"):
        monkeypatch.setattr(looking.Witness, "_run", too_much)


async def rows(ask: Ask, question: Question, **given: str) -> list[dict[str, Any]]:
    answer = await ask(question, {name: [value] for name, value in given.items()})
    found: list[dict[str, Any]] = as_json(answer)["rows"]
    return found


async def test_a_row_rests_on_the_claims_of_its_own_triples(question: Make, ask: Ask) -> None:
    asked = question("SELECT ?p ?m WHERE { ?p ep:focusesOn ?m }", columns="p:Platform m:Country")
    brazil, russia = await rows(ask, asked)
    assert brazil["evidence"]["claims"] == ["S3-71"]
    assert brazil["evidence"]["sources"] == [{"document": "003", "locator": "p16 s6", "claim": "S3-71"}]
    assert (brazil["evidence"]["status"], brazil["evidence"]["kinds"]) == ("stated", ["fact"])
    assert russia["evidence"]["claims"] == ["S3-9", "S3-71"]
    assert russia["evidence"]["kinds"] == ["fact", "estimate"]


async def test_a_row_has_the_last_status_of_its_triples(question: Make, ask: Ask) -> None:
    asked = question("SELECT ?x ?r WHERE { VALUES ?x { id:BR } ?x ep:partOf ?r }", columns="x:Country r:Region")
    by_region = {row["r"]["id"]: row["evidence"] for row in await rows(ask, asked)}
    assert by_region["id:SouthAmerica"]["status"] == "reference"
    assert by_region["id:SouthAmerica"]["sources"] == [{"document": "cldr", "locator": None, "claim": None}]
    both = question("SELECT ?p ?m WHERE { ?p ep:focusesOn ?m . ?m ep:partOf ?r }", columns="p:Platform m:Country")
    assert {row["evidence"]["status"] for row in await rows(ask, both)} == {"reference"}


async def test_a_document_is_named_by_itself_only_where_no_claim_of_it_is(question: Make, ask: Ask) -> None:
    asked = question(
        "SELECT ?p ?m WHERE { ?p a ep:Platform OPTIONAL { ?p ep:focusesOn ?m } }", columns="p:Platform m:Country"
    )
    found = {row["p"]["id"]: row["evidence"]["sources"] for row in await rows(ask, asked)}
    assert found["id:eBay"] == [{"document": "003", "locator": None, "claim": None}]
    assert None not in [source["locator"] for source in found["id:AliExpress"]]


async def test_an_optional_block_counts_where_it_gave_something(question: Make, ask: Ask) -> None:
    asked = question(
        "SELECT ?rule ?threshold WHERE { ?rule a ep:TariffRule OPTIONAL { ?rule ep:thresholdAmount ?threshold } }",
        columns="rule:TariffRule threshold:decimal",
    )
    answer = await ask(asked, {}, evidence="full")
    without, with_ = (evidence.triples for evidence in answer.evidence)
    assert [t.predicate for t in without] == [TYPE]
    assert [t.predicate for t in with_] == [TYPE, ep("thresholdAmount")]


async def test_optional_blocks_do_not_multiply_or_hide_each_other(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?m (COUNT(DISTINCT ?p) AS ?platforms) (COUNT(DISTINCT ?c) AS ?claims) WHERE {
        ?m a ep:Country . OPTIONAL { ?p ep:focusesOn ?m } OPTIONAL { ?c ep:bearsOn ?m } } GROUP BY ?m""",
        columns="m:Country platforms:integer claims:integer",
    )
    found = {row["m"]["id"]: row["evidence"] for row in await rows(ask, asked)}
    assert found["id:BR"]["claims"] == ["S0-36", "S3-71"]
    assert found["id:RU"]["claims"] == ["S3-9", "S3-71"]
    assert found["id:DE"]["claims"] == []
    assert len(scopes(asked)) == 3


@pytest.mark.parametrize("way", ["all rows at once"], indirect=True)
async def test_rows_that_differ_only_in_what_is_computed_have_evidence_of_their_own(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?p ?where WHERE { ?p ep:focusesOn ?m . OPTIONAL { ?m skos:altLabel ?other }
        BIND(COALESCE(?other, "no other name") AS ?where) }""",
        columns="p:Platform where:string",
    )
    found = {row["where"]: row["evidence"]["claims"] for row in await rows(ask, asked)}
    assert found == {"no other name": ["S3-71"], "the bear": ["S3-9", "S3-71"]}


async def test_a_block_that_did_not_match_is_no_evidence_though_its_triples_hold(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?m ?how WHERE { id:AliExpress ep:focusesOn ?m .
        OPTIONAL { ?m a ep:Country . FILTER(?m = id:RU) BIND("with a border" AS ?how) } }""",
        columns="m:Country how:string",
    )
    answer = await ask(asked, {}, evidence="full")
    brazil, russia = ([triple.predicate for triple in evidence.triples] for evidence in answer.evidence)
    assert (brazil, russia) == ([ep("focusesOn")], [ep("focusesOn"), TYPE])


async def test_an_optional_block_may_need_another_one(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?rule ?place WHERE { ?rule a ep:TariffRule OPTIONAL { ?rule ep:restricts ?country
        OPTIONAL { ?country ep:partOf ?place } } }""",
        columns="rule:TariffRule place:Region",
    )
    found = await rows(ask, asked)
    argentina = next(row for row in found if row["place"] and row["place"]["id"] == "id:SouthAmerica")
    assert {source["document"] for source in argentina["evidence"]["sources"]} == {"002", "cldr"}


@pytest.mark.parametrize(
    "condition",
    [
        "OPTIONAL { ?rule ep:thresholdAmount ?t } BIND(COALESCE(?t, 0) AS ?amount) FILTER(?amount > 1000)",
        "FILTER(?t > 1000) OPTIONAL { ?rule ep:thresholdAmount ?t }",
    ],
)
async def test_a_filter_over_an_optional_block_still_lets_the_row_be_found(
    condition: str, question: Make, ask: Ask
) -> None:
    asked = question(f"SELECT ?rule WHERE {{ ?rule a ep:TariffRule {condition} }}", columns="rule:TariffRule")
    (evidence,) = (await ask(asked)).evidence
    assert [t.predicate for t in evidence.triples] == [TYPE, ep("thresholdAmount")]


async def test_each_branch_of_a_union_counts_for_its_own_rows(question: Make, ask: Ask) -> None:
    asked = question(
        "SELECT ?x WHERE { VALUES ?m { id:BR } { ?x ep:focusesOn ?m } UNION { ?x ep:bearsOn ?m } }",
        columns="x:Entity",
        parameters="{m: {type: Country, doc: D}}",
    )
    assert [row["evidence"]["claims"] for row in await rows(ask, asked)] == [["S3-71"], ["S0-36"]]


async def test_a_row_of_one_branch_does_not_rest_on_the_other(question: Make, ask: Ask) -> None:
    asked = question(
        "SELECT ?m ?p ?c WHERE { VALUES ?m { id:BR } { ?p ep:focusesOn ?m } UNION { ?c ep:bearsOn ?m } }",
        columns="m:Country p:Platform c:Claim",
        parameters="{m: {type: Country, doc: D}}",
    )
    found = {row["c"] is None: row["evidence"]["claims"] for row in await rows(ask, asked)}
    assert found == {True: ["S3-71"], False: ["S0-36"]}


async def test_inverse_and_alternative_paths_show_the_triple_that_holds(question: Make, ask: Ask) -> None:
    asked = question("SELECT ?m ?p WHERE { ?m ^ep:focusesOn|ep:restricts ?p }", columns="m:Country p:Entity")
    found = await rows(ask, asked)
    assert len(found) == 4
    assert all(row["evidence"]["claims"] for row in found)


async def test_exists_is_evidence_too(question: Make, ask: Ask) -> None:
    asked = question("SELECT ?m WHERE { ?m a ep:Country FILTER EXISTS { ?c ep:bearsOn ?m } }", columns="m:Country")
    (row,) = await rows(ask, asked)
    assert row["evidence"]["claims"] == ["S0-36"]


@pytest.mark.parametrize("negated", ["FILTER NOT EXISTS { ?m ep:partOf ?r }", "MINUS { ?m ep:partOf ?r }"])
async def test_what_is_absent_is_shown_and_makes_the_row_our_conclusion(negated: str, question: Make, ask: Ask) -> None:
    asked = question(f"SELECT ?m WHERE {{ VALUES ?m {{ id:DE }} ?m a ep:Country {negated} }}", columns="m:Country")
    (row,) = await rows(ask, asked)
    assert row["evidence"]["absent"] == ["Germany – part of – ?"]
    assert row["evidence"]["status"] == "inferred"


async def test_claims_that_a_question_binds_are_filed_by_role(question: Make, ask: Ask) -> None:
    asked = question(
        """SELECT ?m (COUNT(DISTINCT ?against) AS ?opposing) WHERE { ?p ep:focusesOn ?m
        OPTIONAL { ?against ep:bearsOn ?m ; ep:polarity id:adverse } } GROUP BY ?m""",
        columns="m:Country opposing:integer",
        more="evidence: {against: opposing}",
    )
    brazil, russia = await rows(ask, asked)
    assert brazil["evidence"]["roles"] == {"opposing": ["S0-36"]}
    assert brazil["evidence"]["kinds"] == ["fact", "opinion"]
    assert brazil["evidence"]["conflicts"] == ["Are the obstacles gone?"]
    assert russia["evidence"]["roles"] == {"opposing": []}


async def test_a_computed_row_has_evidence_too(question: Make, ask: Ask) -> None:
    asked = question(
        "SELECT ?n WHERE { VALUES ?n { 7 } }", columns="n:integer", parameters="{n: {type: integer, doc: D}}"
    )
    (row,) = await rows(ask, asked)
    assert (row["evidence"]["status"], row["evidence"]["claims"]) == ("inferred", [])


async def test_a_reached_cap_is_said(question: Make, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = question("SELECT (COUNT(?m) AS ?n) ?r WHERE { ?m ep:partOf ?r } GROUP BY ?r", columns="n:integer r:Region")
    assert {row["evidence"]["more"] for row in await rows(ask, asked)} == {False}
    monkeypatch.setattr(looking, "CAP", 1)
    assert {row["evidence"]["more"] for row in await rows(ask, asked)} == {True}


async def test_a_row_links_to_its_own_explanation(
    question: Make, ask: Ask, runner: Lease, why: Why, desk: Desk
) -> None:
    asked = question(
        "SELECT ?p WHERE { VALUES ?m { id:RU } ?p ep:focusesOn ?m }",
        columns="p:Platform",
        parameters="{m: {type: Country, doc: D}}",
    )
    (row,) = await rows(ask, asked, m="BR")
    assert row["evidence"]["explain"] == "/explain?question=asked&row=0&m=id:BR"
    answer = await ask(asked, {"m": ["BR"]})
    triples = await explain_row(asked, {"m": ["id:BR"]}, 0, runner, why, desk, as_of=TODAY)
    assert triples == list(answer.evidence[0].triples) == [ox.Triple(ident("AliExpress"), ep("focusesOn"), ident("BR"))]
    assert await explain_row(asked, {}, 7, runner, why, desk, as_of=TODAY) == []


def test_values_that_nothing_else_names_do_not_multiply_what_is_looked_at(question: Make) -> None:
    asked = question(
        """SELECT ?m (SUM(?weight) AS ?n) WHERE { VALUES ?weight { 1 2 3 } VALUES ?p { id:AliExpress }
        ?m a ep:Country OPTIONAL { ?p ep:focusesOn ?m } } GROUP BY ?m""",
        columns="m:Country n:decimal",
    )
    required, optional = scopes(asked)
    assert "VALUES" not in required.body
    assert "?weight" not in optional.body and "VALUES ?p" in optional.body


async def test_the_claims_of_a_snapshot_are_known(claims: Claims) -> None:
    claim = claims.get(ident("claim-S3-9").value)
    assert claim and (claim.document, claim.locator, claim.kind) == (
        ident("document-003").value,
        "p5 s2-3",
        ident("estimate").value,
    )
    assert claims.conflicts([ident("claim-S0-36").value], []) == ("Are the obstacles gone?",)


def test_a_conflict_is_shown_only_where_the_things_that_it_concerns_are_spoken_of() -> None:
    conflict = Conflict("tier of Spain", frozenset({"claim-1", "claim-2"}), about=frozenset({"Spain"}))
    claims = Claims(conflicts=[conflict])
    assert claims.conflicts({"claim-1"}, {"Spain", "Europe"}) == ("tier of Spain",)
    assert claims.conflicts({"claim-1"}, {"Germany", "Europe"}) == ()
    assert claims.conflicts({"claim-3"}, {"Spain"}) == ()
    assert claims.get("urn:nothing") is None


def test_claims_stand_in_the_order_of_their_documents() -> None:
    assert in_order(["S0-10", "S0-9", "S3-1", "S0-10"]) == ["S0-9", "S0-10", "S3-1"]
