"""A world of a dozen things, loaded, reasoned over and written as a snapshot would be; and front matter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode

from kg.files.load import Dataset
from kg.reasoning import proofs
from kg.reasoning.reason import reason
from kg.sources import sources
from kg.terms import BASE, INFERRED, PREFIXES, Triple

SCHEMA = """
ep:Country rdfs:subClassOf ep:Place .
ep:Region rdfs:subClassOf ep:Place .
ep:ReferenceSource a owl:Class . ep:Claim a owl:Class .
ep:partOf a owl:TransitiveProperty ; skos:prefLabel "part of"@en .
ep:alpha3Code rdfs:subPropertyOf ep:code .
ep:focusesOn skos:prefLabel "focuses on"@en . ep:bearsOn skos:prefLabel "bears on"@en .
ep:hasProminentProblem skos:prefLabel "has prominent problem"@en .
ep:thresholdAmount skos:prefLabel "threshold amount"@en . ep:restricts skos:prefLabel "restricts"@en .
ep:TariffRule skos:prefLabel "tariff rule"@en .
"""

WORLD = """
<https://w3id.org/entrepot/facts/world> dcterms:source id:cldr .
id:cldr a ep:ReferenceSource ; skos:prefLabel "CLDR"@en .
id:BR a ep:Country ; skos:prefLabel "Brazil"@en, "巴西"@zh, "Brasil"@pt ; ep:alpha3Code "BRA" ;
    ep:partOf id:SouthAmerica .
id:AR a ep:Country ; skos:prefLabel "Argentina"@en ; ep:partOf id:SouthAmerica .
id:CI a ep:Country ; skos:prefLabel "Côte d’Ivoire"@en ; skos:altLabel "Ivory Coast"@en .
id:DE a ep:Country ; skos:prefLabel "Germany"@en .
id:RU a ep:Country ; skos:prefLabel "Russia"@en ; skos:altLabel "the bear"@en .
id:SouthAmerica a ep:Region ; skos:prefLabel "South America"@en ; ep:partOf id:LatinAmerica .
id:LatinAmerica a ep:Region ; skos:prefLabel "Latin America"@en .
id:RUB a ep:Currency ; skos:prefLabel "ruble"@en ; ep:code "RUB" .
"""

SEEDS = """
<https://w3id.org/entrepot/facts/seeds> dcterms:source id:document-003 .
id:document-003 a ep:Document . id:document-000 a ep:Document . id:document-002 a ep:Document .
id:AliExpress a ep:Platform ; skos:prefLabel "AliExpress"@en ; ep:focusesOn id:BR, id:RU .
id:eBay a ep:Platform ; skos:prefLabel "eBay"@en ; skos:altLabel "Ebay"@en .
id:Bear a ep:Platform ; skos:prefLabel "The Bear"@en .
[] a owl:Axiom ; owl:annotatedSource id:AliExpress ; owl:annotatedProperty ep:focusesOn ; owl:annotatedTarget id:BR ;
    ep:claim id:claim-S3-71 .
[] a owl:Axiom ; owl:annotatedSource id:AliExpress ; owl:annotatedProperty ep:focusesOn ; owl:annotatedTarget id:RU ;
    ep:claim id:claim-S3-71, id:claim-S3-9 .
id:claim-S3-71 a ep:Claim ; ep:document id:document-003 ; ep:locator "p16 s6" ; ep:kind id:fact ;
    ep:subject id:AliExpress .
id:claim-S3-9 a ep:Claim ; ep:document id:document-003 ; ep:locator "p5 s2-3" ; ep:kind id:estimate .
id:claim-S0-36 a ep:Claim ; ep:document id:document-000 ; ep:locator "p3 s1" ; ep:kind id:opinion ;
    ep:bearsOn id:BR .
id:claim-S2-13 a ep:Claim ; ep:document id:document-002 ; ep:locator "p2 s1" ; ep:kind id:fact .
id:ruTariff a ep:TariffRule ; ep:restricts id:RU ; ep:thresholdAmount 7000 ; ep:statedBy id:claim-S2-13 .
id:arTariff a ep:TariffRule ; ep:restricts id:AR ; ep:statedBy id:claim-S2-13 .
id:obstacles a ep:Conflict ; skos:prefLabel "Are the obstacles gone?"@en ; ep:concernsClaim id:claim-S0-36 ;
    ep:statedBy id:claim-S2-13 .
id:claim-S0-36 ep:polarity id:adverse .
"""

TODAY = date(2026, 11, 21)

PROLOGUE = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())


def front(columns: str, parameters: str = "{}", more: str = "") -> str:
    """Front matter: ``name:Type`` pairs by blanks for columns, a mapping in braces for parameters."""
    pairs = [column.split(":") for column in columns.split()]
    declared = "".join(f"#+   {name}: {{type: {type_}, doc: D}}\n" for name, type_ in pairs)
    extra = "".join(f"#+ {line}\n" for line in more.splitlines())
    return f"#+ summary: Which?\n#+ topic: test\n#+ parameters: {parameters}\n#+ columns:\n{declared}{extra}"


def written(folder: Path) -> ox.Store:
    """The world's triples with their graphs, as in a snapshot, and with ``why.sqlite`` in the folder."""
    texts = {"schema/test": SCHEMA, "facts/world": WORLD, "facts/seeds": SEEDS}
    dataset = Dataset(folder, {NamedNode(BASE + name): _triples(text) for name, text in texts.items()})
    closure = reason(dataset.triples())
    assert not closure.violations
    origins = sources(dataset)
    proofs.write(folder / "why.sqlite", closure, lambda fact: origins[closure.triple(fact)])
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in closure.triples())
    store.extend(ox.Quad(*triple, INFERRED) for triple in closure.triples() if not closure.is_asserted(triple))
    for graph, triples in dataset.graphs.items():
        store.extend(ox.Quad(*triple, graph) for triple in triples)
    return store


def _triples(turtle: str) -> list[Triple]:
    quads = ox.parse(PROLOGUE + turtle, format=ox.RdfFormat.TURTLE)
    return [Triple(_named(q.subject), q.predicate, q.object) for q in quads]


def _named(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> ox.NamedNode:
    """A blank node gets a name, as in loading; here none stands in the place of an object."""
    assert not isinstance(subject, ox.Triple)
    return NamedNode(f"{BASE}genid/{subject.value}") if isinstance(subject, ox.BlankNode) else subject


def solved(store: ox.Store, query: str) -> list[ox.QuerySolution]:
    """The solutions of a query, all taken: what is left of a query may only be dropped in the thread that ran it."""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return list(solutions)
