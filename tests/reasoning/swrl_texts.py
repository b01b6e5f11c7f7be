"""SWRL rules for tests, atom by atom, with lists in brackets; a variable has one letter."""

from __future__ import annotations


def variables(text: str) -> str:
    return "".join(f"<urn:swrl:var#{name}> a swrl:Variable . " for name in text)


def of_class(name: str, variable: str) -> str:
    return f"[ a swrl:ClassAtom ; swrl:classPredicate ep:{name} ; swrl:argument1 <urn:swrl:var#{variable}> ]"


def related(kind: str, one: str, other: str, predicate: str = "") -> str:
    prop = f"swrl:propertyPredicate {predicate} ;" if predicate else ""
    return f"[ a swrl:{kind} ; {prop} swrl:argument1 {one} ; swrl:argument2 {other} ]"


def imp(body: str, head: str, label: str = "a rule") -> str:
    return f'{variables("xyz")} [] a swrl:Imp ; rdfs:label "{label}" ; swrl:body ( {body} ) ; swrl:head ( {head} ) .'


def built_in(name: str, *arguments: str) -> str:
    terms = " ".join(f"<urn:swrl:var#{each}>" if each.isalpha() and len(each) == 1 else each for each in arguments)
    return f"[ a swrl:BuiltinAtom ; swrl:builtin swrlb:{name} ; swrl:arguments ( {terms} ) ]"


def valued(prop: str, value: str = "v", subject: str = "x") -> str:
    return related("DatavaluedPropertyAtom", f"<urn:swrl:var#{subject}>", f"<urn:swrl:var#{value}>", f"ep:{prop}")
