"""Two lines of JSON about a folder: what its triples rest on, and what is wrong with it.

The folders and the cache are named in the only argument.
"""

import json
import sys
from pathlib import Path

from kg.cache import Cache
from kg.check import check
from kg.errors import packed
from kg.files.load import load
from kg.sources import packed as packed_sources
from kg.sources import sources

said = json.loads(sys.argv[1])
folder, queries, documents, kept = (
    Path(said[name]) if name in said else None for name in ("folder", "queries", "documents", "cache")
)
assert folder and queries
cache = Cache(kept, said["salt"])
dataset = load(folder, cache)
evidence = sources(dataset)
print(packed_sources([evidence[triple] for triple in dataset.triples()]), flush=True)
print(packed(check(dataset, queries, documents, evidence=evidence, cache=cache)))
