"""Results of the situations of one inference, each inferred once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

from rulewright.compile.program import Inference
from rulewright.evaluate.letters import LEFT_OUT, OUTCOMES
from rulewright.infer import Reasoner, values_at
from rulewright.model.conditions import tests_of
from rulewright.model.outcomes import OUTCOME_LETTERS, Outcome, Verdict
from rulewright.model.rulebook import Conclude, Require, Rulebook
from rulewright.model.values import Known
from rulewright.observe.columns import (
    VERDICT_COLUMN,
    concluded_column,
    concluded_conflict_column,
    outcome_column,
    situation_column,
)

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_CONCLUDED, _NOT_APPLICABLE = OUTCOME_LETTERS[Outcome.CONCLUDED], OUTCOME_LETTERS[Outcome.NOT_APPLICABLE]


class Situation(NamedTuple):
    """The result of a situation: letters of the outcomes and truths, and the verdict if it is decided here.

    A test does not matter, and its letter is `-`, if none of its rules applies and it is not part of `applies`.
    """

    outcomes: str
    truths: str
    verdict: Verdict | None


#: A function that reads a column value from a situation, for later levels.
_Output: TypeAlias = Callable[[str, Situation], Any]


class Situations:
    """The cached situations of one inference; `length` is their total length."""

    def __init__(self, rulebook: Rulebook, inference: Inference) -> None:
        self.inference = inference
        self.rules = [rulebook.rules[name] for name in inference.outcomes]
        self.length = 0
        self._lock = Lock()
        self._cached: dict[str, Situation] = {}
        self._numbers = {name: number for number, name in enumerate(rulebook.rules)}
        self._outputs: dict[tuple[int, tuple[str, ...]], list[_Output]] = {}
        # the tests that matter only if one of certain rules applies
        self._where_applies = [(place, frozenset(rules)) for place, rules in self._guarded()]

    def _guarded(self) -> Iterator[tuple[int, list[int]]]:
        """Yield the place of each test that may not matter, with the places of its rules."""
        places = {test: place for place, test in enumerate(self.inference.truths)}
        found: dict[int, list[int]] = {}
        always: set[int] = set()
        for number, rule in enumerate(self.rules):
            own = rule.action.condition if isinstance(rule.action, Require) else rule.action.when
            for test in tests_of(own):
                found.setdefault(places[test], []).append(number)
            always.update(places[test] for test in tests_of(rule.applies if rule.applies is not None else own))
        return ((place, rules) for place, rules in found.items() if place not in always)

    def __len__(self) -> int:
        return len(self._cached)

    def __getitem__(self, key: str) -> Situation:
        found = self._cached.get(key)
        if found is None:
            with self._lock:  # the session of durable-rules is not thread-safe
                found = self._cached[key] = self._infer(key)
                self.length += len(key)
        return found

    def forget(self) -> None:
        """Empty the cache to free memory."""
        self._cached.clear()
        self.length = 0

    @cached_property
    def _reasoner(self) -> Reasoner:
        return Reasoner(self.inference)

    @cached_property
    def _taken(self) -> tuple[Callable[[list[str]], tuple[str, ...]], ...]:
        """Return the functions that select the outcomes and the truths from inferred values."""
        places = self._reasoner.places
        wanted = (self.inference.outcomes.values(), self.inference.truths.values())
        return tuple(values_at([places[name] for name in names]) for names in wanted)

    def _infer(self, key: str) -> Situation:
        values = self._reasoner.infer(key)
        take_outcomes, take_truths = self._taken
        outcomes, truths = "".join(take_outcomes(values)), "".join(take_truths(values))
        if self._where_applies and _NOT_APPLICABLE in outcomes:
            not_applicable = {number for number, letter in enumerate(outcomes) if letter == _NOT_APPLICABLE}
            letters = list(truths)
            for place, rules in self._where_applies:
                if rules <= not_applicable:
                    letters[place] = LEFT_OUT
            truths = "".join(letters)
        name = self.inference.verdict
        return Situation(outcomes, truths, None if name is None else _VERDICTS[values[self._reasoner.places[name]]])

    def outputs(self, key: str, level: int, columns: Iterable[str]) -> list[Any]:
        """Return the column values of a situation for later levels, in the order of `columns`."""
        wanted = (level, tuple(columns))
        if wanted not in self._outputs:
            self._outputs[wanted] = [self._output(level, column) for column in wanted[1]]
        situation = self[key]
        return [output(key, situation) for output in self._outputs[wanted]]

    def _output(self, level: int, column: str) -> _Output:
        if column == situation_column(level):
            return lambda key, _: key
        if column == VERDICT_COLUMN:
            return lambda _, situation: None if situation.verdict is None else situation.verdict.value
        for place, rule in enumerate(self.rules):
            if column == outcome_column(self._numbers[rule.name]):
                return _outcome_at(place)
            for name in rule.action.values if isinstance(rule.action, Conclude) else ():
                if column == concluded_column(name, level):
                    return self._concluded(name, lambda values: values[0] if values else None)
                if column == concluded_conflict_column(name, level):
                    return self._concluded(name, lambda values: any(value != values[0] for value in values))
        raise KeyError(column)

    def _concluded(self, field: str, select: Callable[[list[Known]], Any]) -> _Output:
        """Return a function that applies `select` to the values that rules conclude for a field."""
        values = [
            (place, rule.action.values[field])
            for place, rule in enumerate(self.rules)
            if isinstance(rule.action, Conclude) and field in rule.action.values
        ]
        return lambda _, situation: select(
            [value for place, value in values if situation.outcomes[place] == _CONCLUDED]
        )


def _outcome_at(place: int) -> _Output:
    return lambda _, situation: OUTCOMES[situation.outcomes[place]].value
