"""The OpenAPI description, in which every question is a path of its own with what it takes and what it gives."""

from __future__ import annotations

import json
from collections.abc import Mapping

from api import models
from api.models import Json, default, doc, meaning_of_empty, reference
from kg.asking.names import Names
from kg.asking.question import VALUE_TYPES, Column, Parameter, Question
from kg.terms import shorten

LISTED = 60
"""Members of a class up to which they are all listed as the values of a parameter."""


def with_questions(description: Json, questions: Mapping[str, Question], names: Names) -> Json:
    """The description with a path for each question, and what their answers are made of."""
    paths = {f"/questions/{question.name}": {"get": _operation(question, names)} for question in questions.values()}
    components = description.get("components", {})
    schemas = {**components.get("schemas", {}), **models.SCHEMAS}
    return {
        **description,
        "paths": {**description["paths"], **paths},
        "components": {**components, "schemas": schemas},
    }


def _operation(question: Question, names: Names) -> Json:
    answered = f" Answers {', '.join(question.answers)}." if question.answers else ""
    return {
        "operationId": question.name,
        "summary": question.summary,
        "description": f"{question.summary}{answered}",
        "tags": [question.topic],
        "parameters": [*(_parameter(p, names) for p in question.parameters.values()), *models.RESERVED],
        "responses": {
            "200": {
                "description": "The answer",
                "headers": {"ETag": {"description": "Changes with the answer", "schema": {"type": "string"}}},
                "content": {
                    "application/json": {"schema": _answer(question)},
                    "text/csv": {"schema": {"type": "string"}},
                    "text/turtle": {"schema": {"type": "string", "description": "The triples that the rows rest on"}},
                },
            },
            "304": {"description": "The answer has not changed"},
            **models.PROBLEMS,
        },
    }


def _parameter(parameter: Parameter, names: Names) -> Json:
    value = _table(parameter) if parameter.table else _value(parameter, names)
    several = parameter.many or bool(parameter.table)
    schema = {"type": "array", "items": value} if several else value
    given = default(parameter)
    if isinstance(given, str) and value.get("type") in ("integer", "number", "boolean"):
        given = json.loads(given)
    if given is not None:
        schema = {**schema, "default": given}
    return {
        "name": parameter.name,
        "in": "query",
        "description": doc(parameter),
        "required": not parameter.optional and not parameter.has_default and not parameter.is_as_of,
        "schema": schema,
        **({"style": "form", "explode": True} if several else {}),
    }


def _table(parameter: Parameter) -> Json:
    columns = ",".join(parameter.table)
    types = ", ".join(f"{name}: {type_}" for name, type_ in parameter.table.items())
    return {"type": "string", "title": columns, "description": f"{columns} ({types})"}


def _value(parameter: Parameter, names: Names) -> Json:
    if parameter.type in VALUE_TYPES:
        limits = {"minimum": parameter.minimum, "maximum": parameter.maximum}
        return {**models.LITERALS[parameter.type], **{k: float(v) for k, v in limits.items() if v is not None}}
    free = {"type": "string", "title": parameter.type, "description": "An IRI, CURIE, code, label or alias"}
    members = names.members(parameter.type, limit=LISTED + 1)
    if not members or len(members) > LISTED:
        return free
    listed = [{"const": shorten(iri.value).strip("<>"), "title": label} for iri, label in members]
    return {"title": parameter.type, "anyOf": [*listed, free]}


def _answer(question: Question) -> Json:
    cells = {column.name: _cell(column) for column in question.columns}
    row = {
        "type": "object",
        "required": [*cells, "evidence"],
        "properties": {**cells, "evidence": {"anyOf": [reference("Evidence"), {"type": "null"}]}},
    }
    return {"allOf": [reference("Answer"), {"properties": {"rows": {"type": "array", "items": row}}}]}


def _cell(column: Column) -> Json:
    about = {"description": column.doc + (f"; null: {empty}" if (empty := meaning_of_empty(column)) else "")}
    value = models.LITERALS.get(column.type) or reference("Entity")
    return {**about, "anyOf": [value, {"type": "null"}]} if empty else {**about, **value}
