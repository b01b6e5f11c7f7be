"""`entrepot fmt`: Turtle read with its spellings kept, brought to one form, and written only if nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import CanonicalizationAlgorithm, NamedNode, RdfFormat

from kg.errors import FileRefused, Finding
from kg.files.layout import comments
from kg.files.normal import normalise
from kg.files.writer import write
from kg.terms import OWL, PREFIXES, Triple

_ONTOLOGY = NamedNode(OWL + "Ontology")
__all__ = ["comments", "fault", "format_file", "format_text", "not_utf8", "parse", "says", "unreadable", "write"]


def parse(text: str) -> tuple[list[Triple], dict[str, str]]:
    """The triples in written order, and the prefixes declared.

    Literals are spelled as they stand there; only language tags are brought to lower case.

    Raises:
        SyntaxError: with a ``lineno`` where the parser knows it.
    """
    parser = ox.parse(text.removeprefix("\ufeff"), format=RdfFormat.TURTLE)
    triples: list[Triple] = [quad.triple for quad in parser]
    if any(isinstance(end, Triple) for t in triples for end in (t.subject, t.object)):
        raise SyntaxError("Triple terms (RDF 1.2) are not used here; an owl:Axiom node says it")
    return triples, parser.prefixes


def fault(cause: SyntaxError, file: str | None = None) -> Finding:
    """What is wrong with a Turtle document that :func:`parse` refused."""
    said = re.sub(r"^Parser error at .*?: ", "", cause.msg)
    fix = "Mend the statement on this line, or the end of the one before it."
    return Finding("turtle-syntax", "error", f"This is no Turtle: {said}.", fix, file=file, line=cause.lineno)


def format_text(text: str) -> str:
    """The canonical text of a Turtle document: the same triples but for :func:`normalise`, without comments.

    Prefixes of the project come first, then those of the document that are still needed. Formatting twice
    changes nothing.

    Raises:
        FileRefused: its finding says what keeps the document from being read or faithfully written.
    """
    try:
        triples, declared = parse(text)
    except SyntaxError as cause:
        raise FileRefused([fault(cause)]) from cause
    kept = normalise(triples)
    try:
        written = write(kept, PREFIXES | _additional(declared, triples))
    except RecursionError as cause:
        message, fix = "Blank nodes are nested too deeply to be written.", "Give some of them names."
        raise FileRefused([Finding("format-too-deep", "error", message, fix)]) from cause
    if not says(kept, written):
        message, fix = "Formatting would change what the file says.", "Nothing was written; please report the file."
        raise FileRefused([Finding("format-unfaithful", "error", message, fix)])
    return written


def says(triples: Iterable[Triple], text: str) -> bool:
    """Whether a Turtle document says these triples and no others, whatever its blank nodes are called."""
    return _canonical(triples) == _canonical(parse(text)[0])


def format_file(path: Path, *, check: bool) -> bool:
    """Whether the file was changed; with ``check``, whether it would be. It is replaced whole or not at all.

    Raises:
        FileRefused: as :func:`format_text`, with the file's name; also for text that is not UTF-8.
    """
    path = path.resolve()
    name = str(path)
    try:
        before = path.read_bytes()
        after = format_text(before.decode("utf-8")).encode()
    except OSError as cause:
        raise FileRefused([unreadable(cause, name)]) from cause
    except UnicodeDecodeError as cause:
        raise FileRefused([not_utf8(before, cause, name)]) from cause
    except FileRefused as cause:
        raise FileRefused([replace(finding, file=name) for finding in cause.findings]) from cause
    if before != after and not check:
        _replace(path, after)
    return before != after


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another, on disk before the old one goes; with its permissions."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".new", delete=False) as beside:
        try:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
            shutil.copymode(path, beside.name)
            Path(beside.name).replace(path)
        except BaseException:
            Path(beside.name).unlink()
            raise


def not_utf8(content: bytes, cause: UnicodeDecodeError, file: str) -> Finding:
    """The finding for a file that is in another encoding."""
    line = content.count(b"\n", 0, cause.start) + 1
    return Finding("not-utf8", "error", "The file is not UTF-8 text.", "Save it as UTF-8.", file=file, line=line)


def unreadable(cause: OSError, file: str) -> Finding:
    """The finding for a file that is not there, or that this user may not read."""
    fix = "Put the file there, or correct its name or permissions."
    return Finding("file-unreadable", "error", f"The file cannot be read: {cause.strerror}.", fix, file=file)


def _additional(declared: dict[str, str], triples: Iterable[Triple]) -> dict[str, str]:
    """The document's own prefixes, without the one that the OWL API invents for the ontology's IRI."""
    ontology = {t.subject.value for t in triples if t.object == _ONTOLOGY and isinstance(t.subject, NamedNode)}
    taken = {*PREFIXES.values(), *ontology}
    return {p: iri for p, iri in sorted(declared.items()) if p not in PREFIXES and iri not in taken}


def _canonical(triples: Iterable[Triple]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset
