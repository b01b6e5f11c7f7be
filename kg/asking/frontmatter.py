"""The ``#+`` lines at the head of a query file: YAML whose scalars are all strings, each with its line."""

from __future__ import annotations

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
        for line in text.splitlines():
            if line.strip() and not line.startswith("#"):
                break
            lines.append(line.removeprefix("#+").removeprefix(" ") if line.startswith("#+") else "")
        try:
            node = yaml.compose("\n".join(lines), Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            self.wrong("front-matter", f"The front matter is no YAML: {error.problem}.", mark.line + 1 if mark else 1)
            return Entry({}, 1)
        if node is None:
            self.wrong("front-matter", "The file has no front matter.", 1, "Begin the file with '#+ summary: ...'.")
            return Entry({}, 1)
        return self._entry(node)

    def _entry(self, node: yaml.Node) -> Entry:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return Entry([self._entry(item) for item in node.value], line)
        if not isinstance(node, yaml.MappingNode):
            return Entry(str(node.value), line)
        found: dict[str, Entry] = {}
        for key, value in node.value:
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
        if not value:
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
            return Decimal(value)
        except InvalidOperation:
            self.wrong("front-matter", f"{key!r} of {what} must be a number, not {value!r}.", entries[key].line)
            return None
