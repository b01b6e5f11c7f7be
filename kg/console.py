"""What all commands say, and how: findings and results on standard output, everything else on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from kg.errors import Finding

said = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def print_findings(found: Sequence[Finding], to: Console | None = None) -> None:
    for finding in found:
        to.print(str(finding)) if to else print(finding)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


@contextmanager
def shown_progress() -> Iterator[Callable[[str], None]]:
    """Says what is being done and after how many seconds: a moving line on a terminal, plain lines elsewhere."""
    started = time.perf_counter()

    def line(step: str) -> str:
        return f"… {step}  [{time.perf_counter() - started:.1f} s]"

    if said.is_terminal:
        with said.status("starting") as status:
            yield lambda step: status.update(Text(line(step)))
    else:
        yield lambda step: said.print(line(step))
