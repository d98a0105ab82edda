"""Tests in words, with their values and the places of these; words for equal values are cached across subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rulewright.caches import Remembered
from rulewright.diagnostics import Span
from rulewright.explain.case_subjects import CaseSubject, Subjects
from rulewright.explain.index import Index, TestLiteral, values_of
from rulewright.explain.subject_fields import SourceField, fields_of_expression, source_fields
from rulewright.explain.wording import Wording
from rulewright.model.conditions import Comparison, CountOf, Expression, FieldOf, Literal, Not, Test
from rulewright.model.explanation import ExplainedTest
from rulewright.model.facts import Case, Fact
from rulewright.model.languages import Language
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult, Verdict
from rulewright.model.values import Absent, Truth, Value
from rulewright.semantics.reading import Reading


@dataclass(frozen=True, slots=True, eq=False)
class WordedTest:
    """A test of a rule in words, with the fields that it reads.

    `words` include the negation of a `negated` test; `positive_words` are the words without it. `position` is the
    index of the test among the truths of the rule's tests.

    `field` is set if the left-hand side is a field of the subject. `left_reads` and `right_reads` are the fields that
    the sides read; none if a side reads other subjects. `right` is set if the words must name its value.
    """

    test: Test
    position: int
    negated: bool
    kind: str
    words: str
    positive_words: str
    left: Expression | None
    field: str | None
    left_reads: tuple[str, ...] | None
    right: Expression | None
    right_reads: tuple[str, ...] | None
    places: tuple[SourceField, ...] | None


class WordedTests:
    """The tests of a rulebook in words."""

    def __init__(self, index: Index, language: Language = Language.ENGLISH) -> None:
        self.index = index
        self.rulebook = index.rulebook
        self.wordings = {kind: Wording(index.rulebook, kind, language) for kind in index.rulebook.kinds}
        self.of_rule = {
            rule.name: tuple(self._worded(literal, rule.about) for literal in index.literals[rule.name])
            for rule in index.rulebook.rules.values()
        }
        #: The value of a field in words, by kind, field and value.
        self.shown: Remembered[tuple[str, str, Value], str] = Remembered(self._show)
        self._left_values: Remembered[tuple[Any, ...], tuple[Value, str]] = Remembered(self._evaluate_left)
        self._comparisons: Remembered[tuple[Any, ...], str] = Remembered(self._word_comparison)

    def _worded(self, literal: TestLiteral, kind: str) -> WordedTest:
        test, wording = literal.test, self.wordings[kind]
        left, right = next(iter(values_of(test)), None), None
        if isinstance(test, Comparison) and not isinstance(test.right, Literal):
            right = test.right
        left_reads = None if left is None else fields_of_expression(left)
        return WordedTest(
            test,
            literal.position,
            literal.negated,
            kind,
            wording.condition(Not(test) if literal.negated else test),
            wording.condition(test),
            left,
            left.path[0] if isinstance(left, FieldOf) and left_reads else None,
            left_reads,
            right,
            None if right is None else fields_of_expression(right),
            None if left is None else source_fields(self.index, kind, left),
        )

    def explained(
        self, tests: Sequence[WordedTest], truths: Sequence[Truth | None], subject: CaseSubject, of: Subjects
    ) -> tuple[ExplainedTest, ...]:
        """Return the tests of a rule for a subject, with their truths, values and places."""
        return tuple([self._explained(test, truths[test.position], subject, of) for test in tests])

    def _explained(self, test: WordedTest, truth: Truth | None, subject: CaseSubject, of: Subjects) -> ExplainedTest:
        if test.negated and truth is not None:
            truth = ~truth
        if test.left is None:
            return ExplainedTest(test.words, truth, Absent.UNKNOWN, "", None)
        values = subject.result.values
        if test.field is not None:
            value = values[test.field]
            shown = self.shown[test.kind, test.field, value]
        elif test.left_reads is not None:
            value, shown = self._left_values[(test, of.case.as_of, *[values[name] for name in test.left_reads])]
        else:
            value = of.reading.value(test.left, subject.fact)
            shown = self._in_words(test, test.left, value, of.reading, subject.fact)
        words = test.words
        if test.right is not None:
            if test.right_reads is not None:
                words = self._comparisons[(test, of.case.as_of, *[values[name] for name in test.right_reads])]
            else:
                words = self._comparison(test, of.reading.value(test.right, subject.fact))
        return ExplainedTest(words, truth, value, shown, self._place(test, test.left, subject, of))

    def _place(self, test: WordedTest, left: Expression, subject: CaseSubject, of: Subjects) -> Span | None:
        if test.places is None:
            return of.origins.of(left, subject.fact)
        spans = subject.fact.spans
        for place in test.places:
            at = spans.get(place.field)
            if at is not None and (not place.concluded_by or _all_concluded(subject, place)):
                return at
        return None

    def _comparison(self, test: WordedTest, right: Value) -> str:
        if isinstance(right, Absent) or not isinstance(test.test, Comparison):
            return test.words
        return self.wordings[test.kind].comparison(test.test, right, negated=test.negated)

    def _in_words(self, test: WordedTest, left: Expression, value: Value, reading: Reading, fact: Fact) -> str:
        wording = self.wordings[test.kind]
        if isinstance(left, CountOf) and isinstance(value, Absent):
            referring = reading.referring(left.related)
            if referring is None:
                return wording.formats.show(Absent.UNKNOWN)
            truths = [one.meets for one in referring.to(fact.ref)]
            sure = truths.count(Truth.TRUE)
            most = sure + truths.count(Truth.UNKNOWN) + referring.may_count
            return wording.phrases.range.format(least=sure, most=most)
        return wording.value(left, value)

    # --- cached words ---

    def _show(self, key: tuple[str, str, Value]) -> str:
        kind, name, value = key
        return self.wordings[kind].value_of(self.rulebook.kinds[kind].fields[name], value)

    def _evaluate_left(self, key: tuple[Any, ...]) -> tuple[Value, str]:
        test, as_of, *values = key
        assert test.left is not None and test.left_reads is not None, "only these are remembered"
        reading, fact = self._reading_of_values(test.kind, as_of, dict(zip(test.left_reads, values, strict=True)))
        value = reading.value(test.left, fact)
        return value, self._in_words(test, test.left, value, reading, fact)

    def _word_comparison(self, key: tuple[Any, ...]) -> str:
        test, as_of, *values = key
        assert test.right is not None and test.right_reads is not None, "only these are remembered"
        reading, fact = self._reading_of_values(test.kind, as_of, dict(zip(test.right_reads, values, strict=True)))
        return self._comparison(test, reading.value(test.right, fact))

    def _reading_of_values(self, kind: str, as_of: date, values: dict[str, Value]) -> tuple[Reading, Fact]:
        """Return a reading of a case with one subject that has only these values, and its fact."""
        fact = Fact(kind, "", {})
        result = SubjectResult(kind, "", values, {}, Verdict.NOT_APPLICABLE)
        return Reading(self.index.interpreter, Case("", as_of, {kind: (fact,)}), CaseResult("", (result,), None)), fact


def _all_concluded(subject: CaseSubject, place: SourceField) -> bool:
    return all(subject.result.outcomes[rule] is Outcome.CONCLUDED for rule in place.concluded_by)
