"""Triples and axioms in plain English: labels in place of IRIs, words in place of signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, cast

from pyoxigraph import Literal, NamedNode

from kg.reasoning.schema import Schema, is_anonymous
from kg.terms import OWL, PREF_LABEL, PREFIXES, RDFS, SAME_AS, TYPE, Term, Triple, in_words, written

Label: TypeAlias = Callable[[Term], str]
"""What to call a term."""

_OF_OWL: Mapping[Term, str] = {
    SAME_AS: "is the same as",
    NamedNode(OWL + "differentFrom"): "is different from",
    NamedNode(RDFS + "subClassOf"): "is a kind of",
    NamedNode(RDFS + "subPropertyOf"): "implies",
}
_NAMING = (PREF_LABEL, NamedNode(RDFS + "label"))


def labels(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> Label:
    """The names that things have among the triples: the English one, else any, else a CURIE or the IRI.

    A class expression without a name is called by its Manchester text.

    Args:
        prefixes: for the CURIEs; a namespace by its prefix.
    """
    found: dict[Term, str] = {}
    axioms = []
    for triple in triples:
        axioms.append(triple)
        name = triple.object if triple.predicate in _NAMING else None
        if isinstance(name, Literal) and (name.language in (None, "en") or triple.subject not in found):
            found[cast(Term, triple.subject)] = name.value
    schema: list[Schema] = []  # made when the first expression asks for it

    def label(term: Term) -> str:
        if isinstance(term, Literal):
            return term.value
        if term not in found and is_anonymous(term):
            schema.append(schema[0] if schema else Schema(axioms))
            found[term] = axiom_in_words("", schema[0].written(term), label)
        return found.get(term) or _shortened(term, prefixes)

    return label


def _shortened(term: Term, prefixes: Mapping[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        local = term.value.removeprefix(namespace)
        if namespace and local != term.value and re.fullmatch(r"[\w.-]+", local):
            return f"{prefix}:{local}"
    return written(term)


def says(triple: Triple, label: Label) -> str:
    """A triple as a sentence.

    >>> from kg.terms import ep, ident
    >>> says(Triple(ident("DX"), TYPE, ep("Agent")), lambda term: term.value[-5:])
    'id/DX is an Agent'
    """
    subject, value = cast(Term, triple.subject), cast(Term, triple.object)
    name = value.value if isinstance(value, Literal) else label(value)
    if triple.predicate == TYPE:
        return f"{label(subject)} is {_a(name)}"
    return f"{label(subject)} {_OF_OWL.get(triple.predicate) or label(triple.predicate)} {name}"


def _a(name: str) -> str:
    """A class as a complement: ``a place``, ``an agent``, an expression in quotation marks."""
    if " " in name and re.search(r" (some|only|at most|at least|exactly|and|or) ", name):
        return f"“{name}”"
    return f"an {name}" if name.rpartition(":")[2][:1] in tuple("aeiouAEIOU") else f"a {name}"


def axiom_in_words(rule: str, axiom: str, label: Label) -> str:
    """What an axiom says, as far as signs and Manchester syntax have words.

    Args:
        rule: the rule's id, which tells classes (``cax-sco``) from properties (``prp-spo1``).

    >>> axiom_in_words("cax-sco", "ep:Shop ⊑ ep:owns max 1", lambda term: term.value.partition("#")[2])
    'every Shop is “owns at most 1”'
    """
    text = re.sub(r" (max|min) (?=\d)", lambda found: _COUNTS[found[1]], axiom).replace(" value ", " ")
    for pattern, phrase in _PHRASES:
        if match := re.fullmatch(pattern, text):
            return phrase.format(*(in_words(each, label) for each in match.groups()))
    whole, contains, chain = text.partition(" ⊒ ")
    if contains:
        steps = ", then ".join(f"“{in_words(step, label)}”" for step in chain.split(" ∘ "))
        return f"{steps}, is “{in_words(whole, label)}”"
    for sign in (" ⊑ ", " ≡ "):
        one, found, other = text.partition(sign)
        if found:
            return _inclusion(sign, in_words(one, label), in_words(other, label), of_classes=rule.startswith("cax"))
    return in_words(text, label)


_PHRASES = (
    (r"(\S+) is functional", "“{0}” has at most one value"),
    (r"(\S+) is inverse functional", "“{0}” leads to one value from one thing only"),
    (r"(\S+) is (transitive|symmetric|asymmetric|irreflexive)", "“{0}” is {1}"),
    (r"(\S+) is the inverse of (\S+)", "“{0}” is the inverse of “{1}”"),
    (r"the domain of (\S+) is (\S+)", "whatever {0} something is of the class “{1}”"),
    (r"the range of (\S+) is (\S+)", "whatever something {0} is of the class “{1}”"),
    (r"owl:sameAs excludes owl:differentFrom", "what is the same cannot be different"),
)
_COUNTS = {"max": " at most ", "min": " at least "}


def _inclusion(sign: str, one: str, other: str, *, of_classes: bool) -> str:
    if sign == " ≡ ":
        return f"“{one}” means “{other}”"
    if not of_classes:
        return f"“{one}” implies “{other}”"
    every = f"whatever is {_a(one)}" if _a(one).startswith("“") else f"every {one}"
    return f"{every} is {_a(other)}"
