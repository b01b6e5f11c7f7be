"""What SPARQL would get wrong without a word is refused, and the good examples are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_world import PROLOGUE, front

from kg.asking.lint import CODES
from kg.asking.questions import read_file
from kg.errors import Finding

EXAMPLES = sorted((Path(__file__).parents[3] / "shared" / "examples" / "questions").glob("*.rq"))

PARAMETERS = """{market: {type: Country, optional: true, doc: D}, many: {type: Place, many: true, doc: D},
#+   value: {type: decimal, doc: D}, text: {type: string, doc: D}}"""
BLOCKS = 'VALUES ?market { UNDEF } VALUES ?many { id:RU } VALUES ?value { 1.0 } VALUES ?text { "a" }'
USED = "?x ep:restricts ?market ; ep:restricts ?many . FILTER(?value < 2 && ?text = 'a')"


@pytest.fixture
def linted(questions: Callable[..., Any]) -> Callable[..., list[Finding]]:
    """What is found in a query with four parameters; ``%`` stands for their blocks and a use of each."""

    def linted(query: str, columns: str = "x:Thing", more: str = "") -> list[Finding]:
        text = front(columns, PARAMETERS, more) + PROLOGUE + query.replace("%", f"{BLOCKS}\n{USED}")
        found: list[Finding] = questions({"asked": text})[1]
        return found

    return linted


Linted = Callable[..., list[Finding]]

SOUND = [
    "SELECT ?x WHERE { % }",
    "SELECT DISTINCT ?x WHERE { % OPTIONAL { ?x ep:partOf ?y FILTER(?value > 1 && BOUND(?x)) } } ORDER BY ?x",
    "SELECT ?x WHERE { % { VALUES ?market { UNDEF } ?x ep:partOf ?y FILTER(?y = ?market) } UNION { ?x ep:in ?y } }",
    "SELECT ?x WHERE { % FILTER NOT EXISTS { ?x ep:partOf ?y FILTER(?value > 1) } BIND(?value + 1 AS ?more) }",
    "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y OPTIONAL { ?y ep:b ?z FILTER(?z > ?y) } } FILTER(!BOUND(?z)) }",
    "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { ?z ep:b ?y ; ep:c ?x } }",
    "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { ?x ep:b ?z . ?z ep:c ?y } }",
    "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { ?z ep:b ?w } ?x ep:c ?z , ?y }",
    "SELECT ?x WHERE { % ?x ^ep:in|ep:partOf ?y ; ep:leadsTo+ ?z ; ep:number -1 }",
    "SELECT ?x WHERE { % } GROUP BY ?x ?many HAVING(COUNT(?x) > 1)",
]


@pytest.mark.parametrize("query", SOUND)
def test_a_sound_query_is_let_through(query: str, linted: Linted) -> None:
    assert linted(query) == []


WRONG = {
    "out-of-scope": [
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y . BIND(?value * 2 AS ?z) } }",
        "SELECT ?x WHERE { % { ?x ep:a ?y FILTER(?y > ?value) } }",
        "SELECT ?x WHERE { % { ?x ep:a ?y FILTER(?y > ?value) } UNION { ?x ep:b ?y } }",
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y OPTIONAL { ?y ep:b ?z FILTER(?z > ?value) } } }",
        "SELECT ?x WHERE { % MINUS { ?x ep:a ?y FILTER(?y > ?value) } }",
        "SELECT ?x WHERE { % { ?x ep:a ?y FILTER NOT EXISTS { ?y ep:in ?market } } }",
        "SELECT ?x WHERE { % BIND(?later AS ?z) ?x ep:a ?later }",
        "SELECT ?x WHERE { % } ORDER BY ?nothing",
    ],
    "idle-parameter": [
        f"SELECT ?x WHERE {{ {BLOCKS} ?x ep:in ?many OPTIONAL {{ ?x ep:restricts ?market }} FILTER(?text = 'a') }}"
    ],
    "literal-in-pattern": [
        "SELECT ?x WHERE { % ?x ep:thresholdAmount ?value }",
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:l ?text } }",
    ],
    "ungrouped-parameter": ["SELECT ?x (COUNT(?market) AS ?n) WHERE { % } GROUP BY ?x"],
    "parameter-in-having": ["SELECT ?x ?many WHERE { % } GROUP BY ?x ?many HAVING(COUNT(?x) >= MAX(?value))"],
    "no-group": ["SELECT (COUNT(?x) AS ?n) WHERE { % }"],
    "unequal-defaults": ["SELECT ?x WHERE { % { VALUES ?market { id:BR } ?x ep:restricts ?market } }"],
    "sub-select": ["SELECT ?x WHERE { % { SELECT ?x WHERE { ?x ep:a ?y } } }"],
    "graph": ["SELECT ?x WHERE { % GRAPH ?g { ?x ep:a ?y } }"],
    "from": ["SELECT ?x FROM <urn:g> WHERE { % }"],
    "select-star": ["SELECT * WHERE { % }"],
    "blank-node": [
        "SELECT ?x WHERE { % ?x ep:a [ ep:b 1 ] }",
        "SELECT ?x WHERE { % ?x ep:a _:b }",
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:a [] } }",
    ],
    "path": [
        "SELECT ?x WHERE { % ?x ep:a/ep:b ?y }",
        "SELECT ?x WHERE { % ?x ep:partOf+ ?y }",
        "SELECT ?x WHERE { % ?x a ep:Thing ; ep:partOf? ?y }",
        "SELECT ?x WHERE { % ?x !ep:partOf ?y }",
    ],
    "optional-first": ["SELECT ?x WHERE { OPTIONAL { ?x ep:a ?y } % }", "SELECT ?x WHERE { MINUS { ?x ep:a ?y } % }"],
    "loose-join": [
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { ?y ep:b ?z } }",
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { ?y ep:b ?z . ?x ep:c ?w } }",
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { ?x ep:b ?z OPTIONAL { ?y ep:c ?w } } }",
        "SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { { ?y ep:b ?z } UNION { ?y ep:c ?z } } }",
        "SELECT ?x WHERE { % VALUES ?n { UNDEF } OPTIONAL { ?x ep:a ?y } OPTIONAL { ?y ep:b ?n } }",
        "SELECT ?x WHERE { % { ?x ep:d ?v OPTIONAL { ?x ep:a ?y } } OPTIONAL { ?y ep:b ?z } }",
        "SELECT ?x WHERE { % { ?x ep:d ?v OPTIONAL { ?x ep:a ?y } OPTIONAL { ?y ep:b ?z } } }",
    ],
    "modifier": ["SELECT ?x WHERE { % } LIMIT 5", "SELECT ?x WHERE { % } VALUES ?x { id:BR }"],
}


@pytest.mark.parametrize(("code", "query"), [(code, query) for code, queries in WRONG.items() for query in queries])
def test_what_goes_wrong_without_a_word_is_refused(code: str, query: str, linted: Linted) -> None:
    columns = {"no-group": "n:integer", "ungrouped-parameter": "x:Thing n:integer"}.get(code, "x:Thing")
    if code == "parameter-in-having":
        columns = "x:Thing many:Place"
    if code == "select-star":
        columns = "x:Thing market:Country many:Place value:decimal text:string"
    assert code in [f.code for f in linted(query, columns) if f.severity == "error"]


def test_every_refusal_is_tried_here() -> None:
    assert WRONG.keys() == CODES.keys()


def test_a_finding_names_the_line_of_the_query(linted: Linted) -> None:
    findings = linted("SELECT ?x\nWHERE {\n %\n ?x a ep:Thing ;\n    ep:a/ep:b ?y\n}")
    text = front("x:Thing", PARAMETERS) + PROLOGUE
    assert [(f.code, f.line) for f in findings] == [("path", text.count("\n") + 1 + 5)]


def test_an_exception_excuses_with_its_reason_and_is_counted(linted: Linted) -> None:
    query = "SELECT ?x WHERE { % { SELECT ?x WHERE { ?x ep:a ?y } } }"
    findings = linted(query, more='except: {sub-select: "a mean of means"}')
    assert [(f.code, f.severity) for f in findings] == [("excused", "info")]
    assert "a mean of means" in findings[0].message


def test_an_exception_that_nothing_needs_is_refused(linted: Linted) -> None:
    findings = linted("SELECT ?x WHERE { % }", more='except: {graph: "why not"}')
    assert [f.code for f in findings] == ["idle-exception"]


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("modifier", "SELECT ?x WHERE { % } LIMIT 5"),
        ("select-star", "SELECT * WHERE { % }"),
        ("from", "SELECT ?x FROM <urn:g> WHERE { % }"),
    ],
)
def test_what_the_service_builds_on_is_never_excused(code: str, query: str, linted: Linted) -> None:
    findings = linted(query, more=f'except: {{{code}: "why not"}}')
    assert "unknown-key" in [f.code for f in findings if f.severity == "error"]


def test_a_loose_join_says_what_to_do(linted: Linted) -> None:
    (found,) = linted("SELECT ?x WHERE { % OPTIONAL { ?x ep:a ?y } OPTIONAL { ?y ep:b ?z } }")
    assert "Nest it in the OPTIONAL that binds ?y." in found.message


@pytest.mark.skipif(not EXAMPLES, reason="the example questions (../shared/examples) are not at hand")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_the_example_questions_mean_what_they_say(path: Path) -> None:
    topic = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#+ topic"))
    _, findings = read_file(path, f"questions/{topic.partition(': ')[2]}/{path.name}")
    assert {f.code for f in findings} <= {"bad-type"}  # `text` is a type of the toy only
