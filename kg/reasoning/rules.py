"""The rules of a graph: its axioms, each compiled to Horn rules named as in the W3C table, and its SWRL rules.

Unlike in the W3C table the axioms are no premises: they are compiled away, and each rule names its own. The schema is
not closed first: ``C ⊑ D ⊑ E`` gives two rules and not three, so that each step of a proof names an axiom that
somebody wrote. That subclasses and subproperties are transitive is two ordinary rules (``scm-sco``, ``scm-spo``),
whose triples are there to be asked and need not be compiled.

Source: OWL 2 Web Ontology Language Profiles (Second Edition), section 4.3, tables 4 to 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from kg.reasoning import class_axioms, property_axioms, swrl
from kg.reasoning.horn import Atom, Call, Rule, Slot, Var, X, Y, Z, is_a, never
from kg.reasoning.schema import SUB_CLASS, SUB_PROPERTY, Schema, owl
from kg.terms import SAME_AS, Triple

__all__ = ["Atom", "Call", "Rule", "Slot", "Var", "compile_rules"]


def compile_rules(triples: Iterable[Triple], *, axiomatic: bool = False) -> list[Rule]:
    """The rules that the axioms and SWRL rules among the triples amount to, each once, in a fixed order.

    Args:
        axiomatic: whether to add the rules whose conclusions say nothing, such as that everything is a thing.
    """
    schema = Schema(triples)
    rules = [*ALWAYS, *(TRIVIAL if axiomatic else ())]
    for family in (all_different, *property_axioms.FAMILIES, *class_axioms.FAMILIES):
        rules += filter(_is_well_formed, family(schema))
    rules += swrl.read(schema, rules)[0]
    return list(dict.fromkeys(rules))


def _is_well_formed(rule: Rule) -> bool:
    """Whether the rule speaks of triples: where a file is wrong, a literal may stand for a property."""
    atoms = (*rule.body, rule.head) if rule.head else rule.body
    return all(isinstance(a.predicate, Var | NamedNode) and not isinstance(a.subject, Literal) for a in atoms)


# --- equality (table 4) ------------------------------------------------------------------------------------


def _replacing(rule: str, body: Atom, head: Atom) -> Rule:
    """eq-rep-s, eq-rep-o: T(x, sameAs, y) and a triple with x → the same with y in its place."""
    text = "what is the same has the same properties"
    return Rule(rule, text, (Atom(X, SAME_AS, Y), body), head, different=((Var("p"), SAME_AS), (X, Y)))


def _chaining(rule: str, p: NamedNode, name: str) -> Rule:
    """eq-trans, scm-sco, scm-spo: T(x, P, y) ∧ T(y, P, z) → T(x, P, z), where x and z differ."""
    body = Atom(X, p, Y), Atom(Y, p, Z)
    return Rule(rule, f"{name} is transitive", body, Atom(X, p, Z), different=((X, Z),))


ALWAYS = (
    Rule("eq-sym", "owl:sameAs is symmetric", (Atom(X, SAME_AS, Y),), Atom(Y, SAME_AS, X)),
    _chaining("eq-trans", SAME_AS, "owl:sameAs"),
    _replacing("eq-rep-s", Atom(X, Var("p"), Z), Atom(Y, Var("p"), Z)),
    _replacing("eq-rep-o", Atom(Z, Var("p"), X), Atom(Z, Var("p"), Y)),
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
    _chaining("scm-sco", SUB_CLASS, "rdfs:subClassOf"),
    _chaining("scm-spo", SUB_PROPERTY, "rdfs:subPropertyOf"),
)
"""The rules that rest on no axiom. eq-ref, that everything is the same as itself, is left out: it says nothing."""


TRIVIAL: tuple[Rule, ...] = ()
"""The rules whose conclusions hold of anything."""


def all_different(schema: Schema) -> Iterator[Rule]:
    """eq-diff2, eq-diff3: T(x, sameAs, y) → ⊥, where x and y are two of AllDifferent(A1 ... An)."""
    for rule, predicate in (("eq-diff2", "members"), ("eq-diff3", "distinctMembers")):
        for members in schema.lists("AllDifferent", predicate):
            text = f"{len(members)} individuals are all different"
            message = "{x} and {y} are declared different and cannot be the same."
            among = (X, frozenset(members)), (Y, frozenset(members))
            yield Rule(rule, text, (Atom(X, SAME_AS, Y),), None, ((X, Y),), among, message=message)
