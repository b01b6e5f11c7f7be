"""Everything that can go wrong, on one screen: errors are raised, findings are data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the inputs: what, where it stands, and what to do about it.

    ``file`` is relative to the folder that was loaded, ``line`` counts from 1; both are None where the
    finding belongs to no place. An ``error`` stops a build, a ``warning`` and an ``info`` do not. A contradiction has
    a ``proof``, a step a line, and the asserted ``facts`` that it comes from, each with its place.
    """

    code: str
    severity: Severity
    message: str
    fix: str
    focus: str | None = None
    file: str | None = None
    line: int | None = None
    proof: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the interfaces spell it; ``proof`` and ``facts`` only where there are some."""
        return {name: value for name, value in asdict(self).items() if value or name not in ("proof", "facts")}

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        says = f"{place}{self.severity} [{self.code}] {self.message} Fix: {self.fix}"
        return "\n".join([says, *(f"  {step}" for step in self.proof)])


def packed(findings: Sequence[Finding]) -> str:
    """Findings as they travel between processes and are kept."""
    return json.dumps([finding.as_json() for finding in findings])


def unpacked(text: str | bytes) -> list[Finding]:
    """The findings that :func:`packed` wrote."""
    return [Finding(**each) for each in json.loads(text)]


class EntrepotError(Exception):
    """The root of the tree. ``code`` is stable and for programs, ``message`` and ``hint`` are for people."""

    code = "error"

    def __init__(self, message: str, hint: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message, self.hint, self.data = message, hint, data

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


# --- asking ------------------------------------------------------------------------------------------------


class UnknownQuestion(EntrepotError):
    code = "unknown-question"


class UnknownEntity(EntrepotError):
    code = "unknown-entity"


class UnknownTriple(EntrepotError):
    """Asked to explain a triple that the graph does not hold; ``data["near"]`` has what it holds nearby."""

    code = "unknown-triple"


class BadParameter(EntrepotError):
    """A parameter that cannot be used; ``data["parameter"]`` names it, ``data["candidates"]`` may offer others."""

    code = "bad-parameter"


class UnknownParameter(BadParameter):
    code = "unknown-parameter"


class UnknownName(BadParameter):
    code = "unknown-name"


class AmbiguousName(BadParameter):
    code = "ambiguous-name"


# --- querying ----------------------------------------------------------------------------------------------


class QueryError(EntrepotError):
    code = "query-failed"


class QuerySyntax(QueryError):
    code = "query-syntax"


class QueryForbidden(QueryError):
    code = "query-forbidden"


class NotAcceptable(QueryError):
    """None of the formats asked for can be written."""

    code = "not-acceptable"


class ResultTooLarge(QueryError):
    code = "result-too-large"


class DeadlineExceeded(QueryError):
    code = "deadline"


class OutOfMemory(QueryError):
    code = "memory"


class Busy(QueryError):
    """Try again: ``data["retry_after"]`` says in how many seconds."""

    code = "busy"

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message, f"Try again in {retry_after} s.", retry_after=retry_after)


class NotReady(QueryError):
    """No snapshot is published yet."""

    code = "not-ready"


# --- building ----------------------------------------------------------------------------------------------


class BuildRefused(EntrepotError):
    """The inputs have errors; nothing was published."""

    code = "build-refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [f for f in findings if f.severity == "error"]
        super().__init__(
            f"The build stopped at {len(errors)} error{'s' * (len(errors) != 1)}; nothing was published.",
            "Mend what is listed and build again; the last snapshot keeps serving.",
        )
        self.findings = tuple(findings)


class BuildFailed(EntrepotError):
    """The build ended for a reason other than its inputs, such as a full disk; nothing was published."""

    code = "build-failed"


class FileRefused(BuildRefused):
    """A file that cannot be formatted; it was left as it was."""

    code = "file-refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings)
        self.message, self.hint = "The file was left as it was.", "Mend what is listed and try again."


class BadInput(EntrepotError):
    """A file to reason over is not what its suffix says; ``data`` has its ``file``, ``line`` and ``problem``."""

    code = "bad-input"


class Misuse(EntrepotError):
    """A command or setting that makes no sense; exit code 2."""

    code = "misuse"
