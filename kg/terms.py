"""The one term type inside ``kg`` (pyoxigraph's), the namespaces, and the ways a term is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode

Term: TypeAlias = NamedNode | BlankNode | Literal
Triple: TypeAlias = ox.Triple
Terms: TypeAlias = tuple[NamedNode | BlankNode, NamedNode, Term]
"""Subject, predicate and object; to put them together takes longer than to look them up."""
Node: TypeAlias = Term | Triple
"""What the store may give back in the place of a term; no file of ours has a triple there."""

EP = "https://w3id.org/entrepot/ontology#"
ID = "https://w3id.org/entrepot/id/"
BASE = "https://w3id.org/entrepot/"
GENID = BASE + "genid/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
SWRL = "http://www.w3.org/2003/11/swrl#"
SWRLB = "http://www.w3.org/2003/11/swrlb#"
SH = "http://www.w3.org/ns/shacl#"

PREFIXES = {
    "ep": EP,
    "id": ID,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "prov": PROV,
    "swrl": SWRL,
    "swrlb": SWRLB,
    "sh": SH,
}
"""The prefixes that every file, query and answer of the project may use."""

INFERRED = NamedNode(BASE + "graph/inferred")
TYPE = NamedNode(RDF + "type")
SAME_AS = NamedNode(OWL + "sameAs")
SUB_CLASS = NamedNode(RDFS + "subClassOf")
PREF_LABEL = NamedNode(SKOS + "prefLabel")
ALT_LABEL = NamedNode(SKOS + "altLabel")

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


def ep(name: str) -> NamedNode:
    """A term of the project's vocabulary: ``ep("Claim")``."""
    return NamedNode(EP + name)


def ident(name: str) -> NamedNode:
    """An individual of the project: ``ident("BR")``."""
    return NamedNode(ID + name)


@lru_cache(maxsize=65_536)
def shorten(iri: str) -> str:
    """The CURIE of an IRI where a known prefix fits, else ``<iri>``.

    >>> shorten("https://w3id.org/entrepot/id/BR")
    'id:BR'
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def expand(text: str) -> NamedNode | None:
    """The IRI that a CURIE with a known prefix, ``<...>`` or a full IRI names; None if it is none of these.

    >>> str(expand("id:BR"))
    '<https://w3id.org/entrepot/id/BR>'
    """
    inner = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    prefix, colon, local = inner.partition(":")
    if colon and prefix in PREFIXES and inner == text:
        inner = PREFIXES[prefix] + local
    elif not re.match(r"(?:https?|urn):", inner):
        return None
    try:
        return NamedNode(inner)
    except ValueError:
        return None


def parse_term(text: str) -> Term | None:
    """The term that an IRI, a CURIE or an N-Triples literal writes down; None if it is none of these.

    >>> parse_term('"7000"^^<http://www.w3.org/2001/XMLSchema#integer>').value
    '7000'
    """
    if not text.startswith('"'):
        return expand(text)
    try:
        quads = list(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError:
        return None
    return quads[0].object if len(quads) == 1 and isinstance(quads[0].object, Literal) else None


def canonical(term: Term) -> Term:
    """The form in which the store gives a literal back: ``1.0`` as ``1``, ``"007"`` as ``7``.

    Oxigraph keeps values, not spellings, so everything that is compared with the store goes through here.
    """
    if not isinstance(term, Literal) or term.datatype.value == XSD + "string":
        return term
    store = ox.Store()
    store.add(ox.Quad(_PROBE, _PROBE, term))
    found: Term = next(iter(store)).object
    return found


_PROBE = NamedNode("x:probe")


def in_words(text: str, label: Callable[[NamedNode], str]) -> str:
    """A text with names in place of its CURIEs and IRIs, and letters in place of its variables.

    >>> in_words("nothing says that id:AR ep:tier ?tier", lambda iri: iri.value[-4:])
    'nothing says that d/AR tier X'
    """
    variables = dict.fromkeys(re.findall(r"\?\w+", text))
    letters = dict(zip(variables, "XYZUVW", strict=False))
    text = re.sub(r"\?\w+", lambda match: letters.get(match[0], match[0]), text)
    return re.sub(r"\b(ep|id):([\w-]+)|<(\w+:[^<>\s]+)>", lambda found: label(_named(*found.groups())), text)


def _named(prefix: str | None, local: str, iri: str) -> NamedNode:
    return NamedNode(PREFIXES[prefix] + local if prefix else iri)


def written(term: Term) -> str:
    """A term as a person reads it in a message: CURIE, or the literal's value."""
    return shorten(term.value) if isinstance(term, NamedNode) else str(term.value)
