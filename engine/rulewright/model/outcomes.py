"""What an evaluation comes to: outcomes of rules and verdicts of subjects; the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from rulewright.diagnostics import Diagnostic
from rulewright.model.conditions import Test
from rulewright.model.values import Truth, Value

#: The built-in field of every kind that holds its subject's verdict.
VERDICT = "verdict"


class Outcome(Enum):
    """How a rule came out for a subject.

    A requirement is met or violated, an advice advised or silent, a conclusion concluded or silent; each of them can
    be unknown, or not applicable.
    """

    MET = "met"
    VIOLATED = "violated"
    ADVISED = "advised"
    CONCLUDED = "concluded"
    SILENT = "silent"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


#: The letter that stands for each outcome where many are told.
OUTCOME_LETTERS = dict(zip(Outcome, "mvacsun", strict=True))


class Verdict(Enum):
    """What all blocking requirements together say of a subject, or of a case."""

    READY = "ready"
    NOT_READY = "not_ready"
    NEEDS_INFORMATION = "needs_information"
    NOT_APPLICABLE = "not_applicable"


_WORST_FIRST = (Verdict.NOT_READY, Verdict.NEEDS_INFORMATION, Verdict.READY, Verdict.NOT_APPLICABLE)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a case from those of its subjects: the worst of them; not applicable when there is none."""
    seen = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in seen), Verdict.NOT_APPLICABLE)


def verdict_of(outcomes: Iterable[Outcome]) -> Verdict:
    """The verdict of a subject from the outcomes of its blocking requirements."""
    seen = set(outcomes)
    if Outcome.VIOLATED in seen:
        return Verdict.NOT_READY
    if Outcome.UNKNOWN in seen:
        return Verdict.NEEDS_INFORMATION
    return Verdict.READY if Outcome.MET in seen else Verdict.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """What came out for one subject: values, given and derived, by field; outcomes by rule; its verdict.

    `truths` holds the truth of the tests that mattered: a test is left out where every rule with it does not apply.
    """

    kind: str
    ref: str
    values: Mapping[str, Value]
    outcomes: Mapping[str, Outcome]
    verdict: Verdict
    truths: Mapping[Test, Truth] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came out for one case, subjects in the order of the rulebook's kinds and then of the file.

    A case with errors (conclusions that contradict each other) has no verdict to trust: `verdict` is none.
    """

    case: str
    subjects: tuple[SubjectResult, ...]
    verdict: Verdict | None
    errors: tuple[Diagnostic, ...] = ()

    def subject(self, kind: str, ref: str) -> SubjectResult | None:
        """The result of one subject; none when the case has no such subject."""
        return next((found for found in self.subjects if found.kind == kind and found.ref == ref), None)
