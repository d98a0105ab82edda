"""Conditions that never or always hold: each report agrees with the outcomes of all cases, and none is left out."""

from __future__ import annotations

import json
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

import rulewright as rw
from commands import write
from rulewright import Outcome

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


def rulebook(applies: Any, require: Any) -> str:
    """A rulebook of one requirement; JSON is YAML, but for yes and no."""
    conditions = json.dumps({"applies": applies, "require": require}).replace('"yes"', "yes").replace('"no"', "no")
    return f"{HEAD}  limit: {{about: loan, {conditions[1:]}\n"


def linted(text: str) -> list[rw.Diagnostic]:
    """The reports of conditions that never or always hold."""
    with tempfile.TemporaryDirectory() as folder:
        found = rw.lint(write(Path(folder) / "loans.yaml", text))
    assert [str(one) for one in found if one.severity is rw.Severity.ERROR] == []
    return [one for one in found if one.code in ("W012", "W013")]


def is_of_rule(diagnostic: rw.Diagnostic, text: str) -> bool:
    """Whether a report is about the whole rule, and not about a part of it."""
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("  limit:"))
    return diagnostic.span is not None and (diagnostic.span.line, diagnostic.span.column) == (line, 3)


def outcomes(text: str) -> set[Outcome]:
    """Every outcome that the requirement has for some loan."""
    with tempfile.TemporaryDirectory() as folder:
        book = rw.load(write(Path(folder) / "loans.yaml", text), engine="reference")
    loans = [
        {"ref": f"{years}-{class_}-{secured}", "years": years, "class": class_, "secured": secured}
        for years, class_, secured in product(YEARS, CLASSES, SECURED)
    ]
    return {subject.outcomes["limit"] for subject in book.check({"loan": loans}).subjects.values()}


@given(applies=CONDITIONS, require=CONDITIONS)
def test_a_report_is_true_and_none_is_left_out(applies: Any, require: Any) -> None:
    book = rulebook(applies, require)
    told = linted(book)
    came = outcomes(book)
    of_rule = [one for one in told if is_of_rule(one, book)]
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
    told = [one.code for one in linted(book) if not is_of_rule(one, book)]
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
    assert linted(text) == []
