"""Names: from whatever a person calls a thing to its IRI, and from an IRI to what to call it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from itertools import accumulate
from typing import Any, NamedTuple, Protocol

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg.errors import AmbiguousName, BadParameter, UnknownName
from kg.sparql import Pattern, Var
from kg.terms import ALT_LABEL, EP, ID, PREF_LABEL, TYPE, Term, ep, expand, shorten

ANY = "Entity"
"""The type that every individual has."""

_IRI, _NAME, _ALIAS, _ELSEWHERE, _PART, _WITHIN, _MISSPELLING = range(7)
_OF_THE_SOURCES = ("en", "zh", None)
"""The languages in which the sources name things, and none, as codes have. What a thing is called elsewhere comes
after these: AO is Angola, though Austria is Áo in Vietnamese."""
_CANDIDATES = 5
_LONGEST = 100
"""Characters of what a caller gave that a message repeats."""
_GUESSED = 60
"""Characters up to which a text is compared with names that are spelt almost so."""
_NO_NAME = 1000
"""Characters from which on a text is not looked for: nothing is called so."""
_NAMING = (PREF_LABEL, ALT_LABEL, ep("code"))
_OURS, _ANY = f"<{EP}", str(ep(ANY))


class Told(Protocol):
    """Whoever knows the triples of a graph; the proofs of a snapshot do."""

    def having(self, predicates: Iterable[NamedNode]) -> Iterable[tuple[str, str, str, bool]]:
        """The triples with one of the predicates as texts in N-Triples, each with whether it is asserted."""


class Naming(NamedTuple):
    """One way to call a thing: a preferred label, an alias or a code, with its language."""

    iri: str
    kind: NamedNode
    text: str
    language: str | None


@dataclass(frozen=True)
class Match:
    """A thing that a text may mean, and the name by which it was found."""

    iri: NamedNode
    label: str
    type: str | None
    matched: str

    def as_json(self) -> dict[str, Any]:
        return {
            "id": shorten(self.iri.value),
            "iri": self.iri.value,
            "label": self.label,
            "type": self.type,
            "matched": self.matched,
        }


class _Form(NamedTuple):
    iri: str
    rank: int
    text: str


class Names:
    """Everything in a snapshot that has a name; built once for each snapshot."""

    def __init__(
        self,
        namings: Iterable[Naming],
        types: Iterable[tuple[str, str]],
        asserted: Iterable[tuple[str, str]] = (),
    ) -> None:
        """From ways to call things, and pairs of an IRI and a class of ours; ``asserted`` are those that are stated."""
        self._labels: dict[str, dict[str, str]] = defaultdict(dict)
        self._types: dict[str, set[str]] = defaultdict(set)
        self._members: dict[str, list[str]] = defaultdict(list)
        self._forms: dict[str, list[_Form]] = defaultdict(list)
        ending = cache(_local)  # of a few classes, each of them over and over
        for iri, cls in sorted(types):
            self._types[iri].add(ending(cls))
            self._members[ending(cls)].append(iri)
        self._asserted: dict[str, set[str]] = defaultdict(set)
        for iri, cls in asserted:
            self._asserted[iri].add(ending(cls))
        self._sizes = Counter({cls: len(members) for cls, members in self._members.items()})
        for iri, kind, text, language in sorted(namings, key=lambda n: (n.iri, n.kind.value, n.text, n.language or "")):
            if kind == PREF_LABEL:
                self._labels[iri].setdefault(language or "", text)
            rank = _ELSEWHERE if language not in _OF_THE_SOURCES else _ALIAS if kind == ALT_LABEL else _NAME
            self._add(text, _Form(iri, rank, text))
        for iri in sorted(self._types.keys() | self._labels.keys()):
            for local, rank in _local_names(iri):
                self._add(local, _Form(iri, rank, local))

    def _add(self, text: str, form: _Form) -> None:
        self._forms[normalise(text)].append(form)

    @classmethod
    def of(cls, told: Told) -> Names:
        """The names of all that somebody knows."""
        typed = [
            (thing[1:-1], kind[1:-1], asserted)
            for thing, _, kind, asserted in told.having([TYPE])
            if kind.startswith(_OURS) and (asserted or kind != _ANY)
        ]
        stated = [(thing, kind) for thing, kind, asserted in typed if asserted]
        return cls(_namings(told), {(thing, kind) for thing, kind, _ in typed}, stated)

    def resolve(
        self,
        text: str,
        type: str | None = None,  # noqa: A002
        lang: str | None = None,
        limit: int = 20,
    ) -> list[Match]:
        """What a text may mean, best first: exact names, then aliases, then names in languages that no source is
        written in, then names of which the text is a part, then names of several words that the text contains, then
        misspellings.

        Individuals come before terms of the vocabulary. Letter case and accents do not count.

        Raises:
            BadParameter: the text has control characters, or nothing is of that type.
        """
        if type is not None and type != ANY and type not in self._members:
            near = get_close_matches(type, self._members, n=1)
            hint = f"Did you mean {near[0]}?" if near else "Give a class that something has, such as Country."
            raise BadParameter(f"There is no class {quoted(type)} of which anything is known.", hint, parameter="type")
        return self._resolve(text, type, lang, limit)

    def _resolve(self, text: str, type: str | None, lang: str | None, limit: int) -> list[Match]:  # noqa: A002
        wanted = normalise(readable(text, "q")) if len(text) < _NO_NAME else ""
        if not wanted:
            return []
        found = self._exact(text, type) + self._parts(wanted, type)
        found = found or self._within(wanted, type) or self._misspelt(wanted, type)
        found.sort(key=lambda f: (f.iri not in self._types, f.rank))
        best: dict[str, _Form] = {}
        for form in found:
            best.setdefault(form.iri, form)
        return [self._match(form, lang) for form in list(best.values())[:limit]]

    def one(self, text: str, type: str = ANY, parameter: str | None = None) -> NamedNode:  # noqa: A002
        """The one individual of that type that a text names.

        Raises:
            UnknownName, AmbiguousName: none or several, with ``data["candidates"]``.
            BadParameter: the text has control characters.
        """
        exact = [f for f in self._exact(readable(text, parameter), type) if f.iri in self._types]
        best = sorted({f.iri for f in exact if f.rank == exact[0].rank})
        if len(best) == 1:
            return NamedNode(best[0])
        if best:
            candidates = [{"id": shorten(iri), "label": self.label(iri)} for iri in best[:_CANDIDATES]]
            hint = f"Say which: {', '.join(c['id'] for c in candidates)}."
            message = f"{quoted(text)} names several things of type {type}."
            raise AmbiguousName(message, hint, parameter=parameter, candidates=candidates)
        raise self._unknown(text, type, parameter)

    def _unknown(self, text: str, cls: str, parameter: str | None) -> UnknownName:
        others = [f.iri for f in self._exact(text, None) if f.iri in self._types]
        candidates = [
            {"id": shorten(m.iri.value), "label": m.label}
            for m in self._resolve(text, cls, None, _CANDIDATES)
            if m.iri.value in self._types
        ]
        message = f"Nothing of type {cls} is called {quoted(text)}."
        if others:
            found = self.type(others[0]) or ANY
            message = f"{self.label(others[0])} is {_article(found)} {found}, not {_article(cls)} {cls}."
        hint = "Try another spelling, a code or an IRI; the values of each parameter are listed."
        if candidates:
            hint = f"Did you mean {' or '.join(c['label'] for c in candidates)}?"
        return UnknownName(message, hint, parameter=parameter, candidates=candidates)

    def label(self, iri: NamedNode | str, lang: str | None = None) -> str:
        """What to call a thing: its label in that language, in English, in any; else the end of its IRI."""
        text = iri if isinstance(iri, str) else iri.value
        labels = self._labels.get(text)
        if not labels:
            return _local(text)
        for language in (lang, lang and lang.partition("-")[0], "en", ""):
            if language is not None and language.lower() in labels:
                return labels[language.lower()]
        return labels[min(labels)]

    def type(self, iri: NamedNode | str) -> str | None:
        """What a thing is: the narrowest class, the one with the fewest members, of those that are stated."""
        text = iri if isinstance(iri, str) else iri.value
        classes = self._asserted.get(text) or self._types.get(text) or set()
        return min(classes, key=lambda cls: (self._sizes[cls], cls), default=None)

    def known(self, iri: NamedNode | str) -> bool:
        """Whether the graph says anything by which to call the thing, or of what type it is."""
        text = iri if isinstance(iri, str) else iri.value
        return text in self._types or text in self._labels

    def members(self, cls: str, q: str = "", lang: str | None = None, limit: int = 1000) -> list[tuple[NamedNode, str]]:
        """The members of a class with their labels, by label; with ``q``, those it may mean, best first."""
        if q:
            return [(match.iri, match.label) for match in self._resolve(q, cls, lang, limit)]
        iris = self._types if cls == ANY else self._members.get(cls, [])
        labelled = sorted((self.label(iri, lang), iri) for iri in iris)
        return [(NamedNode(iri), label) for label, iri in labelled[:limit]]

    def phrase(self, pattern: Pattern, solution: Mapping[str, Term], lang: str | None = None) -> str:
        """A pattern as a person reads it: ``Germany – has prominent problem – ?``."""
        return " – ".join(self.word(solution.get(t) if isinstance(t, Var) else t, lang) for t in pattern)

    def word(self, term: Term | None, lang: str | None = None) -> str:
        """A term as a person reads it; ``?`` for none."""
        if term is None:
            return "?"
        if term == TYPE:
            return "is a"
        return self.label(term, lang) if isinstance(term, NamedNode) else term.value

    def _fits(self, iri: str, cls: str | None) -> bool:
        return cls is None or (iri in self._types if cls == ANY else cls in self._types.get(iri, ()))

    def _exact(self, text: str, cls: str | None) -> list[_Form]:
        if len(text) >= _NO_NAME:
            return []
        iri = expand(text.strip())
        forms = [_Form(iri.value, _IRI, text)] if iri and self.known(iri) else []
        forms += sorted(next((f for key in _keys(text) if (f := self._forms.get(key))), ()), key=lambda form: form.rank)
        return [form for form in forms if self._fits(form.iri, cls)]

    def _parts(self, wanted: str, cls: str | None) -> list[_Form]:
        if len(wanted) < 2 and wanted.isascii():
            return []
        inside = [key for key in self._containing(wanted) if key != wanted]
        inside.sort(key=lambda key: (not key.startswith(wanted), f" {wanted}" not in f" {key}", len(key), key))
        return self._all(inside, _PART, cls)

    def _containing(self, wanted: str) -> Iterator[str]:
        """The names that have a text in them, found in one long text of all names."""
        everything, starts = self._everything
        at = everything.find(wanted)
        while at >= 0:
            place = bisect_right(starts, at)
            end = starts[place] - 1 if place < len(starts) else len(everything)
            yield everything[starts[place - 1] : end]
            at = everything.find(wanted, end)

    @cached_property
    def _everything(self) -> tuple[str, list[int]]:
        """All names, a line each, and where each begins."""
        return "\n".join(self._forms), [0, *accumulate(len(key) + 1 for key in self._forms)][:-1]

    def _within(self, wanted: str, cls: str | None) -> list[_Form]:
        words = wanted.split(" ")
        most = self._most_words
        runs = {" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 2, min(i + most, len(words)) + 1)}
        inside = runs & self._forms.keys()
        return self._all(sorted(inside, key=lambda key: (-len(key), key)), _WITHIN, cls)

    def _misspelt(self, wanted: str, cls: str | None) -> list[_Form]:
        if len(wanted) > _GUESSED:
            return []
        slack = 1 + len(wanted) // 5
        letters = frozenset(wanted)
        near = [
            key
            for length in range(len(wanted) - slack, len(wanted) + slack + 1)
            for key, its in self._by_length.get(length, ())
            if len(letters ^ its) <= 2 * slack and any(self._fits(form.iri, cls) for form in self._forms[key])
        ]
        return self._all(get_close_matches(wanted, near, n=2 * _CANDIDATES, cutoff=0.7), _MISSPELLING, cls)

    @cached_property
    def _most_words(self) -> int:
        return max((key.count(" ") + 1 for key in self._forms), default=0)

    @cached_property
    def _by_length(self) -> Mapping[int, Sequence[tuple[str, frozenset[str]]]]:
        """The names with their letters, by the number of these; neither of what has only an IRI, as most records, nor
        in languages that no source is written in: there are too many of them to guess among."""
        found: dict[int, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for key, forms in self._forms.items():
            if any(form.rank != _ELSEWHERE and form.iri in self._labels for form in forms):
                found[len(key)].append((key, frozenset(key)))
        return found

    def _all(self, keys: Iterable[str], rank: int, cls: str | None) -> list[_Form]:
        forms = (form for key in keys for form in sorted(self._forms[key], key=lambda form: form.rank))
        return [form._replace(rank=rank) for form in forms if self._fits(form.iri, cls)]

    def _match(self, form: _Form, lang: str | None) -> Match:
        iri = form.iri
        return Match(NamedNode(iri), self.label(iri, lang), self.type(iri), form.text)


def _namings(told: Told) -> Iterator[Naming]:
    lines = "\n".join(f"{thing} {kind} {name} ." for thing, kind, name, _ in told.having(_NAMING))
    for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            yield Naming(quad.subject.value, quad.predicate, quad.object.value, quad.object.language)


def normalise(text: str) -> str:
    """A name without what does not count: letter case, accents, width, extra blanks.

    >>> normalise("  CÔTE  d’Ivoire ")
    'cote d’ivoire'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).split())


def _keys(text: str) -> Iterator[str]:
    """The names to look for: as it is written; initials and HS codes without full stops; a firm without ``.com``.

    >>> [list(_keys(text)) for text in ("U.S.", "9504.50", "Amazon.com")]
    [['u.s.', 'us'], ['9504.50', '950450'], ['amazon.com', 'amazon']]
    """
    name = normalise(text)
    yield name
    if _DOTTED.fullmatch(name):
        yield name.replace(".", "")
    elif name.endswith(".com"):
        yield name.removesuffix(".com")


_DOTTED = re.compile(r"(?:[a-z]\.)+[a-z]?|\d{4}(?:\.\d\d)+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def readable(text: str, parameter: str | None) -> str:
    """The text itself.

    Raises:
        BadParameter: it has control characters.
    """
    if _CONTROL.search(text):
        message = f"The value of {parameter!r} has control characters." if parameter else "It has control characters."
        raise BadParameter(message, "Send plain text.", parameter=parameter)
    return text


def quoted(text: str) -> str:
    """What a caller gave, as messages repeat it: in quotation marks, and not much of it.

    >>> quoted("Atlantis")
    "'Atlantis'"
    """
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def _article(word: str) -> str:
    return "an" if word[:1] in "AEIOUaeiou" else "a"


def _local(iri: str) -> str:
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :] or iri


_NUMBERED = {"claim": _NAME, "document": _NAME, "hs": _NAME, "language": _ELSEWHERE}


def _local_names(iri: str) -> Iterator[tuple[str, int]]:
    """The end of an IRI; also without the word before the number, as in S3-71, 003 and the HS code 6109.

    The tag of a language comes after the names of all else, for DE is Germany before it is German.
    """
    local = _local(iri)
    word, _, number = local.partition("-")
    yield local, _NAME
    if word in _NUMBERED and number and iri.startswith(ID):
        yield number, _NUMBERED[word]
