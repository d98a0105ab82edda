"""The truth of conditions about one subject of which only some facts are assigned."""

from __future__ import annotations

import string
from datetime import date
from decimal import Decimal

from rulewright.lint.terms import Found, Term, Terms
from rulewright.model.conditions import (
    AllOf,
    AnyOf,
    Comparator,
    Comparison,
    Condition,
    IsGiven,
    IsKnown,
    Membership,
    Not,
    ParameterOf,
)
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of

_LOWER_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def truth(condition: Condition, terms: Terms, assigned: dict[Term, Value]) -> Truth:
    """The truth of a condition; unknown too where the search cannot decide it."""
    match condition:
        case AllOf(parts):
            return all_of(truth(part, terms, assigned) for part in parts)
        case AnyOf(parts):
            return any_of(truth(part, terms, assigned) for part in parts)
        case Not(part):
            return ~truth(part, terms, assigned)
        case Comparison(left, comparator, right, ignore_case):
            return _compared(terms.value(left, assigned), comparator, terms.value(right, assigned), ignore_case)
        case Membership(left, options, ignore_case):
            listed = terms.value(options, assigned) if isinstance(options, ParameterOf) else None
            values = tuple(option.value for option in options) if isinstance(options, tuple) else listed
            return _member(terms.value(left, assigned), values, ignore_case)
        case IsGiven(operand):
            value = terms.value(operand, assigned)
            unknown = value is None or value is Absent.UNKNOWN
            return Truth.UNKNOWN if unknown else Truth.of(value is not Absent.NONE)
        case IsKnown(operand):
            value = terms.value(operand, assigned)
            return Truth.UNKNOWN if value is None else Truth.of(value is not Absent.UNKNOWN)
        case _:  # related facts and outcomes of other rules are not looked into
            return Truth.UNKNOWN


def folded(text: str) -> str:
    """A text with the letters A to Z as a to z."""
    return text.translate(_LOWER_ASCII)


def _member(value: Found, options: Found, ignore_case: bool) -> Truth:
    if value is Absent.NONE:
        return Truth.FALSE
    if not isinstance(options, tuple):
        return Truth.UNKNOWN
    return any_of(_compared(value, Comparator.IS, option, ignore_case) for option in options)


def _compared(left: Found, comparator: Comparator, right: Found, ignore_case: bool) -> Truth:
    if left is Absent.NONE or right is Absent.NONE:
        return Truth.FALSE
    if left is None or right is None or isinstance(left, Absent | tuple) or isinstance(right, Absent | tuple):
        return Truth.UNKNOWN
    if comparator is Comparator.IS:
        if ignore_case and isinstance(left, str) and isinstance(right, str):
            return Truth.of(folded(left) == folded(right))
        return Truth.of(left == right)
    order = _order(left, right)
    if order is None:
        return Truth.UNKNOWN
    return Truth.of(
        {
            Comparator.AT_LEAST: order >= 0,
            Comparator.AT_MOST: order <= 0,
            Comparator.MORE_THAN: order > 0,
            Comparator.LESS_THAN: order < 0,
        }[comparator]
    )


def _order(left: Known, right: Known) -> int | None:
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return (left > right) - (left < right)
    return None
