"""All that is known of a thing: its names and types, its facts, the records about it, and who mentions it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from api.state import Serving
from kg.asking.claims import local
from kg.reasoning.render import triple_as_json
from kg.serving.lease import Lease, Rows
from kg.terms import ALT_LABEL, EP, GENID, OWL, PREF_LABEL, TYPE, Triple, shorten

_MOST = 2000
"""Triples of a thing itself and of who mentions it."""
_RECORDS_MOST = 150
"""Records: thousands may rest on one source."""
# What is found is sorted here: the store would sort all that there is.
_RECORDS = f"""SELECT ?s ?p ?o WHERE {{
  {{ SELECT DISTINCT ?s WHERE {{ ?s ?any %s ; a <{EP}Record> }} LIMIT {_RECORDS_MOST + 1} }}
  ?s ?p ?o
}}"""
_OTHERS = f"""SELECT ?s ?p ?o WHERE {{
  VALUES ?o {{ %s }}
  ?s ?p ?o
  FILTER(!STRSTARTS(STR(?s), "{GENID}"))
  FILTER NOT EXISTS {{ ?s a <{EP}Record> }}
}}"""


async def describe(iri: str, lease: Lease, served: Serving, lang: str) -> dict[str, Any]:
    """A thing as JSON; a record, which has more than two parts, comes with all of them."""
    own = await lease.select(f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ <{iri}> }} ?s ?p ?o }}", _MOST)
    records = await lease.select(_RECORDS % f"<{iri}>", _MOST * _RECORDS_MOST)
    by_record = _by_subject(records)
    others = await lease.select(_OTHERS % f"<{iri}>", _MOST)
    written = _Written(served, lang)
    claim = served.desk.claims.get(iri)
    triples = _triples(own)
    return {
        **written.thing(iri),
        "iri": iri,
        "labels": {name.get("xml:lang", ""): name["value"] for name in written.values(triples, PREF_LABEL.value)},
        "aliases": [
            {"text": name["value"], "lang": name.get("xml:lang")} for name in written.values(triples, ALT_LABEL.value)
        ],
        "types": written.types(triples),
        "facts": written.facts(triples),
        "records": [
            {**written.thing(subject), "types": written.types(about), "facts": written.facts(about)}
            for subject, about in list(by_record.items())[:_RECORDS_MOST]
        ],
        "mentions": [{"subject": written.thing(_subject(t)), **written.fact(t)} for t in _triples(others)],
        "passage": served.desk.passages.passage(claim.document, claim.locator) if claim else None,
        "truncated": any(part.truncated for part in (own, records, others)) or len(by_record) > _RECORDS_MOST,
    }


class _Written:
    """Triples as JSON, each with what it rests on, in one language."""

    def __init__(self, served: Serving, lang: str) -> None:
        self._served, self._lang = served, lang

    def thing(self, iri: str) -> dict[str, str]:
        return {"id": shorten(iri).strip("<>"), "label": self._served.desk.names.label(iri, self._lang)}

    def values(self, triples: Sequence[Triple], predicate: str) -> list[dict[str, str]]:
        parts = map(triple_as_json, triples)
        return [part["object"] for part in parts if part["predicate"]["value"] == predicate]

    def types(self, triples: Sequence[Triple]) -> list[dict[str, str]]:
        """The classes that have a name; class expressions and OWL's own say nothing to a reader."""
        types = (value["value"] for value in self.values(triples, TYPE.value))
        return [self.thing(iri) for iri in types if not iri.startswith((GENID, OWL))]

    def facts(self, triples: Sequence[Triple]) -> list[dict[str, Any]]:
        """What is said besides names and types."""
        kept = [t for t in triples if t.predicate not in (TYPE, PREF_LABEL, ALT_LABEL)]
        return [{**self.fact(t), "value": self._value(triple_as_json(t)["object"])} for t in kept]

    def fact(self, triple: Triple) -> dict[str, Any]:
        """A triple's predicate, status and sources, and where its proof is."""
        found = self._served.why.fact(triple)
        return {
            "predicate": self.thing(triple.predicate.value),
            "status": found.status if found else None,
            "kinds": list(found.kinds) if found else [],
            "claims": [local(claim) for claim in found.claims] if found else [],
            "sources": [self._served.desk.describe(source) for source in found.sources] if found else [],
            "explain": f"/explain?{urlencode(_parameters(triple))}",
        }

    def _value(self, term: Mapping[str, str]) -> dict[str, str | None]:
        if term["type"] != "literal":
            return {**self.thing(term["value"])}
        datatype = shorten(term["datatype"]) if "datatype" in term else None
        return {"value": term["value"], "datatype": datatype, "lang": term.get("xml:lang")}


def _triples(rows: Rows) -> list[Triple]:
    found = [Triple(row["s"], row["p"], row["o"]) for row in rows.rows]  # type: ignore[arg-type]  # as they stood in one
    return sorted(found, key=lambda triple: (str(triple.predicate), str(triple.subject), str(triple.object)))


def _by_subject(rows: Rows) -> dict[str, list[Triple]]:
    grouped: dict[str, list[Triple]] = defaultdict(list)
    for triple in _triples(rows):
        grouped[_subject(triple)].append(triple)
    return dict(sorted(grouped.items()))


def _subject(triple: Triple) -> str:
    return triple_as_json(triple)["subject"]["value"]


def _parameters(triple: Triple) -> list[tuple[str, str]]:
    """A triple as parameters of a URL."""
    return [
        (place, shorten(term["value"]).strip("<>") if term["type"] == "uri" else str(getattr(triple, place)))
        for place, term in triple_as_json(triple).items()
    ]
