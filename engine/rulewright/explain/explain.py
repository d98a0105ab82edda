"""Explaining a result: the chain from facts to verdict in words that a reader acts on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from jinja2 import TemplateError
from typing_extensions import assert_never

from rulewright.diagnostics import Span
from rulewright.explain.missing import missing_facts
from rulewright.explain.wording import Wording, show_value
from rulewright.model.conditions import (
    Arithmetic,
    Comparison,
    CountOf,
    Expression,
    FieldOf,
    Membership,
    ParameterOf,
    Test,
    expressions_of,
    tests_of,
)
from rulewright.model.dependencies import conditions_of
from rulewright.model.explanation import (
    ExplainedSubject,
    ExplainedTest,
    Explanation,
    Finding,
    RulebookIdentity,
    SourcePlace,
    StatedFact,
)
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import VERDICT, CaseResult, Outcome, SubjectResult
from rulewright.model.rulebook import Conclude, Require, Rule, Rulebook, Source
from rulewright.model.values import Absent, FieldType, Truth, Value
from rulewright.reference import Reading
from rulewright.texts import ChoiceText, SubjectView, render_text, text_environment


class Explainer:
    """Explains the results of one rulebook; keeps its templates ready."""

    def __init__(self, rulebook: Rulebook, digest: str, engine: str) -> None:
        self.rulebook = rulebook
        self.engine = engine
        self.identity = RulebookIdentity(rulebook.name, rulebook.title, rulebook.edition, digest, rulebook.complete)
        self.environment = text_environment()

    def explain(self, case: Case, result: CaseResult, notices: tuple[str, ...] = ()) -> Explanation:
        """The explanation of a case that has a verdict."""
        if result.verdict is None:
            raise ValueError("a case with errors has nothing to explain")
        told = _Telling(self, case, result)
        findings = tuple(
            told.finding(rule, subject)
            for rule in self.rulebook.rules.values()
            for subject in result.subjects
            if subject.kind == rule.about
        )
        return Explanation(
            case.name,
            result.verdict,
            case.as_of,
            self.identity,
            self.engine,
            tuple(told.subject(subject) for subject in result.subjects),
            findings,
            missing_facts(self.rulebook, case, told.reading),
            (*notices, *told.notices),
        )


class _Telling:
    """The explanation of one case in the making."""

    def __init__(self, explainer: Explainer, case: Case, result: CaseResult) -> None:
        self.explainer = explainer
        self.rulebook = explainer.rulebook
        self.case = case
        self.results = {(subject.kind, subject.ref): subject for subject in result.subjects}
        self.reading = Reading(self.rulebook, case, result)
        self.notices: list[str] = []

    def _fact(self, subject: SubjectResult) -> Fact:
        fact = self.reading.subject(subject.kind, subject.ref)
        assert fact is not None, "every result is of a fact of the case"
        return fact

    # --- subjects ---

    def subject(self, subject: SubjectResult) -> ExplainedSubject:
        kind = self.rulebook.kinds[subject.kind]
        fact = self._fact(subject)
        facts, derived = [], {}
        for name, field in kind.fields.items():
            value = subject.values[name]
            if isinstance(value, Absent) or field.from_table is not None:
                continue
            stated = name in fact.values
            facts.append(
                StatedFact(name, field.label, value, show_value(field, value), fact.spans.get(name), not stated)
            )
            if not stated:
                derived[name] = value
        return ExplainedSubject(
            subject.kind, kind.label, subject.ref, subject.verdict, tuple(facts), MappingProxyType(derived)
        )

    # --- findings ---

    def finding(self, rule: Rule, subject: SubjectResult) -> Finding:
        fact = self._fact(subject)
        outcome = subject.outcomes[rule.name]
        remedy = None
        if rule.remedy is not None and outcome in (Outcome.VIOLATED, Outcome.ADVISED):
            remedy = self._text(rule, "remedy", rule.remedy, subject)
        return Finding(
            rule.name,
            rule.title,
            subject.kind,
            subject.ref,
            outcome,
            rule.severity,
            self._message(rule, outcome, subject, fact),
            remedy,
            self._source(rule.source),
            tuple(self._test(test, subject, fact) for test in _tests_in(rule)),
        )

    def _message(self, rule: Rule, outcome: Outcome, subject: SubjectResult, fact: Fact) -> str:
        match outcome:
            case Outcome.MET | Outcome.VIOLATED | Outcome.ADVISED | Outcome.CONCLUDED:
                written = self._text(rule, "explain", rule.explain, subject) if rule.explain else None
                return written or self._plain_message(rule, outcome, subject)
            case Outcome.UNKNOWN:
                wording = Wording(self.rulebook, rule.about)
                waits = [
                    wording.expression(expression)
                    for test in _tests_in(rule)
                    if self.reading.truth(test, fact) is Truth.UNKNOWN
                    for expression in _values_of(test)
                    if self.reading.value(expression, fact) is Absent.UNKNOWN
                ]
                named = ", ".join(dict.fromkeys(waits)) or "what it reads"
                return f"Not known for {subject.ref}: {named}."
            case Outcome.NOT_APPLICABLE:
                return f"Does not apply to {subject.ref}."
            case Outcome.SILENT:
                return f"Nothing to tell of {subject.ref}."
            case _:
                assert_never(outcome)

    def _plain_message(self, rule: Rule, outcome: Outcome, subject: SubjectResult) -> str:
        """What is said where the rulebook has no words of its own."""
        wording = Wording(self.rulebook, rule.about)
        if isinstance(rule.action, Require):
            holds = "It holds" if outcome is Outcome.MET else "It does not hold"
            return f"{holds} for {subject.ref} that {wording.condition(rule.action.condition)}."
        if isinstance(rule.action, Conclude):
            fields = self.rulebook.kinds[rule.about].fields
            values = [
                f"{fields[name].label} is {show_value(fields[name], value)}"
                for name, value in rule.action.values.items()
            ]
            return f"For {subject.ref}, {' and '.join(values)}."
        return f"{rule.title}."

    def _text(self, rule: Rule, which: str, template: str, subject: SubjectResult) -> str | None:
        """A text of a rule; none, with a notice, where it cannot be made of these values."""
        try:
            return render_text(self.explainer.environment.from_string(template), self._context(subject))
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            self.notices.append(f"the text `{which}` of rule `{rule.name}` cannot be made for {subject.ref}: {error}")
            return None

    def _context(self, subject: SubjectResult) -> Mapping[str, Any]:
        context: dict[str, Any] = {}
        for name in self.rulebook.parameters:
            value = self.reading.options(name)
            context[name] = value
        for name in self.rulebook.kinds[subject.kind].fields:
            context[name] = self._shown_field(subject, name)
        context["ref"] = subject.ref
        context["as_of"] = self.case.as_of
        context[VERDICT] = subject.verdict.value
        return context

    def _shown_field(self, subject: SubjectResult, name: str) -> object:
        if name == "ref":
            return subject.ref
        if name == VERDICT:
            return subject.verdict.value.replace("_", " ")
        field = self.rulebook.kinds[subject.kind].fields[name]
        value = subject.values[name]
        if field.type is FieldType.CHOICE and isinstance(value, str):
            return ChoiceText(value, field.choices.get(value, value))
        if field.refers_to is not None and isinstance(value, str):
            target = self.results.get((field.refers_to, value))
            if target is not None:
                return SubjectView(lambda part: self._shown_field(target, part))
        return value

    def _source(self, source: Source | None) -> SourcePlace | None:
        if source is None:
            return None
        document = self.rulebook.documents[source.document]
        return SourcePlace(
            document.name, document.title, source.section, document.publisher, document.updated, document.url
        )

    # --- tests ---

    def _test(self, test: Test, subject: SubjectResult, fact: Fact) -> ExplainedTest:
        wording = Wording(self.rulebook, subject.kind)
        words = wording.condition(test)
        truth = subject.truths.get(test)
        expressions = expressions_of(test)
        if not expressions:
            return ExplainedTest(words, truth, Absent.UNKNOWN, "", None)
        left = expressions[0]
        value = self.reading.value(left, fact)
        shown = self._shown(left, value, wording, fact)
        if isinstance(test, Comparison) and isinstance(test.right, (FieldOf, ParameterOf)):
            right = self.reading.value(test.right, fact)
            if not isinstance(right, Absent):
                words = wording.comparison(test, right)
        return ExplainedTest(words, truth, value, shown, self._origin(left, fact))

    def _shown(self, left: Expression, value: Value, wording: Wording, fact: Fact) -> str:
        if isinstance(left, CountOf) and isinstance(value, Absent):
            facts = self.reading.refers(left.related, fact)
            if facts is None:
                return "unknown"
            sure = sum(1 for _, refers, meets in facts if refers is meets is Truth.TRUE)
            most = sum(1 for _, refers, meets in facts if Truth.FALSE not in (refers, meets))
            return f"{sure} to {most}"
        return wording.value(left, value)

    def _origin(self, expression: Expression, fact: Fact) -> Span | None:
        """Where a value was stated; for one that follows from others, where the last of those was."""
        return next(iter(reversed(list(self._origins(expression, fact)))), None)

    def _origins(self, expression: Expression, fact: Fact) -> Iterator[Span]:
        match expression:
            case FieldOf(path):
                reached: Fact | None = fact
                for name in path[:-1]:
                    ref = self.reading.value(FieldOf((name,)), reached) if reached else Absent.UNKNOWN
                    target = self.rulebook.kinds[reached.kind].fields[name].refers_to if reached else None
                    reached = self.reading.subject(target or "", str(ref))
                if reached is None or path[-1] == VERDICT:
                    return
                yield from self._field_origins(path[-1], reached)
            case Arithmetic(_, parts):
                for part in parts:
                    yield from self._origins(part, fact)
            case _:
                return

    def _field_origins(self, name: str, fact: Fact) -> Iterator[Span]:
        stated = fact.spans.get(name)
        if stated is not None:
            yield stated
            return
        field = self.rulebook.kinds[fact.kind].fields[name]
        if field.from_table is not None:
            yield from self._field_origins(self.rulebook.tables[field.from_table].by, fact)
        elif field.computed is not None:
            yield from self._origins(field.computed, fact)
        for rule in self.rulebook.rules_about(fact.kind):
            if not isinstance(rule.action, Conclude) or name not in rule.action.values:
                continue
            if self.reading.outcome(rule.name, fact) is Outcome.CONCLUDED:
                for test in _tests_in(rule):
                    for expression in _values_of(test)[:1]:
                        yield from self._origins(expression, fact)


def _values_of(test: Test) -> tuple[Expression, ...]:
    """The single values that a test compares; the list of a membership is not one."""
    return (test.left,) if isinstance(test, Membership) else expressions_of(test)


def _tests_in(rule: Rule) -> tuple[Test, ...]:
    return tuple(dict.fromkeys(test for condition in conditions_of(rule) for test in tests_of(condition)))
