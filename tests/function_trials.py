"""A function in each part of the product, compared with its plain Python function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
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
from rulewright.explain.wording import Wording
from rulewright.fix.fixes import find_fixes
from rulewright.fix.variables import FactKey, changed
from rulewright.language.phrases import FUNCTION_PHRASES
from rulewright.lint.linting import lint
from rulewright.model.entries import Function
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.parse.rulebook import parse_rulebook
from rulewright.schemas import language_schema


@dataclass(frozen=True)
class Calculation:
    """A rulebook in which the field `c` is the function of `a` and `b`, of things and of items that look up `b`."""

    entry: Function

    @property
    def type(self) -> FieldType:
        return type_of(self.entry.operands.types)

    @property
    def result(self) -> FieldType:
        return self.entry.result or self.type

    @property
    def pairs(self) -> list[tuple[Known, Known]]:
        return list(product(SAMPLES[self.type], repeat=2))

    @property
    def limit(self) -> Any:
        """A result that some pairs reach and others do not."""
        results: list[Any] = sorted({self.entry.calculate(pair) for pair in self.pairs})  # type: ignore[type-var]
        return results[len(results) // 2]

    @property
    def text(self) -> str:
        word = "on_or_after" if self.result is FieldType.DATE else "at_least"
        unit = f", unit: {self.entry.unit}" if self.entry.unit is not None else ""
        computed = f"c: {{type: {self.result.value}{unit}, computed: {{{self.entry.key}: [a, b]}}}}"
        field = f"{{type: {self.type.value}, changes: {{}}}}"
        test = f"{{c: {{{word}: {as_yaml(self.limit)}}}}}"
        return f"""\
rulebook: trial
edition: 2024-01-01
language: 1
title: Trial
documents: {{page: {{title: Page}}}}
facts:
  thing: {{fields: {{a: {field}, b: {field}, {computed}, note: {{type: text}}}}}}
  item: {{fields: {{key: {{type: text}}, a: {field}, {computed}}}}}
tables:
  cells:
    about: item
    by: key
    columns: {{b: {{type: {self.type.value}}}}}
    rows: {{full: {{b: {as_yaml(SAMPLES[self.type][0])}}}, empty: {{}}}}
rules:
  thing-passes: {{about: thing, require: {test}, source: {{document: page}}}}
  item-passes: {{about: item, require: {test}, source: {{document: page}}}}
"""

    def verdict(self, one: Known, two: Known) -> Verdict:
        result: Any = self.entry.calculate((one, two))
        return Verdict.READY if result >= self.limit else Verdict.NOT_READY

    @property
    def expected(self) -> list[tuple[Case, Verdict]]:
        first = SAMPLES[self.type][0]
        stated = [(thing(a=one, b=two), self.verdict(one, two)) for one, two in self.pairs]
        return [
            *stated,
            (thing(a=first), Verdict.NEEDS_INFORMATION),
            (thing(b=first), Verdict.NEEDS_INFORMATION),
            (fact("item", a=first, key="full"), self.verdict(first, first)),
            (fact("item", a=first, key="empty"), Verdict.NOT_READY),
            (fact("item", key="empty"), Verdict.NOT_READY),
            (fact("item", a=first, key="other"), Verdict.NEEDS_INFORMATION),
        ]


def _function_engine(evaluate_all: Callable[[Rulebook, list[Case]], list[Any]]) -> Callable[[Calculation], None]:
    def consume(trial: Calculation) -> None:
        cases, verdicts = zip(*trial.expected, strict=True)
        results = evaluate_all(parsed(trial.text), list(cases))
        assert [result.verdict for result in results] == list(verdicts)
        for (one, two), result in zip(trial.pairs, results, strict=False):
            assert result.subjects[0].values["c"] == trial.entry.calculate((one, two))

    return consume


def _function_schema(trial: Calculation) -> None:
    validator = Draft202012Validator(language_schema())
    document = YAML(typ="safe", pure=True).load(trial.text.replace("2024-01-01", '"2024-01-01"'))
    document = json.loads(json.dumps(document, default=str))
    assert not [error.message for error in validator.iter_errors(document)]
    document["facts"]["thing"]["fields"]["c"]["computed"][trial.entry.key] = ["a"]
    assert not validator.is_valid(document)


def _function_parse(trial: Calculation) -> None:
    parsed(trial.text)
    wrong = trial.text.replace("[a, b]", "[a, x]").replace("key: {type: text}", "key: {type: text}, x: {type: text}")
    wrong = wrong.replace(f"{trial.entry.key}: [a, x]", f"{trial.entry.key}: [a, key]")
    assert [one for one in parse_rulebook(wrong.encode(), "trial.yaml")[1] if one.code in ("R020", "R012")]


def _function_lint(trial: Calculation) -> None:
    assert not [one for one in lint(parsed(trial.text)) if one.code[0] == "R"]
    units = trial.text.replace(
        f"a: {{type: {trial.type.value},", f"a: {{type: {trial.type.value}, unit: kilogram,"
    ).replace(f"b: {{type: {trial.type.value},", f"b: {{type: {trial.type.value}, unit: mile,")
    if trial.type is FieldType.WHOLE_NUMBER:
        codes = [one.code for one in lint(parsed(units))]
        assert ("R048" in codes) is (trial.entry.unit is None), codes


def _function_explain(trial: Calculation) -> None:
    rulebook = parsed(trial.text)
    computed = rulebook.kinds["thing"].fields["c"].computed
    assert computed is not None
    for language in Language:
        phrases = FUNCTION_PHRASES[language][trial.entry.key]
        words = Wording(rulebook, "thing", language).expression(computed)
        assert words == f"{phrases.before}a{phrases.between}b{phrases.behind}"


def _function_fix(trial: Calculation) -> None:
    judge = Judge(compile_rulebook(parsed(trial.text)), PLAIN)
    one, two = next(pair for pair in trial.pairs if trial.verdict(*pair) is Verdict.NOT_READY)
    case = thing(a=one, b=two)
    fixes = find_fixes(judge, case, judge.result(case))
    changes = next(answer.changes for part in fixes.parts for answer in part.answers)
    values = {FactKey("thing", "f", change.field): change.after for change in changes}
    assert judge.result(changed(case, values)).verdict is Verdict.READY  # type: ignore[arg-type]


def _function_ask(trial: Calculation) -> None:
    rulebook = parsed(trial.text)
    for name, other in (("a", "b"), ("b", "a")):
        case = thing(**{other: SAMPLES[trial.type][0]})
        answers = TriedAnswers(rulebook).of(Place("thing", "f", name), case)
        stated = [answer.value for answer in answers if isinstance(answer, Stated)]
        results = {
            evaluate(rulebook, thing(**{other: SAMPLES[trial.type][0], name: value})).verdict for value in stated
        }
        assert Verdict.READY in results, (name, stated)


FUNCTION_CONSUMERS: Mapping[str, Callable[[Calculation], None]] = {
    "parse": _function_parse,
    "schema": _function_schema,
    "durable": _function_engine(lambda rulebook, cases: engine_of(rulebook).evaluate(cases)),
    "plain": _function_engine(lambda rulebook, cases: [evaluate(rulebook, case) for case in cases]),
    "duckdb": lambda trial: _is_equal(
        verdicts_in_columns(trial.text, [case for case, _ in trial.expected]),
        [verdict.value for _, verdict in trial.expected],
    ),
    "spark": lambda trial: is_planned_for_spark(parsed(trial.text)),
    "lint": _function_lint,
    "explain": _function_explain,
    "fix": _function_fix,
    "ask": _function_ask,
}


def _is_equal(found: object, expected: object) -> None:
    assert found == expected
