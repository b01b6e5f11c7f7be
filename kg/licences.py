"""Licences by the names that people know; data name them by their addresses."""

from __future__ import annotations

# Source: https://spdx.org/licenses/
_NAMES = {
    "apache.org/licenses/LICENSE-2.0": "Apache-2.0",
    "creativecommons.org/licenses/by/4.0": "CC-BY-4.0",
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "gnu.org/licenses/old-licenses/lgpl-2.1": "LGPL-2.1",
    "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
    "opensource.org/license/mit": "MIT",
    "unicode.org/license": "Unicode-3.0",
}


def name(address: str) -> str:
    """The identifier of a licence in SPDX; the address itself where it is none of those that our data name.

    >>> name("https://www.unicode.org/license.txt")
    'Unicode-3.0'
    >>> name("https://example.org/terms")
    'https://example.org/terms'
    """
    found = (
        address.partition("://")[2].removeprefix("www.").removesuffix("/").removesuffix(".txt").removesuffix(".html")
    )
    return _NAMES.get(found, address)
