"""Content negotiation: which of the formats that we can write the client wants most. RFC 9110, section 12.5."""

from __future__ import annotations

from collections.abc import Sequence

from kg.errors import NotAcceptable


def preferred(header: str | None, offered: Sequence[str]) -> list[str]:
    """The offered media types that the client takes, the one that it wants most first; ours first where it is equal.

    >>> preferred("text/*;q=0.5, text/csv;q=0.1, application/json", ["text/csv", "text/html", "application/json"])
    ['application/json', 'text/html', 'text/csv']
    """
    ranges = _ranges(header) if header and header.strip() else [("*/*", 1.0)]
    quality = {media_type: _quality(media_type, ranges) for media_type in offered}
    return sorted((m for m in offered if quality[m] > 0), key=lambda m: -quality[m])


def best(header: str | None, offered: Sequence[str]) -> str:
    """The one to write.

    Raises:
        NotAcceptable: the client takes none of them.
    """
    found = preferred(header, offered)
    if not found:
        raise NotAcceptable("None of the formats asked for can be written.", f"Use one of {', '.join(offered)}.")
    return found[0]


def languages(header: str | None) -> list[str]:
    """The languages that the client names, the one that it wants most first.

    >>> languages("de;q=0.3, zh-Hans;q=0.9, *;q=0.1")
    ['zh-Hans', 'de']
    """
    ranges = [(name, q) for name, q in _ranges(header or "") if name != "*" and q > 0]
    return [name for name, _ in sorted(ranges, key=lambda r: -r[1])]


def _ranges(header: str) -> list[tuple[str, float]]:
    """Each range of a header with its weight; the media type's own parameters do not count here."""
    found = []
    for part in header.split(","):
        name, *parameters = (p.strip() for p in part.split(";"))
        weight = next((p[2:] for p in parameters if p.lower().startswith("q=")), "1")
        if name:
            found.append((name, _number(weight)))
    return found


def _number(weight: str) -> float:
    try:
        return min(max(float(weight), 0.0), 1.0)
    except ValueError:
        return 0.0


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of the most specific range that covers it."""
    covering = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    for wanted in covering:
        for name, weight in ranges:
            if name.lower() == wanted:
                return weight
    return 0.0
