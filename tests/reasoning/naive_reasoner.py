"""A second reasoner, too slow to use and too simple to be wrong, and a checker of proofs; they share only ``Rule``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from pyoxigraph import Literal

from kg.reasoning.closure import Closure, Derivation
from kg.reasoning.rules import Atom, Rule, Slot, Var
from kg.terms import Node, Term, Triple

Binding = dict[Var, Term]
ANY = Literal("any predicate")


@dataclass(frozen=True)
class Instance:
    """A rule with its variables filled in."""

    rule: str
    axiom: str
    premises: tuple[Triple, ...]
    conclusion: Triple | None


def turtle(text: str) -> list[Triple]:
    """The triples of a Turtle document with the prefixes that these tests use."""
    prefixes = {
        "": "https://example.org/",
        "ep": "https://w3id.org/entrepot/ontology#",
        "id": "https://w3id.org/entrepot/id/",
        "genid": "https://w3id.org/entrepot/genid/",
        "owl": "http://www.w3.org/2002/07/owl#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "swrl": "http://www.w3.org/2003/11/swrl#",
        "swrlb": "http://www.w3.org/2003/11/swrlb#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
    head = "\n".join(f"@prefix {name}: <{iri}> ." for name, iri in prefixes.items())
    return [quad.triple for quad in ox.parse(f"{head}\n{text}", format=ox.RdfFormat.TURTLE)]


def one(text: str) -> Triple:
    """The only triple of a Turtle document."""
    (triple,) = turtle(text)
    return triple


def close(triples: Sequence[Triple], rules: Sequence[Rule]) -> tuple[set[Triple], set[Instance]]:
    """Everything that holds, and every instance of a rule in it, found by trying everything until nothing is new."""
    known = set(triples)
    while True:
        by_predicate = defaultdict[Node, list[Triple]](list)
        for triple in known:
            by_predicate[triple.predicate].append(triple)
            by_predicate[ANY].append(triple)
        found = {instance for rule in rules for instance in instances(rule, by_predicate)}
        new = {instance.conclusion for instance in found if instance.conclusion} - known
        if not new:
            return known, found
        known |= new


def instances(rule: Rule, triples: Mapping[Node, Sequence[Triple]]) -> Iterator[Instance]:
    for found, premises in _matches(rule.body, triples):
        binding = _computed(rule, found)
        if binding is not None and _allowed(rule, binding):
            conclusion = _filled(rule.head, binding)
            if rule.head is None or conclusion is not None:
                yield Instance(rule.id, rule.axiom, premises, conclusion)


def replays(rules: Sequence[Rule], conclusion: Triple, derivation: Derivation) -> bool:
    """Whether some rule of that name and axiom leads from the premises, in that order, to the conclusion."""
    for rule in rules:
        if (rule.id, rule.axiom, len(rule.body)) == (derivation.rule, derivation.axiom, len(derivation.premises)):
            binding: Binding | None = {}
            for atom, premise in zip(rule.body, derivation.premises, strict=True):
                binding = None if binding is None else _unified(atom, premise, binding)
            binding = None if binding is None else _computed(rule, binding)
            if binding is not None and _allowed(rule, binding) and _filled(rule.head, binding) == conclusion:
                return True
    return False


def first_proof(closure: Closure, triple: Triple) -> set[Triple]:
    """Every triple in the first proof of one, itself included."""
    found, waiting = {triple}, [triple]
    while waiting:
        triple = waiting.pop()
        if not closure.is_asserted(triple):
            fresh = set(closure.derivations(triple)[0].premises) - found
            found |= fresh
            waiting += fresh
    return found


def _matches(
    body: Sequence[Atom], triples: Mapping[Node, Sequence[Triple]]
) -> Iterator[tuple[Binding, tuple[Triple, ...]]]:
    found: list[tuple[Binding, tuple[Triple, ...]]] = [({}, ())]
    for atom in body:
        found = [
            (extended, (*premises, triple))
            for binding, premises in found
            for triple in triples.get(ANY if isinstance(atom.predicate, Var) else atom.predicate, ())
            if (extended := _unified(atom, triple, binding)) is not None
        ]
    yield from found


def _unified(atom: Atom, triple: Triple, binding: Binding) -> Binding | None:
    extended = dict(binding)
    for slot, term in zip(atom, triple, strict=True):
        if (extended.setdefault(slot, term) if isinstance(slot, Var) else slot) != term:
            return None
    return extended


def _computed(rule: Rule, binding: Binding) -> Binding | None:
    """The binding with what the calls of a rule compute; None where one of them does not hold."""
    for call in rule.calls:
        value = call.function(*(_value(slot, binding) for slot in call.slots))
        if call.result is None and not value:
            return None
        if call.result is not None and (value is None or binding.setdefault(call.result, value) != value):
            return None
    return binding


def _value(slot: Slot, binding: Binding) -> Term:
    return binding[slot] if isinstance(slot, Var) else slot


def _allowed(rule: Rule, binding: Binding) -> bool:
    different = all(_value(a, binding) != _value(b, binding) for a, b in rule.different)
    different = different and all(isinstance(binding[slot], Literal) for slot in rule.literals)
    return different and all(binding[slot] in terms for slot, terms in rule.among)


def _filled(atom: Atom | None, binding: Binding) -> Triple | None:
    if atom is None:
        return None
    subject, predicate, value = (_value(slot, binding) for slot in atom)
    return None if isinstance(subject, Literal) else Triple(subject, predicate, value)
