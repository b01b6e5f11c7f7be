"""SWRL's built-ins over RDF terms: comparisons that hold or do not, and computations with a value or without one.

A comparison holds only where it can be told: between two numbers, two strings, two truth values, or two instants that
both have a time zone or both have none. What cannot be computed, such as a quotient by zero, has no value, and a rule
that asks for it concludes nothing.

Source: SWRL, W3C Member Submission of 21 May 2004, section 8; XPath and XQuery Functions and Operators 3.1, section 4.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal, localcontext
from functools import partial, reduce
from typing import Any, NamedTuple, TypeAlias, cast

from pyoxigraph import Literal, NamedNode

from kg.reasoning import datatypes
from kg.reasoning.horn import Call, Slot, Var
from kg.terms import XSD, Term, canonical

DATA_RANGE = "dataRange"
"""The name under which the atom that asks for a datatype is one of the built-ins."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """What SWRL calls a built-in: how many arguments it takes, and what it asks or computes of them."""

    arity: range
    """Without the argument that takes the value, where there is one."""
    function: Callable[..., object]
    computes: bool = False
    grows: bool = False
    """Whether it can lead from values to ever new ones."""


@dataclass(frozen=True, slots=True)
class BuiltInAtom:
    """A built-in with its arguments, as it stands in the body of a rule."""

    name: str
    arguments: tuple[Slot, ...]

    @property
    def computes(self) -> bool:
        return self.name in BUILT_INS and BUILT_INS[self.name].computes

    def call(self, bound: Container[Slot]) -> Call | None:
        """What the rule has to call, given what is bound already; None where that is not enough.

        A computation binds its first argument; where that is bound, it must have the value that is computed.
        """
        first, *others = self.arguments
        free = [slot for slot in self.arguments if isinstance(slot, Var) and slot not in bound]
        if not free:
            function = partial(_agrees if self.computes else holds, self.name)
            return Call(self.name, function, self.arguments)
        if self.computes and isinstance(first, Var) and first in free and first not in others and len(set(free)) == 1:
            return Call(self.name, partial(computed, self.name), tuple(others), first)
        return None


def _agrees(name: str, known: Term, *terms: Term) -> bool:
    found = computed(name, *terms)
    return found is not None and holds("equal", known, found)


def holds(name: str, *terms: Term) -> bool:
    """Whether a comparison is satisfied, or for ``dataRange`` whether a datatype has the value.

    >>> holds("lessThan", Literal(2), Literal(10))
    True
    """
    if name == DATA_RANGE:
        return isinstance(terms[1], Literal) and datatypes.belongs(terms[0].value, terms[1]) is True
    values = [value(term) for term in terms]
    if any(each is None for each in values):
        return name == "equal" and terms[0] == terms[1]
    try:
        return bool(BUILT_INS[name].function(*values))
    except TypeError:  # of two kinds, such as a number and a string
        return name == "notEqual"
    except ValueError:  # it cannot be told
        return False


def computed(name: str, *terms: Term) -> Literal | None:
    """The value of a computation, in the form that the store gives it; None where there is none.

    >>> str(computed("divide", Literal(1), Literal(4)))
    '"0.25"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    values = [value(term) for term in terms]
    if any(each is None for each in values):
        return None
    try:
        found = BUILT_INS[name].function(*values)
    except (TypeError, ArithmeticError, ValueError):
        return None
    return _literal(found)


# --- values ------------------------------------------------------------------------------------------------


class Instant(NamedTuple):
    """A moment, in seconds; in universal time where it has a time zone."""

    has_zone: bool
    seconds: Decimal


Number: TypeAlias = Decimal | float
Value: TypeAlias = Number | str | bool | Instant


def value(term: Term) -> Value | None:
    """What a literal is to a built-in; None for other terms and for literals without a known value."""
    kind, content = datatypes.value(term) or (None, None)
    match kind:
        case "number" | "boolean":
            return cast(Decimal | bool, content)
        case "double" | "float":
            (number,) = struct.unpack(">d" if kind == "double" else ">f", cast(bytes, content))
            return cast(float, number)
        case "text" | "uri":
            return content[0] if isinstance(content, tuple) else str(content)
        case "instant":
            seconds, offset = cast(tuple[Decimal, int | None], content)
            return Instant(offset is not None, seconds - 60 * (offset or 0))
    return None


_EXACT = Context(prec=60)
_LAST_PLACE = Decimal("1e-18")
"""The store keeps decimals to this place."""


def _literal(found: object) -> Literal:
    """The literal for a string or number; a whole number is an integer, as everywhere that values are compared."""
    if isinstance(found, str):
        return Literal(found)
    if isinstance(found, float):
        return cast(Literal, canonical(Literal(repr(found), datatype=NamedNode(XSD + "double"))))
    number = _EXACT.quantize(cast(Decimal, found), _LAST_PLACE)
    if number == number.to_integral_value():
        return Literal(format(number.to_integral_value() + 0, "f"), datatype=NamedNode(XSD + "integer"))
    return Literal(format(number, "f").rstrip("0"), datatype=NamedNode(XSD + "decimal"))


# --- comparisons -------------------------------------------------------------------------------------------


def _compares(test: Callable[[Any, Any], bool]) -> BuiltIn:
    def function(one: Value, other: Value) -> bool:
        return test(*_comparable(one, other))

    return BuiltIn(range(2, 3), function)


def _comparable(one: Value, other: Value) -> tuple[Value, Value]:
    """Two values of one kind.

    Raises:
        TypeError: they are of two kinds.
        ValueError: they are instants, and one has no time zone.
    """
    if not any(isinstance(one, kind) and isinstance(other, kind) for kind in _KINDS):
        raise TypeError
    if isinstance(one, Instant) and isinstance(other, Instant) and one.has_zone != other.has_zone:
        raise ValueError
    return one, other


_KINDS = (Decimal | float, str, bool, Instant)


# --- arithmetic --------------------------------------------------------------------------------------------


def _calculates(function: Callable[..., Number], arity: range, *, grows: bool = True) -> BuiltIn:
    def over(*values: Value) -> Number:
        with localcontext(_EXACT):
            return function(*_of_one_type(values))

    return BuiltIn(arity, over, computes=True, grows=grows)


def _of_one_type(values: tuple[Value, ...]) -> list[Number]:
    """Numbers as they are where all are exact, else as doubles.

    Raises:
        TypeError: one is no number.
    """
    if not all(isinstance(each, Decimal | float) for each in values):
        raise TypeError
    kind = float if any(isinstance(each, float) for each in values) else Decimal
    return [kind(cast(Number, each)) for each in values]


def _remainder(dividend: Any, divisor: Any) -> Number:
    """What is left, with the sign of the dividend."""
    return cast(Number, math.fmod(dividend, divisor) if isinstance(dividend, float) else dividend % divisor)


def _floor(number: Number) -> Number:
    return math.floor(number) + 0.0 if isinstance(number, float) else number.to_integral_value(ROUND_FLOOR)


def _ceiling(number: Number) -> Number:
    return -_floor(-number)


def _rounded(number: Number) -> Number:
    """The nearest whole number; of two that are equally near, the greater."""
    return _floor(number + 0.5 if isinstance(number, float) else number + Decimal("0.5"))


_ONE, _TWO, _MANY = range(1, 2), range(2, 3), range(1, 100)

# --- strings -----------------------------------------------------------------------------------------------


def _of_strings(function: Callable[..., object]) -> Callable[..., object]:
    def over(*values: Value) -> object:
        if not all(isinstance(each, str) for each in values):
            raise TypeError
        return function(*values)

    return over


BUILT_INS: Mapping[str, BuiltIn] = {
    "equal": _compares(operator.eq),
    "notEqual": _compares(operator.ne),
    "lessThan": _compares(operator.lt),
    "lessThanOrEqual": _compares(operator.le),
    "greaterThan": _compares(operator.gt),
    "greaterThanOrEqual": _compares(operator.ge),
    "add": _calculates(lambda *numbers: reduce(operator.add, numbers), _MANY),
    "subtract": _calculates(operator.sub, _TWO),
    "multiply": _calculates(lambda *numbers: reduce(operator.mul, numbers), _MANY),
    "divide": _calculates(operator.truediv, _TWO),
    "mod": _calculates(_remainder, _TWO, grows=False),
    "abs": _calculates(abs, _ONE, grows=False),
    "round": _calculates(_rounded, _ONE, grows=False),
    "floor": _calculates(_floor, _ONE, grows=False),
    "ceiling": _calculates(_ceiling, _ONE, grows=False),
    "stringConcat": BuiltIn(_MANY, _of_strings(lambda *texts: "".join(texts)), computes=True, grows=True),
    "contains": BuiltIn(_TWO, _of_strings(lambda text, part: part in text)),
    "startsWith": BuiltIn(_TWO, _of_strings(str.startswith)),
}
"""What is supported, by its name in SWRL's own namespace."""
