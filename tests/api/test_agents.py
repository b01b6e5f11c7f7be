"""The MCP server as an agent meets it: the official client, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from httpx2 import Client
from mcp.client.client import Client as Agent

T = TypeVar("T")


def as_agent(client: Client, work: Callable[[Agent], Awaitable[T]]) -> T:
    async def connected() -> T:
        async with Agent(f"{client.base_url}/mcp") as agent:
            return await work(agent)

    return asyncio.run(connected())


def call(client: Client, name: str, **arguments: Any) -> Any:
    return as_agent(client, lambda agent: agent.call_tool(name, arguments))


def test_every_question_is_a_tool_with_its_parameters_beside_resolve_and_explain(client: Client) -> None:
    tools = {tool.name: tool for tool in as_agent(client, lambda agent: agent.list_tools()).tools}
    asked = {question["name"] for question in client.get("/questions").json()["questions"]}
    assert tools.keys() == {*asked, "resolve", "explain"}
    schema = tools["heavy-shipments"].input_schema
    assert schema["properties"]["weight"]["type"] == "number"
    assert {"const": "id:BR", "title": "Brazil"} in schema["properties"]["country"]["anyOf"]
    assert not schema["additionalProperties"]
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())


def test_a_tool_answers_as_the_question_does(client: Client) -> None:
    found = call(client, "reach", country=["Brazil"])
    assert not found.is_error
    assert found.structured_content["rows"] == client.get("/questions/reach?country=BR&limit=100").json()["rows"]
    assert json.loads(found.content[0].text) == found.structured_content
    (row,) = call(client, "heavy-shipments", weight=2.5).structured_content["rows"]
    assert row["kilograms"] == 2.5


def test_a_tool_that_cannot_be_used_so_says_what_is_wrong(client: Client) -> None:
    found = call(client, "reach", country=["Atlantis"])
    assert found.is_error
    assert found.structured_content["code"] == "unknown-name"
    assert call(client, "no-such-tool").is_error


def test_names_are_resolved_and_facts_explained(client: Client) -> None:
    assert call(client, "resolve", q="brasil").structured_content["matches"][0]["id"] == "id:BR"
    proof = call(client, "explain", subject="id:ParcelPlaza", predicate="ep:reaches", object="id:BR")
    assert "because" in proof.content[0].text
    row = call(client, "explain", question="reach", row=0, parameters={"country": ["BR"]})
    assert "Parcel Plaza" in row.content[0].text


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b"[1]"])
def test_what_is_no_message_is_refused(client: Client, body: bytes) -> None:
    response = client.post("/mcp", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= response.status_code < 500
