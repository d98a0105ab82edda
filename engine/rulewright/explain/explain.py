"""Explaining a result: the chain from facts to verdict in words that a reader acts on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from jinja2 import Template, TemplateError
from typing_extensions import assert_never

from rulewright.explain.chain import Chains
from rulewright.explain.index import Index, values_of
from rulewright.explain.missing import missing_facts
from rulewright.explain.origins import Origins
from rulewright.explain.wording import Wording, show_not_covered, show_value
from rulewright.model.conditions import (
    AllRelated,
    AnyRelated,
    Comparison,
    CountOf,
    Expression,
    Literal,
    NotCovered,
    RuleOutcome,
    Test,
)
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
from rulewright.model.rulebook import Advise, Conclude, Require, Rule, Rulebook, Source
from rulewright.model.values import Absent, FieldType, Truth, Value
from rulewright.reference import Reading
from rulewright.texts import ChoiceText, SubjectView, render_text, text_environment


class Explainer:
    """Explains the results of one rulebook; keeps its templates and its words ready."""

    def __init__(self, rulebook: Rulebook, digest: str, engine: str) -> None:
        self.rulebook = rulebook
        self.engine = engine
        self.identity = RulebookIdentity(rulebook.name, rulebook.title, rulebook.edition, digest, rulebook.complete)
        self.wordings = {kind: Wording(rulebook, kind) for kind in rulebook.kinds}
        self.index = Index.of(rulebook)
        self.tests = {
            rule.name: [
                (test, self.wordings[rule.about].condition(test))
                for test in self.index.tests[rule.name]
                if not isinstance(test, NotCovered)
            ]
            for rule in rulebook.rules.values()
        }
        self._chains = Chains(self.index)
        self._environment = text_environment()
        self._templates: dict[str, Template] = {}

    def template(self, text: str) -> Template:
        """The template of a rule's text."""
        if text not in self._templates:
            self._templates[text] = self._environment.from_string(text)
        return self._templates[text]

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
        missing, shut = missing_facts(self.index, case, told.reading)
        return Explanation(
            case.name,
            result.verdict,
            case.as_of,
            self.identity,
            self.engine,
            tuple(told.subject(subject) for subject in result.subjects),
            findings,
            missing,
            (*notices, *shut, *told.notices),
        )

    def with_chain(self, explanation: Explanation, case: Case, result: CaseResult) -> Explanation:
        """The explanation with the chain that everything in it rests on."""
        return replace(explanation, chain=self._chains.of(case, result))


class _Telling:
    """The explanation of one case in the making."""

    def __init__(self, explainer: Explainer, case: Case, result: CaseResult) -> None:
        self.explainer = explainer
        self.rulebook = explainer.rulebook
        self.case = case
        self.results = {(subject.kind, subject.ref): subject for subject in result.subjects}
        self.reading = Reading(self.rulebook, case, result)
        self.origins = Origins(explainer.index, self.reading)
        self.parameters = {name: self.reading.options(name) for name in self.rulebook.parameters}
        self.notices: list[str] = []

    def _fact(self, subject: SubjectResult) -> Fact:
        fact = self.reading.subject(subject.kind, subject.ref)
        assert fact is not None, "every result is of a fact of the case"
        return fact

    # --- subjects ---

    def subject(self, subject: SubjectResult) -> ExplainedSubject:
        """A subject with what is known of it; of the cells of tables only the rules' tests tell."""
        kind = self.rulebook.kinds[subject.kind]
        fact = self._fact(subject)
        facts, derived = [], {}
        for name, field in kind.fields.items():
            value = subject.values[name]
            if value is Absent.UNKNOWN or field.from_table is not None:
                continue
            stated = name in fact.values
            shown = show_value(field, value)
            facts.append(StatedFact(name, field.label, value, shown, fact.spans.get(name), not stated))
            if not stated:
                derived[name] = value
        return ExplainedSubject(
            subject.kind, kind.label, subject.ref, subject.verdict, tuple(facts), MappingProxyType(derived)
        )

    # --- findings ---

    def finding(self, rule: Rule, subject: SubjectResult) -> Finding:
        """How a rule came out for a subject."""
        fact = self._fact(subject)
        outcome = subject.outcomes[rule.name]
        message, remedy = self._message(rule, outcome, subject, fact), None
        if rule.remedy is not None and outcome in (Outcome.VIOLATED, Outcome.ADVISED):
            remedy = self._text(rule, "remedy", rule.remedy, subject)
        return Finding(
            rule.name,
            rule.title,
            subject.kind,
            subject.ref,
            outcome,
            rule.severity,
            message,
            remedy,
            self._source(rule.source),
            tuple(self._test(test, words, subject, fact) for test, words in self.explainer.tests[rule.name]),
        )

    def _message(self, rule: Rule, outcome: Outcome, subject: SubjectResult, fact: Fact) -> str:
        match outcome:
            case Outcome.MET | Outcome.VIOLATED | Outcome.ADVISED | Outcome.CONCLUDED:
                which = "advise" if isinstance(rule.action, Advise) else "explain"
                written = self._text(rule, which, rule.explain, subject) if rule.explain else None
                return written or self._plain_message(rule, outcome, subject)
            case Outcome.UNKNOWN:
                return " ".join(self._unknown(rule, fact))
            case Outcome.NOT_APPLICABLE:
                return f"Does not apply to {subject.ref}."
            case Outcome.SILENT:
                follows = isinstance(rule.action, Conclude)
                return f"Nothing follows for {subject.ref}." if follows else f"Nothing to tell of {subject.ref}."
            case _:
                assert_never(outcome)

    def _unknown(self, rule: Rule, fact: Fact) -> Iterator[str]:
        """Why the outcome of a rule is unknown, in sentences."""
        waits = dict.fromkeys(self._waits(rule, fact))
        if waits:
            yield f"Not known for {fact.ref}: {'; '.join(waits)}."
        if rule.not_covered is not None:
            needs = self.reading.truth(rule.applies, fact) is Truth.TRUE
            said = show_not_covered(rule.not_covered, self.rulebook.edition, fact.ref, needs)
            yield f"{said[0].upper()}{said[1:]}."

    def _waits(self, rule: Rule, fact: Fact) -> Iterator[str]:
        """What is not known of the tests that leave a rule open, in words."""
        wording = self.explainer.wordings[rule.about]
        for test, words in self.explainer.tests[rule.name]:
            if self.reading.truth(test, fact) is not Truth.UNKNOWN:
                continue
            if isinstance(test, (AnyRelated, AllRelated, RuleOutcome)):
                yield f"whether {words}"
                continue
            unknown = [one for one in values_of(test) if self.reading.value(one, fact) is Absent.UNKNOWN]
            yield from map(wording.expression, unknown)
            if not unknown:  # the list of a membership
                yield f"whether {words}"

    def _plain_message(self, rule: Rule, outcome: Outcome, subject: SubjectResult) -> str:
        """What is said where the rulebook has no words of its own."""
        if isinstance(rule.action, Require):
            holds = "It holds" if outcome is Outcome.MET else "It does not hold"
            words = self.explainer.wordings[rule.about].condition(rule.action.condition)
            return f"{holds} for {subject.ref} that {words}."
        if isinstance(rule.action, Conclude):
            fields = self.rulebook.kinds[rule.about].fields
            values = [
                f"{fields[name].label} is {show_value(fields[name], value)}"
                for name, value in rule.action.values.items()
            ]
            return f"For {subject.ref}, {' and '.join(values)}."
        return f"{rule.title}."

    def _text(self, rule: Rule, which: str, text: str, subject: SubjectResult) -> str | None:
        """A text of a rule; none, with a notice, where it cannot be made of these values."""
        try:
            return render_text(self.explainer.template(text), self._context(subject))
        except TypeError:
            why = "it calculates with what is unknown or none"
        except (TemplateError, LookupError, AttributeError, ValueError, ArithmeticError) as error:
            why = str(error)
        self.notices.append(f"the text `{which}` of the rule `{rule.name}` cannot be made for {subject.ref}: {why}")
        return None

    def _context(self, subject: SubjectResult) -> Mapping[str, Any]:
        context: dict[str, Any] = dict(self.parameters)
        for name in (*self.rulebook.kinds[subject.kind].fields, "ref", VERDICT):
            context[name] = self._shown_field(subject, name)
        context["as_of"] = self.case.as_of
        return context

    def _shown_field(self, subject: SubjectResult, name: str) -> object:
        if name == "ref":
            return subject.ref
        if name == VERDICT:
            return ChoiceText(subject.verdict.value, subject.verdict.value.replace("_", " "))
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

    def _test(self, test: Test, words: str, subject: SubjectResult, fact: Fact) -> ExplainedTest:
        truth = subject.truths.get(test)
        values = values_of(test)
        if not values:
            return ExplainedTest(words, truth, Absent.UNKNOWN, "", None)
        wording = self.explainer.wordings[subject.kind]
        left = values[0]
        value = self.reading.value(left, fact)
        if isinstance(test, Comparison) and not isinstance(test.right, Literal):
            right = self.reading.value(test.right, fact)
            if not isinstance(right, Absent):
                words = wording.comparison(test, right)
        return ExplainedTest(words, truth, value, self._shown(left, value, wording, fact), self.origins.of(left, fact))

    def _shown(self, left: Expression, value: Value, wording: Wording, fact: Fact) -> str:
        if isinstance(left, CountOf) and isinstance(value, Absent):
            facts = self.reading.refers(left.related, fact)
            if facts is None:
                return Absent.UNKNOWN.value
            sure = sum(1 for _, refers, meets in facts if refers is meets is Truth.TRUE)
            most = sum(1 for _, refers, meets in facts if Truth.FALSE not in (refers, meets))
            return f"{sure} to {most}"
        return wording.value(left, value)
