"""A client generated from the description of the project's own service works for every question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Client
from live_server import serving

from kg.settings import Settings

ASK_ALL = """
import importlib, json, pkgutil, sys
import generated.api
from generated import Client
from generated.models.problem import Problem

found = {}
with Client(base_url=sys.argv[1], timeout=30) as client:
    for module in pkgutil.walk_packages(generated.api.__path__, "generated.api."):
        name = module.name.rpartition(".")[2].replace("_", "-")
        if name in sys.argv[2:] and not module.ispkg:
            answer = importlib.import_module(module.name).sync(client=client)
            found[name] = [type(answer).__name__, len(answer.rows), [row.evidence.status.value for row in answer.rows]]
    from generated.api.platforms import platforms_for_emerging_markets as question

    refused = question.sync(client=client, market="Atlantis")
    assert isinstance(refused, Problem)
    found["refused"] = [refused.code, refused.parameter]
    (row,) = question.sync(client=client, market="BR", limit=1).rows
    found["row"] = [row.platform.label, row.market.id, type(row.supporting).__name__]
print(json.dumps(found))
"""


def run(folder: Path, *command: str) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def found(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, int]]:
    """What the generated client got, and how many rows each question has."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "ask_all.py").write_text(ASK_ALL, encoding="utf-8")
    with serving(settings) as server:
        url = str(server.base_url).rstrip("/")
        counts = rows(server)
        generator = Path(sys.executable).parent / "openapi-python-client"
        run(folder, str(generator), *f"generate --url {url}/openapi.json --meta none --output-path generated".split())
        return json.loads(run(folder, sys.executable, "ask_all.py", url, *counts)), counts


def rows(server: Client) -> dict[str, int]:
    names = [question["name"] for question in server.get("/questions").json()["questions"]]
    return {name: server.get(f"/questions/{name}").json()["count"] for name in names}


def test_every_question_is_a_function_with_a_typed_answer(found: tuple[dict[str, Any], dict[str, int]]) -> None:
    answers, counts = found
    assert len(counts) >= 10
    for name, count in counts.items():
        title, length, statuses = answers[name]
        assert title == "".join(word.capitalize() for word in name.split("-")) + "Answer"
        assert length == count == len(statuses)


def test_a_refusal_is_a_typed_problem_and_a_row_has_typed_cells(
    found: tuple[dict[str, Any], dict[str, int]],
) -> None:
    answers, _ = found
    assert answers["refused"] == ["unknown-name", "market"]
    assert answers["row"] == ["AliExpress", "id:BR", "int"]
