"""A client of the service: the questions and SPARQL from Python, as rows or as typed data frames.

It needs ``entrepot[client]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from kg.errors import EntrepotError, Misuse
from kg.terms import XSD

if TYPE_CHECKING:
    import httpx2
    import pandas as pd

Json = dict[str, Any]

_DTYPES = {
    "integer": "Int64",
    "year": "Int64",
    "decimal": "Float64",
    "boolean": "boolean",
    "dateTime": "datetime64[s, UTC]",
}
"""The dtypes of columns that hold values, all of which know what is missing; texts and entities are strings."""
_OF_DATATYPES = {
    **{XSD + name: "Int64" for name in ("integer", "int", "long", "gYear")},
    **{XSD + name: "Float64" for name in ("decimal", "double", "float")},
    XSD + "boolean": "boolean",
    XSD + "dateTime": "datetime64[s, UTC]",
}


class ServiceProblem(EntrepotError):
    """The service refused; ``code``, ``message``, ``hint`` and ``data`` are those of its problem."""

    def __init__(self, problem: Json) -> None:
        super().__init__(problem.get("detail", "The service failed."), problem.get("hint", ""))
        self.code, self.data = problem.get("code", self.code), problem


@dataclass(frozen=True)
class Answered:
    """The answer to a question, all its pages."""

    columns: Sequence[Json]
    rows: Sequence[Json]
    diagnosis: Json | None
    """Why there are no rows."""
    snapshot: str
    as_of: str | None
    total: int | None

    def to_pandas(self, *, evidence: bool = False) -> pd.DataFrame:
        """A typed table; an entity is its label, and its identifier in a column ``..._id`` beside it.

        With ``evidence``, the columns ``evidence_status`` and ``evidence_claims`` follow.
        """
        import pandas as pd

        made: dict[str, pd.Series] = {}
        for column in self.columns:
            name, cells = column["name"], [row[column["name"]] for row in self.rows]
            if column["type"] in _DTYPES:
                made[name] = _typed(cells, _DTYPES[column["type"]])
            elif column["type"][:1].islower():
                made[name] = _typed(cells, "string")
            else:
                made[name] = _typed([cell and cell["label"] for cell in cells], "string")
                made[f"{name}_id"] = _typed([cell and cell["id"] for cell in cells], "string")
        if evidence:
            its = [row["evidence"] or {} for row in self.rows]
            made["evidence_status"] = _typed([each.get("status") for each in its], "string")
            made["evidence_claims"] = pd.Series([each.get("claims", []) for each in its], dtype="object")
        frame = pd.DataFrame(made)
        frame.attrs.update(snapshot=self.snapshot, asOf=self.as_of)
        return frame


@dataclass(frozen=True)
class Result:
    """The result of a SELECT query."""

    variables: Sequence[str]
    bindings: Sequence[Mapping[str, Json]]
    """Rows of terms as the SPARQL 1.1 Query Results JSON Format has them."""

    def to_pandas(self) -> pd.DataFrame:
        """A column for each variable, typed where all its values are of one datatype; else texts."""
        import pandas as pd

        return pd.DataFrame({name: self._column(name) for name in self.variables})

    def _column(self, name: str) -> pd.Series:
        terms = [row.get(name) for row in self.bindings]
        dtypes = {_OF_DATATYPES.get(term.get("datatype", ""), "string") for term in terms if term}
        (dtype,) = dtypes if len(dtypes) == 1 else ("string",)
        return _typed([term and term["value"] for term in terms], dtype)


class Client:
    """Asks a service; close it, or use it as a context manager.

    Raises:
        ServiceProblem: in every call, what the service says is wrong.
        Misuse: the client's libraries are not installed.
    """

    def __init__(self, url: str, *, timeout: float = 30.0, lang: str | None = None) -> None:
        try:
            import httpx2
        except ImportError as error:
            raise Misuse("The client needs httpx2.", "Install entrepot[client].") from error
        headers = {"Accept-Language": lang} if lang else {}
        self._http: httpx2.Client = httpx2.Client(base_url=url, timeout=timeout, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def questions(self) -> list[Json]:
        """Everything that can be asked."""
        found: list[Json] = self._get("/questions")["questions"]
        return found

    def ask(self, question: str, *, limit: int | None = None, evidence: str = "summary", **parameters: Any) -> Answered:
        """The answer to a question, page after page, or with a limit its first rows; parameters as in the service."""
        body = {**parameters, "evidence": evidence, "limit": limit or 10_000}
        page = self._json(self._http.post(f"/questions/{question}", json=body))
        rows = list(page["rows"])
        while limit is None and page["truncated"]:
            page = self._json(self._http.post(f"/questions/{question}", json={**body, "offset": len(rows)}))
            rows += page["rows"]
        return Answered(page["columns"], rows, page["diagnosis"], page["snapshot"], page["asOf"], page["total"])

    def sparql(self, query: str) -> Result:
        """The result of a SELECT query."""
        accept = {"Accept": "application/sparql-results+json"}
        found = self._json(self._http.post("/sparql", data={"query": query}, headers=accept))
        if "results" not in found:
            raise Misuse("This is no SELECT query.", "Ask for rows.")
        return Result(found["head"]["vars"], found["results"]["bindings"])

    def resolve(self, name: str, type: str | None = None) -> list[Json]:  # noqa: A002
        """What a name may stand for, best first."""
        found: list[Json] = self._get("/resolve", q=name, type=type)["matches"]
        return found

    def explain(self, subject: str, predicate: str, object: str) -> Json:  # noqa: A002
        """The proof of a triple."""
        return self._get("/explain", subject=subject, predicate=predicate, object=object)

    def _get(self, path: str, **parameters: str | None) -> Json:
        given = {name: value for name, value in parameters.items() if value is not None}
        return self._json(self._http.get(path, params=given, headers={"Accept": "application/json"}))

    def _json(self, response: httpx2.Response) -> Json:
        if response.is_error:
            kind = response.headers.get("content-type", "")
            raise ServiceProblem(response.json() if kind.endswith("json") else {"detail": response.text[:200]})
        found: Json = response.json()
        return found


def _typed(cells: Sequence[Any], dtype: str) -> pd.Series:
    """A column of that dtype; what is missing is pandas' own NA or NaT."""
    import pandas as pd

    if dtype.startswith("datetime64"):
        return pd.to_datetime(pd.Series(cells, dtype="object"), utc=True).astype(dtype)
    if dtype == "boolean":
        cells = [{"true": True, "1": True, "false": False, "0": False}.get(c, c) for c in cells]
    elif dtype in ("Int64", "Float64"):
        numeric = int if dtype == "Int64" else float
        cells = [None if cell is None else numeric(cell) for cell in cells]
    return pd.Series(cells, dtype=dtype)
