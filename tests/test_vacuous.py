"""Conditions that never or always hold: each report agrees with the outcomes of all cases, and none is left out."""

from __future__ import annotations

import json
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluating import evaluate
from rulewright.diagnostics import has_errors
from rulewright.lint.linting import lint
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Rulebook
from rulewright.parse.rulebook import parse_rulebook

YEARS, CLASSES, SECURED = range(0, 7), ("a", "b", "c"), (True, False)
HEAD = """rulebook: loans
edition: 2024-01-01
language: 1
title: Loans
facts:
  loan:
    fields:
      years: {type: whole number, minimum: 0, maximum: 6}
      class: {type: choice, of: [a, b, c]}
      secured: {type: yes/no}
rules:
"""
ORDER = st.sampled_from(["at_least", "at_most", "more_than", "less_than", "is", "is_not"])
TESTS = st.one_of(
    st.builds(lambda word, number: {"years": {word: number}}, ORDER, st.integers(-1, 7)),
    st.builds(
        lambda word, choice: {"class": {word: choice}}, st.sampled_from(["is", "is_not"]), st.sampled_from(CLASSES)
    ),
    st.builds(
        lambda word, choices: {"class": {word: choices}},
        st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from(CLASSES), min_size=1, max_size=3),
    ),
    st.sampled_from([{"secured": "yes"}, {"secured": "no"}]),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)


def rulebook(applies: Any, require: Any) -> Rulebook:
    """A rulebook of one requirement; JSON is YAML, but for yes and no."""
    conditions = json.dumps({"applies": applies, "require": require}).replace('"yes"', "yes").replace('"no"', "no")
    book, diagnostics = parse_rulebook(f"{HEAD}  limit: {{about: loan, {conditions[1:]}\n".encode(), "loans.yaml")
    assert book is not None and not has_errors(diagnostics), diagnostics
    return book


def outcomes(book: Rulebook) -> set[Outcome]:
    """Every outcome that the requirement has for some loan."""
    found = set()
    for years, class_, secured in product(YEARS, CLASSES, SECURED):
        values = {"years": years, "class": class_, "secured": secured}
        loan = Fact("loan", "l", values)
        result = evaluate(book, Case("case", date(2024, 1, 1), {"loan": (loan,)}))
        found.add(result.subjects[0].outcomes["limit"])
    return found


@given(applies=CONDITIONS, require=CONDITIONS)
def test_a_report_is_true_and_none_is_left_out(applies: Any, require: Any) -> None:
    book = rulebook(applies, require)
    told = [one for one in lint(book) if one.code in ("W012", "W013")]
    came = outcomes(book)
    of_rule = [one for one in told if one.span == book.rules["limit"].span]
    for one in of_rule:
        if "never applies" in one.message:
            assert came == {Outcome.NOT_APPLICABLE}
        elif "never be met" in one.message:
            assert Outcome.MET not in came
        else:
            assert "always met" in one.message and Outcome.VIOLATED not in came
    if came <= {Outcome.NOT_APPLICABLE, Outcome.MET} or Outcome.MET not in came:
        assert told


@given(condition=TESTS)
def test_a_single_test(condition: Any) -> None:
    book = rulebook({"secured": "yes"}, condition)
    told = [one.code for one in lint(book) if one.code in ("W012", "W013") and one.span != book.rules["limit"].span]
    came = outcomes(book) - {Outcome.NOT_APPLICABLE}
    if condition.get("secured") is None:
        assert told == {frozenset({Outcome.MET}): ["W013"], frozenset({Outcome.VIOLATED}): ["W012"]}.get(
            frozenset(came), []
        )


@pytest.mark.parametrize(
    "condition",
    [
        "{years: {less_than: {field: term}}, term: {less_than: {field: years}}}",
        "{name: {is: A, ignore_case: yes}, other: {is: b}}",
        "{all_years: {less_than: 0}}",
        "{guarantor.years: {less_than: 0}}",
        "{any: {of: loan, through: guarantor, where: {years: {less_than: 0}}}}",
    ],
)
def test_what_is_not_proved_is_not_reported(condition: str) -> None:
    more = """      term: {type: whole number}
      name: {type: text}
      other: {type: text}
      guarantor: {type: reference, to: loan}
      all_years: {type: whole number, computed: {plus: [years, years]}}
"""
    text = HEAD.replace("rules:\n", f"{more}rules:\n  limit: {{about: loan, require: {condition}}}\n")
    book, diagnostics = parse_rulebook(text.encode(), "loans.yaml")
    assert book is not None and not has_errors(diagnostics), diagnostics
    assert [one for one in lint(book) if one.code in ("W012", "W013")] == []
