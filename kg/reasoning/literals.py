"""What follows from the values of literals: table 8 of the OWL 2 RL rules, for triples whose subject is no literal.

In the tables literals are subjects too: a literal has a type, is the same as a second and different from a third. RDF
has no such triples. So each rule here takes several of the tables' steps at once, from a triple that can be said to
the next one; it has the name of the step that looks at the value. And instead of saying everything once for each way
to write a value, what is compared is brought to one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from pyoxigraph import Literal, NamedNode

from kg.reasoning import datatypes
from kg.reasoning.horn import Atom, Call, Rule, Slot, Var, X, Y, Z, is_a, never
from kg.reasoning.schema import owl
from kg.reasoning.spelling import respelled
from kg.terms import SAME_AS, TYPE, Node, Term, written

_DATATYPES = frozenset(datatypes.DATATYPES)
_P, _V, _W = Var("p"), Var("v"), Var("w")


def _of(slot: Slot, datatype: Term) -> Call:
    return Call(f"is of {datatype.value}", partial(datatypes.belongs, datatype.value), (slot,))


def _not_of(slot: Slot, datatype: Term) -> Call:
    return Call(f"is not of {datatype.value}", partial(_is_outside, datatype.value), (slot,))


def _is_outside(datatype: str, term: Node) -> bool:
    """Whether a value is not one of a datatype's; what is written wrongly in that very one, ``ILL_TYPED`` finds."""
    if isinstance(term, Literal) and term.datatype.value == datatype:
        return False
    return datatypes.belongs(datatype, term) is False


def _differ(one: Slot, other: Slot) -> Call:
    return Call("differ", datatypes.differ, (one, other))


# --- whatever the axioms ------------------------------------------------------------------------------------

ILL_TYPED = never(
    "dt-not-type",
    "a literal is written as its datatype allows",
    (Atom(X, _P, Y),),
    "“{y}” is not written as its datatype allows.",
)
ILL_TYPED = replace(ILL_TYPED, literals=(Y,), calls=(Call("is ill-typed", datatypes.is_ill_typed, (Y,)),))
"""dt-not-type, for the datatype that the literal itself names: T(x, p, lt) → ⊥."""


def _of_the_same() -> Iterator[Rule]:
    """Rules about things that are the same as literals.

    dt-eq: T(x, sameAs, lt) → T(x, sameAs, lt'), where lt' is how the value of lt is best written. dt-diff: T(x, sameAs,
    lt1) ∧ T(y, sameAs, lt2) → T(x, differentFrom, y), and ⊥ where x is y, if their values differ. dt-type2: T(x,
    sameAs, lt) → T(x, type, D), if the value of lt is one of D's; dt-not-type: T(x, type, D) ∧ T(x, sameAs, lt) → ⊥,
    if it is not.
    """
    one, other = Atom(X, SAME_AS, Y), Atom(Z, SAME_AS, _W)
    text = "literals with different values are different"
    apart = (_differ(Y, _W),)
    yield by_value(SAME_AS)
    yield Rule("dt-diff", text, (one, other), Atom(X, owl("differentFrom"), Z), ((X, Z),), (Y, _W), calls=apart)
    yield replace(
        never("dt-diff", text, (one, Atom(X, SAME_AS, _W)), "{x} cannot be both “{y}” and “{w}”."),
        literals=(Y, _W),
        calls=apart,
    )
    for datatype in datatypes.DATATYPES:
        name = written(datatype)
        yield Rule("dt-type2", f"the values of {name}", (one,), is_a(X, datatype), (), (Y,), calls=(_of(Y, datatype),))
        yield replace(
            never("dt-not-type", f"the values of {name}", (is_a(X, datatype), one), f"{{x}} is “{{y}}” and no {name}."),
            literals=(Y,),
            calls=(_not_of(Y, datatype),),
        )


def by_value(prop: Slot) -> Rule:
    """dt-eq: T(x, P, lt) → T(x, P, lt'), where lt' is how the value of lt is best written."""
    spelled = Call("best written", respelled, (_V,), _W)
    text = "literals are compared by value"
    return Rule("dt-eq", text, (Atom(X, prop, _V),), Atom(X, prop, _W), (), (_V,), calls=(spelled,))


ALWAYS = (ILL_TYPED, *_of_the_same())


# --- for each axiom -----------------------------------------------------------------------------------------


def with_literals(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules, and for each of them what it means where its variables stand for literals."""
    compared: dict[Term, None] = {}
    for rule in rules:
        has_values = any(isinstance(atom.object, Literal) for atom in rule.body)
        changed = replace(rule, body=tuple(map(_best_written, rule.body))) if has_values else rule
        yield changed
        yield from _types_taken_for_conditions(changed)
        yield from _types_violated(changed)
        yield from _values_apart(changed)
        compared.update(dict.fromkeys(_properties_compared(changed)))
    yield from map(by_value, compared)


def _best_written(atom: Atom) -> Atom:
    spelled = respelled(atom.object) if isinstance(atom.object, Literal) else None
    return replace(atom, object=spelled) if spelled else atom


def _objects_only(rule: Rule) -> set[Slot]:
    """The variables of a rule that may stand for literals."""
    typed = [atom for atom in rule.body if atom.predicate == TYPE and atom.object in _DATATYPES]
    others = [atom for atom in rule.body if atom not in typed]
    subjects = {atom.subject for atom in others}
    return {atom.object for atom in others if isinstance(atom.object, Var) and atom.object not in subjects}


def _types_taken_for_conditions(rule: Rule) -> Iterator[Rule]:
    """dt-type2: T(lt, type, D) in a body, where D is a datatype, asks whether the value of lt is one of D's."""
    values = _objects_only(rule)
    typed = [a for a in rule.body if a.predicate == TYPE and a.object in _DATATYPES and a.subject in values]
    if typed:
        yield replace(
            rule,
            body=tuple(atom for atom in rule.body if atom not in typed),
            literals=(*rule.literals, *(atom.subject for atom in typed)),  # type: ignore[arg-type]
            calls=(*rule.calls, *(_of(atom.subject, atom.object) for atom in typed)),  # type: ignore[arg-type]
        )


def _types_violated(rule: Rule) -> Iterator[Rule]:
    """dt-not-type: T(lt, type, D) as a conclusion, where D is a datatype, cannot be if the value of lt is not D's."""
    head = rule.head
    if head and head.predicate == TYPE and head.object in _DATATYPES and head.subject in _objects_only(rule):
        message = f"“{{{head.subject.name}}}” is no {written(head.object)}."  # type: ignore[union-attr,arg-type]
        yield replace(
            rule,
            id="dt-not-type",
            head=None,
            literals=(*rule.literals, head.subject),  # type: ignore[arg-type]
            calls=(*rule.calls, _not_of(head.subject, head.object)),  # type: ignore[arg-type]
            message=message,
        )


def _values_apart(rule: Rule) -> Iterator[Rule]:
    """dt-diff: T(lt1, sameAs, lt2) as a conclusion cannot be if their values differ."""
    head = rule.head
    if head and head.predicate == SAME_AS and {head.subject, head.object} <= _objects_only(rule):
        names = [slot.name for slot in (head.subject, head.object)]  # type: ignore[union-attr]
        yield replace(
            rule,
            id="dt-diff",
            head=None,
            literals=(*rule.literals, head.subject, head.object),  # type: ignore[arg-type]
            calls=(*rule.calls, _differ(head.subject, head.object)),
            message=f"“{{{names[0]}}}” and “{{{names[1]}}}” cannot be the same value: {rule.axiom}.",
        )


def _properties_compared(rule: Rule) -> Iterator[Term]:
    """The properties whose values a rule compares with each other or with one of its own."""
    places = [slot for atom in rule.body for slot in (atom.subject, atom.object)]
    for atom in rule.body:
        value = atom.object
        shared = isinstance(value, Var) and value in _objects_only(rule) and places.count(value) > 1
        if (shared or isinstance(value, Literal)) and isinstance(atom.predicate, NamedNode) and atom.predicate != TYPE:
            yield atom.predicate
