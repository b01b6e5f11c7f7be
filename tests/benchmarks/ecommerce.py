"""E-commerce data of any size: a fixed ontology that uses most of OWL 2 RL, and shops, products and orders.

The same size and seed give the same triples. Nothing in them contradicts the ontology, and about one seller in a
hundred is listed twice under the same register number, so that keys and equality have something to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pyoxigraph as ox

from kg.terms import Triple

PREFIXES = """
@prefix : <https://example.org/shop#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

ONTOLOGY = """
:Agent owl:disjointWith :Product . :Product owl:disjointWith :Place . :Agent owl:disjointWith :Place .
:Seller rdfs:subClassOf :Agent . :Customer rdfs:subClassOf :Agent . :Carrier rdfs:subClassOf :Agent .
:Company rdfs:subClassOf :Agent . :Seller owl:equivalentClass :Merchant .
:Country rdfs:subClassOf :Place . :Region rdfs:subClassOf :Place . :Bloc rdfs:subClassOf :Region .
:City rdfs:subClassOf :Place . :Order rdfs:subClassOf :Event . :Parcel rdfs:subClassOf :Thing .
[] a owl:AllDisjointClasses ; owl:members ( :Order :Parcel :Place ) .

:soldBy rdfs:domain :Product ; rdfs:range :Seller ; owl:inverseOf :sells ; rdfs:subPropertyOf :offeredBy .
:offeredBy rdfs:range :Agent . :basedIn rdfs:domain :Agent ; rdfs:range :City .
:partOf a owl:TransitiveProperty ; rdfs:range :Place . :hasPart owl:inverseOf :partOf .
:basedIn rdfs:subPropertyOf :locatedIn . :locatedIn owl:propertyChainAxiom ( :locatedIn :partOf ) .
:originatesIn owl:propertyChainAxiom ( :soldBy :basedIn :partOf ) .
:shipsTo rdfs:domain :Order ; rdfs:range :City . :delivers owl:equivalentProperty :shipsTo .
:similarTo a owl:SymmetricProperty, owl:IrreflexiveProperty ; rdfs:domain :Product .
:variantOf a owl:TransitiveProperty, owl:AsymmetricProperty ; rdfs:subPropertyOf :relatedTo .
:follows a owl:TransitiveProperty .
:contains rdfs:domain :Order ; rdfs:range :Product . :placedBy a owl:FunctionalProperty ; rdfs:range :Customer .
:placed owl:inverseOf :placedBy . :boughtProduct owl:propertyChainAxiom ( :placed :contains ) .
:trackingNumber a owl:InverseFunctionalProperty, owl:FunctionalProperty .
:price a owl:FunctionalProperty ; rdfs:range xsd:decimal . :sku rdfs:range xsd:string .
:offeredBy owl:propertyDisjointWith :similarTo .
:Seller owl:hasKey ( :registerNumber :basedIn ) .

:CrossBorder owl:equivalentClass [ owl:onProperty :customs ; owl:hasValue :cleared ] .
:LocalShop owl:equivalentClass [ owl:intersectionOf ( :Seller :SmallBusiness ) ] .
:Buyer owl:equivalentClass [ owl:onProperty :placed ; owl:someValuesFrom :Order ] .
:Active owl:equivalentClass [ owl:onProperty :placed ; owl:someValuesFrom owl:Thing ] .
:Listed owl:equivalentClass [ owl:unionOf ( :Category3 :Category4 ) ] .
:Order rdfs:subClassOf [ owl:onProperty :contains ; owl:allValuesFrom :Ordered ] .
:Order rdfs:subClassOf [ owl:onProperty :delivers ; owl:maxCardinality 1 ] .
:Parcel rdfs:subClassOf [ owl:onProperty :carriedBy ; owl:maxQualifiedCardinality 1 ; owl:onClass :Carrier ] .
"""
_CATEGORIES = 84
_WITH_VALUES = ("trackingNumber", "price", "sku", "registerNumber")


def ontology() -> list[Triple]:
    """The axioms and, as every ontology editor writes them, the declarations: whatever the size of the data."""
    tree = [f":Category{i} rdfs:subClassOf :Category{(i - 1) // 4} ." for i in range(1, _CATEGORIES)]
    text = "\n".join([PREFIXES, ONTOLOGY, ":Category0 rdfs:subClassOf :Product .", *tree])
    names = dict.fromkeys(re.findall(r"(?<!\w):(\w+)", text))
    declared = [f":{name} a {_kind(name)} ." for name in names if name != "cleared"]
    return [quad.triple for quad in ox.parse("\n".join([text, *declared]), format=ox.RdfFormat.TURTLE)]


def _kind(name: str) -> str:
    if name[0].isupper():
        return "owl:Class"
    return "owl:DatatypeProperty" if name in _WITH_VALUES else "owl:ObjectProperty"


def triples(size: int, seed: int = 7) -> list[Triple]:
    """The ontology and facts, ``size`` triples together; a thousand at least."""
    found = ontology()
    written = "\n".join([PREFIXES, *_lines(size - len(found), Random(seed))])
    found += [quad.triple for quad in ox.parse(written, format=ox.RdfFormat.TURTLE)]
    return found[:size]


def chain(length: int) -> list[Triple]:
    """A transitive property and a path of so many steps."""
    steps = " ".join(f":n{i} :follows :n{i + 1} ." for i in range(length))
    text = f"{PREFIXES} :follows a owl:TransitiveProperty . {steps}"
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def clique(members: int, facts: int) -> list[Triple]:
    """Individuals that are all the same, said step by step, each with so many facts of its own."""
    same = " ".join(f":i{i} owl:sameAs :i{i + 1} ." for i in range(members - 1))
    own = " ".join(f":i{i} :relatedTo :v{i}-{j} ." for i in range(members) for j in range(facts))
    return [quad.triple for quad in ox.parse(f"{PREFIXES} {same} {own}", format=ox.RdfFormat.TURTLE)]


def _lines(count: int, random: Random) -> Iterator[str]:
    """Facts, one a line and a few more than asked for: places, then shops with their products and orders."""
    places = list(_places(max(8, count // 2000)))
    yield from places
    written, shop = len(places), 0
    while written < count:
        lines = list(_shop(shop, random, cities=max(8, count // 2000)))
        yield from lines
        written += len(lines)
        shop += 1


def _places(cities: int) -> Iterator[str]:
    for city in range(cities):
        country, bloc = city // 8, city // 64
        yield f":city{city} a :City ."
        yield f":city{city} :partOf :country{country} ."
        if city % 8 == 0:
            yield f":country{country} a :Country ."
            yield f":country{country} :partOf :bloc{bloc} ."


def _shop(shop: int, random: Random, cities: int) -> Iterator[str]:
    seller, city = f":seller{shop}", f":city{random.randrange(cities)}"
    for name in [seller, f"{seller}b"] if shop % 100 == 0 else [seller]:
        yield f"{name} a :Seller ."
        yield f"{name} :basedIn {city} ."
        yield f'{name} :registerNumber "R{shop}" .'
    if shop % 3 == 0:
        yield f"{seller} a :SmallBusiness ."
    for number in range(5):
        yield from _product(f":product{shop}-{number}", seller, shop, number, random)
    for number in range(4):
        yield from _order(f":order{shop}-{number}", shop, number, random, cities)


def _product(product: str, seller: str, shop: int, number: int, random: Random) -> Iterator[str]:
    yield f"{product} a :Category{random.randrange(_CATEGORIES)} ."
    yield f"{product} :soldBy {seller} ."
    yield f'{product} rdfs:label "Product {number} of shop {shop}"@en .'
    yield f'{product} :sku "S{shop}-{number}" .'
    yield f"{product} :price {random.randrange(100, 99999) / 100:.2f} ."
    if number % 2:
        yield f"{product} :similarTo :product{random.randrange(shop + 1)}-0 ."
    if number == 4:
        yield f"{product} :variantOf :product{shop}-2 ."


def _order(order: str, shop: int, number: int, random: Random, cities: int) -> Iterator[str]:
    yield f"{order} a :Order ."
    yield f"{order} :placedBy :customer{random.randrange(shop * 2 + 3)} ."
    yield f"{order} :shipsTo :city{random.randrange(cities)} ."
    for _ in range(2):
        yield f"{order} :contains :product{random.randrange(shop + 1)}-{random.randrange(5)} ."
    if number == 0:
        yield f"{order} :customs :cleared ."
    yield f'{order} :trackingNumber "T{shop}-{number}" .'
