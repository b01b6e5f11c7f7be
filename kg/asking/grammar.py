"""The keys of the front matter of a question: the reader takes them from here, and so does the manual for authors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kg.asking.question import VALUE_TYPES
from kg.frontmatter import Entry, Reader


class Key(NamedTuple):
    """One key of the front matter: what it holds, what that means, and an example."""

    name: str
    kind: str
    """text, texts, flag, number, whole number, type or mapping."""
    doc: str
    example: str
    required: bool = False


FRONT = (
    Key("summary", "text", "The question in plain English, ending in a question mark.", "Which platforms ...?", True),
    Key("topic", "text", "The name of the folder that the file stands in.", "platforms", True),
    Key("answers", "texts", "The competency questions that it answers, one or a list.", "CQ-25"),
    Key("parameters", "mapping", "What a caller may set, by name; each has a `VALUES` block.", "see below"),
    Key("columns", "mapping", "What the answer holds, by name; every column of the SELECT clause.", "see below", True),
    Key("evidence", "mapping", "The role in which the claims of a variable are evidence.", "{for: supporting}"),
    Key("except", "mapping", "A rule of the check that is broken, with the reason.", '{sub-select: "..."}'),
)
PARAMETER = (
    Key(
        "type",
        "type",
        "A class of the ontology or a type of values; instead of it a parameter may have `table`.",
        "Country",
    ),
    Key("doc", "text", "What it is for, in a few words.", "Only this market", True),
    Key("optional", "flag", "Whether it may be left out; its default is then `UNDEF`.", "true"),
    Key("many", "flag", "Whether it takes several values.", "true"),
    Key("minimum", "number", "The least number that makes sense.", "0"),
    Key("maximum", "number", "The greatest number that makes sense.", "100"),
    Key("unit", "text", "What a number counts: a UCUM or ISO 4217 code, or the name of another parameter.", "kg"),
    Key(
        "table",
        "mapping",
        "The columns of a parameter that is a table, each with its type.",
        "{measure: Measure, weight: decimal}",
    ),
    Key("empty", "text", "What it means to leave it out.", "any market"),
)
COLUMN = (
    Key("type", "type", "A class of the ontology or a type of values.", "decimal", True),
    Key("doc", "text", "What a cell holds, in a few words.", "Its weight", True),
    Key("unit", "text", "What a number counts: a UCUM or ISO 4217 code, or the name of a parameter.", "currency"),
    Key("optional", "flag", "Whether a cell may hold nothing.", "true"),
    Key("empty", "text", "What it means that a cell holds nothing; without it, “not stated”.", "no end stated"),
    Key("decimals", "whole number", "The places to which a number is rounded.", "2"),
)


def read(reader: Reader, entry: Entry | None, keys: Sequence[Key], what: str, line: int) -> dict[str, Any]:
    """The values of an entry by key, None where a key is not there; what is wrong with them are findings.

    A mapping is given as it is.
    """
    entries = reader.mapping(entry, what, tuple(key.name for key in keys))
    return {key.name: _value(reader, entries, key, what, line) for key in keys}


def type_of(reader: Reader, entries: Mapping[str, Entry], key: str, what: str, line: int) -> str:
    """A class's local name or one of the types of values."""
    name = reader.text(entries, key, what, line)
    if name and name not in VALUE_TYPES and not re.fullmatch(r"[A-Z]\w*", name):
        known = ", ".join(VALUE_TYPES)
        reader.wrong("bad-type", f"{name!r} of {what} is neither a class nor one of {known}.", entries[key].line)
    return name


def _value(reader: Reader, entries: Mapping[str, Entry], key: Key, what: str, line: int) -> Any:
    match key.kind:
        case "text" if key.required:
            return reader.text(entries, key.name, what, line)
        case "text":
            return reader.optional_text(entries, key.name, what)
        case "texts":
            return reader.texts(entries, key.name, what)
        case "flag":
            return reader.flag(entries, key.name, what)
        case "number":
            return reader.number(entries, key.name, what)
        case "whole number":
            return reader.integer(entries, key.name, what)
        case "type" if key.required or key.name in entries:
            return type_of(reader, entries, key.name, what, line)
    return entries.get(key.name)
