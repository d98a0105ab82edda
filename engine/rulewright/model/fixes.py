"""The changes that make a case ready, as data without markup, for every report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulewright.diagnostics import Span
from rulewright.model.explanation import MissingFact, RulebookIdentity
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Known


@dataclass(frozen=True, slots=True)
class NamedSubject:
    """A subject with the label of its kind."""

    kind: str
    kind_label: str
    ref: str


@dataclass(frozen=True, slots=True)
class FactChange:
    """The change of a fact, as data and in words, and the place where it is stated now.

    `before` is none where the fact is not stated: the change states it. `after` is none where any other text will do;
    `alternatives` would do as well, with all else the same. `difference` says how far a number or a date moves, as in
    `1 month later`; `clause` is the change as a clause of a sentence, `headline` as a phrase by itself.
    """

    subject: NamedSubject
    field: str
    label: str
    before: Known | None
    after: Known | None
    shown_before: str
    shown_after: str
    difference: str | None
    alternatives: tuple[Known, ...]
    shown_alternatives: tuple[str, ...]
    at: Span | None
    clause: str
    headline: str


@dataclass(frozen=True, slots=True)
class RuleAtStake:
    """A blocking requirement of a subject, with its message and its remedy."""

    rule: str
    title: str
    subject: NamedSubject
    outcome: Outcome
    message: str
    remedy: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A set of changes after which no blocker is left, with its cost, the requirements it satisfies and the verdict.

    `missing` has the facts that are then still missing; `sentence` says all the changes.
    """

    changes: tuple[FactChange, ...]
    cost: Decimal
    satisfies: tuple[RuleAtStake, ...]
    verdict: Verdict
    missing: tuple[MissingFact, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class FixedFact:
    """A fact that would have to be different: its value, why it cannot change, and the requirements that it violates.

    `needed` is a value that would do (none with `shown_needed` set: any other text); `sentence` says all but the
    requirements.
    """

    subject: NamedSubject
    field: str
    label: str
    value: Known
    shown: str
    needed: Known | None
    shown_needed: str | None
    why: str
    violates: tuple[RuleAtStake, ...]
    at: Span | None
    sentence: str


@dataclass(frozen=True, slots=True)
class UnmetRule:
    """A requirement that no examined value satisfies, and in words how far that goes."""

    rule: RuleAtStake
    why: str


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Subjects without which the rest of the case has no blocker, the verdict of the rest, and both as sentences."""

    subjects: tuple[NamedSubject, ...]
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some subjects that are made ready together, by any one of the answers, the cheapest first.

    Where no allowed change is enough (`is_impossible`), `unsolvable` has requirements that no examined value satisfies,
    and each of the `obstacles` is a minimal set of facts that would have to be different to meet all others. `limits`
    says what was not examined; `is_smallest` that no smaller set of changes exists than the first answer.
    """

    subjects: tuple[NamedSubject, ...]
    answers: tuple[Answer, ...]
    obstacles: tuple[tuple[FixedFact, ...], ...]
    unsolvable: tuple[UnmetRule, ...]
    limits: tuple[str, ...]
    is_impossible: bool
    is_smallest: bool


@dataclass(frozen=True, slots=True)
class Fixes:
    """The changes of one case: for each part one of its answers.

    `first` has the changes of the first answers together, `verdict_after` the verdict and `missing` the missing facts
    after them. `leave_out` has subjects that cannot become ready, where the rest of the case can; `summary` says in a
    sentence how far the changes go.
    """

    case: str
    verdict: Verdict
    as_of: date
    rulebook: RulebookIdentity
    engine: str
    parts: tuple[Part, ...]
    first: tuple[FactChange, ...]
    verdict_after: Verdict
    missing: tuple[MissingFact, ...]
    notices: tuple[str, ...]
    leave_out: LeaveOut | None = None
    summary: str = ""
