"""Known values: where one is wanted, and how numbers compare of which a count may be a range."""

from __future__ import annotations

from decimal import Decimal
from math import ceil

from rulewright.language.operators.ranges import possible
from rulewright.model.entries import Comparator
from rulewright.model.values import Known, Truth, Value

#: More than any number.
UNBOUNDED = Decimal("Infinity")


def single(value: Value | tuple[Known, ...], what: str) -> Value:
    """The value, where a list would be a mistake."""
    if isinstance(value, tuple):
        raise TypeError(f"{what} is a list where one value is wanted")
    return value


def ranges_compare(left: tuple[Known, Known], operator: Comparator, right: tuple[Known, Known]) -> Truth:
    """Return the truth of a comparison of two numbers, each in its range, of which one is a count."""
    if operator.ranges is not None:
        # a count is whole: it is never 2.5, wherever its range ends
        left, right = _from_whole(left), _from_whole(right)
    can_hold, can_fail = possible(operator, left, right)
    return Truth.UNKNOWN if can_hold and can_fail else Truth.of(can_hold)


def _from_whole(ends: tuple[Known, Known]) -> tuple[Known, Known]:
    least, most = ends
    if isinstance(least, bool) or not isinstance(least, int | Decimal):
        raise TypeError(f"{least!r} is no number")
    return ceil(least), most
