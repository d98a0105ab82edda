"""What the situations of one inference come to, each inferred once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rulewright.compile.program import Inference
from rulewright.evaluate.letters import LEFT_OUT, OUTCOMES
from rulewright.infer import Reasoner
from rulewright.model.conditions import tests_of
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import Conclude, Require, Rulebook
from rulewright.model.values import Truth
from rulewright.observe.columns import (
    VERDICT_COLUMN,
    concluded_column,
    concluded_conflict_column,
    outcome_column,
    situation_column,
)

_LETTERS = {outcome.value: letter for letter, outcome in OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a situation comes to: a letter for each rule and each test of the inference, the verdict if it is decided.

    A test that does not matter is left out: every rule with it, but for where it applies, does not apply.
    """

    outcomes: str
    truths: str
    verdict: Verdict | None


class Situations:
    """The situations of one inference: `told` are those that the database has been told of, `letters` their length."""

    def __init__(self, rulebook: Rulebook, inference: Inference) -> None:
        self.inference = inference
        self.rules = [rulebook.rules[name] for name in inference.outcomes]
        self.told: set[str] = set()
        self.letters = 0
        self._known: dict[str, Situation] = {}
        self._reasoner: Reasoner | None = None
        self._numbers = {name: number for number, name in enumerate(rulebook.rules)}
        places = {test: place for place, test in enumerate(inference.truths)}
        self._always: set[int] = set()
        self._where_applies: list[list[int]] = []
        for rule in self.rules:
            own = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
            self._always.update(places[test] for test in tests_of(rule.applies))
            self._where_applies.append([places[test] for test in tests_of(own)])

    def __len__(self) -> int:
        return len(self._known)

    def __getitem__(self, key: str) -> Situation:
        if key not in self._known:
            if self._reasoner is None:
                self._reasoner = Reasoner(self.inference)
            self._known[key] = self._infer(key, self._reasoner)
            self.letters += len(key)
        return self._known[key]

    def forget(self) -> None:
        """Forget what was inferred, which takes memory."""
        self._known.clear()
        self.told.clear()
        self.letters = 0

    def _infer(self, key: str, reasoner: Reasoner) -> Situation:
        values = reasoner.infer(key).values
        outcomes = [_LETTERS[values.get(name, Outcome.UNKNOWN.value)] for name in self.inference.outcomes.values()]
        matter = set(self._always)
        for letter, places in zip(outcomes, self._where_applies, strict=True):
            if letter != _LETTERS[Outcome.NOT_APPLICABLE.value]:
                matter.update(places)
        truths = (
            values.get(name, Truth.UNKNOWN.value) if place in matter else LEFT_OUT
            for place, name in enumerate(self.inference.truths.values())
        )
        verdict = None if self.inference.verdict is None else Verdict(values[self.inference.verdict])
        return Situation("".join(outcomes), "".join(truths), verdict)

    def outputs(self, key: str, level: int, columns: Iterable[str]) -> list[Any]:
        """What later levels read of a situation, in the order of these columns, the situation itself among them."""
        situation = self[key]
        found: dict[str, Any] = {situation_column(level): key}
        if situation.verdict is not None:
            found[VERDICT_COLUMN] = situation.verdict.value
        for rule, letter in zip(self.rules, situation.outcomes, strict=True):
            outcome = OUTCOMES[letter]
            found[outcome_column(self._numbers[rule.name])] = outcome.value
            if isinstance(rule.action, Conclude):
                for name, value in rule.action.values.items():
                    column, conflict = concluded_column(name, level), concluded_conflict_column(name, level)
                    before = found.setdefault(column, None)
                    found.setdefault(conflict, False)
                    if outcome is Outcome.CONCLUDED:
                        found[column] = value if before is None else before
                        found[conflict] = found[conflict] or (before is not None and before != value)
        return [found[column] for column in columns]
