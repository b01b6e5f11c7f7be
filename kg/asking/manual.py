"""The manual for authors of questions, ``queries/README.md``, made from the model that reads their files.

``python -m kg.asking.manual > queries/README.md`` brings it up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.asking.grammar import COLUMN, FRONT, PARAMETER, Key
from kg.asking.lint import CODES, EXCUSABLE
from kg.asking.question import RESERVED, VALUE_TYPES

_EXAMPLE = """#+ summary: Which countries are part of a region?
#+ topic: markets
#+ parameters:
#+   region: {type: Region, doc: "The region"}
#+ columns:
#+   country: {type: Country, doc: "A country within the region"}
PREFIX ep: <https://w3id.org/entrepot/ontology#>
PREFIX id: <https://w3id.org/entrepot/id/>
SELECT ?country
WHERE {
  VALUES ?region { id:LatinAmerica }
  ?country a ep:Country ; ep:partOf ?region .
}
ORDER BY ?country
"""
_TYPES = {
    "string": "a text; compare it in a FILTER",
    "language": "a language tag such as `zh` or `pt-BR`, in small letters",
    "integer": "a whole number",
    "decimal": "a number; in files it has a decimal point",
    "boolean": "`true` or `false`",
    "dateTime": "an instant in UTC; callers may write a day, month or year",
    "year": "four digits",
}
_RESERVED = {
    "evidence": "`none`, `summary` or `full`",
    "lang": "the language of the labels",
    "limit": "the number of rows",
    "offset": "the rows to skip",
    "format": "the format of the answer",
}


def example() -> str:
    """The question of the manual's first chapter, a whole file."""
    return _EXAMPLE


def text() -> str:
    """The whole manual."""
    return f"""# Questions

A question is one file, `questions/TOPIC/NAME.rq`: SPARQL with its documentation on top. The file is an endpoint
(`/questions/NAME`), a command (`entrepot ask NAME`), a page with a form and a tool for agents. Nothing else has to be
written: evidence, the diagnosis of an empty answer, formats, paging and the description of the interface come from
the query itself.

## A question in five minutes

1. Save this as `questions/markets/countries-of-region.rq`:

```sparql
{_EXAMPLE.rstrip()}
```

2. Look for mistakes; each is named with its file and line: `entrepot check`
3. Ask: `entrepot ask countries-of-region region="South America"`
4. Serve, and open <http://127.0.0.1:8000/questions/countries-of-region>: `entrepot serve`

The name of the file is small letters, digits and hyphens, and is not used twice. A parameter is a `VALUES` block; what
stands in it is its default, so that the file runs as it is in every SPARQL editor. What a caller gives replaces the
content of the block, as RDF terms and never as text.

## The front matter

The lines that begin with `#+` are YAML in which every scalar is a text (`no` is Norway). An unknown key is an error.

{_table(FRONT)}

### A parameter

{_table(PARAMETER)}

Where the type is a class, callers may give an IRI, a code, or any name or alias in any language; what is unknown or
ambiguous is answered with the nearest candidates. The types of values are:

{_list((name, _TYPES[name]) for name in VALUE_TYPES)}

A parameter called `asOf` is the date asked about: without it, it is today (UTC), whatever stands in the file. Of a
`dateTime`, a day means its first second, a month or year its last; in parameters called `from` and `to` each of them
means its first second in `from`, and its last in `to`. A time that ends before it begins is refused.
Every question understands the following, so no parameter may be called so:

{_list((name, _RESERVED[name]) for name in RESERVED)}

### A column

{_table(COLUMN)}

Every row also has its `evidence`; no column may be called so.

## What the check refuses

SPARQL is silent about many mistakes, and evidence cannot follow everything. These are errors:

{_list((code, fix) for code, fix in CODES.items())}

Where a file has a good reason, `except` excuses it from one of {", ".join(f"`{code}`" for code in EXCUSABLE)};
the excuse is counted and shown.

## Hygiene

`hygiene/NAME.rq` are queries whose rows are findings about the ontology: a healthy ontology gives none.
"""


def _table(keys: Sequence[Key]) -> str:
    lines = ["| key | holds | meaning | example |", "| --- | --- | --- | --- |"]
    for key in keys:
        needed = "**" if key.required else ""
        lines.append(f"| {needed}`{key.name}`{needed} | {key.kind} | {key.doc} | `{key.example}` |")
    return "\n".join([*lines, "", "Keys in bold must be there."])


def _list(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- `{name}`: {meaning}" for name, meaning in pairs)


if __name__ == "__main__":
    print(text(), end="")
