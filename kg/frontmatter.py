"""The ``#+`` lines at the head of a query file: YAML whose scalars are all strings, each with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import yaml

from kg.errors import Finding


@dataclass(frozen=True)
class Entry:
    """A value and the line where it begins: a string, a list or a mapping."""

    value: str | list[Entry] | dict[str, Entry]
    line: int


class Reader:
    """Takes a file's front matter apart; whatever is wrong becomes a finding, and reading goes on."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def wrong(self, code: str, message: str, line: int | None = None, fix: str = "Correct the file.") -> None:
        self.findings.append(Finding(code, "error", message, fix, file=self.file, line=line))

    def read(self, text: str) -> Entry:
        """The front matter of a file; an empty mapping where there is none that can be read."""
        lines = []
        for line in text.split("\n"):
            if line.strip() and not line.startswith("#"):
                break
            lines.append(line.removeprefix("#+").removeprefix(" ") if line.startswith("#+") else "")
        node = self._node("\n".join(lines))
        return Entry({}, 1) if node is None else self._entry(node)

    def _node(self, text: str) -> yaml.Node | None:
        try:
            node = yaml.compose(text, Loader=_Loader)
        except _Tangled as tangled:
            fix = "Write each value out where it stands."
            message = "The front matter has an anchor, an alias or too deep a nest."
            self.wrong("front-matter", message, tangled.line, fix)
            return None
        except yaml.YAMLError as error:
            problem, line = _explained(error, text)
            self.wrong("front-matter", f"The front matter is no YAML: {problem}.", line)
            return None
        if node is None:
            self.wrong("front-matter", "The file has no front matter.", 1, "Begin the file with '#+ summary: ...'.")
        return node

    def _entry(self, node: yaml.Node) -> Entry:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return Entry([self._entry(item) for item in node.value], line)
        if not isinstance(node, yaml.MappingNode):
            return Entry(str(node.value), line)
        found: dict[str, Entry] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong("front-matter", "A key must be a text.", key.start_mark.line + 1)
                continue
            if str(key.value) in found:
                self.wrong("declared-twice", f"{key.value} is declared twice.", key.start_mark.line + 1)
            found[str(key.value)] = Entry(self._entry(value).value, key.start_mark.line + 1)
        return Entry(found, line)

    def mapping(self, entry: Entry | None, what: str, keys: Collection[str] | None = None) -> dict[str, Entry]:
        """The entries of a mapping; a key that is not among ``keys`` is a finding."""
        if entry is None or entry.value == "":
            return {}
        if not isinstance(entry.value, dict):
            self.wrong("front-matter", f"{what} must be a mapping, 'name: value'.", entry.line)
            return {}
        for key, value in entry.value.items():
            if keys is not None and key not in keys:
                self.wrong("unknown-key", f"{what} has no key {key!r}; it has {', '.join(keys)}.", value.line)
        return entry.value

    def text(self, entries: Mapping[str, Entry], key: str, what: str, line: int) -> str:
        """The text of a key that must be there."""
        value = self.optional_text(entries, key, what)
        if key not in entries or (value is not None and not value.strip()):
            self.wrong("missing-key", f"{what} has no {key!r}.", entries[key].line if key in entries else line)
        return value or ""

    def optional_text(self, entries: Mapping[str, Entry], key: str, what: str) -> str | None:
        if key not in entries:
            return None
        value = entries[key].value
        if isinstance(value, str):
            return value
        self.wrong("front-matter", f"{key!r} of {what} must be a text.", entries[key].line)
        return None

    def texts(self, entries: Mapping[str, Entry], key: str, what: str) -> tuple[str, ...]:
        """The texts of a key that has one or a list of them."""
        if key in entries and isinstance(listed := entries[key].value, list):
            return tuple(self.text({key: item}, key, what, item.line) for item in listed)
        value = self.optional_text(entries, key, what)
        return (value,) if value else ()

    def flag(self, entries: Mapping[str, Entry], key: str, what: str) -> bool:
        value = self.optional_text(entries, key, what)
        if value not in (None, "true", "false"):
            self.wrong("front-matter", f"{key!r} of {what} must be true or false, not {value!r}.", entries[key].line)
        return value == "true"

    def number(self, entries: Mapping[str, Entry], key: str, what: str) -> Decimal | None:
        value = self.optional_text(entries, key, what)
        if value is None:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
        self.wrong("front-matter", f"{key!r} of {what} must be a number, not {value!r}.", entries[key].line)
        return None

    def integer(self, entries: Mapping[str, Entry], key: str, what: str) -> int | None:
        """The whole number of a key, which is not below 0."""
        value = self.optional_text(entries, key, what)
        if value is None:
            return None
        if re.fullmatch(r"\d{1,9}", value, re.ASCII):
            return int(value)
        self.wrong("front-matter", f"{key!r} of {what} must be a whole number, not {value!r}.", entries[key].line)
        return None


_DEEPEST = 20


class _Tangled(Exception):
    """What would make a reader run in circles."""

    def __init__(self, event: yaml.Event) -> None:
        super().__init__()
        self.line = event.start_mark.line + 1 if event.start_mark else 1


class _Loader(yaml.BaseLoader):
    """Gives every value as text and refuses anchors, aliases and what is nested too deep to follow."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if self._depth > _DEEPEST or getattr(event, "anchor", None):
            raise _Tangled(event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _explained(error: yaml.YAMLError, text: str) -> tuple[str, int]:
    """What is wrong with a YAML text, and in which line."""
    if isinstance(error, yaml.MarkedYAMLError):
        return str(error.problem), error.problem_mark.line + 1 if error.problem_mark else 1
    at = getattr(error, "position", 0)  # of a character that YAML does not allow
    return str(error).splitlines()[0], text.count("\n", 0, at) + 1
