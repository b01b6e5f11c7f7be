"""The OpenAPI description, in which every question is a path of its own with what it takes and what it gives."""

from __future__ import annotations

import json
from collections.abc import Mapping

from api import schemas
from api.asked import FORM, JSON, OFFERED
from api.models import default, doc
from api.schemas import Json, reference
from kg.asking.cells import meaning_of_empty
from kg.asking.formats import Format
from kg.asking.names import Names
from kg.asking.question import VALUE_TYPES, Column, Parameter, Question
from kg.terms import shorten

LISTED = 60
"""Members of a class up to which they are all listed as the values of a parameter."""
_STATUSES = (406, 413, 422, 503, 504)
_STATUSES_OF_POST = (400, 408, 415)


def with_questions(description: Json, questions: Mapping[str, Question], names: Names) -> Json:
    """The description with a path for each question, and what their answers are made of."""
    paths = {f"/questions/{question.name}": _path(question, names) for question in questions.values()}
    own = {name: schema for question in questions.values() for name, schema in _schemas(question).items()}
    components = description.get("components", {})
    return {
        **description,
        "paths": {**description["paths"], **paths},
        "components": {**components, "schemas": {**components.get("schemas", {}), **schemas.SCHEMAS, **own}},
    }


def _path(question: Question, names: Names) -> Json:
    answered = f" Answers {', '.join(question.answers)}." if question.answers else ""
    parameters = [*(_parameter(p, names) for p in question.parameters.values()), *schemas.RESERVED]
    shared: Json = {
        "summary": question.summary,
        "description": f"{question.summary}{answered}",
        "tags": [question.topic],
    }
    answer = {
        "200": {
            "description": "The answer",
            "headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()},
            "content": {form.media_type: {"schema": _schema(question, form)} for form in OFFERED.values()},
        },
        **{str(status): problem for status, problem in schemas.problems(*_STATUSES).items()},
    }
    refused = {str(status): problem for status, problem in schemas.problems(*_STATUSES_OF_POST).items()}
    unchanged = {"304": {"description": "The answer has not changed"}}
    body = {media_type: {"schema": reference(f"{_title(question)}Parameters")} for media_type in (JSON, FORM)}
    return {
        "get": {
            **shared,
            "operationId": question.name,
            "parameters": parameters,
            "responses": {**answer, **unchanged},
        },
        "post": {
            **shared,
            "operationId": f"post-{question.name}",
            "requestBody": {"required": False, "content": body},
            "responses": {**answer, **refused},
        },
    }


_HEADERS = {
    "ETag": "Changes with the answer",
    "Link": "The pages around this one and the other formats (RFC 8288)",
    "Entrepot-Snapshot": "The state of the knowledge",
}


# --- what goes in ---------------------------------------------------------------------------------------------


def schema_of(parameter: Parameter, names: Names) -> Json:
    """What a parameter may be, with what it is where it is not given."""
    value = _table(parameter) if parameter.table else _value(parameter, names)
    schema = {"type": "array", "items": value} if parameter.many or parameter.table else value
    given = _default(parameter)
    return schema if given is None else {**schema, "default": given}


def _parameter(parameter: Parameter, names: Names) -> Json:
    several = parameter.many or bool(parameter.table)
    return {
        "name": parameter.name,
        "in": "query",
        "description": described(parameter),
        "required": not parameter.optional and not parameter.has_default and not parameter.is_as_of,
        "schema": schema_of(parameter, names),
        **({"style": "form", "explode": True} if several else {}),
    }


def described(parameter: Parameter) -> str:
    """What a parameter is for, in one sentence."""
    unit = f"; in {parameter.unit}" if parameter.unit else ""
    return f"{doc(parameter)}{unit}{'; leave it out for any' if parameter.optional else ''}"


def _default(parameter: Parameter) -> object:
    """What it is where it is not given, in the type that the description says it has."""
    given = default(parameter)
    numeric = schemas.LITERALS.get(parameter.type, {}).get("type") in ("integer", "number", "boolean")
    return json.loads(given) if isinstance(given, str) and numeric else given or None


def _table(parameter: Parameter) -> Json:
    columns = ",".join(parameter.table)
    types = ", ".join(f"{name}: {type_}" for name, type_ in parameter.table.items())
    return {"type": "string", "title": columns, "description": f"{columns} ({types})"}


def _value(parameter: Parameter, names: Names) -> Json:
    if parameter.type == "dateTime":
        return schemas.DATES
    if parameter.type in VALUE_TYPES:
        limits = {"minimum": parameter.minimum, "maximum": parameter.maximum}
        bounds = {k: float(v) for k, v in limits.items() if v is not None}
        return {**schemas.LITERALS[parameter.type], **bounds, **({"x-unit": parameter.unit} if parameter.unit else {})}
    members = names.members(parameter.type, limit=LISTED + 1)
    shown = [(shorten(iri.value).strip("<>"), label) for iri, label in members]
    free: Json = {"type": "string", "title": parameter.type, "description": "An IRI, CURIE, code, label or alias"}
    if shown:
        free["examples"] = [part for pair in shown[:2] for part in dict.fromkeys(pair)]
    if not shown or len(shown) > LISTED:
        return free
    return {"title": parameter.type, "anyOf": [*({"const": id_, "title": label} for id_, label in shown), free]}


# --- what comes out -------------------------------------------------------------------------------------------


def _schema(question: Question, form: Format) -> Json:
    if form.name == "json":
        return reference(f"{_title(question)}Answer")
    return schemas.written(form.media_type)


def _title(question: Question) -> str:
    return "".join(word.capitalize() for word in question.name.split("-"))


def _schemas(question: Question) -> dict[str, Json]:
    """The answer of a question, one row of it, and its parameters as they are posted."""
    cells = {column.name: _cell(column) for column in question.columns}
    row = {
        "type": "object",
        "required": [*cells, "evidence"],
        "properties": {**cells, "evidence": {"anyOf": [reference("Evidence"), {"type": "null"}]}},
    }
    title = _title(question)
    members = {**schemas.ANSWER, "rows": {"type": "array", "items": reference(f"{title}Row")}}
    return {
        f"{title}Answer": {"type": "object", "required": list(members), "properties": members},
        f"{title}Row": row,
        f"{title}Parameters": _posted(question),
    }


def _posted(question: Question) -> Json:
    """A value or a list of them for each parameter, and the reserved ones."""
    value: Json = {"type": ["string", "number", "boolean", "null"]}
    several: Json = {"type": "array", "items": {"type": ["string", "number", "boolean"]}}
    properties = {
        p.name: {**(several if p.many or p.table else value), "description": described(p)}
        for p in question.parameters.values()
    }
    reserved = {p["name"]: {**p["schema"], "description": p["description"]} for p in schemas.RESERVED}
    return {"type": "object", "properties": {**properties, **reserved}}


def _cell(column: Column) -> Json:
    empty = meaning_of_empty(column)
    about: Json = {
        "description": "; ".join(
            [column.doc, *([f"in {column.unit}"] if column.unit else []), *([f"null: {empty}"] if empty else [])]
        )
    }
    if column.unit:
        about["x-unit"] = column.unit
    value = schemas.LITERALS.get(column.type) or reference("Entity")
    if empty:
        return {**about, "anyOf": [value, {"type": "null"}]}
    return {**about, "allOf": [value]} if "$ref" in value else {**about, **value}
