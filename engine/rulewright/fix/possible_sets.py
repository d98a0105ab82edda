"""Sets of possible values and truths; they may be too large, but leave no possibility out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, reduce
from typing import TypeAlias

from rulewright.language.operators import ranges
from rulewright.language.operators.order import AT_LEAST, AT_MOST
from rulewright.model.entries import Comparator, Function, Move
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of

Truths: TypeAlias = frozenset[Truth]

TRUE: Truths = frozenset({Truth.TRUE})
FALSE: Truths = frozenset({Truth.FALSE})
UNKNOWN: Truths = frozenset({Truth.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Between:
    """Numbers or dates, from the least to the greatest."""

    low: Known
    high: Known


@dataclass(frozen=True, slots=True)
class Among:
    """Values without an order."""

    values: frozenset[Known]


@dataclass(frozen=True, slots=True)
class Possible:
    """The possible values of an expression: `known` if it may have a value, `none` and `unknown` if it may lack one."""

    known: Between | Among | None
    none: bool = False
    unknown: bool = False

    @property
    def is_single(self) -> bool:
        """True if there is only one possibility."""
        if self.known is None:
            return self.none != self.unknown
        if self.none or self.unknown:
            return False
        if isinstance(self.known, Between):
            return self.known.low == self.known.high
        return len(self.known.values) == 1


NOTHING_KNOWN = Possible(None, unknown=True)
NONE = Possible(None, none=True)


def is_ordered(value: Known) -> bool:
    """Return whether a value is a number or a date."""
    return isinstance(value, date) or (isinstance(value, int | Decimal) and not isinstance(value, bool))


def exactly(value: Value) -> Possible:
    """Return a set with only this value."""
    if value is Absent.UNKNOWN:
        return NOTHING_KNOWN
    if isinstance(value, Absent):
        return NONE
    return Possible(Between(value, value) if is_ordered(value) else Among(frozenset({value})))


def union(several: Iterable[Possible]) -> Possible:
    """Return the union of these sets, or the range that spans their numbers or dates.

    Raises `TypeError` for different types.
    """
    found = list(several)
    known = [one.known for one in found if one.known is not None]
    return Possible(
        reduce(_hull, known) if known else None,
        any(one.none for one in found),
        any(one.unknown for one in found),
    )


def _hull(one: Between | Among, other: Between | Among) -> Between | Among:
    if isinstance(one, Between) and isinstance(other, Between):
        return Between(_least(one.low, other.low), _most(one.high, other.high))
    if isinstance(one, Among) and isinstance(other, Among):
        return Among(one.values | other.values)
    raise TypeError(f"{one} and {other} are of different types")


def intersection(one: Possible, other: Possible) -> Possible:
    """Return the intersection of two sets; it is empty if they have nothing in common."""
    known: Between | Among | None = None
    if isinstance(one.known, Between) and isinstance(other.known, Between):
        low, high = _most(one.known.low, other.known.low), _least(one.known.high, other.known.high)
        known = Between(low, high) if AT_MOST.holds(low, high) else None
    elif isinstance(one.known, Among) and isinstance(other.known, Among):
        values = one.known.values & other.known.values
        known = Among(values) if values else None
    return Possible(known, one.none and other.none, one.unknown and other.unknown)


def _least(one: Known, other: Known) -> Known:
    return one if AT_MOST.holds(one, other) else other


def _most(one: Known, other: Known) -> Known:
    return one if AT_LEAST.holds(one, other) else other


# --- truths ---


@lru_cache(maxsize=64)
def _and(one: Truths, other: Truths) -> Truths:
    return frozenset(all_of((first, second)) for first in one for second in other)


@lru_cache(maxsize=64)
def _or(one: Truths, other: Truths) -> Truths:
    return frozenset(any_of((first, second)) for first in one for second in other)


def all_truths(parts: Iterable[Truths]) -> Truths:
    """Return the possible truths of a conjunction."""
    return reduce(_and, parts, TRUE)


def any_truth(parts: Iterable[Truths]) -> Truths:
    """Return the possible truths of a disjunction."""
    return reduce(_or, parts, FALSE)


def negate(truths: Truths) -> Truths:
    """Return the possible truths of a negation."""
    return frozenset(~truth for truth in truths)


# --- comparing and calculating ---


def compare(left: Possible, right: Possible, known: Callable[[Between | Among, Between | Among], Truths]) -> Truths:
    """Return the possible truths of a comparison; `known` compares the known values.

    The comparison is false if a side is none, and otherwise unknown if a side is unknown.
    """
    truths: set[Truth] = set()
    left_any = left.known is not None or left.unknown
    right_any = right.known is not None or right.unknown
    if left.none or right.none:
        truths.add(Truth.FALSE)
    if (left.unknown and right_any) or (right.unknown and left_any):
        truths.add(Truth.UNKNOWN)
    if left.known is not None and right.known is not None:
        truths |= known(left.known, right.known)
    return frozenset(truths)


def values_compare(
    left: Between | Among, operator: Comparator, right: Between | Among, ignore_case: bool = False
) -> Truths:
    """Return the possible truths of a comparison of known values."""
    if isinstance(left, Between) and isinstance(right, Between):
        return _bounds_compare(left, operator, right)
    if isinstance(left, Among) and isinstance(right, Among):
        return frozenset(
            Truth.of(operator.compares(one, other, ignore_case)) for one in left.values for other in right.values
        )
    return FALSE


def _bounds_compare(left: Between, operator: Comparator, right: Between) -> Truths:
    can_hold, can_fail = ranges.possible(operator, (left.low, left.high), (right.low, right.high))
    return (TRUE if can_hold else frozenset()) | (FALSE if can_fail else frozenset())


def combine(function: Function, parts: Sequence[Possible]) -> Possible:
    """Return the possible values of a function."""
    all_may_be_there = all(part.known is not None or part.unknown for part in parts)
    bounds = [part.known for part in parts if isinstance(part.known, Between)]
    known: Between | None = None
    if len(bounds) == len(parts):
        falling = [function.move(position) is Move.DOWN for position in range(len(bounds))]
        lows = [part.high if falls else part.low for part, falls in zip(bounds, falling, strict=True)]
        highs = [part.low if falls else part.high for part, falls in zip(bounds, falling, strict=True)]
        known = Between(function.calculate(lows), function.calculate(highs))
    return Possible(
        known,
        any(part.none for part in parts),
        all_may_be_there and any(part.unknown for part in parts),
    )
