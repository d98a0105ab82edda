"""Values and truths.

A known value is a text, a yes/no (`bool`), a number (`Fraction`, so that all arithmetic is exact) or a date. A value
can be absent in two ways: *unknown* (nobody stated it) and *none* (there is known to be no value).

A truth is `True`, `False` or `None` for unknown. `all_of`, `any_of` and `negation` are Kleene's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TypeAlias


class Absent(Enum):
    """The two reasons for which there is no value."""

    UNKNOWN = "unknown"
    NONE = "none"


UNKNOWN, NONE = Absent.UNKNOWN, Absent.NONE

Known: TypeAlias = str | bool | Fraction | date
Value: TypeAlias = Known | Absent
Truth: TypeAlias = bool | None


@dataclass(frozen=True)
class Range:
    """A whole number from `least` to `most`, both included: a count whose related facts are not all decided.

    `most` is infinite for facts of a kind that the case does not list.
    """

    least: Fraction
    most: Fraction | float


def definite(value: Value | Range) -> Value:
    """Return a value where a single one is needed: a range is unknown."""
    return UNKNOWN if isinstance(value, Range) else value


def same(left: Value, right: Value) -> bool:
    """Return whether two values are equal. A value never equals one of another type: yes is not 1."""
    return type(left) is type(right) and left == right


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return false if any truth is false, else unknown if any is unknown, else true."""
    known = list(truths)
    if any(truth is False for truth in known):
        return False
    return None if any(truth is None for truth in known) else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return true if any truth is true, else unknown if any is unknown, else false."""
    known = list(truths)
    if any(truth is True for truth in known):
        return True
    return None if any(truth is None for truth in known) else False


def negation(truth: Truth) -> Truth:
    """Return the opposite of a truth: unknown stays unknown."""
    return None if truth is None else not truth
