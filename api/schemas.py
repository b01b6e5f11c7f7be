"""The JSON Schemas and parameters that the description of the interface is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.asking.answer import LIMIT
from kg.asking.formats import FORMATS
from kg.serving.worker import GRAPH_FORMATS, RESULT_FORMATS

Json = dict[str, Any]


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _texts(description: str) -> Json:
    return {"type": "array", "items": {"type": "string"}, "description": description}


LITERALS: Mapping[str, Json] = {
    "string": {"type": "string"},
    "language": {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$", "examples": ["zh"]},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "dateTime": {"type": "string", "format": "date-time"},
    "year": {"type": "integer"},
}
"""What a cell or a value in a body is, by its type."""
DATES: Json = {
    "type": "string",
    "description": "A day (its first second), a month or a year (its last second) or an instant; UTC",
    "examples": ["2026-11-21", "2026-11", "2026", "2026-11-21T12:00:00Z"],
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
        "required": [
            "status",
            "kinds",
            "claims",
            "sources",
            "roles",
            "absent",
            "conflicts",
            "more",
            "aggregated",
            "explain",
        ],
        "properties": {
            "status": {"enum": ["stated", "reference", "editorial", "contributed", "inferred"]},
            "kinds": _texts("fact, estimate, forecast, advice, opinion"),
            "claims": _texts("Claims that the row rests on"),
            "sources": {"type": "array", "items": reference("Source")},
            "roles": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            "absent": _texts("What the row needs not to be stated"),
            "conflicts": _texts("Conflicts in which a claim of the row takes part"),
            "more": {"type": "boolean", "description": "There is more evidence than was looked at"},
            "aggregated": {
                "type": "object",
                "additionalProperties": reference("Aggregated"),
                "description": "By column, what was counted or summed up in it",
            },
            "triples": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": {"type": "string"}},
                "description": "With evidence=full: the triples of the row, each with its status",
            },
            "explain": {"type": "string", "description": "Where the proofs are"},
        },
    },
    "Source": {
        "type": "object",
        "required": ["document", "locator", "claim"],
        "properties": {
            "document": _NULLABLE_TEXT,
            "locator": {**_NULLABLE_TEXT, "description": "Paragraph and sentence: p3 s2"},
            "claim": _NULLABLE_TEXT,
            "statement": {**_NULLABLE_TEXT, "description": "With evidence=full: the claim in our words"},
            "passage": {**_NULLABLE_TEXT, "description": "With evidence=full, where the documents are at hand"},
        },
    },
    "Aggregated": {
        "type": "object",
        "required": ["sample", "more"],
        "properties": {
            "sample": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
            "more": {"type": "boolean"},
        },
    },
    "Diagnosis": {
        "type": "object",
        "required": ["code", "detail", "pattern", "nearby"],
        "properties": {
            "code": {"enum": ["not-stated", "not-together", "filtered", "not-found-in-time"]},
            "detail": {"type": "string"},
            "pattern": _texts("What fails, a triple pattern each"),
            "nearby": {"type": "array", "items": reference("Nearby")},
        },
    },
    "Nearby": {
        "type": "object",
        "required": ["claim", "kind", "statement"],
        "properties": {"claim": {"type": "string"}, "kind": _NULLABLE_TEXT, "statement": _NULLABLE_TEXT},
        "description": "What is stated of the same things",
    },
    "AnswerColumn": {
        "type": "object",
        "required": ["name", "type", "unit", "empty", "doc"],
        "properties": {
            "name": {"type": "string"},
            "type": {"type": "string"},
            "unit": _NULLABLE_TEXT,
            "empty": {**_NULLABLE_TEXT, "description": "What null means"},
            "doc": {"type": "string"},
        },
    },
    "Links": {
        "type": "object",
        "required": ["self", "next", "prev", "csv", "sparql"],
        "properties": {
            "self": {"type": "string"},
            "next": _NULLABLE_TEXT,
            "prev": _NULLABLE_TEXT,
            "csv": {"type": "string"},
            "sparql": {"type": "string", "description": "The question as plain SPARQL"},
        },
    },
}

ANSWER: Mapping[str, Json] = {
    "question": {"type": "string"},
    "parameters": {"type": "object", "additionalProperties": True, "description": "Every parameter with its value"},
    "asOf": {"type": ["string", "null"], "format": "date-time", "description": "The instant asked about"},
    "snapshot": {"type": "string", "description": "The state of the knowledge; depends on its inputs alone"},
    "columns": {"type": "array", "items": reference("AnswerColumn")},
    "rows": {"type": "array", "items": {"type": "object"}},
    "count": {"type": "integer", "description": "Rows of this page"},
    "total": {"type": ["integer", "null"], "description": "Rows of all pages"},
    "truncated": {"type": "boolean", "description": "There are more rows; links.next has them"},
    "diagnosis": {"anyOf": [reference("Diagnosis"), {"type": "null"}], "description": "Why there are no rows"},
    "missing": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Tables that could not be used, with the reason; what they would say is not in the answer",
    },
    "links": reference("Links"),
}
"""The members of every answer; each question has rows of its own."""

_MEANINGS = {
    400: "The request breaks the protocol",
    403: "Not allowed",
    404: "There is no such thing",
    406: "None of the formats asked for can be written",
    408: "The body came too slowly",
    413: "The body or the result is too large",
    415: "The body is in no format that is read here",
    422: "A parameter cannot be used",
    503: "Try again later",
    504: "It took too long",
}


def problems(*statuses: int) -> dict[int | str, Json]:
    """The problems that an operation may answer with, for the description."""
    content = {
        "application/problem+json": {"schema": reference("Problem")},
        "text/html": {"schema": {"type": "string"}},
    }
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


def _listed(name: str, item: Json) -> Json:
    schema = {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": "array", "items": item}},
    }
    return {"description": f"The {name}", "content": {"application/json": {"schema": schema}}}


_BINARY: Json = {"type": "string", "format": "binary"}


def written(media_type: str) -> Json:
    """A document in one of the formats that are described no further."""
    if media_type.endswith("json"):
        return {"type": ["object", "array"]}
    return {"type": "string"} if media_type.startswith(("text/", "application/n-")) or "xml" in media_type else _BINARY


def _found(*others: str) -> Json:
    """An object that is described no further, in JSON and other formats."""
    texts = {media_type: {"schema": written(media_type)} for media_type in others}
    return {"description": "Found", "content": {"application/json": {"schema": {"type": "object"}}, **texts}}


VALUES = _listed("values", reference("Entity"))
INDEX = _listed("questions", {"type": "object", "additionalProperties": True})
INDEX["content"]["text/html"] = {"schema": {"type": "string"}}
FRONT_PAGE = _found("text/html")
MATCHES = _listed("matches", {"type": "object", "additionalProperties": True})
THING = _found(*GRAPH_FORMATS)
DATASETS = _listed("datasets", {"type": "object", "additionalProperties": True})
DATASETS["content"] |= {name: {"schema": {"type": "string"}} for name in (*GRAPH_FORMATS, "text/html")}
PROOF = _found("text/plain", "text/vnd.graphviz")


def _reserved(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


RESERVED = (
    _reserved(
        "evidence", "How much evidence each row has", {"enum": ["none", "summary", "full"], "default": "summary"}
    ),
    _reserved(
        "lang",
        "Language of the labels; else Accept-Language; else English",
        {**LITERALS["language"], "examples": ["zh"]},
    ),
    _reserved("limit", "Rows of one page", {"type": "integer", "minimum": 1, "maximum": 100_000, "default": LIMIT}),
    _reserved("offset", "Rows to skip", {"type": "integer", "minimum": 0, "maximum": 10**9, "default": 0}),
    _reserved("format", "Format of the answer; else Accept", {"enum": [*FORMATS, "html"]}),
)

SPARQL: Mapping[int | str, Json] = {
    200: {
        "description": "The whole result",
        "content": {name: {"schema": written(name)} for name in (*RESULT_FORMATS, "application/json", *GRAPH_FORMATS)},
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
