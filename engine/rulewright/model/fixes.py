"""What to change so that a case becomes ready, as data without markup: what every writer of it is given."""

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
    """A subject, with what a reader calls its kind."""

    kind: str
    kind_label: str
    ref: str


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that changes: from what to what, as data and in words, and where it is stated now.

    `after` is none where any other text will do; `alternatives` would do as well, with all else the same. `difference`
    says how far a number or a date moves, as in `1 month later`; `clause` says all of it as a part of a sentence,
    `headline` by itself.
    """

    subject: NamedSubject
    field: str
    label: str
    before: Known
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
    """A blocking requirement of a subject that a fact decides: its title and what its rulebook says to do."""

    rule: str
    title: str
    subject: NamedSubject
    outcome: Outcome
    message: str
    remedy: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Changes that are enough, with what they cost, the requirements that they satisfy and the verdict they lead to.

    `missing` has what remains to be told before more can be said; `sentence` says all the changes.
    """

    changes: tuple[FactChange, ...]
    cost: Decimal
    satisfies: tuple[RuleAtStake, ...]
    verdict: Verdict
    missing: tuple[MissingFact, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class FixedFact:
    """A fact that stands in the way: its value, why it does not change, and the requirements that it violates.

    `sentence` says all of it but these.
    """

    subject: NamedSubject
    field: str
    label: str
    value: Known
    shown: str
    why: str
    violates: tuple[RuleAtStake, ...]
    at: Span | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some subjects that are made ready together, by any one of the answers, the cheapest first.

    Where there is no answer, each of the `obstacles` is a smallest set of facts that would have to be otherwise;
    without these either, `unsolvable` has the requirements that no other value of a stated fact would satisfy. `limits`
    says what the search left undone.
    """

    subjects: tuple[NamedSubject, ...]
    answers: tuple[Answer, ...]
    obstacles: tuple[tuple[FixedFact, ...], ...]
    unsolvable: tuple[RuleAtStake, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fixes:
    """What to change in one case: for each part one of its answers.

    `first` is what the first answers change together: `verdict_after` is the verdict then, and `missing` the facts that
    are still to be told.
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
