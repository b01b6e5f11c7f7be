"""One portion of a dataset, as N-Triples from standard input, judged by the files of shapes that are named."""

import sys
from pathlib import Path

from kg.check.portions import judged, said

sys.stdout.buffer.write(said(judged([Path(name) for name in sys.argv[1:]], sys.stdin.buffer.read())))
