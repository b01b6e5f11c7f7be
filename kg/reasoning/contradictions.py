"""Contradictions, said so that whoever knows the field can mend them: axiom, proof, and the facts at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias, cast

from kg.errors import Finding
from kg.reasoning import render
from kg.reasoning.closure import Closure, Violation
from kg.reasoning.proofs import Asserted, Derived, Proof
from kg.reasoning.wording import Label, axiom_in_words, says
from kg.terms import Term, Triple, in_words, written

Place: TypeAlias = tuple[str | None, int | None]
"""The file and the line where something stands, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Words:
    """How to speak of a graph: what to call a term, and where an asserted triple, and an axiom by its text, stand."""

    label: Label
    place: Callable[[Triple], Place]
    home: Callable[[str], Place]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What cannot be, and the asserted triples that it comes from."""

    violation: Violation
    facts: tuple[Triple, ...]
    more: int = 0
    """How many further contradictions need all these facts too."""


def contradictions(closure: Closure) -> list[Contradiction]:
    """What cannot be among the triples, that with the fewest facts first.

    One that needs all the facts of another is only counted there: it goes when a fact of that one is taken back.
    """
    found = [Contradiction(violation, _facts(violation.premises, closure)) for violation in closure.violations]
    counts: dict[Contradiction, int] = {}
    by_fact: dict[Triple | None, list[Contradiction]] = {}
    for each in sorted(found, key=lambda each: len(each.facts)):
        facts = {*each.facts, None}
        near = (other for fact in facts for other in by_fact.get(fact, ()))
        below = next((other for other in near if facts.issuperset(other.facts)), None)
        if below:
            counts[below] += 1
        else:
            counts[each] = 0
            by_fact.setdefault(next(iter(each.facts), None), []).append(each)
    return [replace(each, more=more) for each, more in counts.items()]


def findings(closure: Closure, words: Words) -> list[Finding]:
    """The contradictions of a closure as findings in plain English; of very many, the first."""
    found = contradictions(closure)
    words = replace(words, place=cache(words.place))
    shown = [_finding(each, closure, words) for each in found[:_SHOWN]]
    if len(found) > _SHOWN:
        message = f"There are {len(found) - _SHOWN} more contradictions."
        shown.append(Finding("contradiction", "error", message, "Mend those that are shown first."))
    return shown


_SHOWN = 100


def _facts(premises: Sequence[Triple], closure: Closure) -> tuple[Triple, ...]:
    """The asserted triples under some triples, those nearest to the premises first."""
    return tuple(triple for triple in _below(premises, closure) if closure.is_asserted(triple))


def _below(premises: Sequence[Triple], closure: Closure) -> list[Triple]:
    """The triples in the first proofs of some triples, themselves included, nearest first."""
    found = list(dict.fromkeys(premises))
    seen = set(found)
    for triple in found:  # grows as it is walked
        if not closure.is_asserted(triple):
            fresh = [each for each in closure.derivations(triple)[0].premises if each not in seen]
            found += fresh
            seen.update(fresh)
    return found


# --- in words ----------------------------------------------------------------------------------------------

_LINES = 60
"""A longer proof is cut; the facts at its end are listed in any case."""


def _finding(found: Contradiction, closure: Closure, words: Words) -> Finding:
    violation = found.violation
    axiom = axiom_in_words(violation.rule, violation.axiom, words.label)
    facts = tuple(f"{says(fact, words.label)}{_at(words.place(fact))}" for fact in found.facts)
    file, line = next((place for fact in found.facts if (place := words.place(fact))[0]), (None, None))
    axioms = [axiom_in_words(rule, text, words.label) for rule, text in _axioms(violation, closure)]
    message = in_words(violation.message, words.label)
    if found.more:
        message += (
            f" {found.more} more {'contradictions come' if found.more > 1 else 'contradiction comes'} of these facts."
        )
    return Finding(
        code="contradiction",
        severity="error",
        focus=written(cast(Term, found.facts[0].subject)) if found.facts else None,
        message=message,
        fix=f"Take back or correct {_one_of('fact', facts)}{'; or else ' * bool(axioms)}{_one_of('axiom', axioms)}.",
        file=file,
        line=line,
        proof=tuple(_proof(found.violation, axiom, closure, words)),
        facts=facts,
    )


def _one_of(noun: str, texts: Sequence[str]) -> str:
    if len(texts) < 2:
        return "".join(f"this {noun}: {text}" for text in texts)
    more = f"; and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return f"one of these {len(texts)} {noun}s: {'; '.join(texts[:_NAMED])}{more}"


_NAMED = 6
"""How many facts and axioms the fix names; the finding has all facts."""


def _axioms(violation: Violation, closure: Closure) -> list[tuple[str, str]]:
    """The axioms behind a contradiction, without those of logic itself: that equality is transitive, and its like."""
    derived = (triple for triple in _below(violation.premises, closure) if not closure.is_asserted(triple))
    steps = [closure.derivations(triple)[0] for triple in derived]
    axioms = [(violation.rule, violation.axiom), *((step.rule, step.axiom) for step in steps)]
    return list(dict.fromkeys(axiom for axiom in axioms if axiom[0] not in _LOGIC))


_LOGIC = {"eq-sym", "eq-trans", "eq-rep-s", "eq-rep-p", "eq-rep-o", "eq-diff1", "cls-nothing2"}


def _at(place: Place) -> str:
    return f" ({':'.join(str(part) for part in place if part)})" if place[0] else ""


def _proof(violation: Violation, axiom: str, closure: Closure, words: Words) -> list[str]:
    """The steps from the facts to what cannot be: the axiom, then each premise with what it follows from."""

    def note(leaf: Asserted) -> str:
        return _at(words.place(leaf.triple)).strip(" ()") or "asserted"

    known: dict[Triple, Proof] = {}
    shown: set[Triple] = set()
    home = _at(words.home(violation.axiom)).replace(" (", "; ") or ")"
    steps = [f"because {axiom} (axiom: {violation.rule}{home}"]
    for premise in violation.premises:
        proof = _tree(premise, closure, known, depth=0)
        steps += [line[2:] for line in render.lines(proof, words.label, note, 1, shown)]
    more = len(steps) - _LINES
    return [*steps[:_LINES], f"because of {more} more steps"] if more > 0 else steps


def _tree(triple: Triple, closure: Closure, known: dict[Triple, Proof], depth: int) -> Proof:
    """The proof of a triple by first derivations, so deep at most."""
    if triple not in known:
        if closure.is_asserted(triple):
            return Asserted(triple, (), "stated")
        steps = closure.derivations(triple)
        more = depth >= _DEPTH
        premises = () if more else tuple(_tree(each, closure, known, depth + 1) for each in steps[0].premises)
        known[triple] = Derived(
            triple, steps[0].rule, steps[0].axiom, premises, steps[0].absent, len(steps) - 1, "inferred", more
        )
    return known[triple]


_DEPTH = 30
