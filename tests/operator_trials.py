"""An operator in each part of the product, compared with its plain Python function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from evaluating import engine_of, evaluate
from language_trials import (
    SAMPLES,
    as_yaml,
    fact,
    is_planned_for_spark,
    parsed,
    thing,
    type_of,
    verdicts_in_columns,
)
from rulewright import Verdict
from rulewright.ask.interview import Place, Stated
from rulewright.ask.tried_answers import TriedAnswers
from rulewright.compile.compiler import compile_rulebook
from rulewright.engines import PLAIN, Judge
from rulewright.explain.explain import Explainer
from rulewright.explain.wording import Wording
from rulewright.fix.fixes import find_fixes
from rulewright.fix.variables import FactKey, changed
from rulewright.language.phrases import OPERATOR_PHRASES
from rulewright.lint.linting import lint
from rulewright.model.conditions import Not
from rulewright.model.entries import Comparator, Inclusion, Keyword, Operator, Presence
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.rulebook import Require, Rulebook
from rulewright.model.values import Absent, FieldType, Known, Truth, Value
from rulewright.parse.rulebook import parse_rulebook
from rulewright.schemas import language_schema


@dataclass(frozen=True)
class Trial:
    """A rulebook in which one keyword tests the field `x`, of things that state it and of items that look it up."""

    entry: Operator
    keyword: Keyword

    @property
    def type(self) -> FieldType:
        return type_of(None if self.keyword.types is None else self.keyword.types.types)

    @property
    def samples(self) -> tuple[Known, ...]:
        return SAMPLES[self.type]

    @property
    def operand(self) -> Any:
        """The operand: a yes, the first two samples, or the first."""
        if isinstance(self.entry, Presence):
            return True
        return list(self.samples[:2]) if isinstance(self.entry, Inclusion) else self.samples[0]

    @property
    def text(self) -> str:
        test = f"{{x: {{{self.keyword.word}: {as_yaml(self.operand)}}}}}"
        field = f"type: {self.type.value}"
        return f"""\
rulebook: trial
edition: 2024-01-01
language: 1
title: Trial
documents: {{page: {{title: Page}}}}
facts:
  thing: {{fields: {{x: {{{field}, ask: What is x?, changes: {{}}}}, note: {{type: text}}}}}}
  item: {{fields: {{key: {{type: text}}}}}}
tables:
  cells:
    about: item
    by: key
    columns: {{x: {{{field}}}}}
    rows: {{full: {{x: {as_yaml(self.samples[0])}}}, empty: {{}}}}
rules:
  thing-passes: {{about: thing, require: {test}, source: {{document: page}}}}
  item-passes: {{about: item, require: {test}, source: {{document: page}}}}
"""

    @property
    def rulebook(self) -> Rulebook:
        return parsed(self.text)

    def truth(self, value: Value) -> bool | None:
        """Return the truth that the plain Python function of the entry gives."""
        if isinstance(self.entry, Presence):
            truth = self.entry.truth(value)
        elif value is Absent.NONE:
            truth = False
        elif isinstance(value, Absent):
            truth = None
        elif isinstance(self.entry, Inclusion):
            truth = self.entry.includes(value, self.operand)
        else:
            assert isinstance(self.entry, Comparator)
            truth = self.entry.compares(value, self.operand)
        return truth if truth is None or not self.keyword.negated else not truth

    def verdict(self, value: Value) -> Verdict:
        return {True: Verdict.READY, False: Verdict.NOT_READY, None: Verdict.NEEDS_INFORMATION}[self.truth(value)]

    @property
    def expected(self) -> list[tuple[Case, Verdict]]:
        """Cases of one fact, with the verdict of each."""
        stated: list[Value] = [*self.samples, Absent.UNKNOWN]
        things = [
            (thing(**({} if isinstance(value, Absent) else {"x": value})), self.verdict(value)) for value in stated
        ]
        items = [("full", self.samples[0]), ("empty", Absent.NONE), ("other", Absent.UNKNOWN)]
        return things + [(fact("item", key=key), self.verdict(value)) for key, value in items]

    @property
    def failing(self) -> Known:
        """A sample that does not pass."""
        return next(value for value in self.samples if self.truth(value) is False)


def _parse(trial: Trial) -> None:
    rulebook = trial.rulebook
    wrong = trial.text.replace(f"{trial.keyword.word}: ", f"{trial.keyword.word}x: ")
    assert parse_rulebook(wrong.encode(), "trial.yaml")[1], "an unknown keyword is an error"
    action = rulebook.rules["thing-passes"].action
    assert isinstance(action, Require)
    assert isinstance(action.condition, Not) is trial.keyword.negated


def _schema(trial: Trial) -> None:
    validator = Draft202012Validator(language_schema())
    document = YAML(typ="safe", pure=True).load(trial.text.replace("2024-01-01", '"2024-01-01"'))
    document = json.loads(json.dumps(document, default=str))
    assert not [error.message for error in validator.iter_errors(document)]
    document["rules"]["thing-passes"]["require"]["x"][trial.keyword.word] = None
    assert not validator.is_valid(document)


def _engine(evaluate_all: Callable[[Rulebook, list[Case]], list[Any]]) -> Callable[[Trial], None]:
    def consume(trial: Trial) -> None:
        cases, verdicts = zip(*trial.expected, strict=True)
        assert [result.verdict for result in evaluate_all(trial.rulebook, list(cases))] == list(verdicts)

    return consume


def _duckdb(trial: Trial) -> None:
    assert verdicts_in_columns(trial.text, [case for case, _ in trial.expected]) == [
        verdict.value for _, verdict in trial.expected
    ]


def _spark(trial: Trial) -> None:
    is_planned_for_spark(trial.rulebook)


def _lint(trial: Trial) -> None:
    assert not [one for one in lint(trial.rulebook) if one.code[0] == "R"]
    if isinstance(trial.entry, Presence):
        return
    test = f"{{x: {{{trial.keyword.word}: {as_yaml(trial.operand)}}}}}"
    never = f"{{all: [{test}, {{not: {test}}}]}}"
    always = f"{{any: [{test}, {{not: {test}}}]}}"
    for condition, message in ((never, "can never be met"), (always, "is always met")):
        found = lint(
            parsed(trial.text.replace(f"about: thing, require: {test}", f"about: thing, require: {condition}"))
        )
        assert [one.message for one in found if one.code in ("W012", "W013") and message in one.message], found


def _explain(trial: Trial) -> None:
    rulebook, case = trial.rulebook, thing(x=trial.failing) if _can_fail(trial) else thing()
    action = rulebook.rules["thing-passes"].action
    assert isinstance(action, Require)
    for language in Language:
        phrases = OPERATOR_PHRASES[language][trial.entry.key].of(trial.type is FieldType.DATE)
        words = Wording(rulebook, "thing", language).condition(action.condition)
        pattern = phrases.holds_not if trial.keyword.negated else phrases.holds
        before, _, behind = pattern.partition("{left}")
        assert words.startswith(before) and behind.split("{right}")[0] in words, words
        explainer = Explainer(rulebook, "digest", "plain", language)
        result = evaluate(rulebook, case)
        chain = explainer.with_chain(explainer.explain(case, result), case, result).chain
        assert chain is not None
        (seen,) = [one.condition for one in chain.outcomes if one.rule == "thing-passes"]
        assert seen is not None
        tested = seen.parts[0] if isinstance(seen.node, Not) else seen
        if seen.truth is Truth.FALSE:
            assert tested.needed is not None and tested.needed.words, seen


def _can_fail(trial: Trial) -> bool:
    return any(trial.truth(value) is False for value in trial.samples)


def _fix(trial: Trial) -> None:
    if not _can_fail(trial):  # a stated value always passes, so nothing is to be changed
        return
    judge = Judge(compile_rulebook(trial.rulebook), PLAIN)
    case = thing(x=trial.failing)
    fixes = find_fixes(judge, case, judge.result(case))
    (change,) = next(answer.changes for part in fixes.parts for answer in part.answers)
    after = "another text" if change.after is None else change.after
    assert judge.result(changed(case, {FactKey("thing", "f", "x"): after})).verdict is Verdict.READY


def _ask(trial: Trial) -> None:
    answers = TriedAnswers(trial.rulebook).of(Place("thing", "f", "x"), thing())
    truths = {trial.truth(answer.value) for answer in answers if isinstance(answer, Stated)}
    assert truths == ({True, False} if _can_fail(trial) else {True}), answers


OPERATOR_CONSUMERS: Mapping[str, Callable[[Trial], None]] = {
    "parse": _parse,
    "schema": _schema,
    "durable": _engine(lambda rulebook, cases: engine_of(rulebook).evaluate(cases)),
    "plain": _engine(lambda rulebook, cases: [evaluate(rulebook, case) for case in cases]),
    "duckdb": _duckdb,
    "spark": _spark,
    "lint": _lint,
    "explain": _explain,
    "fix": _fix,
    "ask": _ask,
}
