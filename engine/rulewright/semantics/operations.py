"""Operations on known values, and comparisons of ranges of numbers."""

from __future__ import annotations

from decimal import Decimal
from math import ceil

from rulewright.language.operators.ranges import possible
from rulewright.model.entries import Comparator
from rulewright.model.values import Known, Truth, Value

#: Greater than any number.
UNBOUNDED = Decimal("Infinity")


def single(value: Value | tuple[Known, ...], what: str) -> Value:
    """Return a single value; raises TypeError for a list."""
    if isinstance(value, tuple):
        raise TypeError(f"{what} is a list where one value is wanted")
    return value


def ranges_compare(left: tuple[Known, Known], operator: Comparator, right: tuple[Known, Known]) -> Truth:
    """Return the truth of a comparison of two ranges of numbers, at least one of which is a count."""
    if operator.ranges is not None:
        # counts are whole numbers: a range never contains 2.5, even if it starts there
        left, right = _from_whole(left), _from_whole(right)
    can_hold, can_fail = possible(operator, left, right)
    return Truth.UNKNOWN if can_hold and can_fail else Truth.of(can_hold)


def _from_whole(ends: tuple[Known, Known]) -> tuple[Known, Known]:
    least, most = ends
    if isinstance(least, bool) or not isinstance(least, int | Decimal):
        raise TypeError(f"{least!r} is no number")
    return ceil(least), most
