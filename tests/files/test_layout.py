"""Where statements begin in Turtle text."""

from __future__ import annotations

from hypothesis import given, settings
from pyoxigraph import BlankNode, NamedNode
from random_graphs import graphs

from kg.files.layout import comments, statements, subject_lines
from kg.files.turtle import parse, write
from kg.terms import Triple


@settings(deadline=None)
@given(graphs)
def test_every_subject_has_the_line_on_which_its_block_begins(graph: list[Triple]) -> None:
    text = write(graph)
    lines = text.split("\n")
    named, anonymous = subject_lines(text)
    triples, _ = parse(text)
    assert {key for key in named if key[:2] != "_:"} == {
        t.subject.value for t in triples if isinstance(t.subject, NamedNode)
    }
    assert all(lines[line - 1].startswith("[]") for line in anonymous)
    for key, line in named.items():
        assert lines[line - 1].startswith((key, f"<{key}>", "ep:", "id:", "owl:", "swrl:")), key


@settings(deadline=None)
@given(graphs)
def test_a_statement_in_brackets_has_one_subject_that_nothing_points_at(graph: list[Triple]) -> None:
    named, anonymous = subject_lines(write(graph))
    triples, _ = parse(write(graph))
    objects = {t.object for t in triples}
    blank = {t.subject for t in triples if isinstance(t.subject, BlankNode)}
    assert len(anonymous) == len({b for b in blank if b not in objects and str(b) not in named})


def test_text_in_quotation_marks_is_no_statement() -> None:
    text = 'x:a x:p """one . \\"""\nx:b x:p 1 .""" .\n# x:c x:p 1 .\nx:d x:p \'it"s . # \' .'
    assert [(s.line, s.first) for s in statements(text)] == [(1, "x:a"), (4, "x:d")]


def test_dots_in_names_and_numbers_end_no_statement() -> None:
    text = "x:a.b x:p 1.5, -.5, x:c.d. x:e x:p 1. x:f x:p <urn:g.> ."
    assert [s.first for s in statements(text)] == ["x:a.b", "x:e", "x:f"]


def test_names_with_escapes_relative_iris_and_new_prefixes_are_resolved() -> None:
    text = """
        PREFIX x: <urn:x:>
        BASE <http://x.org/>
        x:a\\,b x:p 1 .
        <c> x:p 1 .
        @prefix x: <urn:y:> .
        <\\u0064> x:p 1 ; x:q [ x:p 2 ] .
        x:a x:p 1 . x:a x:p 2 .
        _:label x:p 1 .
        [ x:p 1 ] . ( 1 ) x:p 2 .
    """
    named, anonymous = subject_lines(text)
    assert named == {"urn:x:a,b": 4, "http://x.org/c": 5, "http://x.org/d": 7, "urn:y:a": 8, "_:label": 9}
    assert anonymous == [10, 10]


def test_a_comment_beside_a_banner_is_still_a_comment() -> None:
    rule = "#" * 65
    assert comments(f"{rule}\n#    Classes\n{rule}\n\n# ours\n{rule}\n# not a heading\n") == [5, 7]
