"""Conflicts with their witnesses, cycles, and what the checks stay silent about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from evaluating import evaluate
from rulewright import Diagnostic
from rulewright.diagnostics import has_errors
from rulewright.lint.conflicts import conflicting_conclusions
from rulewright.lint.cycles import cycles
from rulewright.lint.linting import lint
from rulewright.lint.terms import Terms
from rulewright.lint.witnesses import Budget, Witness, find_witness
from rulewright.model.dependencies import conditions_of
from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.parse.rulebook import parse_rulebook

HEAD = """rulebook: loans
edition: 2024-01-01
language: 1
title: Loans
facts:
  loan:
    fields:
      purpose: {type: text}
      class: {type: choice, of: [a, b, B, d]}
      secured: {type: yes/no}
      years: {type: whole number, minimum: 0, maximum: 6}
      extended: {type: whole number}
      rate: {type: decimal, minimum: 1.5}
      start: {type: date}
      end: {type: date}
      before: {type: reference, to: loan}
      all_years: {type: whole number, computed: {plus: [years, extended]}}
      stage: {type: choice, of: [one, two]}
      fee: {type: whole number}
parameters:
  usual: {type: whole number, value: 3}
  most: {type: whole number, values: [{value: 2}, {since: 2024-06-01, value: 5}]}
  purposes: {type: text, value: [house, car]}
  later_purposes: {type: text, values: [{since: 2024-06-01, value: [boat]}]}
tables:
  classes:
    about: loan
    by: class
    columns: {least: {type: whole number}, insured: {type: yes/no}}
    rows:
      a: {least: 2, insured: yes}
      b: {least: [{value: 1}, {since: 2024-03-01, value: 9}]}
      d: {insured: no}
rules:
"""


def loans(*conditions: str, more: str = "") -> Rulebook:
    """A rulebook with a rule for each condition, the first of which concludes the fee 1, the second 2, and so on."""
    rules = "".join(
        f"  rule-{number}:\n    about: loan\n{f'    when: {condition}' if condition else ''}\n"
        f"    conclude: {{fee: {number}}}\n"
        for number, condition in enumerate(conditions, 1)
    )
    rulebook, diagnostics = parse_rulebook((HEAD + rules + more).encode(), "loans.yaml")
    assert not has_errors(diagnostics), "\n".join(map(str, diagnostics))
    assert rulebook is not None
    return rulebook


def witness(rulebook: Rulebook) -> Witness | None:
    conditions = (*conditions_of(rulebook.rules["rule-1"]), *conditions_of(rulebook.rules["rule-2"]))
    return find_witness(conditions, Terms("loan", rulebook), Budget(20_000))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("{purpose: car}", "{class: a}", {"purpose": "`car`", "class": "`a`"}),
        ("{purpose: car}", "{purpose: house}", None),
        ("{purpose: {in: {parameter: purposes}}}", "{purpose: {is: CAR, ignore_case: yes}}", {"purpose": "`car`"}),
        ("{purpose: {not_in: [car]}}", "{purpose: {is_not: house}}", {"purpose": "something else"}),
        ("{purpose: {known: no}}", "{class: {known: yes}}", {"purpose": "unknown", "class": "`a`"}),
        ("{years: {at_least: 3}}", "{years: {less_than: 3}}", None),
        ("{years: {at_least: 3}}", "{years: {at_most: 3}}", {"years": "`3`"}),
        ("{years: {more_than: 3}}", "{years: {less_than: 5}}", {"years": "`4`"}),
        ("{years: {more_than: 3}}", "{years: {less_than: 4}}", None),
        ("{rate: {more_than: 3}}", "{rate: {less_than: 4}}", {"rate": "`3.5`"}),
        ("{years: {more_than: 6}}", "", None),
        ("{rate: {less_than: 1.5}}", "", None),
        ("{insured: yes}", "{least: {at_least: 2}}", {"class": "`a`"}),
        ("{insured: no}", "{least: {given: yes}}", None),
        ("{insured: {given: no}}", "{least: 9}", {"class": "`b`", "as_of": "`2024-03-01`"}),
        ("{years: {more_than: {parameter: most}}}", "{years: 3}", {"years": "`3`", "as_of": "`2024-05-31`"}),
        ("{purpose: {in: {parameter: later_purposes}}}", "{as_of: {before: 2024-06-01}}", None),
        ("{start: {after: 2024-01-01}}", "{start: {before: 2024-01-03}}", {"start": "`2024-01-02`"}),
        ("{start: {before: {field: end}}}", "{end: {before: {field: start}}}", None),
        ("{any: [{secured: yes}, {years: 2}]}", "{secured: no}", {"secured": "no", "years": "`2`"}),
        ("{before: {known: yes}}", "", {"before": "anything"}),
        ("", "", {}),
    ],
)
def test_the_witness_of_two_rules(one: str, other: str, expected: Witness | None) -> None:
    found = witness(loans(one, other))
    if expected is not None and "secured" in expected:
        expected = {**expected, "secured": "`no`"}
    assert found == expected
    reverse = witness(loans(other, one))
    assert (reverse is None) == (expected is None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{all_years: {at_least: 3}}", "{all_years: {at_most: 5}}"),
        ("{stage: one}", "{years: 3}"),
        ("{before.years: 3}", "{years: 3}"),
        ("{count: {of: loan, through: before, at_least: 1}}", "{years: 3}"),
        ("{before.verdict: ready}", "{years: 3}"),
    ],
)
def test_what_cannot_be_decided_is_not_told(one: str, other: str) -> None:
    concluding = "  staged:\n    about: loan\n    when: {secured: yes}\n    conclude: {stage: one}\n"
    assert list(conflicting_conclusions(loans(one, other, more=concluding))) == []


def test_what_cannot_be_decided_may_not_matter() -> None:
    found = witness(loans("{any: [{all_years: 3}, {secured: yes}]}", "{years: {at_least: 2}}"))
    assert found == {"secured": "`yes`", "years": "`2`"}


def test_every_pair_is_told_once() -> None:
    told = list(conflicting_conclusions(loans("{years: 1}", "{secured: yes}", "{class: a}")))
    assert [(diagnostic.code, len(diagnostic.related)) for diagnostic in told] == [("R031", 1)] * 3
    assert "`fee` is concluded as `1` by `rule-1` and as `2` by `rule-2`" in told[0].message


def test_a_search_ends() -> None:
    fields = "".join(f"      f{number}: {{type: whole number}}\n" for number in range(40))
    head = HEAD.replace("      fee:", fields + "      fee:")
    either = "{any: [" + ", ".join(f"{{f{number}: {{at_least: 5}}}}" for number in range(40)) + "]}"
    neither = "{all: [" + ", ".join(f"{{f{number}: {{less_than: 5}}}}" for number in range(40)) + "]}"
    rules = "".join(
        f"  rule-{number}:\n    about: loan\n    when: {condition}\n    conclude: {{fee: {number}}}\n"
        for number, condition in enumerate((either, neither, either, neither), 1)
    )
    rulebook, diagnostics = parse_rulebook((head + rules).encode(), "loans.yaml")
    assert rulebook is not None
    assert not has_errors(diagnostics)
    told = list(conflicting_conclusions(rulebook))
    assert [diagnostic.message.split("` and as")[0][-6:] for diagnostic in told] == ["rule-1", "rule-2"]


NUMBERS = st.sampled_from(
    ["0", "2", "2.5", "5", "{parameter: usual}", "{parameter: most}", "{field: extended}", "{field: least}"]
)
DATES = st.sampled_from(["2024-01-01", "2024-06-01", "{field: end}", "{field: as_of}"])
NUMBER_TESTS = st.builds(
    "{{{}: {{{}: {}}}}}".format,
    st.sampled_from(["years", "extended", "rate", "least", "all_years"]),
    st.sampled_from(["is", "is_not", "at_least", "at_most", "more_than", "less_than"]),
    NUMBERS,
)
DATE_TESTS = st.builds(
    "{{{}: {{{}: {}}}}}".format,
    st.sampled_from(["start", "end", "as_of"]),
    st.sampled_from(["is", "is_not", "before", "after", "on_or_before", "on_or_after"]),
    DATES,
)
PRESENCE_TESTS = st.builds(
    "{{{}: {{{}: {}}}}}".format,
    st.sampled_from(["purpose", "class", "years", "start", "least", "insured", "before"]),
    st.sampled_from(["given", "known"]),
    st.sampled_from(["yes", "no"]),
)
TEXT_TESTS = st.sampled_from(
    [
        "{secured: yes}",
        "{secured: no}",
        "{insured: yes}",
        "{class: b}",
        "{class: {is: b, ignore_case: yes}}",
        "{class: {not_in: [a, b]}}",
        "{purpose: {in: {parameter: purposes}}}",
        "{purpose: {not_in: {parameter: later_purposes}}}",
        "{purpose: {is: {field: class}}}",
    ]
)
CONDITIONS = st.recursive(
    st.one_of(NUMBER_TESTS, DATE_TESTS, PRESENCE_TESTS, TEXT_TESTS),
    lambda inner: st.one_of(
        st.builds("{{all: [{}, {}]}}".format, inner, inner),
        st.builds("{{any: [{}, {}]}}".format, inner, inner),
        st.builds("{{not: {}}}".format, inner),
    ),
    max_leaves=4,
)


def stated(found: Witness, rulebook: Rulebook) -> Case:
    """The case that a witness describes."""
    values: dict[str, Known] = {}
    as_of = date(2024, 1, 1)
    for name, shown in found.items():
        text = shown.strip("`") if shown.startswith("`") else "a text that no rule names"
        if name == "as_of":
            as_of = date.fromisoformat(text)
        elif shown != "unknown":
            field = rulebook.kinds["loan"].fields[name]
            values[name] = _read(text, field.type)
            for bound, sign in ((field.minimum, 1), (field.maximum, -1)):
                assert bound is None or sign * (Decimal(text) - Decimal(str(bound))) >= 0
    return Case("witness", as_of, {"loan": (Fact("loan", "the one", values),)})


def _read(text: str, type_: FieldType) -> Known:
    match type_:
        case FieldType.YES_NO:
            return text == "yes"
        case FieldType.WHOLE_NUMBER:
            return int(text)
        case FieldType.DECIMAL:
            return Decimal(text)
        case FieldType.DATE:
            return date.fromisoformat(text)
        case _:
            return text


@given(CONDITIONS, CONDITIONS)
def test_a_witness_is_a_contradiction(one: str, other: str) -> None:
    rulebook = loans(one, other)
    found = witness(rulebook)
    if found is not None:
        errors = evaluate(rulebook, stated(found, rulebook)).errors
        assert [error.code for error in errors] == ["F010"]


def told_of(text: str) -> list[Diagnostic]:
    rulebook, diagnostics = parse_rulebook(text.encode(), "loans.yaml")
    assert rulebook is not None
    assert not has_errors(diagnostics)
    return lint(rulebook)


def test_each_set_of_items_that_need_each_other_is_a_cycle_of_its_own() -> None:
    rules = (
        "  one:\n    about: loan\n    require: {outcome: {two: met}}\n"
        "  two:\n    about: loan\n    require: {outcome: {three: met, one: met}}\n"
        "  three:\n    about: loan\n    require: {outcome: {three: met}}\n"
        "  four:\n    about: loan\n    severity: note\n    require: {verdict: ready}\n"
    )
    rulebook, _ = parse_rulebook((HEAD + rules).encode(), "loans.yaml")
    assert rulebook is not None
    assert [diagnostic.message for diagnostic in cycles(rulebook)] == [
        "rule `three` depends on itself: it reads rule `three`",
        "rule `one` depends on itself: it reads rule `two`, which reads rule `one`",
    ]


def test_a_long_chain_is_no_cycle_and_needs_no_deep_stack() -> None:
    rules = "  r0:\n    about: loan\n    require: {years: 1}\n" + "".join(
        f"  r{number}:\n    about: loan\n    require: {{outcome: {{r{number - 1}: met}}}}\n"
        for number in range(1, 1500)
    )
    assert [diagnostic for diagnostic in told_of(HEAD + rules) if diagnostic.code == "R030"] == []
    closed = rules.replace("require: {years: 1}", "require: {outcome: {r1499: met}}")
    told = [diagnostic for diagnostic in told_of(HEAD + closed) if diagnostic.code == "R030"]
    assert [len(diagnostic.related) for diagnostic in told] == [1499]


def test_unused_parts_are_not_told_while_some_cannot_be_read() -> None:
    broken = "  one:\n    about: loan\n    require: {yaers: {at_least: {parameter: usual}}}\n"
    rulebook, diagnostics = parse_rulebook((HEAD + broken).encode(), "loans.yaml")
    assert rulebook is not None
    assert [diagnostic.code for diagnostic in diagnostics] == ["R012"]
    assert [diagnostic.code for diagnostic in lint(rulebook)] == []
