"""Results of all rules about a kind for subjects with equal signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rulewright.compile.program import Program
from rulewright.evaluate.letters import LEFT_OUT, OUTCOMES, TRUTHS, Letters
from rulewright.evaluate.situations import Situations
from rulewright.model.conditions import Test
from rulewright.model.outcomes import OUTCOME_LETTERS, Outcome, Verdict
from rulewright.model.rulebook import Conclude
from rulewright.model.values import Truth, Value, canonical
from rulewright.observe.columns import situation_column

#: The values that rules conclude for a field, each with its rule.
Conclusions: TypeAlias = Sequence[tuple[Value, str]]
#: The situations of a subject, one for each inference about its kind.
Key: TypeAlias = tuple[str, ...]

_CONCLUDED = OUTCOME_LETTERS[Outcome.CONCLUDED]


@dataclass(frozen=True, slots=True)
class RuleResults:
    """The rule results of subjects with equal situations; `concluded` has the conclusions by field."""

    outcomes: Mapping[str, Outcome]
    truths: Mapping[Test, Truth]
    verdict: Verdict
    concluded: Mapping[str, Conclusions]


class KindRules:
    """Combines the inferences about a kind into rule results, once for each combination of situations.

    `columns` are the situation columns, one for each inference about the kind, in the order of a key.
    """

    def __init__(self, program: Program, kind: str, situations: Mapping[str, Situations]) -> None:
        self._rules = program.rulebook.rules_about(kind)
        inferences = [
            (level.number, situations[level.inferences[kind].name])
            for level in program.levels
            if kind in level.inferences
        ]
        self.columns = tuple(situation_column(number) for number, _ in inferences)
        self._rule_places = {rule.name: place for place, rule in enumerate(self._rules)}
        self._test_places: dict[Test, int] = {}
        for _, found in inferences:
            for test in found.inference.truths:
                self._test_places.setdefault(test, len(self._test_places))
        #: The situations of each inference, with the places of its rules and tests in a combined result.
        self._inferred = [
            (
                found,
                [self._rule_places[rule.name] for rule in found.rules],
                [self._test_places[test] for test in found.inference.truths],
            )
            for _, found in inferences
        ]
        self._cached: dict[Key, RuleResults] = {}
        fields = program.rulebook.kinds[kind].fields
        self._concluding: list[tuple[int, list[tuple[str, tuple[Value, str]]]]] = [
            (
                self._rule_places[rule.name],
                [
                    (name, (canonical(value, fields[name].type), rule.name))
                    for name, value in rule.action.values.items()
                ],
            )
            for rule in self._rules
            if isinstance(rule.action, Conclude)
        ]

    def of(self, key: Key) -> RuleResults:
        """Return the rule results for a combination of situations."""
        return self._cached.get(key) or self._combine(key)

    def _combine(self, key: Key) -> RuleResults:
        outcomes = [LEFT_OUT] * len(self._rule_places)
        truths = [LEFT_OUT] * len(self._test_places)
        verdict = Verdict.NOT_APPLICABLE
        for name, (situations, rule_places, test_places) in zip(key, self._inferred, strict=True):
            situation = situations[name]
            for place, letter in zip(rule_places, situation.outcomes, strict=True):
                outcomes[place] = letter
            for place, letter in zip(test_places, situation.truths, strict=True):
                if letter != LEFT_OUT:
                    truths[place] = letter
            verdict = situation.verdict or verdict
        concluded: dict[str, list[tuple[Value, str]]] = {}
        for place, values in self._concluding:
            if outcomes[place] == _CONCLUDED:
                for field, value in values:
                    concluded.setdefault(field, []).append(value)
        found = RuleResults(
            Letters(self._rule_places, "".join(outcomes), OUTCOMES),
            Letters(self._test_places, "".join(truths), TRUTHS),
            verdict,
            concluded,
        )
        self._cached[key] = found
        return found
