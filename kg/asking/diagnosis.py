"""Why an answer is empty: the first thing asked for that the graph does not hold, in words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.asking import Runner
from kg.asking.claims import Claim, local
from kg.asking.names import Names
from kg.asking.question import Question
from kg.asking.questions import block_rows
from kg.errors import Busy
from kg.sparql import Element, Pattern, Values, Var, bind, values_blocks, variables
from kg.terms import TYPE, Term


@dataclass(frozen=True)
class Diagnosis:
    """What is missing; ``code`` is not-stated, not-together, filtered or not-found-in-time."""

    code: str
    detail: str
    pattern: tuple[str, ...] = ()
    nearby: tuple[Claim, ...] = ()
    """What is stated of the same things, where that is little enough to be read."""

    def as_json(self) -> dict[str, Any]:
        nearby = [
            {"claim": local(c.iri), "kind": c.kind and local(c.kind), "statement": c.statement} for c in self.nearby
        ]
        return {"code": self.code, "detail": self.detail, "pattern": list(self.pattern), "nearby": nearby}


async def diagnose(
    question: Question, given: Values, runner: Runner, names: Names, lang: str | None = None
) -> Diagnosis:
    """Why the question has no rows, with its parameters bound as given.

    The elements of WHERE stand in written order, FILTER and MINUS last; the shortest beginning without a solution
    is found by bisection, and its last element is what fails.
    """
    asked = _Asked(question, given, runner)
    words = _Words(names, {**_choices(question, given), **given}, lang)
    try:
        async with asyncio.timeout(_BUDGET):
            failing = await asked.failing()
            if failing is None:
                return Diagnosis("filtered", "Something was found, but no row is left of what is computed from it.")
            if columns := _wanted(failing, question):
                return Diagnosis("not-stated", f"Not stated: {'; '.join(columns)}.", tuple(columns))
            if failing.kind in _LAST:
                return words.filtered(failing, await asked.candidates(failing))
            if not await asked.alone(failing):
                return words.not_stated(await asked.unsaid(failing))
            if kinds := await asked.kinds(failing):
                return words.not_stated(_patterns(failing), kinds)
            few = await asked.about(failing)
    except (TimeoutError, Busy):  # Busy: it grew old, and others were waiting
        return Diagnosis("not-found-in-time", "Nothing was found, and the reason was not found in time.")
    return words.not_stated_of(failing, few) if few else words.not_together(failing)


def _choices(question: Question, given: Values) -> Values:
    """The values that the question itself gives to choose from, besides those of its parameters."""
    blocks = (block for block in values_blocks(question.query) if block.variables not in given)
    return {block.variables: block_rows(question.query, block) for block in blocks}


_LAST = ("filter", "minus")
_BUDGET = 2.0  # seconds; an empty answer without its reason is better than none
_FEW = 4  # things that a sentence can name
_ANY_OF_THESE = re.compile(r"FILTER ?\((BOUND\(\?\w+\)( \|\| )?)+\)")


def _wanted(element: Element, question: Question) -> list[str]:
    """What the columns hold at least one of which a condition wants to be filled, if it wants nothing else."""
    if not _ANY_OF_THESE.fullmatch(" ".join(element.text.split())):
        return []
    used = variables(element.text)
    return [column.doc[:1].lower() + column.doc[1:] for column in question.columns if column.name in used]


class _Asked:
    """The WHERE clause of a question, asked piece by piece."""

    def __init__(self, question: Question, given: Values, runner: Runner) -> None:
        self._prologue, self._given, self._runner = question.parts.prologue, given, runner
        self._elements = [e for e in question.elements if e.kind not in _LAST]
        self._elements += [e for e in question.elements if e.kind in _LAST]
        self._blocks = [e for e in self._elements if e.kind == "values"]

    async def failing(self) -> Element | None:
        """The element with which the last solution is lost; None if there are solutions."""
        if await self._any(self._elements):
            return None
        some, none = 0, len(self._elements)
        while none - some > 1:
            middle = (some + none) // 2
            if await self._any(self._elements[:middle]):
                some = middle
            else:
                none = middle
        return self._elements[none - 1]

    async def alone(self, element: Element) -> bool:
        """Whether the element has solutions for the parameters in it, whatever else is asked."""
        return await self._any([*self._blocks, element])

    async def unsaid(self, element: Element) -> list[Pattern]:
        """The patterns of an element that has no solutions which have none by themselves; if there is none, all."""
        patterns = _patterns(element)
        if len(patterns) == 1:
            return patterns
        return [pattern for pattern in patterns if not await self._any(self._blocks, pattern)] or patterns

    async def kinds(self, element: Element) -> Mapping[str, NamedNode]:
        """The classes of what would have to stand to a parameter's value as the element says, if none of them does."""
        if element.kind != "triple" or not self._fixed() & variables(element.text):
            return {}
        before = [e for e in self._elements[: self._elements.index(element)] if e.kind == "triple"]
        subjects = {pattern.subject for pattern in _patterns(element)} - self._fixed()
        typed = [p for e in before for p in _patterns(e) if p.predicate == TYPE and p.subject in subjects]
        if not typed or await self._any(
            [*self._blocks, *(e for e in before if set(_patterns(e)) & set(typed)), element]
        ):
            return {}
        return {str(p.subject): p.object for p in typed if isinstance(p.object, NamedNode)}

    async def about(self, element: Element) -> Sequence[Mapping[str, Term]]:
        """What the element would have to be stated of, as found before it; nothing where that is too much to name."""
        before = self._elements[: self._elements.index(element)]
        known = set().union(*(variables(e.text) for e in before if e.kind != "values")) - self._fixed()
        shared = sorted(variables(element.text) & known)
        if not shared:
            return []
        head = " ".join("?" + v for v in shared)
        found = await self._runner.select(f"{self._prologue}SELECT DISTINCT {head} WHERE {self._group(before)}", _FEW)
        return [] if found.truncated else found.rows

    def _fixed(self) -> set[str]:
        """The variables that the parameters bind."""
        return {v for names, rows in self._given.items() for v in names if all(None not in row for row in rows)}

    async def candidates(self, element: Element) -> int:
        """How many solutions there are before the element."""
        before = self._group(self._elements[: self._elements.index(element)])
        found = await self._runner.select(f"{self._prologue}SELECT (COUNT(*) AS ?n) WHERE {before}", 1)
        return int(str(found.rows[0]["n"].value)) if found.rows else 0

    async def _any(self, elements: Sequence[Element], pattern: Pattern | None = None) -> bool:
        return await self._runner.ask(f"{self._prologue}ASK {self._group(elements, pattern)}")

    def _group(self, elements: Sequence[Element], pattern: Pattern | None = None) -> str:
        body = "\n".join(f"{e.text} ." if e.kind == "triple" else e.text for e in elements)
        if pattern:
            body += "\n" + " ".join(_written(term) for term in pattern)
        present = {block.variables for block in values_blocks(body)}
        bound = bind(body, {names: rows for names, rows in self._given.items() if names in present})
        return f"{{\n{bound}\n}}"


def _patterns(element: Element) -> list[Pattern]:
    return [pattern for group in element.groups for pattern in group.patterns]


def _written(term: Term | Var) -> str:
    return str(term) if not isinstance(term, Var) or term.startswith("_:") else f"?{term}"


class _Words:
    """Elements and patterns in words, with the parameters' values in place of their variables."""

    def __init__(self, names: Names, given: Values, lang: str | None) -> None:
        self._names, self._lang = names, lang
        self._values: dict[str, str] = {}
        for block, rows in given.items():
            for column, variable in enumerate(block):
                terms = [term for row in rows if (term := row[column]) is not None]
                if terms:
                    self._values[variable] = " or ".join(names.word(term, lang) for term in terms)

    def not_stated(self, patterns: Sequence[Pattern], kinds: Mapping[str, NamedNode] | None = None) -> Diagnosis:
        """That nothing matches any of the patterns; by ``kinds``, nothing of those classes."""
        missing = dict.fromkeys(self._missing(pattern, (kinds or {}).get(str(pattern.subject))) for pattern in patterns)
        return Diagnosis("not-stated", f"Not stated: {' or '.join(missing)}.", self._phrases(patterns))

    def not_stated_of(self, element: Element, few: Sequence[Mapping[str, Term]]) -> Diagnosis:
        """As ``not_stated``, of each of a few things."""
        each = [self._with(solution).not_stated(_patterns(element)) for solution in few]
        missing = dict.fromkeys(one.detail.removeprefix("Not stated: ").removesuffix(".") for one in each)
        phrases = dict.fromkeys(phrase for one in each for phrase in one.pattern)
        return Diagnosis("not-stated", f"Not stated: {' or '.join(missing)}.", tuple(phrases))

    def _with(self, solution: Mapping[str, Term]) -> _Words:
        words = _Words(self._names, {}, self._lang)
        words._values = self._values | {v: self._names.word(term, self._lang) for v, term in solution.items()}
        return words

    def not_together(self, element: Element) -> Diagnosis:
        phrases = self._phrases(_patterns(element))
        return Diagnosis("not-together", f"Stated, but not together with the rest: {'; '.join(phrases)}.", phrases)

    def filtered(self, element: Element, count: int) -> Diagnosis:
        found = f"{count} combination{'s' * (count != 1)} found"
        if element.groups and all(group.role == "absent" for group in element.groups):
            phrases = self._phrases(_patterns(element))
            return Diagnosis("filtered", f"{found}, but each is excluded by: {'; '.join(phrases)}.", phrases)
        condition = " ".join(element.text.split()).removeprefix("FILTER").strip()
        used = sorted(variables(element.text) & self._values.keys())
        fits = " and ".join(f"{name} {self._values[name]}" for name in used)
        why = f"none fits {fits}" if fits else f"none meets the condition {condition}"
        return Diagnosis("filtered", f"{found}, but {why}.", (condition,))

    def _phrases(self, patterns: Sequence[Pattern]) -> tuple[str, ...]:
        return tuple(" – ".join(self._word(term) or "?" for term in pattern) for pattern in patterns)

    def _word(self, term: Term | Var) -> str | None:
        return self._values.get(term) if isinstance(term, Var) else self._names.word(term, self._lang)

    def _missing(self, pattern: Pattern, kind: NamedNode | None) -> str:
        """What nobody states, as the object of "Not stated: ..."; of a kind, where one is given."""
        text = self._unsaid(pattern)
        return text.replace("anything", f"any {self._names.word(kind, self._lang)}", 1) if kind else text

    def _unsaid(self, pattern: Pattern) -> str:
        subject, object_ = self._word(pattern.subject), self._word(pattern.object)
        if pattern.predicate == TYPE:
            return f"that {subject} is a {object_}" if subject else f"any {object_ or 'type of anything'}"
        name = "something" if isinstance(pattern.predicate, Var) else self._names.word(pattern.predicate, "en")
        if name.startswith("has ") and name.split()[-1] not in _PREPOSITIONS:
            return _of_a_noun(name.removeprefix("has ").removeprefix("the "), subject, object_)
        if _is_relation(name):
            return _of_a_verb(f"is {name}", subject, object_)
        if isinstance(pattern.object, Literal) or not _is_verb(name):
            return _of_an_attribute(name, subject, object_)
        return _of_a_verb(name, subject, object_)


_PREPOSITIONS = ("at", "by", "for", "from", "in", "of", "on", "through", "to", "with", "within")


def _is_verb(name: str) -> bool:
    """Whether a property's label begins with a verb: "focuses on", but not "status" or "address"."""
    first = name.partition(" ")[0]
    return first.endswith("s") and not first.endswith(("ss", "us"))


def _is_relation(name: str) -> bool:
    """Whether a label wants "is" before it: "part of", "barred from", "within platform"."""
    words = name.split()
    return words[0] in _PREPOSITIONS or (words[-1] in _PREPOSITIONS and not _is_verb(name))


def _of_a_verb(verb: str, subject: str | None, object_: str | None) -> str:
    if subject and object_:
        return f"that {subject} {verb} {object_}"
    return f"what {subject} {verb}" if subject else f"anything that {verb} {object_ or 'anything'}"


def _of_a_noun(noun: str, subject: str | None, object_: str | None) -> str:
    if subject and object_:
        return f"that {subject} has {noun} {object_}"
    if subject:
        return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun} of {subject}"
    return f"anything that has {noun} {object_}" if object_ else f"any {noun}"


def _of_an_attribute(name: str, subject: str | None, object_: str | None) -> str:
    if subject and object_:
        return f"{object_} as the {name} of {subject}"
    if subject:
        return f"the {name} of {subject}"
    return f"anything whose {name} is {object_}" if object_ else f"any {name}"
