"""The endpoint as an analyst uses it: SPARQLWrapper, over HTTP, on the project's own graph."""

from __future__ import annotations

from live_server import serving
from SPARQLWrapper import JSON, SPARQLWrapper

from kg.settings import Settings


def test_sparqlwrapper_reads_every_claim_of_document_003_from_outside(
    settings: Settings, claims: dict[str, dict[str, str]]
) -> None:
    with serving(settings) as server:
        endpoint = SPARQLWrapper(f"{server.base_url}/sparql", returnFormat=JSON)
        endpoint.setQuery("""
            PREFIX ep: <https://w3id.org/entrepot/ontology#> PREFIX id: <https://w3id.org/entrepot/id/>
            SELECT ?claim ?document ?locator {
              VALUES ?document { id:document-003 }
              ?claim a ep:Claim ; ep:document ?document ; ep:locator ?locator
            }
        """)
        rows = endpoint.queryAndConvert()["results"]["bindings"]
    found = {row["claim"]["value"].rpartition("claim-")[2]: row["locator"]["value"] for row in rows}
    read = {i: f"p{c['paragraph']} s{c['sentence']}" for i, c in claims.items() if i.startswith("S3-")}
    assert len(found) == 85
    assert found == read
