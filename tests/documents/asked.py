"""How the forty competency questions are asked, and how answers are read."""

from __future__ import annotations

import csv
import re
from typing import Any

from fastapi.testclient import TestClient

Json = dict[str, Any]

PREFIXES = """
    PREFIX ep: <https://w3id.org/entrepot/ontology#> PREFIX id: <https://w3id.org/entrepot/id/>
    PREFIX owl: <http://www.w3.org/2002/07/owl#>
"""

_READERS = (
    "new eBay merchants",
    "Povos",
    "traditional enterprises",
    "import sellers",
    "export sellers",
    "enterprises entering tier 2",
    "everyone",
)
_PARCEL = {"destination": "RU", "value": "8000", "currency": "RUB"}

ASKED: dict[str, list[tuple[str, dict[str, str]]]] = {
    "CQ-01": [("market-aspects", {})],
    "CQ-02": [("market-evidence", {"market": "Brazil"})],
    "CQ-03": [("promising-markets", {"expand": expand}) for expand in ("false", "true")],
    "CQ-04": [("mature-markets-share", {"year": "2020"})],
    "CQ-05": [("market-roles", {"market": "United States"})],
    "CQ-06": [("market-growth", {"market": "Australia", "from": "2007", "to": "2012"})],
    "CQ-07": [("import-demand-by-structure", {})],
    "CQ-08": [("product-clusters", {"product": "wigs"})],
    "CQ-09": [("market-problems", {"market": "India"})],
    "CQ-10": [("mobile-commerce-regions", {})],
    "CQ-11": [("conducive-arrangements", {})],
    "CQ-12": [("overseas-warehouse-risk", {"scheme": scheme}) for scheme in ("003", "any")],
    "CQ-13": [("restricting-countries", {})],
    "CQ-14": [("parcel-duty", _PARCEL)],
    "CQ-15": [("declaration-check", {"destination": "RU", "declarations": "6", "carrier": "DHL"})],
    "CQ-16": [("policy-direction", {"market": "Russia"})],
    "CQ-17": [("cooperation-barriers", {})],
    "CQ-18": [("policy-effects", {"country": "China"})],
    "CQ-19": [("market-tiers", {"tier": tier}) for tier in "123"],
    "CQ-20": [("country-tier", {"country": country}) for country in ("Spain", "Germany", "Argentina")],
    "CQ-21": [("hot-categories", {})],
    "CQ-22": [("product-profile", {"product": product}) for product in ("wedding dresses", "wigs")],
    "CQ-23": [("sellable", {"product": "hair straightener", "platform": site}) for site in ("eBay", "Amazon")],
    "CQ-24": [("zero-tolerance-platforms", {})],
    "CQ-25": [("platforms-for-emerging-markets", {"tier": "2"})],
    "CQ-26": [("major-platforms", {})],
    "CQ-27": [("platform-observations", {"platform": "eBay", "year": "2013"})],
    "CQ-28": [("market-access", {"platform": "Amazon", "site": "US", "asOf": year}) for year in ("2011", "2013")],
    "CQ-29": [("platform-profile", {"platform": "AliExpress"})],
    "CQ-30": [("platform-count", {})],
    "CQ-31": [("small-language-strategies", {})],
    "CQ-32": [("platform-stores", {"platform": "NetEase Kaola"})],
    "CQ-33": [("import-mode-chain", {}), ("import-mode-chain", {"mode": "bonded import"})],
    "CQ-34": [("export-logistics-forms", {})],
    "CQ-35": [("overseas-warehouse-providers", {})],
    "CQ-36": [("payment-methods", {})],
    "CQ-37": [("business-models", {})],
    "CQ-38": [("trends", {"direction": direction}) for direction in ("import", "export")],
    "CQ-39": [("investments-and-acquisitions", {}), ("investments-and-acquisitions", {"year": "2019"})],
    "CQ-40": [("advice", {"addressee": reader}) for reader in _READERS],
}
"""The parameters with which questions.md asks, by competency question."""

NOT_IN_A_ROW = {"CQ-25": {"S3-07"}}
"""Claims that questions.md cites as the reason why something is *not* in the answer."""


def ask(client: TestClient, question: str, **parameters: str) -> Json:
    response = client.get(f"/questions/{question}", params=parameters)
    assert response.status_code == 200, response.text
    answer: Json = response.json()
    return answer


def claims_in(answer: Json) -> set[str]:
    """The claims that an answer rests on or shows in a cell."""
    rested = {claim for row in answer["rows"] for claim in row["evidence"]["claims"]}
    cells = [cell for row in answer["rows"] for cell in row.values() if isinstance(cell, dict)]
    return rested | {
        cell["id"].removeprefix("id:claim-") for cell in cells if cell.get("id", "").startswith("id:claim-")
    }


def local(cell: Any) -> Any:
    """A cell by the local name of its individual, or the value itself."""
    return cell["id"].removeprefix("id:") if isinstance(cell, dict) else cell


def ids(answer: Json, *columns: str) -> set[tuple[Any, ...]]:
    """The rows by some of their columns."""
    return {tuple(local(row[c]) for c in columns) for row in answer["rows"]}


def nodes(node: Json) -> list[Json]:
    """Every node of a proof, the conclusion first."""
    return [node, *(below for premise in node.get("premises", ()) for below in nodes(premise))]


def leaves(node: Json) -> list[Json]:
    """The leaves of a proof."""
    return [below for below in nodes(node) if "premises" not in below]


def select(client: TestClient, query: str) -> list[dict[str, str]]:
    """The rows of a SPARQL query, as text."""
    response = client.get("/sparql", params={"query": PREFIXES + query}, headers={"Accept": "text/csv"})
    assert response.status_code == 200, response.text
    return list(csv.DictReader(response.text.splitlines()))


def holds(client: TestClient, pattern: str) -> bool:
    """Whether the graph has a solution for a pattern."""
    answer: Json = client.get("/sparql", params={"query": f"{PREFIXES} ASK {{ {pattern} }}"}).json()
    return bool(answer["boolean"])


def name(iri: str) -> str:
    """The local name of an individual; of a claim its number."""
    return re.split("[/#]|claim-", iri)[-1]
