"""The findings about a folder, as JSON; the folders and the cache are named in the only argument."""

import json
import sys
from pathlib import Path

from kg.cache import Cache
from kg.check import check
from kg.errors import packed
from kg.files.load import load

said = json.loads(sys.argv[1])
folder, queries, documents, kept = (
    Path(said[name]) if name in said else None for name in ("folder", "queries", "documents", "cache")
)
assert folder and queries
cache = Cache(kept, said["salt"])
findings = check(load(folder, cache), queries, documents, cache=cache)
sys.stdout.write(packed(findings))
