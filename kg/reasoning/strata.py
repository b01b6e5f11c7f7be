"""Stratified rules: CONSTRUCT queries that may negate, aggregate and compute, each run once, in file order.

One case, one file: its name and its summary are the reason that people are shown. So whatever would hide a reason is
refused: UNION and alternative paths join two cases, longer paths and blank nodes pass over triples without naming
them. What a rule found absent is kept beside what it found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode

from kg import sparql
from kg.errors import Finding, QueryError
from kg.frontmatter import Reader
from kg.reasoning import scope
from kg.reasoning.closure import Closure
from kg.sparql import Pattern, Token
from kg.terms import expand


@dataclass(frozen=True)
class Stratum:
    """One rule: its file, and what its front matter and its query say."""

    name: str
    path: Path
    file: str
    """The path as findings show it."""
    summary: str
    negates: tuple[NamedNode, ...]
    """The predicates over which a variable predicate ranges where it is negated or aggregated."""
    text: str
    template: tuple[Pattern, ...]
    where: scope.Scope


def read(folder: Path) -> tuple[list[Stratum], list[Finding]]:
    """The rules of a folder in the order of their names, and what is wrong with those that are refused."""
    strata: list[Stratum] = []
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.rq")):
        reader = Reader(f"{folder.name}/{path.name}")
        try:
            stratum = _read(path, reader)
        except _Refused as refusal:
            reader.wrong("rule", refusal.problem, refusal.line, refusal.fix)
        if reader.findings:
            findings += reader.findings
        else:
            strata.append(stratum)
    return strata, findings


def apply(stratum: Stratum, closure: Closure, mirror: Mirror | None = None) -> int:
    """The number of new triples that a rule concludes from what the closure holds; the closure has them then.

    Each solution is a derivation of its own, of a triple that is known already too.
    """
    store = (mirror or Mirror(closure)).store()
    makers, new = [*map(sparql.instantiator, stratum.template)], 0
    for solution, grounds in stratum.where.solutions(store, closure):
        for make in makers:
            terms = make(solution)
            if terms is not None:
                new += closure.conclude(terms, stratum.name, stratum.summary, grounds.premises, grounds.absent)
    return new


class Mirror:
    """A store that holds what a closure holds, and is brought up to date whenever it is asked for."""

    def __init__(self, closure: Closure) -> None:
        self._closure = closure
        self._store = ox.Store()
        self._seen = 0

    def store(self) -> ox.Store:
        terms, fresh = self._closure.terms, self._closure.facts[self._seen :]
        self._store.bulk_extend(ox.Quad(terms[s], terms[p], terms[o]) for s, p, o, _ in fresh)  # type: ignore[arg-type]
        self._seen = len(self._closure)
        return self._store


# --- reading one file --------------------------------------------------------------------------------------


class _Refused(Exception):
    def __init__(self, problem: str, fix: str, line: int = 1) -> None:
        super().__init__(problem)
        self.problem, self.fix, self.line = problem, fix, line


_NAME = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")


_KEYS = ("summary", "negates", "absence")


def _read(path: Path, reader: Reader) -> Stratum:
    """The rule of a file; it stands if the reader has found nothing wrong either."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused("The file is not in UTF-8.", "Save it in UTF-8.") from error
    if not _NAME.fullmatch(path.stem):
        raise _Refused("The file's name is not of the form NN-what-it-says.rq.", "Rename the file.")
    what = "The front matter"
    front = reader.mapping(reader.read(text), what, _KEYS)
    summary = reader.text(front, "summary", what, 1)
    negates = tuple(_predicate(name) for name in reader.texts(front, "negates", "the front matter"))
    try:
        _refuse_form(text)
        where = _worded(scope.read(text), reader.texts(front, "absence", "the front matter"))
        cut = sparql.parts(text)
        template = sparql.patterns(f"{cut.prologue} SELECT * WHERE {{ {cut.head} }}").required
    except QueryError as error:
        raise _Refused(error.message, error.hint or "Correct the query.", error.data.get("line", 1)) from error
    _refuse_unbound(text, template)
    return Stratum(path.stem, path, reader.file, summary, negates, text, template, where)


def _worded(where: scope.Scope, texts: Sequence[str]) -> scope.Scope:
    """The scope with the author's words for what each of its negated groups finds absent."""
    if not texts:
        return where
    known = {name for pattern in where.required for name in pattern.variables}
    if len(texts) != len(where.absent) or not {n for text in texts for n in re.findall(r"{(\w+)}", text)} <= known:
        problem = f"'absence' has {len(texts)} texts for {len(where.absent)} negated groups, or names what none binds."
        raise _Refused(problem, "Write one text a group; {name} stands for a variable that WHERE requires.")
    worded = (replace(block, words=text) for block, text in zip(where.absent, texts, strict=True))
    return replace(where, absent=tuple(worded))


def _predicate(name: str) -> NamedNode:
    predicate = expand(name)
    if predicate is None:
        raise _Refused(f"'negates' has {name!r}, which is no name of a predicate.", "Write CURIEs: [ep:a, ep:b].")
    return predicate


# --- what is refused ---------------------------------------------------------------------------------------

_CASES = "One case, one file: write each case as a rule of its own."
_WORDS = {
    "UNION": _CASES,
    "GRAPH": "Leave GRAPH out: rules see every triple.",
    "FROM": "Leave FROM out: rules see every triple.",
    "SERVICE": "Rules use what is here only.",
    "BNODE": "Mint IRIs with BIND(IRI(...)) from the variables that identify the thing.",
    **dict.fromkeys(("NOW", "RAND", "UUID", "STRUUID"), "A rule concludes the same whenever it runs."),
}


def _refuse_form(text: str) -> None:
    """Nothing, if the query is one whose every solution can account for itself."""
    found = sparql.tokens(text)
    form = next((token for token in found if token.is_word("CONSTRUCT", "SELECT", "ASK", "DESCRIBE")), None)
    if form is None or not form.is_word("CONSTRUCT"):
        raise _Refused("A rule is a CONSTRUCT query.", "Begin with CONSTRUCT.", _line(text, form))
    for index, token in enumerate(found):
        if token.kind == "word" and token.text.upper() in _WORDS:
            raise _Refused(f"A rule has no {token.text.upper()}.", _WORDS[token.text.upper()], _line(text, token))
        if token.is_word("EXISTS") and not (found[index - 1].is_word("NOT") or found[index - 1].text == "!"):
            fix = "Write the pattern itself, so that its triple is among the reasons."
            raise _Refused("A rule has no EXISTS without NOT.", fix, _line(text, token))
        if token.kind == "bnode" or token.text == "[":
            fix = "Write a variable; mint IRIs with BIND(IRI(...)) from the variables that identify the thing."
            raise _Refused("A rule has no blank nodes.", fix, _line(text, token))
    cut = sparql.parts(text)
    if after := sparql.tokens(cut.tail):
        fix = "Aggregate in one sub-select inside WHERE."
        raise _Refused(f"A rule has nothing after WHERE, but here stands {after[0].text}.", fix)
    for triple in _triples(cut.body):
        _refuse_path(text, triple)


def _triples(body: str) -> Iterator[str]:
    for piece in sparql.split(body):
        if piece.kind == "triple":
            yield piece.text
        for inner in piece.inner:
            yield from _triples(sparql.parts(inner).body if piece.kind == "subselect" else inner)


def _refuse_path(text: str, triple: str) -> None:
    found = sparql.tokens(triple)
    for before, token, after in zip(found, found[1:], found[2:], strict=False):
        is_sign = token.text == "+" and after.kind == "num"
        if token.text in _PATH and not is_sign:
            fix = _CASES if token.text == "|" else "Write each step with a variable, or ask for a transitive property."
            at = text.find(triple[before.start : token.end])
            raise _Refused(f"A rule has no paths and no lists, but here stands {token.text}.", fix, _lines(text, at))


_PATH = {"/", "|", "*", "+", "?", "!", "("}


def _refuse_unbound(text: str, template: Sequence[Pattern]) -> None:
    bound = sparql.bindable(sparql.split(sparql.parts(text).body))
    for pattern in template:
        for name in pattern.variables:
            if name not in bound:
                fix = "Bind it in WHERE, or correct its name."
                token = next(token for token in sparql.tokens(text) if token.text[1:] == name)
                raise _Refused(f"The template has ?{name}, which WHERE cannot bind.", fix, _line(text, token))


def _line(text: str, token: Token | None) -> int:
    return _lines(text, token.start) if token else 1


def _lines(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
