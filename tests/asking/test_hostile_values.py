"""Whatever is given for a parameter, the query stays the question's own; made from the files of the questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pyoxigraph as ox
import pytest
from hostile_values import HOSTILE, HUGE
from rdflib import Graph
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from small_world import solved

from kg.asking.arguments import arguments
from kg.asking.names import Names
from kg.asking.question import Parameter, Question
from kg.asking.questions import block_rows, read
from kg.errors import BadParameter
from kg.reasoning.proofs import Why
from kg.serving.snapshot import WHY
from kg.settings import Settings
from kg.sparql import bind, values_blocks
from kg.terms import canonical

TODAY = date(2026, 11, 21)
OF_TYPE = """#+ summary: What is made of a {type}?
#+ topic: test
#+ parameters:
#+   given: {{{declared}, doc: D}}
#+ columns:
#+   found: {{type: Entity, doc: D}}
PREFIX id: <https://w3id.org/entrepot/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?found WHERE {{ VALUES {block} ?found ?has ?value . {condition} }}
"""
ONE = "FILTER(?value != ?given)"
TYPES = {
    "string": ("type: string", '?given { "a" }', ONE),
    "strings": ("type: string, many: true", '?given { "a" "b" }', ONE),
    "language": ("type: language", '?given { "en" }', ONE),
    "integer": ("type: integer", "?given { 1 }", ONE),
    "decimal": ("type: decimal, unit: kg", "?given { 1.0 }", ONE),
    "boolean": ("type: boolean", "?given { true }", ONE),
    "dateTime": ("type: dateTime", '?given { "2013-01-01T00:00:00Z"^^xsd:dateTime }', ONE),
    "year": ("type: year", "?given { 2013 }", ONE),
    "thing": ("type: Entity", "?given { id:BR }", "?given ?is ?value ."),
    "table": (
        "table: {place: Entity, text: string, weight: decimal}",
        '(?place ?text ?weight) { (id:BR "a" 1.0) }',
        "?place ?is ?value . FILTER(?value != ?text && ?weight > 0.0)",
    ),
}
"""A question for each type of parameter, for those that no question of the project has."""


@pytest.fixture(scope="module")
def questions(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> list[Question]:
    found, findings = read(settings.queries)
    assert not [finding for finding in findings if finding.severity == "error"]
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "questions" / "test").mkdir(parents=True)
    for name, (declared, block, condition) in TYPES.items():
        text = OF_TYPE.format(type=name, declared=declared, block=block, condition=condition)
        (folder / "questions" / "test" / f"of-{name.lower()}.rq").write_text(text, encoding="utf-8")
    own, findings = read(folder)
    assert not findings
    assert len(own) == len(TYPES)
    return [*found.values(), *own.values()]


@pytest.fixture(scope="module")
def names(snapshot: Path) -> Names:
    with closing(Why(snapshot / WHY)) as why:
        return Names.of(why)


def texts(parameter: Parameter) -> Iterator[str]:
    """Every hostile value, for a table also as the middle of a sound row."""
    for text in (*HOSTILE, *HUGE):
        yield text
        if parameter.table:
            yield f"id:BR,{text},1.0"


def shape(node: Any) -> Any:
    """The algebra of a query without what stands in its VALUES blocks and without its positions."""
    if isinstance(node, CompValue):
        parts = {key: shape(value) for key, value in node.items() if key not in ("res", "_vars", "lazy")}
        return node.name, tuple(sorted(parts.items(), key=lambda part: part[0]))
    if isinstance(node, list | tuple):
        return tuple(map(shape, node))
    return frozenset(map(str, node)) if isinstance(node, set) else str(node)


def algebra(text: str) -> Any:
    return shape(translateQuery(parseQuery(text)).algebra)


@pytest.mark.parametrize("sampled", [16, pytest.param(1000, marks=pytest.mark.soak)])
def test_no_value_changes_the_algebra_of_a_question(questions: list[Question], names: Names, sampled: int) -> None:
    done: Counter[str] = Counter()
    questions = Random(20261126).sample(questions, min(sampled, len(questions)))
    for question in questions:
        expected = algebra(question.query)
        for name, parameter in question.parameters.items():
            for text in texts(parameter):
                done["tried"] += 1
                try:
                    bound = arguments(question, {name: [text]}, names, TODAY)
                except BadParameter as refused:
                    assert refused.data["parameter"] == name
                    assert len(str(refused)) < 1000
                    continue
                done["bound"] += 1
                query = bind(question.query, bound.values)
                assert all(rows == tuple(map(tuple, bound.rows[name])) for rows in found_in(query, parameter))
                if len(text) < 1000:
                    assert algebra(query) == expected, (question.name, name, text)
                    done["compared"] += 1
    tables = sum(bool(p.table) for q in questions for p in q.parameters.values())
    parameters = sum(len(q.parameters) for q in questions)
    assert parameters > 15
    assert done["tried"] == (len(HOSTILE) + len(HUGE)) * (parameters + tables)
    assert done["compared"] > 100


def found_in(query: str, parameter: Parameter) -> list[Any]:
    """What the store reads in each block of a parameter."""
    blocks = [block for block in values_blocks(query) if block.variables == parameter.variables]
    assert blocks
    return [block_rows(query, block) for block in blocks]


@pytest.mark.parametrize("text", [text for text in HOSTILE if len(text) < 1000], ids=ascii)
def test_every_engine_reads_the_value_that_was_meant(text: str) -> None:
    """Two of them here: the store, and rdflib, which decodes code points before it looks at strings."""
    if text == "\ufffd\uffff":
        pytest.skip("rdflib's grammar has no such character")
    literal = canonical(ox.Literal(text))
    query = bind("SELECT ?x { VALUES ?x { UNDEF } }", {("x",): [(literal,)]})
    assert [solution["x"] for solution in solved(ox.Store(), query)] == [literal]
    if "\r" not in text and "\x00" not in text:
        assert [str(row[0]) for row in Graph().query(query)] == [text]
