"""Names of blank nodes: from what is said, never from labels or places."""

from __future__ import annotations

from hypothesis import given, settings
from pyoxigraph import BlankNode, NamedNode
from random_graphs import canonical, graphs

from kg.files.blanks import names, restore, skolemise
from kg.files.turtle import parse
from kg.terms import GENID, Triple


def named(text: str) -> set[str]:
    return set(names(parse("@prefix : <urn:x:> . " + text)[0]).values())


@settings(deadline=None)
@given(graphs)
def test_equal_graphs_have_equal_names(graph: list[Triple]) -> None:
    other = [Triple(_renamed(t.subject), t.predicate, _renamed(t.object)) for t in reversed(graph)]
    assert sorted(map(str, skolemise(other))) == sorted(map(str, skolemise(graph)))


@settings(deadline=None)
@given(graphs)
def test_skolemising_keeps_nodes_apart_unless_they_say_the_same(graph: list[Triple]) -> None:
    back = list(restore(skolemise(graph)))
    assert not any(isinstance(end, BlankNode) for t in skolemise(graph) for end in (t.subject, t.object))
    if len(set(names(graph).values())) == len(names(graph)):
        assert canonical(back) == canonical(graph)


def _renamed(term: NamedNode | BlankNode) -> NamedNode | BlankNode:
    return BlankNode("z" + term.value[::-1]) if isinstance(term, BlankNode) else term


def test_a_name_stays_when_other_parts_of_the_file_change() -> None:
    axiom = "[] :about :a ; :claim :c ."
    restriction = ":b :below [ :on :p ; :has ( 1 [ :q 2 ] ) ] ."
    before = named(axiom + restriction)
    after = named(":n :p [] . " + restriction + ":b :below [ :on :q ] . " + axiom + ":c :p 3 .")
    assert before < after


def test_two_axioms_that_say_the_same_are_one() -> None:
    assert len(named("[] :about :a ; :claim :c . [] :about :a ; :claim :c . [] :about :a ; :claim :d .")) == 2


def test_things_without_a_name_stay_apart_in_different_places() -> None:
    assert len(named(":a :child [ :age 7 ] . :b :child [ :age 7 ] .")) == 2


def test_nodes_on_a_circle_that_nothing_tells_apart_stay_apart() -> None:
    circle = "_:a :next _:b . _:b :next _:c . _:c :next _:a ."
    assert len(named(circle)) == 3
    assert named(circle) == named("_:z :next _:y . _:x :next _:z . _:y :next _:x .")


def test_two_triangles_are_no_hexagon() -> None:
    def ring(*nodes: str) -> str:
        return "".join(
            f"_:{a} :by _:{b} . _:{b} :by _:{a} ." for a, b in zip(nodes, nodes[1:] + nodes[:1], strict=True)
        )

    assert named(ring(*"abcdef")).isdisjoint(named(ring(*"abc") + ring(*"def")))


def test_an_iri_of_a_blank_node_is_recognised_and_turned_back() -> None:
    triples, _ = parse("<urn:a> <urn:b> [ <urn:c> 1 ] .")
    skolem = skolemise(triples)
    assert all(t.object.value.startswith(GENID) for t in skolem if t.subject == NamedNode("urn:a"))
    assert canonical(list(restore(skolem))) == canonical(triples)
