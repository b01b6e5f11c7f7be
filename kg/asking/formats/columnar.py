"""An answer as a Parquet table, typed: an entity is its label, and its identifier in a column ``..._id``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kg.asking.answer import Answer
from kg.asking.claims import local
from kg.asking.formats.delimited import EVIDENCE
from kg.asking.question import VALUE_TYPES, Column

if TYPE_CHECKING:
    import pyarrow as pa

MEDIA_TYPE = "application/vnd.apache.parquet"


def write(answer: Answer) -> Iterator[bytes]:
    """The whole file; its metadata say what was asked, of which snapshot, and what each column is."""
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(table(answer), file)
    yield file.getvalue()


def table(answer: Answer) -> pa.Table:
    import pyarrow as pa

    fields, arrays = [], []
    for column, about in zip(answer.question.columns, answer.columns(), strict=True):
        values = [answer.cell(column, solution) for solution in answer.solutions]
        for name, type_, cells in _arrays(column, values):
            described = {key: str(value) for key, value in about.items() if value is not None}
            fields.append(pa.field(name, type_, metadata=described))
            arrays.append(pa.array(cells, type=type_))
    if answer.evidence is not None:
        status, claims = EVIDENCE
        fields += [pa.field(status, pa.string()), pa.field(claims, pa.list_(pa.string()))]
        arrays.append(pa.array([its.status for its in answer.evidence], type=pa.string()))
        its_claims = [[local(claim) for claim in its.claims] for its in answer.evidence]
        arrays.append(pa.array(its_claims, type=pa.list_(pa.string())))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=_about(answer)))


def _arrays(column: Column, values: Sequence[Any]) -> Iterator[tuple[str, pa.DataType, list[Any]]]:
    import pyarrow as pa

    types = {
        "integer": pa.int64(),
        "year": pa.int64(),
        "decimal": pa.float64(),
        "boolean": pa.bool_(),
        "dateTime": pa.timestamp("s", tz="UTC"),
    }
    if column.type == "dateTime":
        yield column.name, types["dateTime"], [value and datetime.fromisoformat(value) for value in values]
    elif column.type in VALUE_TYPES:
        yield column.name, types.get(column.type, pa.string()), list(values)
    else:
        yield column.name, pa.string(), [value and value["label"] for value in values]
        yield f"{column.name}_id", pa.string(), [value and value["id"] for value in values]


def _about(answer: Answer) -> dict[str, str]:
    about = {
        "question": answer.question.name,
        "parameters": json.dumps(answer.parameters(), ensure_ascii=False),
        "asOf": answer.arguments.as_of,
        "snapshot": answer.snapshot,
        "total": str(answer.total),
    }
    return {name: text for name, text in about.items() if text is not None}
