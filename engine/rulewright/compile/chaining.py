"""Which tests an inference answers by chaining, and what it says of a field that rules conclude.

A test of one concluded field against what stands in the rulebook needs no column: for each value that a rule may
conclude, its truth is known when the rulebook is compiled.
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

#: A test of a field of the subject itself against values of the rulebook.
FieldTest: TypeAlias = Comparison | Membership | IsGiven | IsKnown


def concluding_rules(rulebook: Rulebook) -> Mapping[tuple[str, str], tuple[Rule, ...]]:
    """The rules that conclude each field, by kind and field."""
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in rulebook.rules.values():
        if isinstance(rule.action, Conclude):
            for name in rule.action.values:
                found.setdefault((rule.about, name), []).append(rule)
    return {key: tuple(rules) for key, rules in found.items()}


def rules_waited_for(
    test: Test, kind: str, rulebook: Rulebook, concluding: Mapping[tuple[str, str], tuple[Rule, ...]]
) -> tuple[str, ...]:
    """The rules from whose outcomes an inference can tell the truth of a test; none for a test that is observed."""
    if isinstance(test, RuleOutcome):
        return (test.rule,)
    if tests_own_verdict(test):
        return tuple(rule.name for rule in rulebook.rules_about(kind) if rule.decides)
    field = tested_field(test)
    if field is None or (kind, field) not in concluding or rulebook.kinds[kind].fields[field].computed is not None:
        return ()
    return tuple(rule.name for rule in concluding[kind, field])


def tests_own_verdict(test: Test) -> bool:
    """Whether a test compares the verdict of the subject itself with verdicts."""
    match test:
        case Comparison(FieldOf((name,)), equality.IS, Literal()) | Membership(FieldOf((name,)), tuple()):
            return name == VERDICT
        case _:
            return False


def tested_field(test: Test) -> str | None:
    """The field of the subject that a test compares with values of the rulebook; none for any other test."""
    match test:
        case Comparison(FieldOf((name,)), _, Literal()) | IsGiven(FieldOf((name,))) | IsKnown(FieldOf((name,))):
            return name
        case Membership(FieldOf((name,)), tuple()):
            return name
        case _:
            return None


def holds_for(test: Test, value: Known) -> bool:
    """Whether a test of a field holds for a value of the field."""
    match test:
        case Comparison(_, operator, Literal(right)):
            return operator.compares(value, right, test.ignore_case)
        case Membership(_, tuple() as options):
            return equality.IN.includes(value, [option.value for option in options], test.ignore_case)
        case IsGiven() | IsKnown():
            return True
        case _:
            raise TypeError(f"{test} is no test of a field against values of the rulebook")
