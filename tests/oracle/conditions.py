"""The words of conditions, one function each.

A condition is a mapping whose entries all have to hold. An entry whose key is no word of this module is a test of the
field that the key names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from oracle.expressions import count, related, sum_
from oracle.operators import OPERATORS, passes
from oracle.values import Truth, all_of, any_of, negation

if TYPE_CHECKING:
    from oracle.evaluation import Scope


def truth_of(scope: Scope, condition: Mapping[str, Any]) -> Truth:
    """Return whether a condition holds for the subject."""
    return all_of(
        CONDITIONS[key](scope, operand) if key in CONDITIONS else passes(scope, scope.field(key), operand)
        for key, operand in condition.items()
    )


def all_(scope: Scope, operand: Any) -> Truth:
    """Every condition of a list holds, or every related fact meets `where`.

    It is unknown whether a fact is related while its reference is unknown.
    """
    if not isinstance(operand, Mapping):
        return all_of(truth_of(scope, part) for part in operand)
    facts = related(scope, operand)
    return None if facts is None else all_of(any_of((negation(refers), meets)) for _, refers, meets in facts)


def any_(scope: Scope, operand: Any) -> Truth:
    """Some condition of a list holds, or some related fact meets `where`."""
    if not isinstance(operand, Mapping):
        return any_of(truth_of(scope, part) for part in operand)
    facts = related(scope, operand)
    return None if facts is None else any_of(all_of((refers, meets)) for _, refers, meets in facts)


def not_(scope: Scope, operand: Any) -> Truth:
    """The condition does not hold."""
    return negation(truth_of(scope, operand))


def outcome(scope: Scope, operand: Mapping[str, Any]) -> Truth:
    """Each rule has the outcome beside it. A rule whose outcome is unknown leaves the test unknown."""
    outcomes = {rule: scope.evaluation.outcome(scope.subject, rule) for rule in operand}
    return all_of(None if outcomes[rule] == "unknown" else outcomes[rule] == word for rule, word in operand.items())


def count_(scope: Scope, operand: Mapping[str, Any]) -> Truth:
    """The number of related facts passes the operators beside it."""
    return passes(scope, count(scope, operand), _operators(operand))


def sum_of(scope: Scope, operand: Mapping[str, Any]) -> Truth:
    """The sum over related facts passes the operators beside it."""
    return passes(scope, sum_(scope, operand), _operators(operand))


def _operators(operand: Mapping[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in operand.items() if word in OPERATORS}


CONDITIONS: Mapping[str, Callable[[Scope, Any], Truth]] = {
    "all": all_,
    "any": any_,
    "not": not_,
    "outcome": outcome,
    "count": count_,
    "sum": sum_of,
}
