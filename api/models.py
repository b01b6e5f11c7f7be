"""What goes over the wire: the question as a list shows it, and the JSON Schemas of answers, evidence and problems."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kg.asking.answer import LIMIT
from kg.asking.question import Column, Parameter, Question
from kg.serving.worker import GRAPH_FORMATS, RESULT_FORMATS
from kg.terms import Term, written

try:
    VERSION = version("entrepot")
except PackageNotFoundError:  # run from a checkout that was not installed
    VERSION = "0"

Json = dict[str, Any]


def question_json(question: Question) -> Json:
    """A question as the list of questions shows it."""
    return {
        "name": question.name,
        "summary": question.summary,
        "topic": question.topic,
        "answers": list(question.answers),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "optional": parameter.optional,
                "many": parameter.many,
                "table": dict(parameter.table) or None,
                "doc": doc(parameter),
                "default": default(parameter),
            }
            for parameter in question.parameters.values()
        ],
        "columns": [
            {"name": c.name, "type": c.type, "unit": c.unit, "empty": meaning_of_empty(c), "doc": c.doc}
            for c in question.columns
        ],
    }


def default(parameter: Parameter) -> str | list[str] | None:
    """What a parameter is where it is not given, as it would stand in a URL; of ``asOf`` None, for it changes daily."""
    if parameter.is_as_of:
        return None
    texts = [",".join(_text(term) for term in row if term) for row in parameter.default if any(row)]
    if parameter.many or parameter.table:
        return texts
    return texts[0] if texts else None


def doc(parameter: Parameter) -> str:
    """What a parameter is for; of ``asOf`` also what it is where it is not given."""
    return f"{parameter.doc}; without it, today (UTC)" if parameter.is_as_of else parameter.doc


def _text(term: Term) -> str:
    return written(term).strip("<>")


def meaning_of_empty(column: Column) -> str | None:
    return column.empty or ("not stated" if column.optional else None)


# --- schemas --------------------------------------------------------------------------------------------------


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _texts(description: str) -> Json:
    return {"type": "array", "items": {"type": "string"}, "description": description}


LITERALS: Mapping[str, Json] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "dateTime": {"type": "string", "description": "2026-11-21, 2026-11, 2026 or 2026-11-21T12:00:00Z"},
    "year": {"type": "integer"},
}

_NULLABLE_TEXT: Json = {"type": ["string", "null"]}
SCHEMAS: Mapping[str, Json] = {
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail", "hint"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "Stable, for programs"},
            "detail": {"type": "string"},
            "hint": {"type": "string"},
            "parameter": {"type": "string", "description": "The parameter at fault"},
        },
    },
    "Entity": {
        "type": "object",
        "required": ["id", "label"],
        "properties": {"id": {"type": "string", "description": "A CURIE or IRI"}, "label": {"type": "string"}},
    },
    "Evidence": {
        "type": "object",
        "required": ["status", "kinds", "claims", "sources", "roles", "absent", "conflicts", "more", "explain"],
        "properties": {
            "status": {"enum": ["stated", "reference", "editorial", "contributed", "inferred"]},
            "kinds": _texts("fact, estimate, forecast, advice, opinion"),
            "claims": _texts("Claims that the row rests on"),
            "sources": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"document": _NULLABLE_TEXT, "locator": _NULLABLE_TEXT, "claim": _NULLABLE_TEXT},
                },
            },
            "roles": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            "absent": _texts("What the row needs not to be stated"),
            "conflicts": _texts("Conflicts in which a claim of the row takes part"),
            "more": {"type": "boolean", "description": "There is more evidence than was looked at"},
            "explain": {"type": "string", "description": "Where the proofs are"},
        },
    },
    "Answer": {
        "type": "object",
        "required": [
            "question",
            "parameters",
            "snapshot",
            "columns",
            "rows",
            "count",
            "truncated",
            "diagnosis",
            "links",
        ],
        "properties": {
            "question": {"type": "string"},
            "parameters": {"type": "object", "description": "Every parameter with its value, defaults included"},
            "asOf": {**_NULLABLE_TEXT, "description": "The instant asked about"},
            "snapshot": {"type": "string", "description": "The state of the knowledge; depends on its inputs alone"},
            "columns": {"type": "array", "items": {"type": "object"}},
            "rows": {"type": "array", "items": {"type": "object"}},
            "count": {"type": "integer"},
            "total": {"type": ["integer", "null"]},
            "truncated": {"type": "boolean"},
            "diagnosis": {"type": ["object", "null"], "description": "Why there are no rows"},
            "links": {"type": "object"},
        },
    },
}

PROBLEM: Json = {"schema": reference("Problem")}
PROBLEMS: Mapping[int | str, Json] = {
    "422": {"description": "A parameter cannot be used", "content": {"application/problem+json": PROBLEM}},
    "default": {"description": "A problem", "content": {"application/problem+json": PROBLEM}},
}


def _reserved(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


RESERVED = (
    _reserved(
        "evidence", "How much evidence each row has", {"enum": ["none", "summary", "full"], "default": "summary"}
    ),
    _reserved("lang", "Language of the labels; else Accept-Language", {"type": "string"}),
    _reserved("limit", "Rows of one page", {"type": "integer", "minimum": 1, "maximum": 10_000, "default": LIMIT}),
    _reserved("offset", "Rows to skip", {"type": "integer", "minimum": 0, "default": 0}),
    _reserved("format", "Format of the answer; else Accept", {"enum": ["json", "csv", "ttl"]}),
)

SPARQL: Mapping[int | str, Json] = {
    200: {
        "description": "The whole result",
        "content": {name: {"schema": {"type": "string"}} for name in (*RESULT_FORMATS, *GRAPH_FORMATS)},
    }
}
_GRAPHS: Json = {"type": "array", "items": {"type": "string", "format": "uri"}}
_DATASET: Mapping[str, Json] = {"default-graph-uri": _GRAPHS, "named-graph-uri": _GRAPHS}
SPARQL_GET: Json = {
    "parameters": [
        _reserved("query", "A query; without one, the service is described", {"type": "string"}),
        *(_reserved(name, "IRI of a graph; may be repeated", schema) for name, schema in _DATASET.items()),
    ]
}
SPARQL_POST: Json = {
    "parameters": SPARQL_GET["parameters"][1:],
    "requestBody": {
        "required": True,
        "content": {
            "application/sparql-query": {"schema": {"type": "string"}},
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["query"],
                    "properties": {"query": {"type": "string"}, **_DATASET},
                }
            },
        },
    },
}
