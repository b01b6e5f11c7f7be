"""The XML catalog of an ontology folder: which file an imported ontology IRI stands for."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from kg.errors import Finding

NAME = "catalog-v001.xml"


def read(folder: Path) -> tuple[dict[str, Path], list[Finding]]:
    """The file of each ontology IRI, whether it exists or not, and what is wrong with the catalog.

    Namespaces are ignored and groups looked into, as Protégé does; of two entries for an IRI the first counts.
    """
    path = folder / NAME
    try:
        content = path.read_bytes()
        root = ElementTree.fromstring(content)
    except OSError:
        fix = "Write one, with <uri name=... uri=.../> for each module; an OWL tool would look for them online."
        return {}, [Finding("catalog-missing", "error", f"There is no readable {NAME}.", fix, file=NAME)]
    except ElementTree.ParseError as cause:
        fix = "Mend the XML; see the line and column in the message."
        found = Finding("catalog-syntax", "error", f"This is no XML: {cause}.", fix, file=NAME, line=cause.position[0])
        return {}, [found]
    entries: dict[str, Path] = {}
    findings = []
    for element in root.iter():
        iri, target = element.get("name"), element.get("uri")
        if element.tag.rpartition("}")[2] != "uri" or not iri or target is None or iri in entries:
            continue
        entries[iri] = (folder / unquote(target)).resolve()
        if not entries[iri].is_file() or not entries[iri].is_relative_to(folder.resolve()):
            message = f"The catalog maps {iri} to {target}, which is no file of this folder."
            fix = "Correct the path, which is relative to the catalog, or drop the entry."
            line = _line(content.decode(errors="replace"), iri)
            findings.append(Finding("import-missing-file", "error", message, fix, focus=iri, file=NAME, line=line))
    return entries, findings


def _line(text: str, iri: str) -> int | None:
    at = text.find(f'"{iri}"')
    return text.count("\n", 0, at) + 1 if at >= 0 else None
