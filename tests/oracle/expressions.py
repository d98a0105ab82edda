"""The words of expressions, one function each.

An operation on a part that is none is none. Else an operation on an unknown part is unknown.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from oracle.field_types import is_number, number
from oracle.values import NONE, UNKNOWN, Known, Range, Truth, Value, all_of, definite, same

if TYPE_CHECKING:
    from oracle.documents import Subject
    from oracle.evaluation import Scope


def value_of(scope: Scope, node: Any) -> Value | Range:
    """Return the value of an expression: a number, the path of a field, or a mapping with one word."""
    if isinstance(node, Mapping):
        ((word, operand),) = node.items()
        return EXPRESSIONS[word](scope, operand)
    return number(node) if is_number(node) else scope.field(str(node))


# --- fields and parameters --------------------------------------------------------------------------------------------


def field(scope: Scope, path: Any) -> Value:
    """The value of a field of the subject, or of one that its references reach."""
    return scope.field(str(path))


def parameter(scope: Scope, name: Any) -> Value:
    """The value of a parameter in force on the date of the case."""
    value = scope.evaluation.parameter(str(name))
    if isinstance(value, tuple):
        raise TypeError(f"the parameter {name} is a list")
    return value


# --- arithmetic -------------------------------------------------------------------------------------------------------


def operation(calculate: Callable[..., Known]) -> Callable[[Scope, Any], Value]:
    """Return the word of a function on known values."""

    def evaluate(scope: Scope, parts: Sequence[Any]) -> Value:
        values = [definite(value_of(scope, part)) for part in parts]
        if NONE in values:
            return NONE
        return UNKNOWN if UNKNOWN in values else calculate(*values)

    return evaluate


def plus(*parts: Fraction) -> Fraction:
    """The sum of the parts."""
    return sum(parts, Fraction(0))


def minus(left: Fraction, right: Fraction) -> Fraction:
    """The first part less the second."""
    return left - right


def maximum(*parts: Any) -> Any:
    """The greatest number or the latest date."""
    return max(parts)


def minimum(*parts: Any) -> Any:
    """The least number or the earliest date."""
    return min(parts)


def days_between(start: date, end: date) -> Fraction:
    """The number of days from the first date to the second; negative if the second is earlier."""
    return Fraction((end - start).days)


def months_between(start: date, end: date) -> Fraction:
    """The largest number n for which the first date plus n calendar months is not after the second date.

    A date plus n months is the same day of that month, or the last day of a month that is too short.
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    last_day = calendar.monthrange(end.year, end.month)[1]
    reached = end.day >= min(start.day, last_day)
    return Fraction(months if reached else months - 1)


# --- related facts ----------------------------------------------------------------------------------------------------


def related(scope: Scope, words: Mapping[str, Any]) -> list[tuple[Subject, Truth, Truth]] | None:
    """Return each fact of the kind `of`, whether it refers to the subject, and whether it meets `where`.

    Return nothing for a kind that the case does not list: nothing is known of its facts.
    """
    kind = str(words["of"])
    facts = scope.evaluation.facts.get(kind)
    if facts is None:
        return None
    found = []
    for fact in facts:
        ref = scope.evaluation.value(fact, _through(scope, kind, words))
        refers = None if ref is UNKNOWN else same(ref, scope.subject.ref)
        meets = scope.about(fact).condition(words["where"]) if "where" in words else True
        found.append((fact, refers, meets))
    return found


def _through(scope: Scope, kind: str, words: Mapping[str, Any]) -> str:
    """Return the reference to the subject that is named, or the only one that the kind has."""
    if "through" in words:
        return str(words["through"])
    fields = scope.evaluation.document.kinds[kind]
    (name,) = (name for name, declared in fields.items() if declared.refers_to == scope.subject.kind)
    return name


def count(scope: Scope, words: Mapping[str, Any]) -> Fraction | Range:
    """The number of facts that refer to the subject and meet `where`; a range while some of them are undecided."""
    facts = related(scope, words)
    if facts is None:
        return Range(Fraction(0), math.inf)
    counts = [all_of((refers, meets)) for _, refers, meets in facts]
    least = Fraction(sum(truth is True for truth in counts))
    most = Fraction(sum(truth is not False for truth in counts))
    return least if least == most else Range(least, most)


def sum_(scope: Scope, words: Mapping[str, Any]) -> Value:
    """The sum of a field over the facts that refer to the subject and meet `where`.

    A fact whose field is none adds nothing, even if it is undecided whether it counts. Any other undecided fact and
    any other unknown field leave the sum unknown.
    """
    facts = related(scope, words)
    if facts is None:
        return UNKNOWN
    total = Fraction(0)
    is_known = True
    for fact, refers, meets in facts:
        counts = all_of((refers, meets))
        value = scope.evaluation.value(fact, str(words["field"]))
        if counts is False or value is NONE:
            continue
        if counts is True and isinstance(value, Fraction):
            total += value
        else:
            is_known = False
    return total if is_known else UNKNOWN


EXPRESSIONS: Mapping[str, Callable[[Scope, Any], Value | Range]] = {
    "field": field,
    "parameter": parameter,
    "plus": operation(plus),
    "minus": operation(minus),
    "maximum": operation(maximum),
    "minimum": operation(minimum),
    "days_between": operation(days_between),
    "months_between": operation(months_between),
    "count": count,
    "sum": sum_,
}
