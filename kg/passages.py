"""The passages that claims rest on, read from the documents where they are at hand; no copy of them is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
# Source: the seeds' README, "Where a claim stands": a line break ends a sentence, and so does a full stop before a
# capital letter, a digit or "eBay"; the full stop of a list number does not.
_SENTENCE = re.compile(r"\n|(?:(?<=[.!?])|(?<=[.!?]”))(?<!\b\d\.)[ \t]+(?=[“(]?(?:[A-Z0-9]|eBay))")
_LOCATOR = re.compile(r"p([1-9]\d*)(?: s([1-9]\d*)(?:-([1-9]\d*))?)?")


class Passages:
    """The documents of a folder, found by the SHA-256 of their files."""

    def __init__(self, folder: Path | None, documents: Mapping[str, str]) -> None:
        """``documents`` gives the hash of each document by its IRI; without a folder there are no passages."""
        self._paragraphs: dict[str, list[list[str]]] = {}
        if folder is None or not folder.is_dir():
            return
        wanted = {digest.lower(): document for document, digest in documents.items()}
        for path in sorted(folder.iterdir()):
            if path.is_file():
                content = path.read_bytes()
                document = wanted.get(hashlib.sha256(content).hexdigest())
                if document is not None:
                    self._paragraphs[document] = sentences(content.decode("utf-8-sig"))

    @property
    def known(self) -> list[str]:
        """The documents that are at hand."""
        return sorted(self._paragraphs)

    def passage(self, document: str | None, locator: str | None) -> str | None:
        """The text at a locator, ``p3 s2``, ``p3 s2-3`` or ``p3``; None without the document or such a place."""
        place = _LOCATOR.fullmatch(locator or "")
        paragraphs = self._paragraphs.get(document or "", [])
        if place is None or int(place[1]) > len(paragraphs):
            return None
        found = paragraphs[int(place[1]) - 1]
        first = int(place[2] or 1)
        last = int(place[3] or place[2] or len(found))
        return " ".join(found[first - 1 : last]) if first <= last <= len(found) else None

    def lacks(self, document: str, locator: str) -> bool:
        """Whether the document is at hand and has no such place."""
        return document in self._paragraphs and self.passage(document, locator) is None


def sentences(text: str) -> list[list[str]]:
    """The sentences of each paragraph; a blank line parts paragraphs.

    >>> sentences("Heading\\n\\n1. It grew. Why? eBay did.")
    [['Heading'], ['1. It grew.', 'Why?', 'eBay did.']]
    """
    paragraphs = _PARAGRAPH.split(text.replace("\r\n", "\n").strip())
    return [_SENTENCE.split(paragraph.strip()) for paragraph in paragraphs]
