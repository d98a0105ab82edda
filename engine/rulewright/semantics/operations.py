"""Comparing and calculating with known values, exactly and by their types."""

from __future__ import annotations

import string
from calendar import monthrange
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import reduce
from math import ceil
from typing import TypeAlias

from typing_extensions import assert_never

from rulewright.model.conditions import Comparator, Operation
from rulewright.model.values import Known, Truth, Value

Number: TypeAlias = int | Decimal

#: More than any number.
UNBOUNDED = Decimal("Infinity")

_LOWER_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# The caller's decimal context may round; a sum over many facts has more digits than any one of them may have.
_EXACTLY = Context(prec=1_000, traps=[Inexact, InvalidOperation])


def single(value: Value | tuple[Known, ...], what: str) -> Value:
    """The value, where a list would be a mistake."""
    if isinstance(value, tuple):
        raise TypeError(f"{what} is a list where one value is wanted")
    return value


def same(left: Value, right: Value) -> bool:
    """Whether two values are the same; a yes/no is never a number, though Python's True equals 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _number(value: Known) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is no number")
    return value


def _date(value: Known) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no date")
    return value


def _order(left: Known, right: Known) -> int:
    """Less than zero when `left` comes before `right`, zero when they are equal, more than zero when it comes after."""
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    first, second = _number(left), _number(right)
    return (first > second) - (first < second)


def compares(left: Known, comparator: Comparator, right: Known, ignore_case: bool = False) -> bool:
    """Whether two known values compare so."""
    match comparator:
        case Comparator.IS:
            if ignore_case and isinstance(left, str) and isinstance(right, str):
                return left.translate(_LOWER_ASCII) == right.translate(_LOWER_ASCII)
            return same(left, right)
        case Comparator.AT_LEAST:
            return _order(left, right) >= 0
        case Comparator.AT_MOST:
            return _order(left, right) <= 0
        case Comparator.MORE_THAN:
            return _order(left, right) > 0
        case Comparator.LESS_THAN:
            return _order(left, right) < 0
        case _:
            assert_never(comparator)


def ranges_compare(left: tuple[Known, Known], comparator: Comparator, right: tuple[Known, Known]) -> Truth:
    """Whether two numbers, each somewhere in its range and one of them a count, compare so."""
    (left_least, left_most), (right_least, right_most) = map(_number, left), map(_number, right)
    if comparator is Comparator.IS:
        least, most = max(left_least, right_least), min(left_most, right_most)
        # A count is whole: it is never 2.5, wherever its range ends.
        if ceil(least) > most:
            return Truth.FALSE
        alone = left_least == left_most and right_least == right_most
        return Truth.TRUE if alone else Truth.UNKNOWN
    # An order that holds, or fails, at all ends of the ranges does so everywhere between them.
    held = {compares(one, comparator, other) for one in left for other in right}
    return Truth.UNKNOWN if len(held) > 1 else Truth.of(held.pop())


def calculated(operation: Operation, parts: list[Known]) -> Known:
    """What an operation on known values comes to, exactly."""
    match operation:
        case Operation.PLUS:
            return reduce(_plus, map(_number, parts))
        case Operation.MINUS:
            left, right = map(_number, parts)
            return _plus(left, right.copy_negate() if isinstance(right, Decimal) else -right)
        case Operation.MAXIMUM:
            return reduce(lambda one, other: other if _order(other, one) > 0 else one, parts)
        case Operation.MINIMUM:
            return reduce(lambda one, other: other if _order(other, one) < 0 else one, parts)
        case Operation.MONTHS_BETWEEN:
            return _months_between(*map(_date, parts))
        case Operation.DAYS_BETWEEN:
            first, second = map(_date, parts)
            return (second - first).days
        case _:
            assert_never(operation)


def _plus(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return _EXACTLY.add(left, right)


def _months_between(first: date, second: date) -> int:
    months = (second.year - first.year) * 12 + second.month - first.month
    day_reached = min(first.day, monthrange(second.year, second.month)[1])
    return months - 1 if second.day < day_reached else months
