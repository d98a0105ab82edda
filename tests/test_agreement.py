"""The engine and the reference come to the same results, for random rulebooks and cases in any order and grouping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st
from strategies import Drawer, books, cases_of, write_rulebook

from rulewright.compile.compiler import compile_rulebook
from rulewright.evaluate import Engine
from rulewright.model.conditions import Test
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Truth, Value
from rulewright.parse.rulebook import parse_rulebook
from rulewright.reference import evaluate


def read(book: Mapping[str, Any]) -> Rulebook:
    text = write_rulebook(book)
    note(text)
    rulebook, diagnostics = parse_rulebook(text.encode(), "drawn.yaml")
    assert not diagnostics, "\n".join(map(str, diagnostics))
    assert rulebook is not None
    return rulebook


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
    case, verdict, errors, subjects = told(result)
    return [case, verdict, sorted(errors), {(kind, ref): rest for kind, ref, *rest in subjects}]


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
    engine = Engine(compile_rulebook(rulebook))
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
    results = Engine(compile_rulebook(turned)).evaluate(moved)
    assert {result.case: told_in_any_order(result) for result in results} == expected
    for result, case in zip(results, moved, strict=True):
        assert told(result) == told(evaluate(turned, case))


def _turned(entries: Mapping[str, Any], drawer: Drawer) -> dict[str, Any]:
    return dict(drawer.order(list(entries.items())))


def _moved(facts: Mapping[str, tuple[Fact, ...]], drawer: Drawer) -> dict[str, tuple[Fact, ...]]:
    return {kind: tuple(drawer.order(found)) for kind, found in drawer.order(list(facts.items()))}
