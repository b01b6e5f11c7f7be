"""What was worked out before, kept by what it was worked out from; losing it costs time and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_KEPT = 30 * 24 * 3600
"""Seconds after its last use for which an entry is kept."""


@dataclass(frozen=True)
class Cache:
    """Entries in a folder, or none at all where there is no folder.

    ``salt`` stands for the program: what another version worked out is not found.
    """

    folder: Path | None = None
    salt: str = ""

    def key(self, *parts: bytes | str) -> str:
        """The name of what is worked out from these parts."""
        digest = sha256(self.salt.encode())
        for part in parts:
            content = part.encode() if isinstance(part, str) else part
            digest.update(b"%d " % len(content) + content)
        return digest.hexdigest()

    def get(self, key: str) -> bytes | None:
        """The entry of that name; None if there is none."""
        if self.folder is None:
            return None
        path = self.folder / key
        with suppress(OSError):
            content = path.read_bytes()
            os.utime(path)
            return content
        return None

    def put(self, key: str, content: bytes) -> None:
        """Keep an entry; where that cannot be done, it will be worked out again."""
        if self.folder is None:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f".{key}-{os.getpid()}"
            draft.write_bytes(content)
            draft.replace(self.folder / key)

    def clean(self) -> None:
        """Remove what has not been used for a month."""
        for path in self._entries():
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - _KEPT:
                    path.unlink()

    def _entries(self) -> Iterable[Path]:
        return self.folder.iterdir() if self.folder and self.folder.is_dir() else ()


NOTHING = Cache()
"""Keeps nothing."""
