"""What a fact rests on, and the proofs that are read back from ``why.sqlite``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from naive_reasoner import one, turtle
from pyoxigraph import Literal
from rule_files import accepted, rule
from test_closure import ONTOLOGIES

from kg.reasoning.closure import Closure, Derivation
from kg.reasoning.proofs import Asserted, Derived, Fact, Proof, Why, write
from kg.reasoning.reason import reason
from kg.sources import Source
from kg.terms import Triple, ep

SCHEMA = Source(None, "https://example.org/schema", "https://example.org/schema", None, "schema", "schema")


def claim(name: str, kind: str = "fact", graph: str = "g") -> Source:
    return Source(f"https://example.org/{name}", "https://example.org/doc", graph, kind, "stated")


def reference(name: str, scope: str = "axiom") -> Source:
    return Source(None, f"https://example.org/{name}", "g", None, "reference", scope)  # type: ignore[arg-type]


def contributed(name: str) -> Source:
    return Source(None, f"https://example.org/{name}", "g", None, "contributed", "header")


Told = Mapping[str, tuple[Source, ...]]


def asserted(schema: str, facts: Told) -> dict[Triple, tuple[Source, ...]]:
    """The schema's triples and the facts, each with its sources."""
    return dict.fromkeys(turtle(schema), (SCHEMA,)) | {one(text): said for text, said in facts.items()}


@contextmanager
def why(closure: Closure, sources: Mapping[Triple, tuple[Source, ...]]) -> Iterator[Why]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "why.sqlite"
        write(path, closure, lambda fact: sources[closure.triple(fact)])
        opened = Why(path)
        yield opened
        opened.close()


def fact(
    text: str, schema: str, facts: Told, rules: Path | None = None, files: Mapping[str, str] | None = None
) -> Fact:
    sources = asserted(schema, facts)
    with why(reason(sources, accepted(rules, dict(files)) if rules and files else []), sources) as opened:
        found = opened.fact(one(text))
    assert found is not None
    return found


CHAIN = "ep:covers owl:propertyChainAxiom ( ep:focusesOn ep:hasPart ) ."
FOCUS, PART = "id:DX ep:focusesOn id:LA .", "id:LA ep:hasPart id:BR ."
COVERS = "id:DX ep:covers id:BR ."


# --- status and sources ------------------------------------------------------------------------------------


def test_an_asserted_fact_has_the_status_of_its_best_source() -> None:
    found = fact(FOCUS, "", {FOCUS: (reference("cia"), claim("S3-71"))})
    assert (found.status, found.asserted, found.kinds) == ("stated", True, ("fact",))
    assert found.claims == ("https://example.org/S3-71",)
    assert len(found.sources) == 2


def test_what_only_rewords_one_claim_keeps_its_status() -> None:
    found = fact("id:LA ep:focusOf id:DX .", "ep:focusOf owl:inverseOf ep:focusesOn .", {FOCUS: (claim("S3-71"),)})
    assert (found.status, found.asserted) == ("stated", False)
    assert found.sources == (claim("S3-71"),)


def test_two_claims_joined_are_an_inference() -> None:
    found = fact(COVERS, CHAIN, {FOCUS: (claim("S3-71"),), PART: (claim("S0-05", "estimate"),)})
    assert (found.status, found.kinds) == ("inferred", ("estimate", "fact"))
    assert len(found.claims) == 2


def test_two_facts_of_one_claim_are_none_in_whichever_graphs_they_stand() -> None:
    found = fact(COVERS, CHAIN, {FOCUS: (claim("S3-71", graph="one"),), PART: (claim("S3-71", graph="two"),)})
    assert found.status == "stated"


def test_one_source_in_common_is_enough() -> None:
    found = fact(COVERS, CHAIN, {FOCUS: (claim("S3-71"), reference("cia")), PART: (reference("cia"), reference("un"))})
    assert found.status == "reference"
    assert len(found.sources) == 3


def test_a_type_that_a_header_vouches_for_does_not_count() -> None:
    schema = "ep:Emerger owl:intersectionOf ( ep:Shop [ owl:onProperty ep:focusesOn ; owl:hasValue id:LA ] ) ."
    facts = {FOCUS: (claim("S3-71"),), "id:DX a ep:Shop .": (reference("cldr", "header"),)}
    found = fact("id:DX a ep:Emerger .", schema, facts)
    assert found.status == "stated"
    assert len(found.sources) == 2


def test_but_a_type_that_somebody_states_does() -> None:
    schema = "ep:Emerger owl:intersectionOf ( ep:Shop [ owl:onProperty ep:focusesOn ; owl:hasValue id:LA ] ) ."
    facts = {FOCUS: (claim("S3-71"),), "id:DX a ep:Shop .": (claim("S3-72"),)}
    assert fact("id:DX a ep:Emerger .", schema, facts).status == "inferred"


def test_what_follows_from_such_a_type_alone_has_its_status() -> None:
    facts = {"id:BR a ep:Country .": (reference("cldr", "header"),)}
    assert fact("id:BR a ep:Place .", "ep:Country rdfs:subClassOf ep:Place .", facts).status == "reference"


def test_contributed_facts_mark_what_needs_them_even_by_a_type() -> None:
    facts = {"id:BR a ep:Country .": (contributed("g"),), "id:BR ep:near id:AR .": (claim("S3-71"),)}
    schema = "ep:Near owl:intersectionOf ( ep:Country [ owl:onProperty ep:near ; owl:hasValue id:AR ] ) ."
    assert fact("id:BR a ep:Near .", schema, facts).status == "inferred"
    schema = "ep:Country rdfs:subClassOf ep:Place ."
    assert fact("id:BR a ep:Place .", schema, facts).status == "contributed"


def test_what_follows_from_definitions_is_a_definition() -> None:
    found = fact("ep:A rdfs:subClassOf ep:C .", "ep:A rdfs:subClassOf ep:B . ep:B rdfs:subClassOf ep:C .", {})
    assert (found.status, found.sources) == ("schema", (SCHEMA,))
    assert fact("id:x a ep:T .", "ep:T owl:oneOf ( id:x ) .", {}).status == "schema"


def test_definitions_are_not_among_the_sources_of_other_facts() -> None:
    schema = "id:grade-A ep:rank 1 . ep:covers owl:propertyChainAxiom ( ep:grade ep:rank ) ."
    found = fact("id:DX ep:covers 1 .", schema, {"id:DX ep:grade id:grade-A .": (claim("S3-71"),)})
    assert (found.status, found.sources) == ("stated", (claim("S3-71"),))


def test_an_absence_makes_an_inference_unless_there_is_another_way(tmp_path: Path) -> None:
    query = "CONSTRUCT { ?x ep:tier ?t } WHERE { ?x ep:region ?t FILTER NOT EXISTS { ?x ep:stated ?s } }"
    facts = {"id:BR ep:region id:tier-2 .": (claim("S3-08"),)}
    tier = "id:BR ep:tier id:tier-2 ."
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert fact(tier, "", facts, tmp_path / "a", rule(query)).status == "inferred"
    schema = "ep:region rdfs:subPropertyOf ep:tier ."
    assert fact(tier, schema, facts, tmp_path / "b", rule(query)).status == "stated"


def test_every_way_to_a_fact_adds_its_sources() -> None:
    facts = {FOCUS: (claim("S3-71"),), PART: (claim("S3-71"),), "id:DX ep:deeply id:BR .": (claim("S0-05"),)}
    found = fact(COVERS, f"{CHAIN} ep:deeply rdfs:subPropertyOf ep:covers .", facts)
    assert found.status == "stated"
    assert set(found.claims) == {"https://example.org/S3-71", "https://example.org/S0-05"}


def test_a_circle_of_derivations_shares_the_sources_of_all_its_feet() -> None:
    schema = "ep:p owl:equivalentProperty ep:q . ep:a rdfs:subPropertyOf ep:p . ep:b rdfs:subPropertyOf ep:q ."
    facts = {"id:x ep:a id:y .": (claim("S1"),), "id:x ep:b id:y .": (claim("S2"),)}
    for name in ("p", "q"):
        assert len(fact(f"id:x ep:{name} id:y .", schema, facts).claims) == 2


def test_an_asserted_triple_without_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write(tmp_path / "why.sqlite", reason(turtle(FOCUS)), {}.__getitem__)


def test_triples_are_found_by_predicate_with_whether_somebody_says_them() -> None:
    sources = asserted(CHAIN, {FOCUS: (claim("S1"),), PART: (claim("S2"),)})
    with why(reason(sources), sources) as opened:
        found = opened.having([ep("covers"), ep("hasPart"), ep("unheardOf")])
    expected = [(*map(str, one(PART)), True), (*map(str, one(COVERS)), False)]
    assert sorted(found) == sorted(expected)


# --- proofs ------------------------------------------------------------------------------------------------


def nodes(proof: Proof) -> Iterator[Proof]:
    yield proof
    for premise in proof.premises if isinstance(proof, Derived) else ():
        yield from nodes(premise)


def test_a_proof_ends_in_what_somebody_says() -> None:
    sources = asserted(CHAIN, {FOCUS: (claim("S3-71"),), PART: (reference("cia"),)})
    with why(reason(sources), sources) as opened:
        proof = opened.proof(one(COVERS))
    assert proof == Derived(
        one(COVERS),
        "prp-spo2",
        "ep:covers ⊒ ep:focusesOn ∘ ep:hasPart",
        (
            Asserted(one(FOCUS), (claim("S3-71"),), "stated"),
            Asserted(one(PART), (reference("cia"),), "reference"),
        ),
        absent=(),
        alternatives=0,
        status="inferred",
    )


def test_the_shallowest_proof_is_shown_although_a_deeper_one_was_found_first() -> None:
    schema = "ep:A rdfs:subClassOf ep:B . ep:B rdfs:subClassOf ep:C . ep:C rdfs:subClassOf ep:D ."
    schema += "ep:p rdfs:domain ep:C ."
    sources = asserted(schema, {"id:x a ep:A .": (claim("S1"),), "id:x ep:p id:y .": (claim("S2"),)})
    closure = reason([triple for triple in sources if triple.predicate.value.rpartition("#")[2] != "p"])
    closure.assert_triples([one("id:x ep:p id:y .")])
    closure.saturate()
    assert [step.rule for step in closure.derivations(one("id:x a ep:C ."))] == ["cax-sco", "prp-dom"]
    with why(closure, sources) as opened:
        proof = opened.proof(one("id:x a ep:D ."))
        (deeper,) = opened.alternatives(one("id:x a ep:C ."))
    assert isinstance(proof, Derived) and isinstance(proof.premises[0], Derived)
    assert (proof.rule, proof.premises[0].rule) == ("cax-sco", "prp-dom")
    assert isinstance(deeper, Derived) and deeper.rule == "cax-sco"


def test_what_does_not_hold_has_no_proof_but_neighbours() -> None:
    sources = asserted(CHAIN, {FOCUS: (claim("S3-71"),), PART: (reference("cia"),)})
    with why(reason(sources), sources) as opened:
        unknown = one("id:DX ep:covers id:ES .")
        assert (opened.fact(unknown), opened.proof(unknown), opened.alternatives(unknown)) == (None, None, [])
        assert opened.near(unknown) == [one(COVERS)]
        assert opened.near(one("id:DX ep:sells id:BR .")) == [one(COVERS)]
        assert opened.near(one("id:eBay ep:covers id:BR .")) == [one(COVERS)]
        assert opened.near(one("id:eBay ep:sells id:US .")) == []


def test_near_means_ten_at_most() -> None:
    facts: Told = {f"id:DX ep:sells id:p{number} .": (claim("S1"),) for number in range(30)}
    sources = asserted("", facts)
    with why(reason(sources), sources) as opened:
        assert len(opened.near(one("id:DX ep:sells id:tea ."))) == 10


def test_alternatives_begin_with_the_other_derivations() -> None:
    schema = f"{CHAIN} ep:deeply rdfs:subPropertyOf ep:covers ."
    facts: Told = {FOCUS: (claim("S1"),), PART: (claim("S2"),), "id:DX ep:deeply id:BR .": (claim("S3"),)}
    sources = asserted(schema, facts)
    with why(reason(sources), sources) as opened:
        first, others = opened.proof(one(COVERS)), opened.alternatives(one(COVERS))
    assert isinstance(first, Derived)
    assert first.alternatives == len(others) == 1
    assert {first.rule, *(each.rule for each in others if isinstance(each, Derived))} == {"prp-spo1", "prp-spo2"}


def test_an_asserted_fact_is_a_leaf_and_its_derivations_are_alternatives() -> None:
    sources = asserted("ep:A rdfs:subClassOf ep:B .", {t: (claim("S1"),) for t in ("id:x a ep:A .", "id:x a ep:B .")})
    with why(reason(sources), sources) as opened:
        assert isinstance(opened.proof(one("id:x a ep:B .")), Asserted)
        (other,) = opened.alternatives(one("id:x a ep:B ."))
    assert isinstance(other, Derived)
    assert other.premises == (Asserted(one("id:x a ep:A ."), (claim("S1"),), "stated"),)


def test_a_proof_has_no_more_nodes_than_asked_for_and_says_where_it_stops() -> None:
    steps: Told = {f"id:n{number} ep:partOf id:n{number + 1} .": (claim("S1"),) for number in range(40)}
    sources = asserted("ep:partOf a owl:TransitiveProperty .", steps)
    with why(reason(sources), sources) as opened:
        triple = one("id:n0 ep:partOf id:n40 .")
        whole, part = opened.proof(triple), opened.proof(triple, nodes=20)
    assert whole and part
    assert len(list(nodes(whole))) == 79
    assert not any(isinstance(node, Derived) and node.more for node in nodes(whole))
    assert len(list(nodes(part))) == 19
    assert [node.more for node in nodes(part) if isinstance(node, Derived)].count(True) == 1


def test_literals_and_tags_come_back_as_they_went_in() -> None:
    text = 'id:BR ep:name "Brésil \\"le\\"\\n"@fr .'
    sources = asserted("", {text: (claim("S1"),)})
    with why(reason(sources), sources) as opened:
        proof = opened.proof(one(text))
    assert proof and proof.triple.object == Literal('Brésil "le"\n', language="fr")


def test_a_class_expression_has_words() -> None:
    schema = "genid:1 owl:onProperty ep:tier ; owl:hasValue id:tier-2 ."
    sources = asserted(schema, {"id:BR ep:tier id:tier-2 .": (claim("S1"),)})
    with why(reason(sources), sources) as opened:
        proof = opened.proof(one("id:BR a genid:1 ."))
        assert proof is not None
        assert opened.expression(proof.triple.object) == "ep:tier value id:tier-2"  # type: ignore[arg-type]
        assert opened.expression(proof.triple.subject) is None  # type: ignore[arg-type]


def test_the_file_is_never_written_to(tmp_path: Path) -> None:
    sources = asserted(CHAIN, {FOCUS: (claim("S1"),)})
    closure = reason(sources)
    write(tmp_path / "why.sqlite", closure, lambda fact: sources[closure.triple(fact)])
    opened = Why(tmp_path / "why.sqlite")
    opened.fact(one(FOCUS))
    opened.close()
    assert [path.name for path in tmp_path.iterdir()] == ["why.sqlite"]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(ONTOLOGIES)
def test_what_is_read_is_what_was_reasoned(triples: list[Triple]) -> None:
    closure = reason(triples)
    with why(closure, dict.fromkeys(triples, (claim("S1"),))) as opened:
        for triple in closure.triples():
            found, proof = opened.fact(triple), opened.proof(triple)
            assert found and proof
            assert found.asserted == isinstance(proof, Asserted) == closure.is_asserted(triple)
            assert found.status in ("stated", "schema")
            ways = [proof, *opened.alternatives(triple)]
            read = [
                Derivation(way.rule, way.axiom, tuple(each.triple for each in way.premises), way.absent)
                for way in ways
                if isinstance(way, Derived) and not way.more
            ]
            assert len(read) == len(closure.derivations(triple))
            assert set(read) == set(closure.derivations(triple))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(ONTOLOGIES)
def test_no_proof_is_shallower_than_the_one_that_is_shown(triples: list[Triple]) -> None:
    closure = reason(triples)
    rounds = {triple: 0 for triple in closure.triples() if closure.is_asserted(triple)}
    for depth in count(1):  # what follows from all that is less deep
        below = set(rounds)
        if len(below) == len(closure):
            break
        for triple in closure.triples():
            ways = closure.derivations(triple)
            if triple not in below and any(below.issuperset(way.premises) for way in ways):
                rounds[triple] = depth
    with why(closure, dict.fromkeys(triples, (claim("S1"),))) as opened:
        for triple in closure.triples():
            proof = opened.proof(triple, nodes=10**6)
            assert proof and _height(proof) == rounds[triple]


def _height(proof: Proof) -> int:
    return 0 if isinstance(proof, Asserted) else 1 + max(map(_height, proof.premises), default=0)
