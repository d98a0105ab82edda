"""What an explainer remembers makes no difference: each case is explained as if it were the only one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, note, settings, strategies as st

from evaluating import engine_of, evaluate
from rulewright import Span, caches
from rulewright.explain import explain, missing, text_rendering, worded_tests
from rulewright.explain.explain import Explainer
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Known, Value
from rulewright.parse.rulebook import parse_rulebook
from rulewright.render.json import case_json, in_one_line
from rulewright.render.json_lines import JsonLines
from strategies import Drawer, books, cases_of, read

pytestmark = pytest.mark.slow

REFS = ["a", "b", "A", "ß", "1", " ", "", "a b", " a", "a\n", "x\0y", "\0", "i-1", "{{ ref }}"]


class TextAuthor(Drawer):
    """Writes texts of rules, also such as cannot be made of all values."""

    def text(self, book: dict[str, Any], kind: str) -> str:
        fields = {name: field["type"] for name, field in book["facts"][kind]["fields"].items()}
        for table in book["tables"].values():
            if table["about"] == kind:
                fields.update((name, column["type"]) for name, column in table["columns"].items())
        names = [*fields, *book["parameters"], "ref", "as_of", "verdict"]
        return " ".join(self.piece(book, fields, names) for _ in range(self.number(1, 4)))

    def piece(self, book: dict[str, Any], fields: dict[str, str], names: list[str]) -> str:
        name, other = self.pick(names), self.pick(names)
        references = [name for name, type_ in fields.items() if type_ == "reference"]
        one = f"{{{{ {name} }}}}"
        pieces = [
            *("{{ ref }}", "{{ ref }}{{ ref }}", one, one, f"({{{{ {name} | upper }}}})", f"{{{{ {name} | months }}}}"),
            *(f"{{{{ {name} - {other} }}}}", f"{{{{ {name} == 'a' }}}}", f"{{{{ {name} == {other} }}}}", "told"),
            f"{{% if {name} is given %}}{{{{ {other} }}}}{{% endif %}}",
            f"{{{{ {name} if {other} is known else ref }}}}",
            *("{{ ref | upper }}", "{{ ref == 'a' }}", f"{{{{ ref ~ {name} }}}}", "{{ nobody }}", "{{ 'x\\0y' }}"),
        ]
        for reference in references:
            of_reference = (reference, f"{reference} == 'a'", f"{reference}.b0", f"{reference}.verdict")
            pieces += [f"{{{{ {expression} }}}}" for expression in of_reference]
        return self.pick(pieces)


@st.composite
def drawn(draw: Any) -> tuple[Rulebook, list[Case]]:
    author = TextAuthor(draw)
    book = draw(books())
    for rule in book["rules"].values():
        if "advise" in rule:
            rule["advise"] = author.text(book, rule["about"])
        elif author.chance(70):
            rule["explain"] = author.text(book, rule["about"])
        if "conclude" not in rule and author.chance(60):
            rule["remedy"] = author.text(book, rule["about"])
    rulebook = read(book)
    cases = [placed(case, author) for case in draw(cases_of(rulebook))]
    return rulebook, author.order([*cases, *cases])


def placed(case: Case, drawer: Drawer) -> Case:
    """A case whose facts stand somewhere, some with refs that no author thinks of, to which nothing refers."""
    facts: dict[str, tuple[Fact, ...]] = {}
    for kind, found in case.facts.items():
        renamed = drawer.some(REFS, len(found), len(found)) if drawer.chance(40) else [fact.ref for fact in found]
        facts[kind] = tuple(
            replace(
                fact,
                ref=ref,
                spans={name: Span("case", line, drawer.number(1, 3)) for line, name in enumerate(fact.values, 1)},
            )
            for fact, ref in zip(found, renamed, strict=True)
        )
    return replace(case, facts=facts)


def exactly(value: Value) -> tuple[str, str]:
    return type(value).__name__, str(value)


def told(explanation: Explanation) -> list[Any]:
    """All that an explanation says, a value with its type, so that 1.50 is not 1.5."""
    return [
        explanation,
        [[exactly(fact.value) for fact in subject.facts] for subject in explanation.subjects],
        [[exactly(value) for value in subject.derived.values()] for subject in explanation.subjects],
        [[exactly(test.value) for test in finding.tests] for finding in explanation.findings],
    ]


@contextmanager
def forgetful() -> Iterator[None]:
    """As if everything could depend on other subjects: each case is explained by itself, from its whole result."""
    with ExitStack() as patches:
        for module, name, instead in [
            (worded_tests, "fields_of_expression", lambda expression: None),
            (worded_tests, "source_fields", lambda index, kind, expression: None),
            (text_rendering, "text_reads", lambda tree, kind: None),
            (explain, "fields_of_tests", lambda tests: None),
            (missing, "depends_on_subject_only", lambda index, rule: False),
        ]:
            patches.enter_context(patch.object(module, name, instead))
        yield


def explained(
    rulebook: Rulebook, cases: list[tuple[Case, CaseResult]], explainer: Explainer | None
) -> list[Explanation]:
    return [
        (explainer or Explainer(rulebook, "", "")).explain(case, result)
        for case, result in cases
        if result.verdict is not None
    ]


@settings(max_examples=2 * settings().max_examples)
@given(drawn())
def test_cases_are_explained_alike_whatever_was_explained_before(found: tuple[Rulebook, list[Case]]) -> None:
    rulebook, cases = found
    note(str(cases))
    engine = engine_of(rulebook)
    for results in ([evaluate(rulebook, case) for case in cases], engine.evaluate(cases)):
        judged = list(zip(cases, results, strict=True))
        with forgetful():
            expected = [told(explanation) for explanation in explained(rulebook, judged, None)]
        explanations = explained(rulebook, judged, Explainer(rulebook, "", ""))
        assert [told(explanation) for explanation in explanations] == expected
        assert [told(explanation) for explanation in explained(rulebook, judged, None)] == expected
        lines = [in_one_line(case_json(explanation)) + "\n" for explanation in explanations]
        assert JsonLines().write(explanations) == "".join(lines)


@settings(max_examples=max(1, settings().max_examples // 2))
@given(drawn(), st.integers(1, 3))
def test_a_full_memory_starts_anew(found: tuple[Rulebook, list[Case]], most: int) -> None:
    rulebook, cases = found
    judged = [(case, evaluate(rulebook, case)) for case in cases]
    with forgetful():
        expected = explained(rulebook, judged, None)
    keep = caches.Kept.keep

    def keep_few(kept: caches.Kept[Any, Any], key: Any, made: Any) -> Any:
        kept._most = most
        return keep(kept, key, made)

    with patch.object(caches.Kept, "keep", keep_few):
        explanations = explained(rulebook, judged, Explainer(rulebook, "", ""))
        lines = JsonLines().write(explanations)
    assert list(map(told, explanations)) == list(map(told, expected))
    assert lines == JsonLines().write(expected)


BOOK = """\
rulebook: desks
edition: 2024-01-01
language: 1
title: Desks
facts:
  desk:
    fields:
      a: {type: whole number}
      b: {type: whole number}
      c: {type: yes/no}
      both: {type: whole number, computed: {plus: [a, b]}}
      next_to: {type: reference, to: desk}
rules:
"""


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        # the same outcome and truths, and other facts that are not known
        ("require: {a: {at_least: {field: b}}}", [{"a": 1}, {"b": 1}, {}]),
        # the same facts known, and others that matter
        ("require: {any: [{all: [{a: 1}, {c: yes}]}, {all: [{a: 2}, {b: 2}]}]}", [{"a": 1}, {"a": 2}, {"a": 1}]),
        # values that Python takes for the same
        ("require: {all: [{a: 1}, {c: yes}]}, explain: '{{ a }} {{ c }}'", [{"a": 1, "c": True}, {"a": 0, "c": False}]),
        # the last of what a value follows from is where it stands
        ("require: {both: {at_least: 3}}", [{"a": 1, "b": 2}, {"b": 2, "a": 1}]),
        # a reference is no text
        ("require: {a: 1}, explain: \"{{ 'x' if next_to == 'd' else 'y' }}\"", [{"a": 1, "next_to": "d"}]),
    ],
)
def test_what_makes_a_difference_is_told_apart(rule: str, facts: list[dict[str, Known]]) -> None:
    text = f"{BOOK}  r: {{about: desk, {rule}}}\n"
    rulebook, diagnostics = parse_rulebook(text.encode(), "desks.yaml")
    assert rulebook is not None and not diagnostics
    judged = []
    for values in [*facts, *reversed(facts)]:
        spans = {name: Span("case", line, 1) for line, name in enumerate(values, 1)}
        case = Case("case", rulebook.edition, {"desk": (Fact("desk", "d", values, spans),)})
        judged.append((case, evaluate(rulebook, case)))
    with forgetful():
        expected = explained(rulebook, judged, None)
    explanations = explained(rulebook, judged, Explainer(rulebook, "", ""))
    assert list(map(told, explanations)) == list(map(told, expected))


def test_no_more_is_kept_than_was_said() -> None:
    squares: caches.Remembered[int, int] = caches.Remembered(lambda number: number * number, most=3)
    assert [squares[number] for number in (1, 2, 3, 4, 1)] == [1, 4, 9, 16, 1]
    assert len(squares) <= 3
