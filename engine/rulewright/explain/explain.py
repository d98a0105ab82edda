"""Explain the result of a case: subjects, findings and missing facts, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from typing_extensions import assert_never

from rulewright.caches import Kept, Remembered
from rulewright.explain.case_subjects import CaseSubject, SituationCache, Subjects
from rulewright.explain.index import Index, values_of
from rulewright.explain.missing import MissingFacts
from rulewright.explain.phrases import PHRASES
from rulewright.explain.rule_texts import Parts, RenderFailure, RuleTexts
from rulewright.explain.subject_fields import fields_of_tests
from rulewright.explain.worded_tests import WordedTest, WordedTests
from rulewright.model.conditions import AllRelated, AnyRelated, RuleOutcome
from rulewright.model.explanation import (
    ExplainedSubject,
    Explanation,
    Finding,
    Gap,
    RulebookIdentity,
    SourcePlace,
    StatedFact,
)
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.outcomes import CaseResult, Outcome
from rulewright.model.rulebook import Advise, Conclude, Require, Rule, Rulebook, Source
from rulewright.model.values import Absent, Truth

if TYPE_CHECKING:
    from rulewright.explain.chains import Chains

_HAVE_TEXTS = (Outcome.MET, Outcome.VIOLATED, Outcome.ADVISED, Outcome.CONCLUDED)


@dataclass(frozen=True, slots=True)
class _PreparedRule:
    """A rule with the parts of its findings that are the same in every case.

    `position` is its index among the rules about its kind. `test_fields` has the fields of the subject that its tests
    read; none if they read other subjects too.
    """

    rule: Rule
    title: str
    position: int
    sources: tuple[SourcePlace, ...]
    tests: tuple[WordedTest, ...]
    test_fields: tuple[str, ...] | None


class Explainer:
    """Explains results of one rulebook in one language, and caches the wording across cases.

    Texts are taken from the rulebook, so another language needs the translated rulebook.
    """

    def __init__(self, rulebook: Rulebook, digest: str, engine: str, language: Language = Language.ENGLISH) -> None:
        self.rulebook = rulebook
        self.phrases = PHRASES[language]
        self.engine = engine
        self.language = language
        self.identity = RulebookIdentity(rulebook.name, rulebook.title, rulebook.edition, digest, rulebook.complete)
        self.index = Index.of(rulebook)
        self._tests = WordedTests(self.index, language)
        self._texts = RuleTexts(rulebook, language)
        self._situations = SituationCache(self.index)
        self._missing = MissingFacts(self.index, language)
        self._rules = [
            self._prepare(rule, position)
            for kind in rulebook.kinds
            for position, rule in enumerate(rulebook.rules_about(kind))
        ]
        order = {name: place for place, name in enumerate(rulebook.rules)}
        self._rules.sort(key=lambda prepared: order[prepared.rule.name])
        self._unknown_cache: Kept[tuple[Any, ...], str] = Kept()
        self._plain: Remembered[tuple[str, Outcome], Parts] = Remembered(self._plain_parts)

    def _prepare(self, rule: Rule, position: int) -> _PreparedRule:
        lacking = rule.not_covered
        return _PreparedRule(
            rule,
            rule.title if lacking is None else self.phrases.not_covered_title.format(what=lacking.what),
            position,
            tuple(map(self._source, rule.sources)),
            self._tests.of_rule[rule.name],
            fields_of_tests(self.index.tests[rule.name]),
        )

    def explain(self, case: Case, result: CaseResult, notices: tuple[str, ...] = ()) -> Explanation:
        """Return the explanation of a case. Raises `ValueError` if the case has errors instead of a verdict."""
        if result.verdict is None:
            raise ValueError("a case with errors has nothing to explain")
        subjects = Subjects(self.index, self._situations, case, result)
        failures: list[str] = []
        findings = tuple(
            [
                self._finding(prepared, subject, subjects, failures)
                for prepared in self._rules
                for subject in subjects.by_kind.get(prepared.rule.about, ())
            ]
        )
        missing, unresolvable = self._missing.of(subjects)
        return Explanation(
            case.name,
            result.verdict,
            case.as_of,
            self.identity,
            self.engine,
            tuple([self._subject(subject) for subject in subjects.all]),
            findings,
            missing,
            (*notices, *unresolvable, *failures),
        )

    def with_chain(self, explanation: Explanation, case: Case, result: CaseResult) -> Explanation:
        """Return the explanation with its chain of derivations."""
        return replace(explanation, chain=self._chains.of(case, result))

    @cached_property
    def _chains(self) -> Chains:
        from rulewright.explain.chains import Chains  # noqa: PLC0415  few explanations have chains, and the import is slow

        return Chains(self.index, self.language)

    def _subject(self, subject: CaseSubject) -> ExplainedSubject:
        """Return a subject with its known values. Values from tables are left out: only tests of rules show them."""
        result, fact = subject.result, subject.fact
        kind = self.rulebook.kinds[result.kind]
        facts, derived = [], {}
        for name, field in kind.fields.items():
            value = result.values[name]
            if value is Absent.UNKNOWN or field.from_table is not None:
                continue
            stated = name in fact.values
            shown = self._tests.shown[kind.name, name, value]
            facts.append(StatedFact(name, field.label, value, shown, fact.spans.get(name), not stated))
            if not stated:
                derived[name] = value
        return ExplainedSubject(
            result.kind, kind.label, result.ref, result.verdict, tuple(facts), MappingProxyType(derived)
        )

    def _finding(self, prepared: _PreparedRule, subject: CaseSubject, of: Subjects, failures: list[str]) -> Finding:
        """Return the finding of a rule for a subject; texts that fail are added to `failures`."""
        rule, result = prepared.rule, subject.result
        outcome, truths = subject.ordered.outcomes[prepared.position], subject.ordered.truths[prepared.position]
        message: str | None = None
        if rule.explain and outcome in _HAVE_TEXTS:
            which = "advise" if isinstance(rule.action, Advise) else "explain"
            message = self._text(rule, which, rule.explain, subject, of, failures)
        elif outcome is Outcome.UNKNOWN:
            message = self.phrases.sentence_space.join(self._unknown(prepared, subject, of))
        remedy: str | None = None
        if rule.remedy is not None and outcome in (Outcome.VIOLATED, Outcome.ADVISED):
            remedy = self._text(rule, "remedy", rule.remedy, subject, of, failures)
        return Finding(
            rule.name,
            prepared.title,
            result.kind,
            result.ref,
            outcome,
            rule.severity,
            message or result.ref.join(self._plain[rule.name, outcome]),
            remedy,
            next(iter(prepared.sources), None),
            self._tests.explained(prepared.tests, truths, subject, of),
            prepared.sources[1:],
            self._gap(rule, subject, of) if outcome is Outcome.UNKNOWN else None,
        )

    # --- words ---

    def _text(
        self, rule: Rule, which: str, text: str, subject: CaseSubject, of: Subjects, failures: list[str]
    ) -> str | None:
        """Return a text of a rule. If it cannot be rendered, return none and add a notice to `failures`."""
        made = self._texts.make(self._texts[rule.about, text], subject, of)
        if not isinstance(made, RenderFailure):
            return made
        ref = subject.result.ref
        failures.append(self.phrases.text_failed.format(which=which, rule=rule.name, ref=ref, why=made))
        return None

    def _plain_parts(self, key: tuple[str, Outcome]) -> Parts:
        """Return the default message for an outcome, split at the ref. Raises `ValueError` for an unknown outcome."""
        rule, outcome = self.rulebook.rules[key[0]], key[1]
        said = self.phrases
        match outcome:
            case Outcome.NOT_APPLICABLE:
                return _parts(said.not_applicable)
            case Outcome.SILENT:
                return _parts(said.nothing_follows if isinstance(rule.action, Conclude) else said.nothing_to_tell)
            case Outcome.UNKNOWN:
                raise ValueError("what is unknown is said with what it waits for")
            case Outcome.MET | Outcome.VIOLATED | Outcome.ADVISED | Outcome.CONCLUDED:
                return self._plain_reason(rule, outcome)
            case _:
                assert_never(outcome)

    def _plain_reason(self, rule: Rule, outcome: Outcome) -> Parts:
        said, wording = self.phrases, self._tests.wordings[rule.about]
        if isinstance(rule.action, Require):
            words = wording.condition(rule.action.condition)
            return _parts(said.holds if outcome is Outcome.MET else said.holds_not, words=words)
        if isinstance(rule.action, Conclude):
            fields = self.rulebook.kinds[rule.about].fields
            values = [
                said.field_is.format(label=fields[name].label, value=wording.value_of(fields[name], value))
                for name, value in rule.action.values.items()
            ]
            return _parts(said.concluded, values=said.conjunction.join(values))
        return (f"{rule.title}{said.stop}",)

    def _unknown(self, prepared: _PreparedRule, subject: CaseSubject, of: Subjects) -> Iterator[str]:
        """Yield the sentences that explain why the outcome of a rule is unknown."""
        gap, ref = self._gap(prepared.rule, subject, of), subject.result.ref
        waits = "" if gap is not None and gap.sure else self._unknown_words(prepared, subject, of)
        if waits:
            yield self.phrases.not_known.format(ref=ref, waits=waits)
        if gap is not None:
            yield self._tests.wordings[prepared.rule.about].gap(gap, ref)

    def _gap(self, rule: Rule, subject: CaseSubject, of: Subjects) -> Gap | None:
        """Return the gap that a rule declares in the edition; none for a rule without `not_covered`."""
        lacking = rule.not_covered
        if lacking is None:
            return None
        return Gap(lacking.what, lacking.covered_by, of.reading.truth(rule.applies, subject.fact) is Truth.TRUE)

    def _unknown_words(self, prepared: _PreparedRule, subject: CaseSubject, of: Subjects) -> str:
        """Return the unknown parts of a rule's tests in words."""
        if prepared.test_fields is None:
            return self.phrases.between.join(dict.fromkeys(self._unknown_parts(prepared, subject, of)))
        key = (prepared.rule.name, of.case.as_of, subject.ordered, subject.states(prepared.test_fields))
        waits = self._unknown_cache.get(key)
        return waits or self._unknown_cache.keep(
            key, self.phrases.between.join(dict.fromkeys(self._unknown_parts(prepared, subject, of)))
        )

    def _unknown_parts(self, prepared: _PreparedRule, subject: CaseSubject, of: Subjects) -> Iterator[str]:
        wording, reading, fact = self._tests.wordings[prepared.rule.about], of.reading, subject.fact
        for worded in prepared.tests:
            if reading.truth(worded.test, fact) is not Truth.UNKNOWN:
                continue
            if isinstance(worded.test, (AnyRelated, AllRelated, RuleOutcome)):
                yield self.phrases.whether.format(words=worded.positive_words)
                continue
            unknown = [one for one in values_of(worded.test) if reading.value(one, fact) is Absent.UNKNOWN]
            yield from map(wording.expression, unknown)
            if not unknown:  # the values are known, so the list of a membership is unknown
                yield self.phrases.whether.format(words=worded.positive_words)

    def _source(self, source: Source) -> SourcePlace:
        document = self.rulebook.documents[source.document]
        return SourcePlace(
            document.name,
            document.title,
            source.section,
            document.publisher,
            document.updated,
            document.url,
            tuple(document.clauses[name].says for name in source.clauses if name in document.clauses),
        )


def _parts(pattern: str, **words: str) -> Parts:
    """Return a phrase with its words filled in, split at the ref."""
    return tuple([part.format(**words) for part in pattern.split("{ref}")])
