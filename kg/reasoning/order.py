"""Whether the stratified rules stand in an order that works: nothing that one negates or aggregates can still grow.

Sets of triples are told apart by predicate, and those of ``rdf:type`` by class. What a rule adds is followed through
the compiled rules to all that it can make grow; none of that may be negated or aggregated by the rule itself or by
one before it. An OPTIONAL counts as negated, because a solution is lost when it begins to match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from pyoxigraph import NamedNode

from kg.errors import Finding
from kg.reasoning.horn import Rule
from kg.reasoning.horn import Var as RuleVar
from kg.reasoning.schema import is_schema_class, is_schema_property
from kg.reasoning.scope import Scope
from kg.reasoning.strata import Stratum
from kg.sparql import Pattern, Var
from kg.terms import SAME_AS, TYPE, Term, written


@dataclass(frozen=True, slots=True)
class Kind:
    """A set of triples: those of a predicate, those with a class, or, with neither, all.

    ``own`` marks a class that a rule gives to a thing which its WHERE clause names: ``?x a ep:Latest`` where ``?x`` is
    known to be an ``ep:Observation`` adds nothing to the observations, whatever the class hierarchy says.
    """

    predicate: Term | None
    cls: Term | None = None
    own: bool = False

    def meets(self, other: Kind) -> bool:
        """Whether a triple can be of both kinds."""
        if self.predicate is None or other.predicate is None:
            return True
        return self.predicate == other.predicate and (self.cls is None or other.cls is None or self.cls == other.cls)

    def __str__(self) -> str:
        if self.predicate is None:
            return "a variable predicate"
        return f"rdf:type {written(self.cls)}" if self.cls else written(self.predicate)


ANYTHING = Kind(None)


def check_strata(strata: Sequence[Stratum], rules: Sequence[Rule]) -> list[Finding]:
    """A finding for each rule that negates or aggregates what it or a later rule can still add to."""
    findings = []
    passages = _Passages(rules)
    grown = [_grown(stratum, passages) for stratum in strata]
    for index, stratum in enumerate(strata):
        closed = list(_closed(stratum))
        if ANYTHING in closed:
            findings.append(_undeclared(stratum))
            continue
        for later, growth in zip(strata[index:], grown[index:], strict=True):
            clash = next(((kind, way) for kind in closed for each, way in growth.items() if each.meets(kind)), None)
            if clash:
                findings.append(_out_of_order(stratum, later, *clash))
    return findings


def _undeclared(stratum: Stratum) -> Finding:
    return Finding(
        "rule-order",
        "error",
        f"{stratum.name} negates or aggregates a variable predicate, so that its place cannot be checked.",
        "Name the predicates over which it ranges: '#+ negates: [ep:a, ep:b]'.",
        file=stratum.file,
        line=1,
    )


def _out_of_order(stratum: Stratum, later: Stratum, kind: Kind, way: Way) -> Finding:
    who = "the rule itself" if later is stratum else later.name
    by = f", by {' → '.join(map(str, way))}" if len(way) > 1 else ""
    return Finding(
        "rule-order",
        "error",
        f"{stratum.name} negates or aggregates {kind}, to which {who} can still add{by}.",
        "Negate what the OWL axioms derive and conclude a property of its own, or put the rules in another order.",
        file=stratum.file,
        line=1,
    )


# --- what a rule closes, and what it makes grow ------------------------------------------------------------


def _kind(predicate: object, value: object) -> Kind:
    if not isinstance(predicate, NamedNode):
        return ANYTHING
    return Kind(predicate, value if predicate == TYPE and isinstance(value, NamedNode) else None)


def _closed(stratum: Stratum) -> Iterator[Kind]:
    """What may not grow any more once the rule has run."""
    for pattern in _counted_on(stratum.where, aggregated=False):
        kind = _kind(pattern.predicate, pattern.object)
        if kind == ANYTHING and stratum.negates:
            yield from map(Kind, stratum.negates)
        else:
            yield kind


def _counted_on(scope: Scope, *, aggregated: bool) -> Iterator[Pattern]:
    for block in (*scope.absent, *scope.optional):
        yield from block.patterns
    if aggregated:
        yield from scope.required
    for inner in scope.inner:
        yield from _counted_on(inner, aggregated=True)


Way: TypeAlias = tuple[Kind, ...]
"""From what a rule concludes to what grows with it, step by step."""


def _grown(stratum: Stratum, passages: _Passages) -> dict[Kind, Way]:
    """Everything that the rule's conclusions can add to, through the compiled rules, and on which way."""
    grown: dict[Kind, Way] = {}
    for pattern in stratum.template:
        kind = _kind(pattern.predicate, pattern.object)
        known = _known_classes(pattern.subject, stratum.where) if kind.cls else set()
        grown = _reached(replace(kind, own=bool(known)), known, passages) | grown
    return grown


def _known_classes(subject: Term | Var, where: Scope) -> set[Term]:
    """The classes that the WHERE clause requires of what a conclusion is about."""
    about = [p.object for p in where.required if p.subject == subject and p.predicate == TYPE]
    return {cls for cls in about if isinstance(cls, NamedNode)}


def _reached(start: Kind, known: set[Term], passages: _Passages) -> dict[Kind, Way]:
    ways: dict[Kind, Way] = {start: (start,)}
    waiting = [start]
    for reached in waiting:  # grows as it is walked
        for kind in _one_step(reached, known, passages):
            if kind not in ways:
                ways[kind] = (*ways[reached], kind)
                waiting.append(kind)
    return ways


def _is_axiom(kind: Kind) -> bool:
    return is_schema_class(kind.cls) if kind.cls else kind.predicate is not None and is_schema_property(kind.predicate)


def _one_step(kind: Kind, known: set[Term], passages: _Passages) -> Iterator[Kind]:
    """What grows directly when this does. Equality and new axioms make everything grow; no other rule does."""
    if kind.predicate == SAME_AS or kind == ANYTHING or _is_axiom(kind):
        yield ANYTHING
        return
    for head, same_thing in passages.beyond(kind):
        if not (kind.own and same_thing):
            yield head
        elif head.cls not in known:
            yield replace(head, own=True)


class _Passages:
    """The compiled rules as passages: from each kind of triple in a body to that of the head."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_kind: dict[Kind, dict[tuple[Kind, bool], None]] = defaultdict(dict)
        for rule in rules:
            if rule.head is None or isinstance(rule.head.predicate, RuleVar):
                continue
            head = _kind(rule.head.predicate, rule.head.object)
            same_thing = len(rule.body) == 1 and rule.body[0].subject == rule.head.subject and head.cls is not None
            for atom in rule.body:
                self._by_kind[_kind(atom.predicate, atom.object)][head, same_thing] = None

    def beyond(self, kind: Kind) -> Iterator[tuple[Kind, bool]]:
        """The heads of the rules that such a triple can set off, and whether they speak of the same thing alone."""
        if kind.predicate == TYPE and kind.cls is None:
            met: Iterable[Kind] = filter(kind.meets, self._by_kind)
        else:
            met = dict.fromkeys((ANYTHING, Kind(kind.predicate), Kind(kind.predicate, kind.cls)))
        for each in met:
            yield from self._by_kind.get(each, ())
