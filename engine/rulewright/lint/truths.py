"""The truth of conditions about one subject of which only some facts are assigned."""

from __future__ import annotations

from rulewright.language.operators import equality, presence
from rulewright.lint.terms import Found, Term, Terms
from rulewright.model.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    IsGiven,
    IsKnown,
    Membership,
    Not,
    ParameterOf,
)
from rulewright.model.entries import Comparator, Presence
from rulewright.model.values import Absent, Truth, Value, all_of, any_of


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
            return _present(presence.GIVEN, terms.value(operand, assigned))
        case IsKnown(operand):
            return _present(presence.KNOWN, terms.value(operand, assigned))
        case _:  # related facts and outcomes of other rules are not looked into
            return Truth.UNKNOWN


def _member(value: Found, options: Found, ignore_case: bool) -> Truth:
    if value is Absent.NONE:
        return Truth.FALSE
    if value is None or isinstance(value, Absent | tuple) or not isinstance(options, tuple):
        return Truth.UNKNOWN
    return Truth.of(equality.IN.includes(value, options, ignore_case))


def _compared(left: Found, operator: Comparator, right: Found, ignore_case: bool) -> Truth:
    if left is Absent.NONE or right is Absent.NONE:
        return Truth.FALSE
    if left is None or right is None or isinstance(left, Absent | tuple) or isinstance(right, Absent | tuple):
        return Truth.UNKNOWN
    return Truth.of(operator.compares(left, right, ignore_case))


def _present(operator: Presence, value: Found) -> Truth:
    return Truth.UNKNOWN if value is None or isinstance(value, tuple) else Truth.of(operator.truth(value))
