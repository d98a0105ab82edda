"""The operators of tests, one function each.

A comparison with none is false. Else a comparison with unknown is unknown. `is_not` and `not_in` are the opposites of
`is` and `in`. A comparison with a range is known if every number of the range gives the same answer.
"""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oracle.field_types import read_like, yes_no
from oracle.values import NONE, UNKNOWN, Absent, Known, Range, Truth, Value, all_of, definite, negation, same

if TYPE_CHECKING:
    from oracle.evaluation import Scope

_SMALL_LETTERS = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True)
class Test:
    """A value on the left, and the operand as it is written."""

    scope: Scope
    left: Value | Range
    operand: Any
    ignore_case: bool

    def right(self) -> Value | Range:
        """Return the value of the operand. A scalar has the type of the value that it is compared with."""
        if isinstance(self.operand, Mapping):
            return self.scope.expression(self.operand)
        if isinstance(self.left, Absent):
            return str(self.operand)  # any known value: the left side decides
        return read_like(self.operand, self.left.least if isinstance(self.left, Range) else self.left)

    def options(self) -> tuple[Value, ...] | Absent:
        """Return the values of a list, or of a parameter that is a list."""
        if isinstance(self.operand, Mapping):
            listed = self.scope.evaluation.parameter(str(self.operand["parameter"]))
            if not isinstance(listed, (tuple, Absent)):
                raise TypeError(f"the parameter {self.operand['parameter']} is not a list")
            return listed
        left = definite(self.left)
        return () if isinstance(left, Absent) else tuple(read_like(item, left) for item in self.operand)

    def equal(self, left: Value, right: Value) -> bool:
        """Return whether two known values are equal. `ignore_case` takes A to Z as a to z, and no other letter."""
        if self.ignore_case and isinstance(left, str) and isinstance(right, str):
            return left.translate(_SMALL_LETTERS) == right.translate(_SMALL_LETTERS)
        return same(left, right)


def passes(scope: Scope, left: Value | Range, tests: Any) -> Truth:
    """Return whether a value passes every operator of a mapping; a scalar means `is`."""
    if not isinstance(tests, Mapping):
        tests = {"is": tests}
    ignore_case = "ignore_case" in tests and yes_no(tests["ignore_case"])
    return all_of(
        OPERATORS[name](Test(scope, left, operand, ignore_case))
        for name, operand in tests.items()
        if name != "ignore_case"
    )


# --- equality ---------------------------------------------------------------------------------------------------------


def is_(test: Test) -> Truth:
    """Equal to the operand."""
    left, right = test.left, test.right()
    if left is NONE or right is NONE:
        return False
    if isinstance(left, Absent) or isinstance(right, Absent):
        return None
    if isinstance(left, Range) or isinstance(right, Range):
        return _ranges_meet(left, right)
    return test.equal(left, right)


def _ranges_meet(left: Any, right: Any) -> Truth:
    """Return false if no whole number is in both; true is impossible, as one of the two is more than one number."""
    (left_least, left_most), (right_least, right_most) = _ends(left), _ends(right)
    return None if math.ceil(max(left_least, right_least)) <= min(left_most, right_most) else False


def is_not(test: Test) -> Truth:
    """The opposite of `is`, so true of none."""
    return negation(is_(test))


def in_(test: Test) -> Truth:
    """Equal to one of the operands."""
    left, options = definite(test.left), test.options()
    if left is NONE:
        return False
    if left is UNKNOWN or options is UNKNOWN:
        return None
    if isinstance(options, Absent):
        return False
    return any(test.equal(left, option) for option in options)


def not_in(test: Test) -> Truth:
    """The opposite of `in`, so true of none."""
    return negation(in_(test))


# --- order ------------------------------------------------------------------------------------------------------------


def at_least(test: Test) -> Truth:
    """A number that is the operand or more; a date that is the operand or later."""
    return _in_order(test, lambda left, right: left >= right)


def at_most(test: Test) -> Truth:
    """A number that is the operand or less; a date that is the operand or earlier."""
    return _in_order(test, lambda left, right: left <= right)


def more_than(test: Test) -> Truth:
    """A number above the operand; a date after it."""
    return _in_order(test, lambda left, right: left > right)


def less_than(test: Test) -> Truth:
    """A number below the operand; a date before it."""
    return _in_order(test, lambda left, right: left < right)


def _in_order(test: Test, compares: Callable[[Any, Any], bool]) -> Truth:
    left, right = test.left, test.right()
    if left is NONE or right is NONE:
        return False
    if isinstance(left, Absent) or isinstance(right, Absent):
        return None
    # an order that holds, or fails, at all ends of two ranges does so everywhere between them
    answers = {compares(one, other) for one in _ends(left) for other in _ends(right)}
    return answers.pop() if len(answers) == 1 else None


def _ends(side: Known | Range) -> tuple[Any, Any]:
    return (side.least, side.most) if isinstance(side, Range) else (side, side)


# --- texts ------------------------------------------------------------------------------------------------------------


def starts_with(test: Test) -> Truth:
    """A text whose first characters are those of the operand, in their order. Every text starts with the empty text."""
    left, right = test.left, test.right()
    if left is NONE or right is NONE:
        return False
    if isinstance(left, Absent) or isinstance(right, Absent):
        return None
    if not isinstance(left, str) or not isinstance(right, str):
        raise TypeError(f"{left!r} and {right!r} are not texts")
    return len(left) >= len(right) and all(test.equal(one, other) for one, other in zip(left, right, strict=False))


# --- presence ---------------------------------------------------------------------------------------------------------


def given(test: Test) -> Truth:
    """`yes`: there is a value. `no`: there is none. Unknown for unknown."""
    if test.left is UNKNOWN:
        return None
    return (test.left is not NONE) is yes_no(test.operand)


def known(test: Test) -> Truth:
    """`yes`: there is a value, or there is known to be none. `no`: nobody knows. Never unknown."""
    return (test.left is not UNKNOWN) is yes_no(test.operand)


OPERATORS: Mapping[str, Callable[[Test], Truth]] = {
    "is": is_,
    "is_not": is_not,
    "in": in_,
    "not_in": not_in,
    "at_least": at_least,
    "at_most": at_most,
    "more_than": more_than,
    "less_than": less_than,
    "before": less_than,
    "after": more_than,
    "on_or_before": at_most,
    "on_or_after": at_least,
    "starts_with": starts_with,
    "given": given,
    "known": known,
}
