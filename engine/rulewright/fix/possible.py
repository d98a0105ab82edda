"""What is possible of a value or a truth while facts have one of several values: sets that leave nothing out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, reduce
from typing import TypeAlias

from rulewright.model.conditions import Comparator, Operation
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of
from rulewright.semantics.operations import calculated, compares

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
    """The values that something may have (`known`, if it may have one), and whether it may be none or unknown."""

    known: Between | Among | None
    none: bool = False
    unknown: bool = False

    @property
    def is_single(self) -> bool:
        """Whether there is only one possibility."""
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
    """Whether values like this one have an order: numbers and dates."""
    return isinstance(value, date) or (isinstance(value, int | Decimal) and not isinstance(value, bool))


def exactly(value: Value) -> Possible:
    """Only this value."""
    if value is Absent.UNKNOWN:
        return NOTHING_KNOWN
    if isinstance(value, Absent):
        return NONE
    return Possible(Between(value, value) if is_ordered(value) else Among(frozenset({value})))


def either(several: Iterable[Possible]) -> Possible:
    """What any of these may be."""
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


def both(one: Possible, other: Possible) -> Possible:
    """What is possible of both; nothing at all where they cannot agree."""
    known: Between | Among | None = None
    if isinstance(one.known, Between) and isinstance(other.known, Between):
        low, high = _most(one.known.low, other.known.low), _least(one.known.high, other.known.high)
        known = Between(low, high) if compares(low, Comparator.AT_MOST, high) else None
    elif isinstance(one.known, Among) and isinstance(other.known, Among):
        values = one.known.values & other.known.values
        known = Among(values) if values else None
    return Possible(known, one.none and other.none, one.unknown and other.unknown)


def _least(one: Known, other: Known) -> Known:
    return one if compares(one, Comparator.AT_MOST, other) else other


def _most(one: Known, other: Known) -> Known:
    return one if compares(one, Comparator.AT_LEAST, other) else other


# --- truths ---


@lru_cache(maxsize=64)
def _and(one: Truths, other: Truths) -> Truths:
    return frozenset(all_of((first, second)) for first in one for second in other)


@lru_cache(maxsize=64)
def _or(one: Truths, other: Truths) -> Truths:
    return frozenset(any_of((first, second)) for first in one for second in other)


def all_truths(parts: Iterable[Truths]) -> Truths:
    """What a conjunction may come to."""
    return reduce(_and, parts, TRUE)


def any_truth(parts: Iterable[Truths]) -> Truths:
    """What a disjunction may come to."""
    return reduce(_or, parts, FALSE)


def negated(truths: Truths) -> Truths:
    """What a negation may come to."""
    return frozenset(~truth for truth in truths)


# --- comparing and calculating ---


def compared(left: Possible, right: Possible, known: Callable[[Between | Among, Between | Among], Truths]) -> Truths:
    """What a comparison may come to: `known` says it for the values, none makes it false, unknown unknown."""
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
    left: Between | Among, comparator: Comparator, right: Between | Among, ignore_case: bool = False
) -> Truths:
    """What a comparison of two known values may come to."""
    if isinstance(left, Between) and isinstance(right, Between):
        return _bounds_compare(left, comparator, right)
    if isinstance(left, Among) and isinstance(right, Among):
        return frozenset(
            Truth.of(compares(one, comparator, other, ignore_case)) for one in left.values for other in right.values
        )
    return FALSE


def _bounds_compare(left: Between, comparator: Comparator, right: Between) -> Truths:
    if comparator is Comparator.IS:
        meet = compares(left.low, Comparator.AT_MOST, right.high) and compares(right.low, Comparator.AT_MOST, left.high)
        single = left.low == left.high == right.low == right.high
        return TRUE if single else (TRUE | FALSE if meet else FALSE)
    # an order holds somewhere if it holds for the ends that favour it, and fails somewhere if it fails for the others
    upward = comparator in (Comparator.AT_LEAST, Comparator.MORE_THAN)
    favoured = (left.high, right.low) if upward else (left.low, right.high)
    hindered = (left.low, right.high) if upward else (left.high, right.low)
    return frozenset(Truth.of(compares(one, comparator, other)) for one, other in (favoured, hindered))


def combined(operation: Operation, parts: Sequence[Possible]) -> Possible:
    """What an operation may come to."""
    all_may_be_there = all(part.known is not None or part.unknown for part in parts)
    bounds = [part.known for part in parts if isinstance(part.known, Between)]
    known: Between | None = None
    if len(bounds) == len(parts):
        lows, highs = [part.low for part in bounds], [part.high for part in bounds]
        match operation:
            case Operation.MINUS:
                lows[1], highs[1] = highs[1], lows[1]
            case Operation.MONTHS_BETWEEN | Operation.DAYS_BETWEEN:
                lows[0], highs[0] = highs[0], lows[0]
            case Operation.PLUS | Operation.MAXIMUM | Operation.MINIMUM:
                pass
        known = Between(calculated(operation, lows), calculated(operation, highs))
    return Possible(
        known,
        any(part.none for part in parts),
        all_may_be_there and any(part.unknown for part in parts),
    )
