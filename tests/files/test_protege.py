"""What Protégé's library makes of an ontology folder: clean OWL 2 DL and RL, and no diff after save and fmt.

Needs ``javac``, ``java`` and the OWL API's jars: ``apt-get install libowlapi-java default-jdk-headless``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from kg.files.load import load
from kg.files.turtle import format_text
from kg.terms import OWL, TYPE

HERE = Path(__file__).parent
JAVA = Path("/usr/share/java")
RIO = "api turtle rdfxml ntriples nquads trig trix n3 jsonld rdfjson binary datatypes languages"
OTHERS = "guava caffeine hppcrt commons-io commons-lang3 commons-text commons-codec commons-rdf-api slf4j-api slf4j-nop"
MORE = "jsonld-java jackson-core jackson-databind jackson-annotations httpclient httpcore httpclient-cache"
JARS = [
    *("owlapi-distribution", "rdf4j-model", "rdf4j-model-api", "rdf4j-model-vocabulary", "rdf4j-util"),
    *(f"rdf4j-rio-{name}" for name in RIO.split()),
    *f"{OTHERS} {MORE} atinject-jsr330-api jsr305 xz".split(),
]
"""In this order: with another Turtle parser in front the OWL API reads an escaped line break as an n."""

FOLDERS = [HERE.parent / "cases" / "turtle" / "harbour", HERE.parent.parent / "ontology"]

Run = Callable[..., list[str]]


@pytest.fixture(scope="session")
def java(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs one of the programs in ``protege/`` and gives the lines it prints."""
    jars = [JAVA / f"{name}.jar" for name in JARS]
    if not (shutil.which("javac") and shutil.which("java") and all(jar.is_file() for jar in jars)):
        pytest.skip("no Java, or no libowlapi-java")
    classes = tmp_path_factory.mktemp("classes")
    path = os.pathsep.join(map(str, [classes, *jars]))
    sources = sorted((HERE / "protege").glob("*.java"))
    subprocess.run(["javac", "-encoding", "UTF-8", "-cp", path, "-d", classes, *sources], check=True)

    @cache
    def run(program: str, *arguments: Path) -> list[str]:
        done = subprocess.run(["java", "-cp", path, program, *arguments], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """A folder with an ``entrepot.ttl`` and a catalog."""
    path: Path = request.param
    if not (path / "entrepot.ttl").is_file():
        pytest.skip(f"{path.name} has no entrepot.ttl yet")
    return path


def test_fmt_undoes_what_a_save_in_protege_does(java: Run, folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    java("Resave", folder, saved)
    names = sorted(p.relative_to(saved) for p in saved.rglob("*.ttl"))
    assert len(names) == len([f for f in load(folder).files.values() if f.path.suffix == ".ttl"])
    for name in names:
        assert format_text((saved / name).read_text("utf-8")) == (folder / name).read_text("utf-8"), name


def test_a_folder_is_clean_owl_2_dl_and_rl_but_for_its_rules(java: Run, folder: Path) -> None:
    found = java("Profiles", folder)
    assert [line for line in found if not line.startswith("annotated")] == []


def test_protege_reads_every_annotation_of_an_axiom(java: Run, folder: Path) -> None:
    axioms = {t.subject for t in load(folder).triples() if t.predicate == TYPE and t.object == NamedNode(OWL + "Axiom")}
    assert java("Profiles", folder)[-1] == f"annotated\t{len(axioms)}"


def test_puns_undeclared_terms_and_loose_profiles_are_seen(java: Run, tmp_path: Path) -> None:
    (tmp_path / "catalog-v001.xml").write_text("<catalog/>")
    (tmp_path / "entrepot.ttl").write_text("""
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix : <urn:x:> .
        <urn:x> a owl:Ontology .
        :pun a owl:ObjectProperty, owl:DatatypeProperty .
        :Port a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:complementOf :Place ] .
    """)
    kinds = {line.split("\t")[0] for line in java("Profiles", tmp_path)}
    assert kinds == {"punned", "undeclared", "dl", "rl", "annotated"}


def test_an_import_without_an_entry_in_the_catalog_is_an_error(java: Run, tmp_path: Path) -> None:
    (tmp_path / "catalog-v001.xml").write_text("<catalog/>")
    header = "<urn:x> a <{0}Ontology> ; <{0}imports> <https://w3id.org/entrepot/schema/places> ."
    (tmp_path / "entrepot.ttl").write_text(header.format(OWL))
    with pytest.raises(AssertionError, match="Could not load imported ontology"):
        java("Profiles", tmp_path)
