"""Changes that make a case ready, as data without markup for every report."""

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
    """The change of a fact, as data and in words.

    `before` is None if the fact is not stated, so that the change states it. `after` is None if any other text is
    enough. Each of the `alternatives` would be enough as well, with the same other changes. `difference` says how far a
    number or a date moves, as in `1 month later`. `at` is the place of the current value. `clause` is the change as a
    clause of a sentence, and `headline` as a phrase.
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
    """A set of changes that resolves every known blocker.

    `satisfies` are the requirements that it satisfies, and `verdict` is the verdict after the changes. `missing` are
    the facts still missing after them. `sentence` describes all changes.
    """

    changes: tuple[FactChange, ...]
    cost: Decimal
    satisfies: tuple[RuleAtStake, ...]
    verdict: Verdict
    missing: tuple[MissingFact, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class FixedFact:
    """A fact that would have to be different, but cannot change.

    `why` says why it cannot change, and `violates` are the requirements it violates. `needed` is a value that would be
    enough; with None, `shown_needed` says that any other text is. `sentence` describes everything except the
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
    """A requirement that no examined value satisfies; `why` says in words what was examined."""

    rule: RuleAtStake
    why: str


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Subjects without which the rest of the case has no blocker.

    `verdict` is the verdict of the rest; `sentence` describes both.
    """

    subjects: tuple[NamedSubject, ...]
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """Subjects that become ready by the same set of changes, with all `answers`, the cheapest first.

    If no allowed change is enough, `is_impossible` is true. Then `unsolvable` are the requirements that no examined
    value satisfies. Each of the `obstacles` is a minimal set of facts that would have to be different to meet all other
    requirements. `limits` describe the values that were not examined. `is_smallest` is true if no smaller set of
    changes than the first answer exists.
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
    """The changes of one case, with one answer to choose for each part.

    `first` are the changes of the first answers together, `verdict_after` is the verdict after them, and `missing` are
    the facts then missing. `leave_out` are subjects that cannot become ready, if the rest of the case can. `summary` is
    a sentence about the success of the changes.
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
