"""From triples and stratified rules to the closure: compile, saturate, then each rule followed by saturation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kg.reasoning import strata as stratified
from kg.reasoning.closure import Closure
from kg.reasoning.rules import compile_rules
from kg.reasoning.schema import is_schema
from kg.reasoning.strata import Mirror, Stratum
from kg.terms import Triple


def reason(
    triples: Iterable[Triple],
    strata: Sequence[Stratum] = (),
    progress: Callable[[str], None] = lambda _: None,
    *,
    axiomatic: bool = False,
) -> Closure:
    """The closure of the triples under their own axioms and the stratified rules, violations included.

    Args:
        axiomatic: whether to add what holds of anything (``x owl:sameAs x``, ``x a owl:Thing``).
    """
    asserted = list(triples)
    rules = compile_rules(asserted, axiomatic=axiomatic)
    progress(f"reasoning over {len(asserted):,} triples with {len(rules):,} rules")
    closure = Closure(rules)
    closure.assert_triples(asserted)
    _settle(closure, len(asserted), axiomatic)
    progress(f"derived {len(closure) - len(asserted):,} triples")
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
    while any(map(is_schema, _derived(closure, start))):
        start = len(closure)
        if not closure.extend(compile_rules(_worth_compiling(closure), axiomatic=axiomatic)):
            return
        closure.saturate()


def _derived(closure: Closure, start: int) -> Iterable[Triple]:
    return (closure.triple(fact) for fact in range(start, len(closure)) if not _is_chained(closure, fact))


def _worth_compiling(closure: Closure) -> Iterable[Triple]:
    return (closure.triple(fact) for fact in range(len(closure)) if not _is_chained(closure, fact))


def _is_chained(closure: Closure, fact: int) -> bool:
    """Whether the fact only says that subclasses or subproperties are transitive, as the rules of each step do."""
    steps = closure.steps(fact)
    return not closure.is_given(fact) and bool(steps) and closure.reasons[steps[0][0]][0].startswith("scm-")
