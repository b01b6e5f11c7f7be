"""The SPARQL 1.1 Protocol, query operation: a complete result or an error, never a cut or broken one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import schemas
from api.accept import preferred
from api.deps import Served, body, unless_gone
from api.errors import BadRequest, UnsupportedMediaType
from api.state import Serving
from kg import datasets
from kg.errors import NotAcceptable
from kg.serving.worker import GRAPH_FORMATS, RESULT_FORMATS, Answer
from kg.terms import INFERRED

router = APIRouter(tags=["sparql"])

JSON = "application/json"
RESULTS = (*RESULT_FORMATS, JSON)
"""The formats of results, the JSON one first; many clients call it by the plain name, last here."""
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"


@dataclass(frozen=True)
class Operation:
    """One query operation; without a query it asks for the description of the service."""

    query: str | None
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]


@router.get(
    "/sparql",
    summary="Query by GET; without a query, the service description",
    responses={**schemas.SPARQL, **schemas.problems(400, 403, 406, 413, 503, 504)},
    openapi_extra=schemas.SPARQL_GET,
)
async def get(request: Request, served: Served) -> Response:
    operation = _operation(parse_qsl(request.url.query, keep_blank_values=True))
    return await _respond(request, served, operation)


@router.post(
    "/sparql",
    summary="Query by POST, as a form or as it is",
    responses={**schemas.SPARQL, **schemas.problems(400, 403, 406, 408, 413, 415, 503, 504)},
    openapi_extra=schemas.SPARQL_POST,
)
async def post(request: Request, served: Served) -> Response:
    parameters = parse_qsl(request.url.query, keep_blank_values=True)
    media_type, _, rest = request.headers.get("content-type", "").partition(";")
    content = await body(request, served.settings)
    if "charset=" in rest.lower() and "utf-8" not in rest.lower():
        raise UnsupportedMediaType("Queries are read as UTF-8.", "Send UTF-8.")
    match media_type.strip().lower():
        case str(kind) if kind == FORM:
            parameters += parse_qsl(_decoded(content), keep_blank_values=True)
        case str(kind) if kind == DIRECT:
            parameters.append(("query", _decoded(content)))
        case other:
            raise UnsupportedMediaType(f"A query cannot be posted as {other or 'nothing'}.", f"Use {DIRECT} or {FORM}.")
    operation = _operation(parameters)
    if operation.query is None:
        raise BadRequest("There is no query.", "Send it as the parameter 'query'.")
    return await _respond(request, served, operation)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8: {error}.", "Send UTF-8.") from error


def _operation(parameters: Sequence[tuple[str, str]]) -> Operation:
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) > 1:
        raise BadRequest("There is more than one query.", "Send one.")
    if any(name == "update" for name, _ in parameters):
        raise BadRequest("This is no place for updates.", "Queries are sent as 'query'.")
    return Operation(
        queries[0] if queries else None,
        [value for name, value in parameters if name == "default-graph-uri"],
        [value for name, value in parameters if name == "named-graph-uri"],
    )


async def _respond(request: Request, served: Served, operation: Operation) -> Response:
    accept = request.headers.get("accept")
    formats = [*preferred(accept, RESULTS), *preferred(accept, tuple(GRAPH_FORMATS))]
    if not formats:
        hint = f"Use one of {', '.join([*RESULT_FORMATS, *GRAPH_FORMATS])}."
        raise NotAcceptable("None of the formats asked for can be written.", hint)
    query = operation.query if operation.query is not None else _description(request, served)

    async def work() -> Answer:
        async with served.pool.lease(served.settings.deadline) as lease:
            written = [RESULTS[0] if f == JSON else f for f in formats]
            return await lease.negotiated(query, written, operation.default_graphs, operation.named_graphs)

    answer = await unless_gone(request, work())
    return Response(answer.body, media_type=_as_asked(answer.media_type, formats), headers=_HEADERS)


_HEADERS: Mapping[str, str] = {"Vary": "Accept"}


def _as_asked(media_type: str, formats: Sequence[str]) -> str:
    """The name by which the client asked for the format."""
    if media_type != RESULTS[0]:
        return media_type
    return next(name for name in formats if name in (media_type, JSON))


def _description(request: Request, served: Serving) -> str:
    """A query whose result describes the service; so it comes in every format in which triples come.

    Graphs have names and are no blank nodes, so that the same description is the same text.
    """
    endpoint = request.url.replace(query="")
    formats = " , ".join(f"<{iri}>" for iri in _FORMATS)
    counts = served.manifest["counts"]
    sizes = {each.graph: each.triples for each in datasets.read(served.manifest)} | {INFERRED.value: counts["inferred"]}
    named = "".join(
        f"""
            <{endpoint}#dataset> sd:namedGraph <{endpoint}#named-{place}> .
            <{endpoint}#named-{place}> sd:name <{graph}> ; sd:graph <{endpoint}#graph-{place}> .
            <{endpoint}#graph-{place}> a sd:Graph ; void:triples {triples} ."""
        for place, (graph, triples) in enumerate(sizes.items(), 1)
    )
    return f"""
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        PREFIX void: <http://rdfs.org/ns/void#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        CONSTRUCT {{
            <{endpoint}> a sd:Service ;
                sd:endpoint <{endpoint}> ;
                sd:supportedLanguage sd:SPARQL11Query ;
                sd:resultFormat {formats} ;
                sd:defaultDataset <{endpoint}#dataset> ;
                rdfs:seeAlso <{request.base_url}datasets> .
            <{endpoint}#dataset> a sd:Dataset ; sd:defaultGraph <{endpoint}#default-graph> .
            <{endpoint}#default-graph> a sd:Graph ; void:triples {counts["triples"]} .{named}
        }} {{}}"""


# Source: https://www.w3.org/ns/formats/
_FORMATS = [
    f"http://www.w3.org/ns/formats/{name}"
    for name in (
        "SPARQL_Results_JSON",
        "SPARQL_Results_XML",
        "SPARQL_Results_CSV",
        "SPARQL_Results_TSV",
        "Turtle",
        "N-Triples",
        "RDF_XML",
        "JSON-LD",
    )
]
