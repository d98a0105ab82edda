"""The engine and the reference come to the same results, for random rulebooks and cases in any order and grouping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from evaluating import engine_of, evaluate
from rulewright import Verdict
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Known, Value
from rulewright.parse.rulebook import parse_rulebook
from strategies import Drawer, books, cases_of, read


def exactly(value: Value) -> tuple[str, str]:
    """A value with its type, so that True is not 1 and 1.50 is not 1.5."""
    return type(value).__name__, str(value)


def told(result: CaseResult) -> list[Any]:
    """All that a result says, in its order, but for the order of values, outcomes and truths by name."""
    return [
        result.case,
        result.verdict,
        [(error.code, error.message, error.help) for error in result.errors],
        [
            (
                subject.kind,
                subject.ref,
                {name: exactly(value) for name, value in subject.values.items()},
                dict(subject.outcomes),
                subject.verdict,
                dict(subject.truths),
            )
            for subject in result.subjects
        ],
    ]


def told_in_any_order(result: CaseResult) -> list[Any]:
    """What is told, but for which of several rules that conclude the same value is named: the first in the rulebook."""
    case, verdict, _, subjects = told(result)
    errors = sorted((error.code, error.message.split(" is ")[0]) for error in result.errors)
    return [case, verdict, errors, {(kind, ref): rest for kind, ref, *rest in subjects}]


def told_by_reference(rulebook: Rulebook, cases: Sequence[Case]) -> list[Any]:
    return [told(evaluate(rulebook, case)) for case in cases]


@st.composite
def drawn(draw: Any) -> tuple[dict[str, Any], Rulebook, list[Case]]:
    book = draw(books())
    rulebook = read(book)
    return book, rulebook, draw(cases_of(rulebook))


@given(drawn())
def test_the_engine_agrees_with_the_reference(found: tuple[dict[str, Any], Rulebook, list[Case]]) -> None:
    _, rulebook, cases = found
    expected = told_by_reference(rulebook, cases)
    engine = engine_of(rulebook)
    assert [told(result) for result in engine.evaluate(cases)] == expected
    # one at a time, by the same engine, which has seen other cases before
    assert [told(result) for case in reversed(cases) for result in engine.evaluate([case])] == expected[::-1]


@given(drawn(), st.data())
def test_no_order_makes_a_difference(found: tuple[dict[str, Any], Rulebook, list[Case]], data: st.DataObject) -> None:
    book, rulebook, cases = found
    drawer = Drawer(data.draw)
    expected = {case.name: told_in_any_order(evaluate(rulebook, case)) for case in cases}
    turned = read(
        {
            **book,
            "facts": _turned(
                {kind: {"fields": _turned(fields["fields"], drawer)} for kind, fields in book["facts"].items()}, drawer
            ),
            "parameters": _turned(book["parameters"], drawer),
            "rules": _turned(book["rules"], drawer),
        }
    )
    moved = [replace(case, facts=_moved(case.facts, drawer)) for case in drawer.order(cases)]
    results = engine_of(turned).evaluate(moved)
    assert {result.case: told_in_any_order(result) for result in results} == expected
    for result, case in zip(results, moved, strict=True):
        assert told(result) == told(evaluate(turned, case))


def _turned(entries: Mapping[str, Any], drawer: Drawer) -> dict[str, Any]:
    return dict(drawer.order(list(entries.items())))


def _moved(facts: Mapping[str, tuple[Fact, ...]], drawer: Drawer) -> dict[str, tuple[Fact, ...]]:
    return {kind: tuple(drawer.order(found)) for kind, found in drawer.order(list(facts.items()))}


# --- what has come out wrong before -----------------------------------------------------------------------------------


def written(facts: str, rules: str, more: str = "") -> Rulebook:
    head = "rulebook: written\nedition: 2024-01-01\nlanguage: 1\ntitle: Written\n"
    rulebook, diagnostics = parse_rulebook(f"{head}facts: {facts}\n{more}\nrules: {rules}\n".encode(), "written.yaml")
    assert rulebook is not None, diagnostics
    assert not diagnostics
    return rulebook


def one_case(as_of: date = date(2024, 1, 31), **kinds: dict[str, dict[str, Known]]) -> Case:
    facts = {kind: tuple(Fact(kind, ref, values) for ref, values in found.items()) for kind, found in kinds.items()}
    return Case("case", as_of, facts)


def agreed(rulebook: Rulebook, case: Case) -> CaseResult:
    (result,) = engine_of(rulebook).evaluate([case])
    assert told(result) == told(evaluate(rulebook, case))
    return result


def test_a_whole_sum_next_to_a_decimal_does_not_round_it() -> None:
    rulebook = written(
        "{k: {fields: {d: {type: decimal},"
        " least: {type: decimal, computed: {minimum: [{sum: {field: w, of: m}}, d]}}}},"
        " m: {fields: {k: {type: reference, to: k}, w: {type: whole number}}}}",
        "{above: {about: k, require: {sum: {field: w, of: m, more_than: {field: d}}}}}",
    )
    result = agreed(rulebook, one_case(k={"a": {"d": Decimal("-99999999999999.9")}}, m={"x": {"k": "a", "w": 0}}))
    assert result.subjects[0].values["least"] == Decimal("-99999999999999.9")
    result = agreed(rulebook, one_case(k={"a": {"d": Decimal("2.9")}}, m={"x": {"k": "a", "w": 3}}))
    assert result.verdict is Verdict.READY


def test_a_text_of_which_no_value_is_in_force_yet() -> None:
    parameter = "parameters: {p: {type: text, values: [{since: 2024-06-01, value: x}]}}"
    rule = "{r: {about: k, require: {b: {is: {parameter: p}}}}}"
    rulebook = written("{k: {fields: {b: {type: text}}}}", rule, parameter)
    assert agreed(rulebook, one_case(k={"a": {"b": "x"}})).verdict is Verdict.NEEDS_INFORMATION
    assert agreed(rulebook, one_case(date(2024, 6, 1), k={"a": {"b": "x"}})).verdict is Verdict.READY


def test_numbers_of_more_digits_than_python_keeps_by_default() -> None:
    parts = {n: ", ".join([f"c{n - 1}"] * 8) for n in range(1, 19)}
    more = ", ".join(f"c{n}: {{type: decimal, computed: {{plus: [{part}]}}}}" for n, part in parts.items())
    rulebook = written(f"{{k: {{fields: {{c0: {{type: decimal}}, {more}}}}}}}", "{r: {about: k, require: {c18: 1}}}")
    result = agreed(rulebook, one_case(k={"a": {"c0": Decimal("999999.123456789")}}))
    assert str(result.subjects[0].values["c18"]).replace(".", "") == str(999_999_123_456_789 * 8**18)


def test_a_kind_of_which_the_next_case_has_no_fact() -> None:
    rulebook = written(
        "{k: {fields: {m: {type: reference, to: m}}}, m: {fields: {y: {type: yes/no}, d: {type: whole number}}}}",
        "{r: {about: k, require: {m.verdict: ready, m.d: 1}}, s: {about: m, require: {y: yes}},"
        " c: {about: m, when: {y: yes}, conclude: {d: 1}}}",
    )
    both = one_case(k={"a": {"m": "x"}}, m={"x": {"y": True}})
    alone = one_case(k={"a": {"m": "x"}}, m={})
    engine = engine_of(rulebook)
    for case in (both, alone, alone, both, one_case(m={"x": {"y": True}}), alone, both):
        assert [told(result) for result in engine.evaluate([case])] == [told(evaluate(rulebook, case))]


OUTCOMES_IN_EXPRESSIONS = {
    "a count": "{plus: [{field: up.up.a}, {count: {of: k, where: {outcome: {r: silent}}}}]}",
    "a sum": "{sum: {field: a, of: k, where: {outcome: {r: concluded}}}}",
    "a negated outcome": "{minus: [9, {count: {of: k, where: {not: {outcome: {r: silent}}}}}]}",
    "related facts of related facts": "{count: {of: k, where: {any: {of: k, where: {outcome: {r: concluded}}}}}}",
    "a count inside a count": (
        "{count: {of: k, where: {count: {of: k, where: {outcome: {r: concluded}}, at_least: 1}}}}"
    ),
}


@pytest.mark.parametrize("expression", OUTCOMES_IN_EXPRESSIONS.values(), ids=OUTCOMES_IN_EXPRESSIONS)
@pytest.mark.parametrize("given", ["no", "yes"])
@pytest.mark.parametrize("reader", ["c: {at_least: 1}", "up.c: {at_least: 1}", "any: [{c: {more_than: 2}}, {b: 3}]"])
def test_an_expression_reads_outcomes_that_nothing_else_reads(expression: str, given: str, reader: str) -> None:
    rulebook = written(
        "{k: {fields: {a: {type: whole number}, b: {type: whole number}, up: {type: reference, to: k}, "
        f"d: {{type: choice, of: [x]}}, c: {{type: whole number, computed: {expression}, may_be_given: {given}}}}}}}}}",
        f"{{r: {{about: k, when: {{a: 1}}, conclude: {{d: x}}}}, q: {{about: k, require: {{{reader}}}}}}}",
    )
    facts: dict[str, dict[str, Known]] = {
        "x": {"a": 1, "b": 2, "up": "x"},
        "y": {"a": 2, "up": "x"},
        "z": {"b": 3, "up": "y"},
    }
    agreed(rulebook, one_case(k=facts))
    agreed(rulebook, one_case(k={"x": facts["x"]}))
