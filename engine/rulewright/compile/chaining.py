"""Tests that an inference answers by chaining, without observing them.

A test of one concluded field against constants of the rulebook needs no column. Its truth for each value that a rule
can conclude is known at compile time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from rulewright.language.operators import equality
from rulewright.model.conditions import (
    Comparison,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    RuleOutcome,
    Test,
)
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Conclude, Rule, Rulebook
from rulewright.model.values import Known

#: A test of one of the subject's fields against constants of the rulebook.
FieldTest: TypeAlias = Comparison | Membership | IsGiven | IsKnown


def concluding_rules(rulebook: Rulebook) -> Mapping[tuple[str, str], tuple[Rule, ...]]:
    """Return the rules that conclude each field, by kind and field."""
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in rulebook.rules.values():
        if isinstance(rule.action, Conclude):
            for name in rule.action.values:
                found.setdefault((rule.about, name), []).append(rule)
    return {key: tuple(rules) for key, rules in found.items()}


def rule_dependencies(
    test: Test, kind: str, rulebook: Rulebook, concluding: Mapping[tuple[str, str], tuple[Rule, ...]]
) -> tuple[str, ...]:
    """Return the rules whose outcomes determine the truth of a test; empty for an observed test."""
    if isinstance(test, RuleOutcome):
        return (test.rule,)
    if compares_own_verdict(test):
        return tuple(rule.name for rule in rulebook.rules_about(kind) if rule.decides)
    field = tested_field(test)
    if field is None or (kind, field) not in concluding or rulebook.kinds[kind].fields[field].computed is not None:
        return ()
    return tuple(rule.name for rule in concluding[kind, field])


def compares_own_verdict(test: Test) -> bool:
    """Return whether a test compares the verdict of the subject itself with constants."""
    match test:
        case Comparison(FieldOf((name,)), equality.IS, Literal()) | Membership(FieldOf((name,)), tuple()):
            return name == VERDICT
        case _:
            return False


def tested_field(test: Test) -> str | None:
    """Return the subject's field that a test compares with constants of the rulebook; None for any other test."""
    match test:
        case Comparison(FieldOf((name,)), _, Literal()) | IsGiven(FieldOf((name,))) | IsKnown(FieldOf((name,))):
            return name
        case Membership(FieldOf((name,)), tuple()):
            return name
        case _:
            return None


def holds_for(test: Test, value: Known) -> bool:
    """Return whether a test of a field holds for a value; raises TypeError for any other test."""
    match test:
        case Comparison(_, operator, Literal(right)):
            return operator.compares(value, right, test.ignore_case)
        case Membership(_, tuple() as options):
            return equality.IN.includes(value, [option.value for option in options], test.ignore_case)
        case IsGiven() | IsKnown():
            return True
        case _:
            raise TypeError(f"{test} is no test of a field against values of the rulebook")
