"""Horn rules over triples: what every axiom becomes, and all that an evaluator needs to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from kg.terms import TYPE, Term, written


@dataclass(frozen=True, slots=True)
class Var:
    """A variable of a rule."""

    name: str

    def __str__(self) -> str:
        return f"?{self.name}"


Slot: TypeAlias = Term | Var


@dataclass(frozen=True, slots=True)
class Atom:
    """A triple in which variables may stand."""

    subject: Slot
    predicate: Slot
    object: Slot

    def __iter__(self) -> Iterator[Slot]:
        return iter((self.subject, self.predicate, self.object))

    def __str__(self) -> str:
        return " ".join(str(slot) if isinstance(slot, Var) else written(slot) for slot in self)


@dataclass(frozen=True, slots=True)
class Call:
    """A condition that is computed: what ``function`` makes of the terms in ``slots``, none of them a quoted triple.

    Without a ``result`` it says whether the condition holds; with one it gives the term to be bound to that variable,
    or to be equal to it where it is bound, and None where there is none. ``name`` tells two calls apart.
    """

    name: str
    function: Callable[..., object] = field(compare=False)
    slots: tuple[Slot, ...]
    result: Var | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all of ``body`` holds, ``head`` holds; a rule without a head says that this cannot be.

    ``id`` is the name in the W3C table (``prp-trp``) or ``swrl``, ``axiom`` the axiom as a person reads it. Pairs in
    ``different`` must be bound to different terms, a variable in ``literals`` to a literal, one in ``among`` to one
    of the terms listed, and every one of ``calls`` must hold; a call may use what one before it has bound. The
    ``message`` of a rule without a head has its variables in braces: ``"{x} cannot be both a C and a D"``.
    """

    id: str
    axiom: str
    body: tuple[Atom, ...]
    head: Atom | None
    different: tuple[tuple[Slot, Slot], ...] = ()
    literals: tuple[Var, ...] = ()
    among: tuple[tuple[Var, frozenset[Term]], ...] = ()
    calls: tuple[Call, ...] = ()
    message: str = ""

    def __str__(self) -> str:
        body = " ∧ ".join(map(str, self.body)) or "⊤"
        return f"{body} → {self.head or '⊥'}  [{self.id}: {self.axiom}]"

    @property
    def is_transitivity(self) -> bool:
        """Whether this is ``?x P ?y ∧ ?y P ?z → ?x P ?z`` for one property ``P``, whichever axiom says so."""
        if len(self.body) != 2 or self.calls or self.head is None or isinstance(self.head.predicate, Var):
            return False
        (x, p, y), (y2, q, z) = self.body
        return (
            p == q == self.head.predicate
            and (x, y, z) == (self.head.subject, y2, self.head.object)
            and len({x, y, z}) == 3
            and all(isinstance(slot, Var) for slot in (x, y, z))
        )


X, Y, Z = Var("x"), Var("y"), Var("z")


def is_a(slot: Slot, cls: Term) -> Atom:
    """``T(slot, type, cls)``."""
    return Atom(slot, TYPE, cls)


def never(
    rule: str, axiom: str, body: tuple[Atom, ...], message: str, different: tuple[tuple[Slot, Slot], ...] = ()
) -> Rule:
    """The rule that a body cannot hold, and what to say if it does."""
    return Rule(rule, axiom, body, None, different, message=message)
