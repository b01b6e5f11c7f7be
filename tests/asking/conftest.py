"""A small world to ask about, and question files to ask it with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from small_world import PROLOGUE, TODAY, front, written

from kg.asking.answer import Answer, answer
from kg.asking.arguments import arguments
from kg.asking.claims import Claims
from kg.asking.desk import Desk
from kg.asking.names import Names
from kg.asking.question import Question
from kg.asking.questions import read
from kg.reasoning.proofs import Why
from kg.serving.lease import InProcess, Lease


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="session")
def store(folder: Path) -> ox.Store:
    return written(folder)


@pytest.fixture(scope="session")
def why(folder: Path, store: ox.Store) -> Iterator[Why]:
    assert len(store)
    why = Why(folder / "why.sqlite")
    yield why
    why.close()


@pytest.fixture(scope="session")
def names(why: Why) -> Names:
    return Names.of(why)


@pytest.fixture(scope="session")
def claims(store: ox.Store) -> Claims:
    async def build() -> Claims:
        async with InProcess(store).lease(10) as lease:
            return await Claims.build(lease)

    return asyncio.run(build())


@pytest.fixture(scope="session")
def desk(store: ox.Store, why: Why) -> Desk:
    async def build() -> Desk:
        async with InProcess(store).lease(10) as lease:
            return await Desk.open(lease, why, None)

    return asyncio.run(build())


@pytest.fixture
async def runner(store: ox.Store) -> AsyncIterator[Lease]:
    async with InProcess(store).lease(10) as lease:
        yield lease


Asked = Callable[..., Any]


@pytest.fixture
def questions(tmp_path: Path) -> Callable[[Mapping[str, str]], tuple[dict[str, Question], list[Any]]]:
    """Reads question files from their texts by name; the topic is ``test``."""

    def questions(texts: Mapping[str, str]) -> tuple[dict[str, Question], list[Any]]:
        folder = tmp_path / "questions" / "test"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.rq").write_text(text, encoding="utf-8")
        return read(tmp_path)

    return questions


@pytest.fixture
def question(questions: Callable[..., Any]) -> Callable[..., Question]:
    """One question from its columns, parameters and query; it must be sound."""

    def question(query: str, *, columns: str, parameters: str = "{}", more: str = "") -> Question:
        text = front(columns, parameters, more) + PROLOGUE + query
        found, findings = questions({"asked": text})
        assert not [f for f in findings if f.severity == "error"], findings
        asked: Question = found["asked"]
        return asked

    return question


@pytest.fixture
def ask(runner: Lease, why: Why, desk: Desk) -> Asked:
    """Asks a question of the small world on a fixed day."""

    async def ask(question: Question, given: Mapping[str, Sequence[str]] | None = None, **options: Any) -> Answer:
        bound = arguments(question, given or {}, desk.names, TODAY)
        return await answer(bound, runner, why, desk, **options)

    return ask
