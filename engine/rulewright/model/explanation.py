"""An explained result as data, without markup: what every writer of a report is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from rulewright.diagnostics import Span
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Truth, Value

if TYPE_CHECKING:  # few explanations have a chain, and its many classes take long to make
    from rulewright.model.chain import Chain


@dataclass(frozen=True, slots=True)
class ExplainedTest:
    """One test of a finding: in words, its truth (none where it did not matter), what it saw and where that stands.

    `value` is the left-hand value as data, `shown` the same in words with its unit; `at` is where the fact was stated,
    none for a fact that nobody stated or that was derived.
    """

    test: str
    truth: Truth | None
    value: Value
    shown: str
    at: Span | None


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where a rule comes from: the document, its section, and what the clauses cited there say."""

    document: str
    title: str
    section: str | None
    publisher: str | None
    updated: date | None
    url: str | None
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """What the edition does not cover and a subject needs, and the edition that covers it; not `sure`: may need."""

    what: str
    covered_by: date | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """How one rule came out for one subject, in words: the message, what to do, the source, the tests.

    `source` is the main one; `further_sources` are places in other documents that say the same or more of it. `gap` is
    there where the outcome is unknown because the edition does not cover what the rule stands for.
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
        """All places that the rule comes from, the main one first."""
        return () if self.source is None else (self.source, *self.further_sources)


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that could still change an outcome, with the question that asks for it.

    `instead` names a field of the same subject that may be stated in its place; `needed_by` the rules that wait for it.
    A fact without a `field` is the list of all facts of the kind.
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
    """A value of a subject, in words, and where it comes from: `at` when stated, `derived` when it follows."""

    field: str
    label: str
    value: Value
    shown: str
    at: Span | None
    derived: bool


@dataclass(frozen=True, slots=True)
class ExplainedSubject:
    """One subject with its verdict, its values in the order of the vocabulary, and what was derived."""

    kind: str
    kind_label: str
    ref: str
    verdict: Verdict
    facts: tuple[StatedFact, ...]
    derived: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RulebookIdentity:
    """What a result was made from, enough to replay it."""

    name: str
    title: str
    edition: date
    digest: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """One case, explained: findings in the order of the rulebook, then of the file; what is missing; what to know.

    `chain` is what everything rests on, none where nobody asked for it.
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
