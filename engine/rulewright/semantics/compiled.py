"""Compiled conditions and expressions: functions of a case's state and a subject.

A truth is `True`, `False`, or `None` for unknown (Kleene's third value). A value is known, none or unknown. The number
of related facts is a `Range` as long as some of them may or may not count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from rulewright.model.entries import Comparator, Function, Presence
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import Dated, newest_in_force
from rulewright.model.values import Absent, Known, Truth, Value
from rulewright.semantics.operations import ranges_compare
from rulewright.semantics.state import State, Subject


class Range(NamedTuple):
    """The minimum and the maximum of a count."""

    least: Known
    most: Known


#: A compiled condition.
Predicate: TypeAlias = "Callable[[State, Subject], bool | None]"
#: A compiled expression.
Evaluator: TypeAlias = Callable[[State, Subject], Value]
#: A compiled operand of a comparison, which may be a range.
Side: TypeAlias = "Callable[[State, Subject], Value | Range]"
#: A function that returns the value in force on the case's date.
InForce: TypeAlias = "Callable[[date], Value | tuple[Known, ...]]"

_NONE, _UNKNOWN = Absent.NONE, Absent.UNKNOWN
BOOLEAN = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}

# --- values -----------------------------------------------------------------------------------------------------------


def in_force(values: Sequence[Dated]) -> InForce:
    """Return the function that returns the value in force on a date; unknown before the first one."""
    if len(values) == 1 and values[0].since is None:
        only = values[0].value
        return lambda as_of: only

    def value_on(as_of: date) -> Value | tuple[Known, ...]:
        newest = newest_in_force(values, as_of)
        return _UNKNOWN if newest is None else newest.value

    return value_on


def field_value(name: str) -> Evaluator:
    """Return the function that reads a field."""

    def read(state: State, subject: Subject) -> Value:
        found = subject.values.get(name)
        return state.deriver.derive_value(state, subject, name) if found is None else found

    return read


def verdict_value(state: State, subject: Subject) -> Value:
    """Return the verdict as the value of a field; unknown while the subject needs information."""
    verdict = state.verdict(subject)
    return _UNKNOWN if verdict is Verdict.NEEDS_INFORMATION else verdict.value


def calculation(function: Function, parts: Sequence[Evaluator]) -> Evaluator:
    """Return the evaluator of a function; none if any part is none, else unknown if any part is unknown."""

    calculate = function.calculate

    def evaluate(state: State, subject: Subject) -> Value:
        values = [part(state, subject) for part in parts]
        known = [value for value in values if not isinstance(value, Absent)]
        if len(known) < len(values):
            return _NONE if _NONE in values else _UNKNOWN
        return calculate(known)

    return evaluate


# --- tests ------------------------------------------------------------------------------------------------------------


def comparison(operator: Comparator, ignore_case: bool) -> Callable[[Any, Any], bool]:
    """Return the function that compares two known values."""
    return (lambda left, right: operator.compares(left, right, True)) if ignore_case else operator.holds


def range_comparison(first: Side, operator: Comparator, second: Side) -> Predicate:
    """Return the comparison of two numbers, at least one of which is a count."""

    def compare_ranges(state: State, subject: Subject) -> bool | None:
        left, right = first(state, subject), second(state, subject)
        if left is _NONE or right is _NONE:
            return False
        if isinstance(left, Absent) or isinstance(right, Absent):
            return None
        one = left if isinstance(left, Range) else (left, left)
        other = right if isinstance(right, Range) else (right, right)
        return BOOLEAN[ranges_compare(one, operator, other)]

    return compare_ranges


def presence_test(operator: Presence, read: Evaluator) -> Predicate:
    """Return the presence test of an operator."""
    truth = operator.truth
    return lambda state, subject: truth(read(state, subject))


def outcome_is(rule: str, wanted: str) -> Predicate:
    """Return the test of another rule's outcome; unknown while that outcome is unknown."""

    def test_outcome(state: State, subject: Subject) -> bool | None:
        outcome = state.outcome(subject, rule)
        return None if outcome is Outcome.UNKNOWN else outcome.value == wanted

    return test_outcome


def always(state: State, subject: Subject) -> bool | None:
    """Return true, the truth of an absent condition."""
    return True


def never_known(state: State, subject: Subject) -> bool | None:
    """Return the truth of a topic that the edition does not cover: unknown."""
    return None


# --- Kleene's connectives ---------------------------------------------------------------------------------------------


def conjunction(parts: Sequence[Predicate]) -> Predicate:
    """Return the conjunction: false if any part is false, else unknown if any is unknown, else true."""
    return _junction(parts, False)


def disjunction(parts: Sequence[Predicate]) -> Predicate:
    """Return the disjunction: true if any part is true, else unknown if any is unknown, else false."""
    return _junction(parts, True)


def _junction(parts: Sequence[Predicate], deciding: bool) -> Predicate:
    def evaluate(state: State, subject: Subject) -> bool | None:
        truth: bool | None = not deciding
        for part in parts:
            one = part(state, subject)
            if one is deciding:
                return deciding
            if one is None:
                truth = None
        return truth

    return evaluate


def negation(part: Predicate) -> Predicate:
    """Return the negation; unknown if the part is unknown."""

    def negate(state: State, subject: Subject) -> bool | None:
        truth = part(state, subject)
        return None if truth is None else not truth

    return negate
