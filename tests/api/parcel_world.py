"""An ontology of a few lines with its questions, as files; small enough to know every answer by heart."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kg.settings import Settings

DOCUMENT = "Shops grow. Parcel Plaza sells in Brazil and in Chile.\n\nNobody ships to Mars.\n"

_PREFIXES = """@prefix ep: <https://w3id.org/entrepot/ontology#> .
@prefix id: <https://w3id.org/entrepot/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""

_ROOT = (
    _PREFIXES
    + """
<https://w3id.org/entrepot/ontology> a owl:Ontology ;
    owl:imports <https://w3id.org/entrepot/schema/small>, <https://w3id.org/entrepot/facts/small> .
"""
)

_CATALOG = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<catalog prefer="public" xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
    <uri name="https://w3id.org/entrepot/ontology" uri="entrepot.ttl"/>
    <uri name="https://w3id.org/entrepot/schema/small" uri="schema/small.ttl"/>
    <uri name="https://w3id.org/entrepot/facts/small" uri="facts/small.ttl"/>
</catalog>
"""

_SCHEMA = (
    _PREFIXES
    + """
<https://w3id.org/entrepot/schema/small> a owl:Ontology .

ep:Country a owl:Class ; skos:prefLabel "country"@en .
ep:Platform a owl:Class ; skos:prefLabel "platform"@en .
ep:Seller a owl:Class ; skos:prefLabel "seller"@en .
ep:Source a owl:Class ; skos:prefLabel "source"@en .
ep:Document a owl:Class ; rdfs:subClassOf ep:Source ; skos:prefLabel "document"@en .
ep:Claim a owl:Class ; skos:prefLabel "claim"@en .
ep:ClaimKind a owl:Class ; skos:prefLabel "kind of claim"@en .
ep:Record a owl:Class ; skos:prefLabel "record"@en .
ep:Shipment a owl:Class ; rdfs:subClassOf ep:Record ; skos:prefLabel "shipment"@en .

ep:sellsIn a owl:ObjectProperty ; rdfs:subPropertyOf ep:reaches ; skos:prefLabel "sells in"@en .
ep:reaches a owl:ObjectProperty ; skos:prefLabel "reaches"@en .
ep:from a owl:ObjectProperty ; skos:prefLabel "ships from"@en .
ep:to a owl:ObjectProperty ; skos:prefLabel "ships to"@en .
ep:document a owl:ObjectProperty ; skos:prefLabel "stands in"@en .
ep:kind a owl:ObjectProperty ; skos:prefLabel "is of kind"@en .
ep:statedBy a owl:ObjectProperty ; skos:prefLabel "is stated by"@en .
ep:code a owl:DatatypeProperty ; skos:prefLabel "code"@en .
ep:locator a owl:DatatypeProperty ; skos:prefLabel "locator"@en .
ep:statement a owl:DatatypeProperty ; skos:prefLabel "statement"@en .
ep:sha256 a owl:DatatypeProperty ; skos:prefLabel "digest"@en .
ep:weight a owl:DatatypeProperty ; skos:prefLabel "weight"@en .
ep:claim a owl:AnnotationProperty ; skos:prefLabel "rests on the claim"@en .
ep:source a owl:AnnotationProperty ; skos:prefLabel "rests on the source"@en .
"""
)

_FACTS = (
    _PREFIXES
    + """
<https://w3id.org/entrepot/facts/small> a owl:Ontology ; dcterms:source id:document-9 .

id:document-9 a ep:Document ; skos:prefLabel "document 9"@en ; dcterms:title "On shops"@en ; ep:sha256 "%s" .
id:fact a ep:ClaimKind ; skos:prefLabel "fact"@en .
id:document-009 a ep:Document ; skos:prefLabel "another document"@en .
id:claim-S9-1 a ep:Claim ; skos:prefLabel "S9-1"@en ; ep:document id:document-9 ; ep:locator "p1 s2" ; ep:kind id:fact ;
    ep:statement "It sells in two countries." .

id:BR a ep:Country ; skos:prefLabel "Brazil"@en, "巴西"@zh ; skos:altLabel "Brasil"@pt ; ep:code "BR" .
id:CL a ep:Country ; skos:prefLabel "Chile"@en ; ep:code "CL" .
id:DE a ep:Country ; skos:prefLabel "Germany"@en ; ep:code "DE", "009" .
id:GE a ep:Country ; skos:prefLabel "Sakartvelo"@en ; skos:altLabel "Georgia"@en .
id:GS a ep:Country ; skos:prefLabel "South Georgia"@en ; skos:altLabel "Georgia"@en .
id:ParcelPlaza a ep:Platform ; skos:prefLabel "Parcel Plaza"@en ; ep:sellsIn id:BR, id:CL .

[] a owl:Axiom ; owl:annotatedSource id:ParcelPlaza ; owl:annotatedProperty ep:sellsIn ; owl:annotatedTarget id:BR ;
    ep:claim id:claim-S9-1 .
[] a owl:Axiom ; owl:annotatedSource id:ParcelPlaza ; owl:annotatedProperty ep:sellsIn ; owl:annotatedTarget id:CL ;
    ep:claim id:claim-S9-1 .

id:shipment-1 a ep:Shipment ; skos:prefLabel "first shipment"@en ; ep:statedBy id:claim-S9-1 ;
    ep:from id:CL ; ep:to id:BR ; ep:weight 2.5 .
"""
)

_REACH = """#+ summary: Which platforms reach which countries?
#+ topic: platforms
#+ answers: CQ-99
#+ parameters:
#+   country: {type: Country, optional: true, many: true, doc: "Only these countries"}
#+ columns:
#+   platform: {type: Platform, doc: "A platform"}
#+   country: {type: Country, doc: "A country that it reaches"}
PREFIX ep: <https://w3id.org/entrepot/ontology#>
SELECT ?platform ?country WHERE {
  VALUES ?country { UNDEF }
  ?platform a ep:Platform ; ep:reaches ?country .
}
"""

_SHIPMENTS = """#+ summary: Which shipments are at least so heavy?
#+ topic: shipments
#+ answers: [CQ-98]
#+ parameters:
#+   weight: {type: decimal, minimum: 0, doc: "Least weight in kilograms"}
#+   country: {type: Country, doc: "Where it goes"}
#+ columns:
#+   shipment: {type: Shipment, doc: "A shipment"}
#+   kilograms: {type: decimal, unit: kg, doc: "Its weight"}
PREFIX ep: <https://w3id.org/entrepot/ontology#>
PREFIX id: <https://w3id.org/entrepot/id/>
SELECT ?shipment ?kilograms WHERE {
  VALUES ?weight { 1.0 }
  VALUES ?country { id:BR }
  ?shipment a ep:Shipment ; ep:to ?country ; ep:weight ?kilograms .
  FILTER(?kilograms >= ?weight)
}
"""


def parcel_world(folder: Path) -> Settings:
    """Writes everything below a folder; nothing is built yet."""
    digest = hashlib.sha256(DOCUMENT.encode()).hexdigest()
    files = {
        "ontology/entrepot.ttl": _ROOT,
        "ontology/catalog-v001.xml": _CATALOG,
        "ontology/schema/small.ttl": _SCHEMA,
        "ontology/facts/small.ttl": _FACTS % digest,
        "queries/questions/platforms/reach.rq": _REACH,
        "queries/questions/shipments/heavy-shipments.rq": _SHIPMENTS,
        "sources/9.txt": DOCUMENT,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return Settings(
        ontology=folder / "ontology",
        queries=folder / "queries",
        state=folder / "state",
        sources=folder / "sources",
        deadline=2.0,
        body_limit=20_000,
        result_limit=200_000,
    )
