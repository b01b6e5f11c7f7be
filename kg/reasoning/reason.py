"""From triples and stratified rules to the closure: compile, saturate, then each rule followed by saturation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kg import collector
from kg.reasoning import strata as stratified
from kg.reasoning.closure import Closure
from kg.reasoning.rules import compile_rules
from kg.reasoning.schema import IMPLICATION, LABEL, is_schema_class, is_schema_property
from kg.reasoning.schema_axioms import REDUNDANT
from kg.reasoning.strata import Mirror, Stratum
from kg.terms import Triple


def reason(
    triples: Iterable[Triple],
    strata: Sequence[Stratum] = (),
    progress: Callable[[str], None] = lambda _: None,
    *,
    axiomatic: bool = False,
    keep: int = 8,
) -> Closure:
    """The closure of the triples under their own axioms and the stratified rules, violations included.

    Args:
        axiomatic: whether to add what holds of anything (``x owl:sameAs x``, ``x a owl:Thing``).
        keep: how many derivations to keep of each triple.
    """
    with collector.paused():
        closure = Closure(keep=keep)
        closure.assert_triples(triples)
        asserted = len(closure)
        rules = compile_rules(_axioms(closure), axiomatic=axiomatic)
        progress(f"reasoning over {asserted:,} triples with {len(rules):,} rules")
        closure.extend(rules)
        _settle(closure, asserted, axiomatic)
        progress(f"derived {len(closure) - asserted:,} triples")
        mirror = Mirror(closure)
        for stratum in strata:
            before = len(closure)
            concluded = stratified.apply(stratum, closure, mirror)
            _settle(closure, before, axiomatic)
            more = len(closure) - before - concluded
            progress(f"{stratum.name} concludes {concluded:,}, and {more:,} more follow{'s' * (more == 1)}")
    return closure


def _settle(closure: Closure, start: int, axiomatic: bool) -> None:
    """Saturates, and compiles the rules again as long as there are new axioms among the facts from ``start`` on."""
    closure.saturate()
    while any(_new_axioms(closure, start)):
        start = len(closure)
        if not closure.extend(compile_rules(_axioms(closure), axiomatic=axiomatic)):
            return
        closure.saturate()


def _axioms(closure: Closure) -> Iterable[Triple]:
    """The triples that rules are compiled from: what can be part of an axiom, and the labels of SWRL rules."""
    labelled = bool(closure.having(lambda _: False, lambda cls: cls == IMPLICATION))
    found = closure.having(lambda p: is_schema_property(p) or (labelled and p == LABEL), is_schema_class)
    return (closure.triple(fact) for fact in found if not _is_redundant(closure, fact))


def _new_axioms(closure: Closure, start: int) -> Iterable[bool]:
    """Whether each fact from ``start`` on that can be part of an axiom says something new."""
    found = closure.having(is_schema_property, is_schema_class)
    return (not _is_redundant(closure, fact) for fact in found if fact >= start)


def _is_redundant(closure: Closure, fact: int) -> bool:
    """Whether the rules of the axioms that a derived axiom comes from do all that its own would."""
    return not closure.is_given(fact) and closure.first_rule(fact) in REDUNDANT
