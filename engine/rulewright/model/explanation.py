"""An explained result as data without markup, the input of every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from rulewright.diagnostics import Span
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Truth, Value

if TYPE_CHECKING:  # most explanations have no chain, and its classes are slow to import
    from rulewright.model.chain import Chain


@dataclass(frozen=True, slots=True)
class ExplainedTest:
    """One test of a finding: its words, its truth (None if it did not matter) and the value it read.

    `value` is the left-hand value as data, and `shown` the same value in words with its unit. `at` is the place where
    the fact was stated, or None for a missing or derived fact.
    """

    test: str
    truth: Truth | None
    value: Value
    shown: str
    at: Span | None


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """The source of a rule: the document, its section, and the texts of the cited clauses."""

    document: str
    title: str
    section: str | None
    publisher: str | None
    updated: date | None
    url: str | None
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that the edition does not cover, and the edition that covers it.

    `sure` is true if the subject needs the topic, and false if it may need it.
    """

    what: str
    covered_by: date | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one rule for one subject, in words: message, remedy, sources and tests.

    `source` is the main source; `further_sources` are places in other documents that say the same or more. `gap` is set
    if the outcome is unknown because the edition does not cover the topic of the rule.
    """

    rule: str
    title: str
    kind: str
    ref: str
    outcome: Outcome
    severity: RuleSeverity
    message: str
    remedy: str | None
    source: SourcePlace | None
    tests: tuple[ExplainedTest, ...]
    further_sources: tuple[SourcePlace, ...] = ()
    gap: Gap | None = None

    @property
    def sources(self) -> tuple[SourcePlace, ...]:
        """Return all sources of the rule, the main one first."""
        return () if self.source is None else (self.source, *self.further_sources)


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that could still change an outcome, with the question that asks for it.

    `instead` names a field of the same subject that can be stated instead. `needed_by` are the rules that depend on the
    fact. Without a `field`, the fact is the list of all facts of the kind.
    """

    kind: str
    ref: str
    field: str | None
    label: str
    ask: str
    note: str | None
    instead: str | None
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A value of a subject in words.

    `at` is the place of a stated value. `derived` is true for a computed, looked-up or concluded value.
    """

    field: str
    label: str
    value: Value
    shown: str
    at: Span | None
    derived: bool


@dataclass(frozen=True, slots=True)
class ExplainedSubject:
    """One subject with its verdict, its values in the order of the vocabulary, and its derived values."""

    kind: str
    kind_label: str
    ref: str
    verdict: Verdict
    facts: tuple[StatedFact, ...]
    derived: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RulebookIdentity:
    """The identity of the rulebook behind a result, sufficient for a replay."""

    name: str
    title: str
    edition: date
    digest: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """An explained case: its verdict, subjects, findings, missing facts and notices.

    `findings` are in the order of the rulebook, then of the file. `chain` has the reasons of every result, or is None
    if it was not requested.
    """

    case: str
    verdict: Verdict
    as_of: date
    rulebook: RulebookIdentity
    engine: str
    subjects: tuple[ExplainedSubject, ...]
    findings: tuple[Finding, ...]
    missing: tuple[MissingFact, ...]
    notices: tuple[str, ...] = field(default=())
    chain: Chain | None = None
