"""A stratified rule says for each conclusion what it rests on and what it found absent, or it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from naive_reasoner import one, turtle
from rule_files import PREFIXES, accepted, read, rule

from kg.reasoning import strata
from kg.reasoning.closure import Closure, Derivation
from kg.reasoning.reason import reason
from kg.reasoning.rules import compile_rules


def applied(folder: Path, facts: str, files: dict[str, str]) -> Closure:
    return reason(turtle(facts), accepted(folder, files))


# --- what a conclusion rests on ----------------------------------------------------------------------------


def test_a_conclusion_rests_on_the_triples_that_its_solution_joins(tmp_path: Path) -> None:
    facts = "id:BR ep:statedTier id:tier-2 . id:tier-2 ep:inScheme id:scheme-003 ."
    query = """CONSTRUCT { ?place ep:effectiveTier ?tier }
               WHERE { ?place ep:statedTier ?tier . ?tier ep:inScheme id:scheme-003 }"""
    closure = applied(tmp_path, facts, rule(query, "10-stated-tier", "A stated tier holds."))
    assert closure.derivations(one("id:BR ep:effectiveTier id:tier-2 .")) == (
        Derivation("10-stated-tier", "A stated tier holds.", tuple(turtle(facts))),
    )


def test_a_conclusion_needs_premises_that_hold(tmp_path: Path) -> None:
    (stratum,) = accepted(tmp_path, rule("CONSTRUCT { ?x a ep:Known } WHERE { ?x a ep:Agent }"))
    elsewhere = strata.Mirror(reason(turtle("id:DX a ep:Agent .")))
    with pytest.raises(KeyError):
        strata.apply(stratum, Closure(), elsewhere)


def test_a_conclusion_says_what_was_found_absent(tmp_path: Path) -> None:
    facts = "id:BR ep:inheritedTier id:tier-2 . id:ES ep:inheritedTier id:tier-1 ; ep:statedTier id:tier-2 ."
    query = """CONSTRUCT { ?place ep:tier ?tier }
               WHERE { ?place ep:inheritedTier ?tier FILTER NOT EXISTS { ?place ep:statedTier ?stated } }"""
    closure = applied(tmp_path, facts, rule(query))
    assert one("id:ES ep:tier id:tier-1 .") not in closure
    (derivation,) = closure.derivations(one("id:BR ep:tier id:tier-2 ."))
    assert derivation.absent == ("nothing says that id:BR ep:statedTier anything",)


def test_an_absence_names_the_condition_that_was_not_met(tmp_path: Path) -> None:
    facts = "id:BR ep:year 2010, 2014 ."
    query = """CONSTRUCT { ?place ep:latest ?year }
               WHERE { ?place ep:year ?year FILTER NOT EXISTS { ?place ep:year ?later FILTER(?later > ?year) } }"""
    closure = applied(tmp_path, facts, rule(query))
    assert one("id:BR ep:latest 2010 .") not in closure
    (derivation,) = closure.derivations(one("id:BR ep:latest 2014 ."))
    assert derivation.absent == ("nothing says that id:BR ep:year ?later, where ?later > 2014",)


def test_minus_is_an_absence_too(tmp_path: Path) -> None:
    query = "CONSTRUCT { ?x a ep:Open } WHERE { ?x a ep:Market MINUS { ?x ep:closedSince ?year } }"
    closure = applied(tmp_path, "id:BR a ep:Market . id:KP a ep:Market ; ep:closedSince 1950 .", rule(query))
    assert one("id:KP a ep:Open .") not in closure
    (derivation,) = closure.derivations(one("id:BR a ep:Open ."))
    assert derivation.absent == ("nothing says that id:BR ep:closedSince anything",)


def test_an_optional_is_a_reason_where_it_matches_and_an_absence_where_it_does_not(tmp_path: Path) -> None:
    facts = "id:a ep:value 3 ; ep:weight 2 . id:b ep:value 3 ."
    query = """CONSTRUCT { ?x ep:score ?score }
               WHERE { ?x ep:value ?v OPTIONAL { ?x ep:weight ?w } BIND(?v * COALESCE(?w, 1) AS ?score) }"""
    closure = applied(tmp_path, facts, rule(query))
    (weighted,) = closure.derivations(one("id:a ep:score 6 ."))
    assert (weighted.premises, weighted.absent) == (tuple(turtle("id:a ep:value 3 ; ep:weight 2 .")), ())
    (plain,) = closure.derivations(one("id:b ep:score 3 ."))
    assert plain.absent == ("nothing says that id:b ep:weight anything",)


def test_two_solutions_are_two_derivations(tmp_path: Path) -> None:
    facts = "id:BR ep:claim id:c1, id:c2 ; ep:suits id:DX ."
    closure = applied(tmp_path, facts, rule("CONSTRUCT { ?m ep:suits id:DX } WHERE { ?m ep:claim ?claim }"))
    triple = one("id:BR ep:suits id:DX .")
    assert closure.is_asserted(triple)
    assert [each.premises for each in closure.derivations(triple)] == [
        (one("id:BR ep:claim id:c1 ."),),
        (one("id:BR ep:claim id:c2 ."),),
    ]


def test_an_aggregate_rests_on_every_row_that_went_into_it(tmp_path: Path) -> None:
    facts = "id:a ep:of id:BR ; ep:value 3 . id:b ep:of id:BR ; ep:value 5 . id:c ep:of id:AR ; ep:value 9 ."
    query = """CONSTRUCT { ?m ep:total ?total } WHERE { ?m a ep:Market .
      { SELECT ?m (SUM(?v) AS ?total) WHERE { ?o ep:of ?m ; ep:value ?v } GROUP BY ?m } }"""
    closure = applied(tmp_path, facts + "id:BR a ep:Market .", rule(query))
    (derivation,) = closure.derivations(one("id:BR ep:total 8 ."))
    assert set(derivation.premises) == set(
        turtle("id:BR a ep:Market . id:a ep:of id:BR ; ep:value 3 . id:b ep:of id:BR ; ep:value 5 .")
    )
    assert one("id:AR ep:total 9 .") not in closure


def test_an_aggregate_of_an_aggregate_rests_on_all_below_it(tmp_path: Path) -> None:
    facts = "id:a ep:of id:BR ; ep:value 3 . id:b ep:of id:BR ; ep:value 5 . id:c ep:of id:AR ; ep:value 9 ."
    query = """CONSTRUCT { id:world ep:best ?best } WHERE {
      { SELECT (MAX(?total) AS ?best) WHERE {
          { SELECT ?m (SUM(?v) AS ?total) WHERE { ?o ep:of ?m ; ep:value ?v } GROUP BY ?m } } } }"""
    (derivation,) = applied(tmp_path, facts, rule(query)).derivations(one("id:world ep:best 9 ."))
    assert set(derivation.premises) == set(turtle(facts))


def test_an_inverse_path_is_turned_round(tmp_path: Path) -> None:
    query = "CONSTRUCT { ?c ep:has ?p } WHERE { ?c ^ep:partOf ?p }"
    (derivation,) = applied(tmp_path, "id:Rio ep:partOf id:BR .", rule(query)).derivations(one("id:BR ep:has id:Rio ."))
    assert derivation.premises == (one("id:Rio ep:partOf id:BR ."),)


def test_iris_are_minted_from_what_identifies_the_thing(tmp_path: Path) -> None:
    query = """CONSTRUCT { ?s a ep:Suitability ; ep:platform ?p } WHERE { ?p ep:focusesOn ?m
      BIND(IRI(CONCAT(STR(?p), "-in-", STRAFTER(STR(?m), STR(id:)))) AS ?s) }"""
    closure = applied(tmp_path, "id:DX ep:focusesOn id:BR .", rule(query))
    assert one("id:DX-in-BR ep:platform id:DX .") in closure


def test_rules_run_in_file_order_each_followed_by_the_closure(tmp_path: Path) -> None:
    files = rule("CONSTRUCT { ?x a ep:Seller } WHERE { ?x ep:sells ?y }", "10-seller")
    files |= rule("CONSTRUCT { ?x a ep:Known } WHERE { ?x a ep:Agent }", "20-known")
    closure = applied(tmp_path, "ep:Seller rdfs:subClassOf ep:Agent . id:DX ep:sells id:torches .", files)
    assert one("id:DX a ep:Known .") in closure


def test_the_number_of_new_triples_is_told(tmp_path: Path) -> None:
    closure = Closure(compile_rules([]))
    closure.assert_triples(turtle("id:a ep:p id:x . id:b ep:p id:x . id:a ep:q id:x ."))
    closure.saturate()
    (stratum,) = accepted(tmp_path, rule("CONSTRUCT { ?x ep:q ?y } WHERE { ?x ep:p ?y }"))
    assert strata.apply(stratum, closure) == 1
    assert strata.apply(stratum, closure) == 0


def test_an_absence_is_told_in_the_words_of_the_author(tmp_path: Path) -> None:
    closure = Closure(compile_rules([]))
    closure.assert_triples(turtle("id:a ep:p id:x ."))
    closure.saturate()
    query = "CONSTRUCT { ?x ep:q ?y } WHERE { ?x ep:p ?y FILTER NOT EXISTS { ?x ep:r ?z } }"
    (stratum,) = accepted(tmp_path, rule(query, front='#+ absence: "{x} stands in no r"\n'))
    strata.apply(stratum, closure)
    (conclusion,) = turtle("id:a ep:q id:x .")
    assert [step.absent for step in closure.derivations(conclusion)] == [("id:a stands in no r",)]


@pytest.mark.parametrize("absence", ['["one", "two"]', '"{z} is bound by nothing that is required"'])
def test_words_for_an_absence_that_do_not_fit_the_query_are_refused(tmp_path: Path, absence: str) -> None:
    query = "CONSTRUCT { ?x ep:q ?y } WHERE { ?x ep:p ?y FILTER NOT EXISTS { ?x ep:r ?z } }"
    kept, findings = read(tmp_path, rule(query, front=f"#+ absence: {absence}\n"))
    assert (kept, [finding.severity for finding in findings]) == ([], ["error"])
    assert "'absence' has" in findings[0].message


def test_front_matter_is_kept(tmp_path: Path) -> None:
    front = "#+ negates: [ep:a, ep:b]\n"
    (stratum,) = accepted(tmp_path, rule("CONSTRUCT { ?x ep:q ?y } WHERE { ?x ep:p ?y }", front=front))
    assert (stratum.name, stratum.summary) == ("10-rule", "Because of the rule.")
    assert [predicate.value.rpartition("#")[2] for predicate in stratum.negates] == ["a", "b"]


# --- what is refused ---------------------------------------------------------------------------------------

REFUSED = {
    "a SELECT query": ("SELECT ?x WHERE { ?x a ep:C }", "A rule is a CONSTRUCT query.", 3),
    "an update": ("DELETE WHERE { ?x a ep:C }", "A rule is a CONSTRUCT query.", 1),
    "a blank node in the template": ("CONSTRUCT { _:b a ep:C } WHERE { ?x a ep:C }", "A rule has no blank nodes.", 3),
    "a blank node in WHERE": ("CONSTRUCT { ?x a ep:C }\nWHERE { ?x ep:p [] }", "A rule has no blank nodes.", 4),
    "UNION": ("CONSTRUCT { ?x a ep:C } WHERE {\n { ?x a ep:D }\n UNION { ?x a ep:E } }", "A rule has no UNION.", 5),
    "GRAPH": ("CONSTRUCT { ?x a ep:C } WHERE { GRAPH ?g { ?x a ep:D } }", "A rule has no GRAPH.", 3),
    "SERVICE": ("CONSTRUCT { ?x a ep:C } WHERE { SERVICE id:s { ?x a ep:D } }", "A rule has no SERVICE.", 3),
    "FROM": ("CONSTRUCT { ?x a ep:C } FROM id:g WHERE { ?x a ep:D }", "A rule has no FROM.", 3),
    "BNODE": ("CONSTRUCT { ?n a ep:C } WHERE { ?x a ep:D BIND(BNODE() AS ?n) }", "A rule has no BNODE.", 3),
    "NOW": ("CONSTRUCT { ?x ep:at ?n } WHERE { ?x a ep:D BIND(NOW() AS ?n) }", "A rule has no NOW.", 3),
    "EXISTS": ("CONSTRUCT { ?x a ep:C } WHERE { ?x a ep:D FILTER EXISTS { ?x ep:p ?y } }",
               "A rule has no EXISTS without NOT.", 3),
    "a sequence": ("CONSTRUCT { ?x a ep:C } WHERE {\n ?x a ep:D ;\n ep:p/ep:q ?y }",
                   "A rule has no paths and no lists, but here stands /.", 5),
    "a closure": ("CONSTRUCT { ?x a ep:C } WHERE { ?x ep:p+ ?y }",
                  "A rule has no paths and no lists, but here stands +.", 3),
    "an alternative": ("CONSTRUCT { ?x a ep:C } WHERE { ?x ep:p|ep:q ?y }",
                       "A rule has no paths and no lists, but here stands |.", 3),
    "a list": ("CONSTRUCT { ?x a ep:C } WHERE { ?x ep:p (1 2) }",
               "A rule has no paths and no lists, but here stands (.", 3),
    "LIMIT": ("CONSTRUCT { ?x a ep:C } WHERE { ?x a ep:D } LIMIT 5",
              "A rule has nothing after WHERE, but here stands LIMIT.", 1),
    "an unbound variable": ("CONSTRUCT {\n ?y a ep:C } WHERE { ?x a ep:D }",
                            "The template has ?y, which WHERE cannot bind.", 4),
    "a variable bound by an absence": (
        "CONSTRUCT { ?y a ep:C } WHERE { ?x a ep:D FILTER NOT EXISTS { ?x ep:p ?y } }",
        "The template has ?y, which WHERE cannot bind.", 3),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    query, message, line = REFUSED[name]
    found, (finding,) = read(tmp_path, rule(query))
    assert found == []
    assert (finding.message, finding.file, finding.line) == (message, "rules/10-rule.rq", line)
    assert finding.fix


def test_the_number_of_refusals_is_known() -> None:
    assert len(REFUSED) == 18


def test_a_query_that_cannot_be_read_is_refused_and_the_others_are_kept(tmp_path: Path) -> None:
    files = rule("CONSTRUCT { ?x a ep:C WHERE", "10-broken") | rule(
        "CONSTRUCT { ?x a ep:C } WHERE { ?x a ep:D }", "20-good"
    )
    found, (finding,) = read(tmp_path, files)
    assert [stratum.name for stratum in found] == ["20-good"]
    assert (finding.code, finding.severity, finding.file) == ("rule", "error", "rules/10-broken.rq")


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("", "The file has no front matter."),
        ("#+ summary:\n", "The front matter has no 'summary'."),
        ("#+ summary: a: b\n", "The front matter is no YAML: mapping values are not allowed here."),
        ("#+ summary: no\n#+ topic: x\n", "The front matter has no key 'topic'; it has summary, negates, absence."),
        ("#+ summary: no\n#+ negates: [{a: b}]\n", "'negates' of the front matter must be a text."),
        ("#+ summary: &a [*a]\n", "The front matter has an anchor, an alias or too deep a nest."),
        (
            "#+ summary: a\0b\n",
            "The front matter is no YAML: unacceptable character #x0000: special characters are not allowed.",
        ),
        ("#+ summary: no\n#+ negates: [a]\n", "'negates' has 'a', which is no name of a predicate."),
    ],
)
def test_front_matter_is_strict(front: str, message: str, tmp_path: Path) -> None:
    query = f"{PREFIXES} CONSTRUCT {{ ?x a ep:C }} WHERE {{ ?x a ep:D }}"
    found, (finding, *_) = read(tmp_path, {"10-rule.rq": front + query})
    assert not found
    assert finding.message == message


def test_a_rule_has_a_number_and_a_name(tmp_path: Path) -> None:
    _, (finding,) = read(tmp_path, rule("CONSTRUCT { ?x a ep:C } WHERE { ?x a ep:D }", "Rule"))
    assert finding.message == "The file's name is not of the form NN-what-it-says.rq."


def test_a_comment_may_stand_behind_a_rule(tmp_path: Path) -> None:
    query = "CONSTRUCT { ?c ep:in ?p } WHERE { ?c ep:partOf ?p }\n# the end\n"
    assert one("id:Rio ep:in id:BR .") in applied(tmp_path, "id:Rio ep:partOf id:BR .", rule(query))


def test_a_byte_order_mark_is_no_part_of_a_rule(tmp_path: Path) -> None:
    ((name, text),) = rule("CONSTRUCT { ?x a ep:C } WHERE { ?x a ep:D }").items()
    assert [stratum.summary for stratum in accepted(tmp_path, {name: "\ufeff" + text})] == ["Because of the rule."]


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "10-rule.rq").write_bytes("#+ summary: Entrepôt\n".encode("latin-1"))
    _, (finding,) = strata.read(tmp_path)
    assert finding.message == "The file is not in UTF-8."
