"""What explanations look up in a rulebook again and again, found once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.model.conditions import Expression, Membership, NotCovered, Test, expressions_of, tests_of
from rulewright.model.dependencies import conditions_of
from rulewright.model.rulebook import Conclude, Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Index:
    """A rulebook with the tests of each rule, each once, and the rules that conclude each field of a kind."""

    rulebook: Rulebook
    tests: Mapping[str, tuple[Test, ...]]
    concluding: Mapping[tuple[str, str], tuple[Rule, ...]]
    deciding: Mapping[str, tuple[Rule, ...]]

    @classmethod
    def of(cls, rulebook: Rulebook) -> Index:
        """The index of a rulebook."""
        concluding: dict[tuple[str, str], tuple[Rule, ...]] = {}
        deciding: dict[str, tuple[Rule, ...]] = dict.fromkeys(rulebook.kinds, ())
        for rule in rulebook.rules.values():
            if isinstance(rule.action, Conclude):
                for name in rule.action.values:
                    concluding[rule.about, name] = (*concluding.get((rule.about, name), ()), rule)
            if rule.decides:
                deciding[rule.about] = (*deciding[rule.about], rule)
        return cls(rulebook, {rule.name: _tests_in(rule) for rule in rulebook.rules.values()}, concluding, deciding)


def _tests_in(rule: Rule) -> tuple[Test, ...]:
    found = (test for condition in conditions_of(rule) for test in tests_of(condition))
    # what is not covered is told in words of its own
    return tuple(dict.fromkeys(test for test in found if not isinstance(test, NotCovered)))


def values_of(test: Test) -> tuple[Expression, ...]:
    """The single values that a test compares; the list of a membership is not one."""
    return (test.left,) if isinstance(test, Membership) else expressions_of(test)
