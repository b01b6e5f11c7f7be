"""The rules of a graph: its axioms, each compiled to Horn rules named as in the W3C table, and its SWRL rules.

Unlike in the W3C table the axioms are no premises: they are compiled away, and each rule names its own. The schema is
not closed first: ``C ⊑ D ⊑ E`` gives two rules and not three, so that each step of a proof names an axiom that
somebody wrote. That subclasses and subproperties are transitive is two ordinary rules (``scm-sco``, ``scm-spo``),
whose triples are there to be asked and need not be compiled.

Source: OWL 2 Web Ontology Language Profiles (Second Edition), section 4.3, tables 4 to 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.reasoning import class_axioms, equality, literals, property_axioms, schema_axioms, swrl, trivial
from kg.reasoning.horn import Atom, Call, Rule, Slot, Var, X, Y, is_a, never
from kg.reasoning.schema import Schema, owl
from kg.terms import GENID, SAME_AS, Triple

__all__ = ["Atom", "Call", "Rule", "Slot", "Var", "compile_rules"]


def compile_rules(triples: Iterable[Triple], *, axiomatic: bool = False) -> list[Rule]:
    """The rules that the axioms and SWRL rules among the triples amount to, each once, in a fixed order.

    Args:
        axiomatic: whether to add the rules whose conclusions say nothing, such as that everything is a thing.
    """
    schema = Schema(triples)
    compiled: list[Rule] = []
    for family in (all_different, *property_axioms.FAMILIES, *class_axioms.FAMILIES, *schema_axioms.FAMILIES):
        compiled += filter(_is_well_formed, map(_named, family(schema)))
    compiled += swrl.read(schema, compiled)[0]
    rules = [*ALWAYS, *schema_axioms.comparisons(schema), *(trivial.RULES if axiomatic else ())]
    rules += literals.with_literals(compiled)
    return list(dict.fromkeys(rules))


def _named(rule: Rule) -> Rule:
    """The rule with names for the properties that are blank nodes, which no triple can have."""
    if not any(isinstance(atom.predicate, BlankNode) for atom in (*rule.body, rule.head) if atom):
        return rule
    head = rule.head and _with_named_property(rule.head)
    return replace(rule, body=tuple(map(_with_named_property, rule.body)), head=head)


def _with_named_property(atom: Atom) -> Atom:
    prop = atom.predicate
    return replace(atom, predicate=NamedNode(GENID + prop.value)) if isinstance(prop, BlankNode) else atom


def _is_well_formed(rule: Rule) -> bool:
    """Whether the rule speaks of triples: where a file is wrong, a literal may stand for a property."""
    atoms = (*rule.body, rule.head) if rule.head else rule.body
    return all(isinstance(a.predicate, Var | NamedNode) and not isinstance(a.subject, Literal) for a in atoms)


# --- equality (table 4) ------------------------------------------------------------------------------------


ALWAYS = (
    *equality.RULES,
    never(
        "eq-diff1",
        "owl:sameAs excludes owl:differentFrom",
        (Atom(X, SAME_AS, Y), Atom(X, owl("differentFrom"), Y)),
        "{x} and {y} cannot be both the same and different.",
    ),
    never(
        "eq-diff1",
        "owl:sameAs is reflexive",
        (Atom(X, owl("differentFrom"), X),),
        "{x} cannot be different from itself.",
    ),
    never("cls-nothing2", "owl:Nothing is empty", (is_a(X, owl("Nothing")),), "{x} cannot be an owl:Nothing."),
    *literals.ALWAYS,
    *schema_axioms.RULES,
)
"""The rules that rest on no axiom. eq-ref, that everything is the same as itself, is left out: it says nothing."""


def all_different(schema: Schema) -> Iterator[Rule]:
    """eq-diff2, eq-diff3: T(x, sameAs, y) → ⊥, where x and y are two of AllDifferent(A1 ... An)."""
    for rule, predicate in (("eq-diff2", "members"), ("eq-diff3", "distinctMembers")):
        for members in schema.lists("AllDifferent", predicate):
            text = f"{len(members)} individuals are all different"
            message = "{x} and {y} are declared different and cannot be the same."
            among = (X, frozenset(members)), (Y, frozenset(members))
            yield Rule(rule, text, (Atom(X, SAME_AS, Y),), None, ((X, Y),), among=among, message=message)
