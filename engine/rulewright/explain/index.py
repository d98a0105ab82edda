"""An index of a rulebook for the lookups that explanations repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rulewright.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Expression,
    Membership,
    Not,
    NotCovered,
    Test,
    expressions_of,
)
from rulewright.model.dependencies import conditions_of
from rulewright.model.rulebook import Conclude, Rule, Rulebook
from rulewright.semantics.exact import ExactInterpreter


@dataclass(frozen=True, slots=True)
class TestLiteral:
    """A test of a rule with its sign.

    `position` is its index among the tests of the rule. `negated` is true under an odd number of `not`s.
    """

    position: int
    test: Test
    negated: bool


@dataclass(frozen=True, slots=True)
class Index:
    """A rulebook with the tests of each rule, without duplicates, and the rules that conclude each field of a kind.

    `literals` has the same tests with their signs. A test that a rule uses with both signs is listed twice. `deciding`
    has the rules about each kind that decide its verdict.
    """

    rulebook: Rulebook
    tests: Mapping[str, tuple[Test, ...]]
    literals: Mapping[str, tuple[TestLiteral, ...]]
    concluding: Mapping[tuple[str, str], tuple[Rule, ...]]
    deciding: Mapping[str, tuple[Rule, ...]]
    interpreter: ExactInterpreter = field(compare=False, repr=False)

    @classmethod
    def of(cls, rulebook: Rulebook) -> Index:
        """Return the index of a rulebook."""
        concluding: dict[tuple[str, str], tuple[Rule, ...]] = {}
        deciding: dict[str, tuple[Rule, ...]] = dict.fromkeys(rulebook.kinds, ())
        for rule in rulebook.rules.values():
            if isinstance(rule.action, Conclude):
                for name in rule.action.values:
                    concluding[rule.about, name] = (*concluding.get((rule.about, name), ()), rule)
            if rule.decides:
                deciding[rule.about] = (*deciding[rule.about], rule)
        signed = {rule.name: _signed_tests_in(rule) for rule in rulebook.rules.values()}
        tests = {name: tuple(dict.fromkeys(test for test, _ in found)) for name, found in signed.items()}
        positions = {name: {test: place for place, test in enumerate(found)} for name, found in tests.items()}
        literals = {
            name: tuple(TestLiteral(positions[name][test], test, negated) for test, negated in found)
            for name, found in signed.items()
        }
        return cls(rulebook, tests, literals, concluding, deciding, ExactInterpreter(rulebook))


def _signed_tests_in(rule: Rule) -> tuple[tuple[Test, bool], ...]:
    """Return the tests of a rule in source order, each with its sign; `NotCovered` is left out, as gaps report it."""
    found = (signed for condition in conditions_of(rule) for signed in _signed(condition, negated=False))
    return tuple(dict.fromkeys(signed for signed in found if not isinstance(signed[0], NotCovered)))


def _signed(condition: Condition, *, negated: bool) -> Iterator[tuple[Test, bool]]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _signed(part, negated=negated)
        case Not(part):
            yield from _signed(part, negated=not negated)
        case _:
            yield condition, negated


def values_of(test: Test) -> tuple[Expression, ...]:
    """Return the single values that a test compares; the list of a membership is not among them."""
    return (test.left,) if isinstance(test, Membership) else expressions_of(test)
