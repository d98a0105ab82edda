"""Check for conditions that can never hold, or always hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rulewright.diagnostics import Diagnostic
from rulewright.lint.representatives import representatives
from rulewright.lint.terms import Term, Terms
from rulewright.lint.witnesses import MAXIMUM_VARIABLES, Budget
from rulewright.model.conditions import (
    AllOf,
    AnyOf,
    AsOf,
    Comparison,
    Condition,
    Expression,
    FieldOf,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    Test,
    tests_of,
)
from rulewright.model.dependencies import conditions_of
from rulewright.model.rulebook import Advise, Conclude, Require, Rule, Rulebook
from rulewright.model.values import Truth, Value, all_of

#: Search limits, in partial assignments of facts: for one condition, and for all conditions of a rulebook.
SITUATIONS_OF_A_CONDITION = 5_000
SITUATIONS_OF_A_RULEBOOK = 200_000
_ALTERNATIVES = "correct one of the conditions: `any:` with a list takes alternatives"


def vacuous_conditions(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the tests and rules whose conditions are false, or true, for all values that the vocabulary allows.

    Only conditions proved within the limits are reported. Conditions on computed or concluded fields, references and
    related facts count as undecided. A rule is reported only if none of its tests is.
    """
    budget = Budget(SITUATIONS_OF_A_RULEBOOK)
    for rule in rulebook.rules.values():
        if rule.name in rulebook.unread:
            continue
        terms = Terms(rule.about, rulebook)
        found = [one for part in _conditions(rule) for test in _written(part) for one in _of_test(test, terms, budget)]
        yield from found or _of_rule(rule, terms, budget)


def _conditions(rule: Rule) -> Iterator[Condition]:
    for condition in conditions_of(rule):
        if not isinstance(condition, NotCovered):
            yield condition


def _written(condition: Condition) -> Iterator[Condition]:
    """Yield the tests as the author wrote them: `is_not` is one test, although the model has two parts."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _written(part)
        case Not(part) if part.span == condition.span:
            yield condition
        case Not(part):
            yield from _written(part)
        case _:
            yield condition


def _of_test(test: Condition, terms: Terms, budget: Budget) -> Iterator[Diagnostic]:
    if _is_proved([test], Truth.FALSE, terms, budget):
        yield Diagnostic("W012", "this test can never hold", test.span, "correct the value, or the bounds of the field")
    elif _is_proved([test], Truth.TRUE, terms, budget):
        help_ = "correct the value or the bounds of the field; `known: yes` tests that the field is stated"
        yield Diagnostic("W013", "this test holds for every value of the field", test.span, help_)


def _of_rule(rule: Rule, terms: Terms, budget: Budget) -> Iterator[Diagnostic]:
    applies, name = rule.applies, rule.name
    if applies is not None and _is_proved([applies], Truth.FALSE, terms, budget):
        message = f"`applies` of `{name}` can never hold, so the rule never applies"
        yield Diagnostic("W012", message, rule.span, _ALTERNATIVES)
        return
    action = rule.action
    main = action.condition if isinstance(action, Require) else action.when
    if main is None or isinstance(main, NotCovered) or main == AllOf(()):
        return
    conditions = [main] if applies is None else [applies, main]
    if _is_proved(conditions, Truth.FALSE, terms, budget):
        match action:
            case Require():
                message = f"the requirement of `{name}` can never be met"
            case Conclude() | Advise():
                message = f"`{name}` can never fire: its conditions exclude each other"
        yield Diagnostic("W012", message, rule.span, _ALTERNATIVES)
    elif isinstance(action, Require) and _is_proved(
        [Not(main)] if applies is None else [applies, Not(main)], Truth.FALSE, terms, budget
    ):
        message = f"the requirement of `{name}` is always met: no value violates it"
        yield Diagnostic("W013", message, rule.span, "correct the condition, or remove the rule")


def _is_proved(conditions: Iterable[Condition], wanted: Truth, terms: Terms, budget: Budget) -> bool:
    """Return whether the conjunction has the wanted truth for all values of its fields, proved within the budget."""
    wanted_of = tuple(conditions)
    tests = [test for condition in wanted_of for test in tests_of(condition)]
    if not all(_is_against_constants(test, terms) for test in tests):
        return False
    choices = representatives(wanted_of, terms)
    variables = list(choices)
    part = budget.part(SITUATIONS_OF_A_CONDITION)
    if not variables or len(variables) > MAXIMUM_VARIABLES or not all(choices.values()):
        return False

    def holds(assigned: dict[Term, Value]) -> bool:
        if not part.take():
            return False
        found = all_of(terms.truth(condition, assigned) for condition in wanted_of)
        if found is not Truth.UNKNOWN:
            return found is wanted
        if len(assigned) == len(variables):
            return False
        variable = variables[len(assigned)]
        return all(holds({**assigned, variable: value}) for value in choices[variable])

    return holds({})


def _is_against_constants(test: Test, terms: Terms) -> bool:
    """Return whether the tried values of a test cover all cases.

    They do not for two fields compared with each other, and for texts compared without case.
    """
    match test:
        case Comparison(left, _, right, ignore_case):
            return not ignore_case and isinstance(right, Literal | ParameterOf) and _is_stated(left, terms)
        case Membership(left, _, ignore_case):
            return not ignore_case and _is_stated(left, terms)
        case _:
            return False


def _is_stated(expression: Expression, terms: Terms) -> bool:
    """Return whether a case states the value. Values of a table or a conclusion are fewer, but may change."""
    match expression:
        case FieldOf((name,)):
            return terms.free(name) is not None
        case _:
            return isinstance(expression, AsOf)
