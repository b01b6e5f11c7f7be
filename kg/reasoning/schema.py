"""The axioms in a graph: the triples that can be part of one, indexed, with lists and class expressions read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from pyoxigraph import BlankNode, NamedNode

from kg.reasoning.horn import Atom, Slot
from kg.terms import GENID, OWL, RDF, RDFS, SUB_CLASS, SWRL, TYPE, Node, Term, Triple, written

SUB_PROPERTY = NamedNode(RDFS + "subPropertyOf")
DOMAIN = NamedNode(RDFS + "domain")
RANGE = NamedNode(RDFS + "range")
LABEL = NamedNode(RDFS + "label")
FIRST = NamedNode(RDF + "first")
REST = NamedNode(RDF + "rest")
NIL = NamedNode(RDF + "nil")
IMPLICATION = NamedNode(SWRL + "Imp")
RULE_ENABLED = NamedNode("http://swrl.stanford.edu/ontologies/3.3/swrla.owl#isRuleEnabled")
"""Protégé's switch on a SWRL rule."""

_PREDICATES = frozenset({SUB_CLASS, SUB_PROPERTY, DOMAIN, RANGE, FIRST, REST, RULE_ENABLED})
_NAMESPACES = (OWL, SWRL)
_OTHER = frozenset(
    NamedNode(OWL + name)
    for name in ("sameAs", "differentFrom", "annotatedSource", "annotatedProperty", "annotatedTarget")
)
"""Terms of OWL that speak of individuals or of triples, and so make no rule."""
_INDIVIDUAL = NamedNode(OWL + "NamedIndividual")


def owl(name: str) -> NamedNode:
    """A term of OWL: ``owl("inverseOf")``."""
    return NamedNode(OWL + name)


def is_anonymous(term: object) -> bool:
    """Whether a term stands for an expression and has no name of its own: a blank node, or the IRI made of one."""
    return isinstance(term, BlankNode) or (isinstance(term, NamedNode) and term.value.startswith(GENID))


def is_schema(triple: Triple) -> bool:
    """Whether a triple can be part of an axiom or of a SWRL rule."""
    subject, predicate, value = triple
    if isinstance(subject, Triple) or isinstance(value, Triple):
        return False
    return is_schema_class(value) if predicate == TYPE else is_schema_property(predicate)


def is_schema_class(term: Node) -> bool:
    """Whether what is of that class can be part of an axiom or of a SWRL rule."""
    return isinstance(term, NamedNode) and term.value.startswith(_NAMESPACES) and term != _INDIVIDUAL


def is_schema_property(term: Node) -> bool:
    """Whether what has that property can be part of an axiom or of a SWRL rule; for ``rdf:type`` it is the class."""
    if not isinstance(term, NamedNode):
        return False
    return term in _PREDICATES or (term.value.startswith(_NAMESPACES) and term not in _OTHER)


class Schema:
    """The axioms of a graph, to be asked by predicate, by subject and by list."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._pairs: dict[NamedNode, dict[tuple[Term, Term], None]] = defaultdict(dict)
        self._values: dict[tuple[Term, NamedNode], list[Term]] = defaultdict(list)
        labels = []
        for triple in triples:
            if triple.predicate == LABEL:
                labels.append(triple)
            elif is_schema(triple):
                self._add(triple)
        swrl = set(self.instances(IMPLICATION))
        for triple in labels:
            if triple.subject in swrl:
                self._add(triple)

    def _add(self, triple: Triple) -> None:
        pair = (cast(Term, triple.subject), cast(Term, triple.object))  # an axiom quotes no triples
        if pair not in self._pairs[triple.predicate]:
            self._pairs[triple.predicate][pair] = None
            self._values[pair[0], triple.predicate].append(pair[1])

    def pairs(self, predicate: NamedNode) -> list[tuple[Term, Term]]:
        """Subject and object of each triple with that predicate."""
        return list(self._pairs.get(predicate, ()))

    def values(self, subject: Term, predicate: NamedNode) -> Sequence[Term]:
        """The objects of a subject and predicate."""
        return self._values.get((subject, predicate), ())

    def value(self, subject: Term, predicate: NamedNode) -> Term | None:
        """The first of ``values``; None where there is none."""
        return next(iter(self.values(subject, predicate)), None)

    def instances(self, cls: NamedNode) -> list[Term]:
        """What is asserted to be of a class of OWL's or SWRL's own."""
        return [subject for subject, value in self.pairs(TYPE) if value == cls]

    def members(self, node: Term | None) -> tuple[Term, ...]:
        """The members of a list, written ``( )`` or as a typed AtomList; nothing for a broken or circular one."""
        found: list[Term] = []
        seen: set[Term] = set()
        while node is not None and node != NIL and node not in seen:
            seen.add(node)
            first = self.values(node, FIRST)
            if len(first) != 1:
                return ()
            found.append(first[0])
            node = self.value(node, REST)
        return tuple(found) if node == NIL else ()

    # --- parts of axioms ---

    def lists(self, cls: str, predicate: str) -> Iterator[tuple[Term, ...]]:
        """The list of each axiom that is a node of its own, such as every ``owl:AllDisjointClasses``."""
        for node in self.instances(owl(cls)):
            members = self.members(self.value(node, owl(predicate)))
            if members:
                yield members

    def restrictions(self, facet: str) -> Iterator[tuple[Term, Term, Term]]:
        """Class, property and filler of each restriction, for ``someValuesFrom`` and its like."""
        for cls, filler in self.pairs(owl(facet)):
            for prop in self.values(cls, owl("onProperty")):
                yield cls, prop, filler

    def related(self, subject: Slot, prop: Term, value: Slot) -> Atom:
        """``T(subject, prop, value)``, turned round where the property is written as the inverse of another."""
        inverse = self.value(prop, owl("inverseOf")) if is_anonymous(prop) else None
        return Atom(value, inverse, subject) if inverse else Atom(subject, prop, value)

    # --- as a person reads it ---

    def written(self, term: Term) -> str:
        """A name as a CURIE, a class expression in Protégé's (Manchester) syntax."""
        return self._written(term, depth=0)

    def expression(self, term: Term) -> str | None:
        """The Manchester text of what a term is said to be made of; None where nothing of the kind is said."""
        return self._expression(term, depth=0)

    def definition(self, cls: Term) -> str:
        """The axiom that gives a class expression its meaning, or a class that was given one its definition."""
        text = self.expression(cls) or written(cls)
        return f"the meaning of “{text}”" if is_anonymous(cls) else f"{written(cls)} ≡ {text}"

    def _written(self, term: Term, depth: int) -> str:
        if not is_anonymous(term):
            return written(term)
        text = self._expression(term, depth) if depth < 8 else "…"
        if text is None:
            return "something unnamed"
        return f"({text})" if depth and " " in text else text

    def _expression(self, node: Term, depth: int) -> str | None:
        return self._restriction(node, depth + 1) or self._combination(node, depth + 1)

    def _restriction(self, node: Term, depth: int) -> str | None:
        prop = self.value(node, owl("onProperty"))
        for facet, word in _FACETS.items():
            filler = self.value(node, owl(facet))
            if prop and filler:
                return f"{self._written(prop, depth)} {word} {self._written(filler, depth)}"
        for facet, word in _COUNTS.items():
            number, cls = self.value(node, owl(facet)), self.value(node, owl("onClass"))
            if prop and number:
                text = f"{self._written(prop, depth)} {word} {number.value}"
                return f"{text} {self._written(cls, depth)}" if cls else text
        return None

    def _combination(self, node: Term, depth: int) -> str | None:
        for name, word in (("intersectionOf", " and "), ("unionOf", " or "), ("oneOf", ", ")):
            members = self.members(self.value(node, owl(name)))
            if members:
                text = word.join(self._written(each, depth) for each in members)
                return f"{{{text}}}" if name == "oneOf" else text
        for name, word in (("complementOf", "not"), ("inverseOf", "inverse")):
            value = self.value(node, owl(name))
            if value:
                return f"{word} {self._written(value, depth)}"
        return None


_FACETS = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value"}
_COUNTS = {
    "maxCardinality": "max",
    "maxQualifiedCardinality": "max",
    "minCardinality": "min",
    "minQualifiedCardinality": "min",
    "cardinality": "exactly",
    "qualifiedCardinality": "exactly",
}
