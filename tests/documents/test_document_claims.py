"""The five documents, from the sentence to the claim, to what rests on it, to an answer."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from pathlib import Path

import pytest
from asked import ASKED, ask, claims_in, name, select
from fastapi.testclient import TestClient

PROJECT = Path(__file__).parent.parent.parent
SEED, SAMPLE = 20261126, 40
WORDS_ONLY = {"S3-77": "that there are further platforms names none of them"}
"""Facts and estimates that nothing is asserted on, and why."""


def test_every_claim_is_in_the_graph_with_its_document_place_and_kind(
    client: TestClient, claims: dict[str, dict[str, str]]
) -> None:
    rows = select(
        client,
        "SELECT ?claim ?document ?locator ?kind "
        "{ ?claim a ep:Claim ; ep:document ?document ; ep:locator ?locator ; ep:kind ?kind }",
    )
    found = {name(r["claim"]): (name(r["document"]), r["locator"], name(r["kind"])) for r in rows}
    read = {
        i: (f"document-{c['seed_file'][:3]}", f"p{c['paragraph']} s{c['sentence']}", c["kind"])
        for i, c in claims.items()
    }
    assert len(read) == 303
    assert found == read


def test_every_claim_shows_a_passage_with_the_words_it_rests_on(
    client: TestClient, claims: dict[str, dict[str, str]]
) -> None:
    for claim, row in claims.items():
        passage = client.get(f"/entities/claim-{claim}").json()["passage"]
        assert row["quote"] in passage.replace("\n", " "), claim


def test_every_claim_is_found_by_browsing(client: TestClient, claims: dict[str, dict[str, str]]) -> None:
    assert claims_in(ask(client, "claims")) == set(claims)


def test_every_claim_of_a_year_speaks_of_that_year(client: TestClient, claims: dict[str, dict[str, str]]) -> None:
    dated = {i: row["time"] for i, row in claims.items() if re.fullmatch(r"\d{4}", row["time"])}
    assert len(dated) > 10
    rows = select(client, "SELECT ?claim ?from ?until { ?claim ep:speaksFrom ?from ; ep:speaksUntil ?until }")
    spoken = {name(r["claim"]): (r["from"][:4], r["until"][:4]) for r in rows}
    for claim, year in dated.items():
        assert spoken[claim] == (year, year), claim


def runs_of_words(text: str, length: int = 12) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def test_no_sentence_of_a_document_stands_in_the_project(seeds: Path) -> None:
    """Runs of twelve words are compared; what is shorter is a fact, a name or a turn of speech."""
    documents = sorted(seeds.glob("00?_*.txt"))
    assert len(documents) == 5
    copied = set[tuple[str, ...]]().union(*(runs_of_words(d.read_text(encoding="utf-8")) for d in documents))
    assert len(copied) > 3500
    files = [path for end in ("ttl", "csv", "rq", "md", "py") for path in sorted(PROJECT.glob(f"[!.]*/**/*.{end}"))]
    assert len(files) > 100
    for path in files:
        assert not copied & runs_of_words(path.read_text(encoding="utf-8")), path


def test_opinions_advice_and_forecasts_stand_behind_no_assertion(client: TestClient) -> None:
    unfit = """
        SELECT ?what ?claim {
          { ?axiom owl:annotatedSource ?what ; ep:claim ?claim }
          UNION
          { ?what ep:statedBy ?claim FILTER NOT EXISTS { ?what a ep:Saying } }
          ?claim ep:kind ?kind FILTER(?kind NOT IN (id:fact, id:estimate))
        }
    """
    assert select(client, unfit) == []


def test_every_fact_and_estimate_is_asserted_or_said_in_a_structured_form(
    client: TestClient, claims: dict[str, dict[str, str]]
) -> None:
    rows = select(client, "SELECT DISTINCT ?claim { { ?x ep:statedBy ?claim } UNION { ?y ep:claim ?claim } }")
    structured = {name(r["claim"]) for r in rows}
    flat = {i for i, row in claims.items() if row["kind"] in ("fact", "estimate")}
    assert flat - structured == set(WORDS_ONLY)


def sampled(claims: dict[str, dict[str, str]], seed: int) -> list[str]:
    """Claims of every document and kind, the same for the same seed."""
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    for claim, row in claims.items():
        strata[claim[:2], row["kind"]].append(claim)
    chooser = random.Random(seed)
    shuffled = [chooser.sample(members, len(members)) for _, members in sorted(strata.items())]
    rounds = [stratum[n] for n in range(max(map(len, shuffled))) for stratum in shuffled if n < len(stratum)]
    return rounds[:SAMPLE]


@pytest.mark.parametrize("seed", [SEED])
def test_a_sample_of_claims_is_traced_from_the_sentence_to_an_answer(
    client: TestClient, claims: dict[str, dict[str, str]], seed: int
) -> None:
    sample = sampled(claims, seed)
    assert len(set(sample)) == SAMPLE
    used: dict[str, set[str]] = defaultdict(set)
    for question, asked in ASKED.items():
        for endpoint, given in asked:
            for claim in claims_in(ask(client, endpoint, **given)):
                used[claim].add(question)
    browsed = claims_in(ask(client, "claims"))
    for claim in sample:
        entity = client.get(f"/entities/claim-{claim}").json()
        assert claims[claim]["quote"] in entity["passage"].replace("\n", " "), claim
        resting = select(
            client,
            f"SELECT ?x {{ {{ ?x ep:statedBy id:claim-{claim} }} UNION {{ ?y ep:claim id:claim-{claim} ; "
            f"owl:annotatedSource ?x }} UNION {{ id:claim-{claim} ep:subject ?x }} }}",
        )
        assert resting, claim
        assert used[claim] or claim in browsed, claim
