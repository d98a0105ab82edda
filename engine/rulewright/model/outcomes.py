"""Results of an evaluation, the same for every engine: outcomes of rules and verdicts of subjects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic
from rulewright.model.conditions import NotCovered, Test
from rulewright.model.rulebook import Advise, Conclude, Require, Rule
from rulewright.model.values import Truth, Value

#: Built-in field of every kind: the verdict of the subject.
VERDICT = "verdict"


class Outcome(Enum):
    """The outcome of a rule for a subject.

    A requirement is met or violated. A concluding or advising rule fired (`CONCLUDED`, `ADVISED`) or did not fire
    (`SILENT`). Each of them can also be unknown or not applicable.
    """

    MET = "met"
    VIOLATED = "violated"
    ADVISED = "advised"
    CONCLUDED = "concluded"
    SILENT = "silent"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


#: The letter of each outcome, for compact lists of outcomes.
OUTCOME_LETTERS = dict(zip(Outcome, "mvacsun", strict=True))


def possible_outcomes(rule: Rule) -> tuple[Outcome, ...]:
    """Return the outcomes that the verb and `applies` of a rule allow."""
    outcomes: tuple[Outcome, ...]
    match rule.action:
        case Require(NotCovered()):
            outcomes = ()
        case Require():
            outcomes = (Outcome.MET, Outcome.VIOLATED)
        case Conclude():
            outcomes = (Outcome.CONCLUDED, Outcome.SILENT)
        case Advise():
            outcomes = (Outcome.ADVISED, Outcome.SILENT)
        case _:
            assert_never(rule.action)
    return (*outcomes, Outcome.UNKNOWN, *(() if rule.applies is None else (Outcome.NOT_APPLICABLE,)))


class Verdict(Enum):
    """The result of all blocking requirements for a subject or a case."""

    READY = "ready"
    NOT_READY = "not_ready"
    NEEDS_INFORMATION = "needs_information"
    NOT_APPLICABLE = "not_applicable"


_WORST_FIRST = (Verdict.NOT_READY, Verdict.NEEDS_INFORMATION, Verdict.READY, Verdict.NOT_APPLICABLE)


def worst_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of the verdicts, which is the verdict of their case; not applicable without any."""
    seen = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in seen), Verdict.NOT_APPLICABLE)


def verdict_of(outcomes: Iterable[Outcome]) -> Verdict:
    """Return the verdict of a subject from the outcomes of its blocking requirements."""
    seen = set(outcomes)
    if Outcome.VIOLATED in seen:
        return Verdict.NOT_READY
    if Outcome.UNKNOWN in seen:
        return Verdict.NEEDS_INFORMATION
    return Verdict.READY if Outcome.MET in seen else Verdict.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """The result of one subject: given and derived values by field, outcomes by rule, and the verdict.

    `truths` has the truth of the tests that mattered. A test is left out if none of its rules applies.
    """

    kind: str
    ref: str
    values: Mapping[str, Value]
    outcomes: Mapping[str, Outcome]
    verdict: Verdict
    truths: Mapping[Test, Truth] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of one case, with subjects in the order of the rulebook's kinds, then of the file.

    A case with errors (contradicting conclusions) has no verdict: `verdict` is None.
    """

    case: str
    subjects: tuple[SubjectResult, ...]
    verdict: Verdict | None
    errors: tuple[Diagnostic, ...] = ()

    def subject(self, kind: str, ref: str) -> SubjectResult | None:
        """Return the result of one subject, or None if the case has no such subject."""
        return next((found for found in self.subjects if found.kind == kind and found.ref == ref), None)
