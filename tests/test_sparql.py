"""SPARQL text can be cut, bound and searched without being misread, whatever stands in it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from kg.errors import QueryForbidden, QuerySyntax
from kg.sparql import Pattern, Var, bind, elements, instantiator, parts, patterns, refuse_remote, split, tokens
from kg.sparql import values_blocks as blocks
from kg.terms import RDF, TYPE, XSD, ep, ident

PREFIX = "PREFIX ep: <https://w3id.org/entrepot/ontology#>\nPREFIX id: <https://w3id.org/entrepot/id/>\n"
EXAMPLES = sorted((Path(__file__).parents[2] / "shared" / "examples" / "questions").glob("*.rq"))


def where(body: str) -> str:
    return f"{PREFIX}SELECT * WHERE {{ {body} }}"


# --- tokens ------------------------------------------------------------------------------------------------


def kinds(text: str) -> list[tuple[str, str]]:
    return [(t.kind, t.text) for t in tokens(text)]


def test_strings_and_comments_hide_what_looks_like_syntax() -> None:
    assert kinds("""'}' "a\\"{" # VALUES { \n '''it's''' """) == [
        ("string", "'}'"),
        ("string", '"a\\"{"'),
        ("string", "'''it's'''"),
    ]


def test_the_longest_terminal_wins_so_a_comparison_needs_a_blank() -> None:
    assert kinds("?a<?b&&?c>?d")[1] == ("iri", "<?b&&?c>")
    assert [k for k, _ in kinds("?a < ?b && ?c > ?d")] == ["var", "op", "var", "op", "var", "op", "var"]


def test_a_full_stop_after_a_name_ends_the_triple() -> None:
    assert kinds("ep:a.b ep:c. 1.5 .")[:4] == [("name", "ep:a.b"), ("name", "ep:c"), ("op", "."), ("num", "1.5")]


def test_every_kind_of_terminal_is_told_apart() -> None:
    text = '<urn:a> ep:a :b _:b ?v $v "s"@en-GB "1"^^xsd:int 1e3 .5 true ^^ a'
    expected = "iri name name bnode var var string lang string op name num num word op word"
    assert " ".join(kind for kind, _ in kinds(text)) == expected


def test_an_open_quotation_mark_is_reported_with_its_line() -> None:
    with pytest.raises(QuerySyntax, match="Line 2"):
        tokens('SELECT * {\n "open }')


# --- remote access -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "SELECT * { service\tSILENT ?s { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://example.org/> { } }",
        "SELECT * { \\U00000053ERVIC\\u0045 <http://example.org/> { } }",
        "LOAD <http://example.org/>",
        "INSERT DATA { <urn:a> <urn:b> 1 } ; load silent <http://example.org/>",
        "SELECT * { FILTER(1<2)SERVICE#>\n?s { ?x ?y ?z } }",
        "SELECT * { FILTER(?x<?y)?a?b?c.SERVICE#>\n<http://example.org/> { ?x ?y ?z } }",
        "SELECT * { ?s ?p '\\u0022' . SERVICE <http://example.org/> { } }",
    ],
)
def test_remote_access_is_refused_in_any_spelling(text: str) -> None:
    with pytest.raises(QueryForbidden):
        refuse_remote(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?service ep:SERVICE "SERVICE" } # LOAD',
        "SELECT * { ?s <http://example.org/service#load> SERVICE:load }",
        'SELECT ("\\u0022" AS ?quotation) {}',
    ],
)
def test_the_words_are_harmless_inside_names_strings_and_comments(text: str) -> None:
    refuse_remote(text)


def test_a_text_that_cannot_be_read_is_not_let_through() -> None:
    with pytest.raises(QuerySyntax):
        refuse_remote("SELECT * { ?s ?p 'SERVICE")


# --- parameters --------------------------------------------------------------------------------------------


def test_every_block_of_a_variable_is_bound_and_no_other() -> None:
    text = "SELECT * { VALUES ?a { 1 } VALUES ?b { 2 } { VALUES ?a { 1 } } } # VALUES ?a { 3 }"
    bound = bind(text, {("a",): [(Literal("x"),), (None,)]})
    assert bound.count('{ "x" UNDEF }') == 2
    assert "VALUES ?b { 2 }" in bound and bound.endswith("# VALUES ?a { 3 }")


def test_a_block_of_several_variables_keeps_its_brackets() -> None:
    bound = bind("SELECT * { VALUES (?m ?w) { (id:a 1) } }", {("m", "w"): [(ident("LPI"), Literal(2))]})
    assert '{ (<https://w3id.org/entrepot/id/LPI> "2"^^<http://www.w3.org/2001/XMLSchema#integer>) }' in bound


def test_binding_a_variable_without_a_block_is_refused() -> None:
    with pytest.raises(QuerySyntax, match=r"\?b"):
        bind("SELECT * { VALUES ?a { 1 } }", {("b",): [(None,)]})


@example(["\\\x1f", "\\\\\x1f", "\\u0041", "\\\\u0041"])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3))
def test_no_text_can_break_out_of_its_block(texts: list[str]) -> None:
    bound = bind("SELECT ?v { VALUES ?v { 'x' } VALUES ?w { 1 } }", {("v",): [(Literal(t),) for t in texts]})
    assert [b.variables for b in blocks(bound)] == [("v",), ("w",)]
    assert [s["v"].value for s in ox.Store().query(bound)] == texts


# --- parts -------------------------------------------------------------------------------------------------


def test_a_select_falls_into_four_parts() -> None:
    found = parts(PREFIX + "SELECT (EXISTS { ?s ?p 1 } AS ?e) where { ?s ?p '}' { ?a ?b ?c } } # }\nORDER BY ?s")
    assert found.prologue == PREFIX
    assert found.head == "SELECT (EXISTS { ?s ?p 1 } AS ?e)"
    assert found.body == " ?s ?p '}' { ?a ?b ?c } "
    assert found.tail == "# }\nORDER BY ?s"


def test_the_head_of_a_construct_is_its_template() -> None:
    assert parts("CONSTRUCT { ?a ep:b ?c } WHERE { ?c ep:d ?a }").head == " ?a ep:b ?c "
    assert parts("CONSTRUCT WHERE { ?c ep:d ?a }").head == " ?c ep:d ?a "


@pytest.mark.parametrize("text", ["ASK { ?s ?p ?o }", "SELECT ?s { ?s ?p ?o", "SELECT ?s"])
def test_a_query_without_the_parts_is_refused(text: str) -> None:
    with pytest.raises(QuerySyntax):
        parts(text)


@pytest.mark.skipif(not EXAMPLES, reason="the example questions are not at hand")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_question_put_together_again_means_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    cut = parts(text)
    body = " .\n".join(piece.text for piece in split(cut.body))
    again = f"{cut.prologue}{cut.head} WHERE {{ {body} }} {cut.tail}"
    assert patterns(again).required == patterns(text).required
    assert patterns(again).optional == patterns(text).optional


# --- patterns ----------------------------------------------------------------------------------------------


def test_lists_of_predicates_and_objects_are_written_out() -> None:
    found = patterns(where("?x a ep:Bloc ; ep:member id:BR, id:AR ; ."))
    assert found.required == (
        Pattern(Var("x"), TYPE, ep("Bloc")),
        Pattern(Var("x"), ep("member"), ident("BR")),
        Pattern(Var("x"), ep("member"), ident("AR")),
    )


def test_typed_and_signed_objects_are_written_out_whole() -> None:
    pieces = split('?x ep:a "1"^^xsd:int, "b"@en-GB, -1, (1 2) ; (ep:b|^ep:c) ?y .')
    assert [piece.text for piece in pieces] == [
        '?x ep:a "1"^^xsd:int',
        '?x ep:a "b"@en-GB',
        "?x ep:a -1",
        "?x ep:a (1 2)",
        "?x (ep:b|^ep:c) ?y",
    ]


def test_inverse_and_alternative_paths_become_plain_patterns() -> None:
    assert patterns(where("?x ^ep:a|ep:b ?y")).required == (
        Pattern(Var("y"), ep("a"), Var("x")),
        Pattern(Var("x"), ep("b"), Var("y")),
    )


def test_a_list_and_a_nest_become_plain_patterns_about_things_without_a_name() -> None:
    nested, listed = patterns(where("?x ep:a [ ep:b ?y ]")), patterns(where("?x ep:a (?y)"))
    (outer, inner) = sorted(nested.required, key=lambda pattern: pattern.subject != "x")
    assert (outer.subject, inner.predicate, inner.object) == (Var("x"), ep("b"), Var("y"))
    assert isinstance(outer.object, Var) and outer.object == inner.subject and outer.object.startswith("_:")
    first, rest = NamedNode(RDF + "first"), NamedNode(RDF + "rest")
    assert {pattern.predicate for pattern in listed.required} == {ep("a"), first, rest}


@pytest.mark.parametrize("text", ["?x ep:a <<( ?s ep:b ?o )>>", "<< ?s ep:b ?o >> ep:a ?x", "?s ep:b ?o {| ep:a ?x |}"])
def test_what_is_said_of_triples_cannot_be_read(text: str) -> None:
    with pytest.raises(QuerySyntax):
        patterns(where(text))


def test_literals_are_in_the_form_in_which_the_store_gives_them_back() -> None:
    required = patterns(where(f'?x ep:a 1.50, -07, "Oi"@PT-br, "2011-01-01T00:00:00.000Z"^^<{XSD}dateTime>')).required
    assert [str(p.object) for p in required] == [
        f'"1.5"^^<{XSD}decimal>',
        f'"-7"^^<{XSD}integer>',
        '"Oi"@pt-br',
        f'"2011-01-01T00:00:00Z"^^<{XSD}dateTime>',
    ]


def test_optional_groups_union_branches_and_exists_are_groups_of_their_own() -> None:
    found = patterns(
        where("""?x ep:r ?y . OPTIONAL { ?x ep:o ?z OPTIONAL { ?z ep:n ?w } } { ?x ep:u 1 } UNION { ?x ep:v 2 }
                 FILTER(?y = 1 || EXISTS { ?y ep:e ?f }) { ?x ep:g ?h } OPTIONAL { ?x ep:last ?l }""")
    )
    predicates = [[str(p.predicate).rpartition("#")[2][:-1] for p in group] for group in found.optional]
    assert predicates == [["o", "n"], ["u"], ["v"], ["e"], ["last"]]
    assert [p.predicate for p in found.required] == [ep("r"), ep("g")]
    assert [b.strip() for b in found.blocks] == [
        "?x ep:o ?z OPTIONAL { ?z ep:n ?w }",
        "?x ep:u 1",
        "?x ep:v 2",
        "?y ep:e ?f",
        "?x ep:last ?l",
    ]


def test_what_must_be_absent_stands_apart_even_inside_an_optional_group() -> None:
    found = patterns(
        where("""?x ep:r ?y FILTER NOT EXISTS { ?x ep:a ?b } MINUS { ?x ep:c ?d . ?d ep:e 1 }
                 FILTER(!EXISTS { ?x ep:f ?g }) OPTIONAL { ?x ep:o ?z FILTER NOT EXISTS { ?z ep:h ?i } }""")
    )
    assert [[str(p.predicate)[-2] for p in group] for group in found.absent] == [["a"], ["c", "e"], ["f"], ["h"]]
    assert [[str(p.predicate)[-2] for p in group] for group in found.optional] == [["o"]]


def test_the_inside_of_a_sub_select_is_not_required() -> None:
    found = patterns(where("?x ep:r ?y { SELECT ?x (COUNT(*) AS ?n) { ?x ep:s ?z } GROUP BY ?x }"))
    assert [p.predicate for p in found.required] == [ep("r")]
    assert [text.strip() for text in found.subselects] == ["SELECT ?x (COUNT(*) AS ?n) { ?x ep:s ?z } GROUP BY ?x"]


def test_a_construct_has_patterns_too() -> None:
    found = patterns(PREFIX + "CONSTRUCT { ?x ep:b ?y } WHERE { ?x ep:a ?y }")
    assert found.required == (Pattern(Var("x"), ep("a"), Var("y")),)


def test_elements_keep_the_written_order() -> None:
    found = elements(where("VALUES ?a { 1 } ?x ep:r ?a ; ep:s 2 . FILTER(?a > 0) ?x ep:t [] . BIND(1 AS ?c)"))
    assert [e.kind for e in found] == ["values", "triple", "triple", "filter", "triple", "bind"]


@pytest.mark.parametrize("text", ["SELECT * { ?s ep:p ?o }", "SELECT * { ?s }", where("?x ?y ?z BIND(1 AS ?x)")])
def test_what_the_store_would_not_run_has_no_patterns(text: str) -> None:
    with pytest.raises(QuerySyntax):
        patterns(text)


def test_an_unreadable_query_is_reported_with_its_place() -> None:
    with pytest.raises(QuerySyntax, match="line 2") as caught:
        patterns("SELECT ?x {\n  ?y }")
    assert caught.value.data["line"] == 2
    with pytest.raises(QuerySyntax, match="prefix"):
        patterns("SELECT ?x { ?x foo:a 1 }")


def test_a_pattern_is_instantiated_only_into_a_triple() -> None:
    instantiate = instantiator(Pattern(Var("s"), ep("name"), Var("o")))
    assert instantiate({"s": ident("BR"), "o": Literal("Brazil")}) == (ident("BR"), ep("name"), Literal("Brazil"))
    assert instantiate({"s": ident("BR")}) is None
    assert instantiate({"s": Literal("BR"), "o": NamedNode("urn:o")}) is None
