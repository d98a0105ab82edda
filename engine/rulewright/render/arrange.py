"""Reading order of an explanation, the same in every report for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from rulewright.diagnostics import Span
from rulewright.model.explanation import Explanation, Finding, MissingFact
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.render.words import Words

if TYPE_CHECKING:  # not every report has changes
    from rulewright.model.fixes import Fixes

T = TypeVar("T")

#: The verdicts in the order of their counts.
WORST_FIRST = (Verdict.NOT_READY, Verdict.NEEDS_INFORMATION, Verdict.READY, Verdict.NOT_APPLICABLE)
#: The outcomes that a reader must see, in this order. The others are evidence.
SHOWN_OUTCOMES = (Outcome.VIOLATED, Outcome.UNKNOWN, Outcome.ADVISED)
EVIDENCE_OUTCOMES = (Outcome.MET, Outcome.CONCLUDED, Outcome.NOT_APPLICABLE, Outcome.SILENT)

#: The outcomes whose remedy is shown. A requirement that is still unknown may need no remedy.
REMEDY_OUTCOMES = (Outcome.VIOLATED, Outcome.ADVISED)

#: Maximum number of findings per outcome, missing facts and similar items in a report: a few screens each.
MOST_WRITTEN = 50

_MOST_SEVERE_FIRST = {severity: rank for rank, severity in enumerate(RuleSeverity)}


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with its number in the explanation, counted from 1, for references to it."""

    number: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class RemedyStep:
    """A remedy, with the findings that call for it. Without a remedy, the text is their message."""

    text: str
    has_remedy: bool
    findings: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A gap in the edition, with the findings that certainly need it and those that may."""

    what: str
    covered_by: date | None
    needed_by: tuple[Placed, ...]
    maybe_needed_by: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Arranged:
    """An explanation in reading order. `findings` excludes those in `uncovered`."""

    explanation: Explanation
    sentences: tuple[str, ...]
    steps: tuple[RemedyStep, ...]
    findings: Mapping[Outcome, tuple[Placed, ...]]
    uncovered: tuple[Uncovered, ...]
    kind_labels: Mapping[str, str]
    rule_titles: Mapping[str, str]
    numbers: Mapping[tuple[str, str, str], int]

    @property
    def passes(self) -> bool:
        """Return whether the verdict is ready or not applicable."""
        return self.explanation.verdict in (Verdict.READY, Verdict.NOT_APPLICABLE)

    @property
    def has_evidence(self) -> bool:
        """Return whether there are findings that a reader need not see."""
        return any(self.findings[outcome] for outcome in EVIDENCE_OUTCOMES)

    def kind(self, name: str) -> str:
        """Return the label of a kind."""
        return self.kind_labels.get(name, name)

    def number_of(self, rule: str, kind: str, ref: str) -> int:
        """Return the number of the finding of a rule for a subject."""
        return self.numbers[rule, kind, ref]

    def titles(self, missing: MissingFact) -> tuple[str, ...]:
        """Return the titles of the rules that need a missing fact."""
        return tuple(dict.fromkeys(self.rule_titles.get(rule, rule) for rule in missing.needed_by))


def arranged(explanation: Explanation, words: Words) -> Arranged:
    """Return the explanation in reading order; within an outcome, the most severe finding comes first."""
    placed = [Placed(number, finding) for number, finding in enumerate(explanation.findings, 1)]
    placed.sort(key=lambda one: _MOST_SEVERE_FIRST[one.finding.severity])
    covered = [one for one in placed if one.finding.gap is None]
    findings = {outcome: tuple(one for one in covered if one.finding.outcome is outcome) for outcome in Outcome}
    uncovered = _uncovered(placed)
    return Arranged(
        explanation=explanation,
        sentences=_sentences(explanation, uncovered, words),
        steps=_steps(findings[Outcome.VIOLATED]),
        findings=findings,
        uncovered=uncovered,
        kind_labels={subject.kind: subject.kind_label for subject in explanation.subjects},
        rule_titles={finding.rule: finding.title for finding in explanation.findings},
        numbers={(one.rule, one.kind, one.ref): number for number, one in enumerate(explanation.findings, 1)},
    )


def count_verdicts(explanations: Iterable[Explanation]) -> Sequence[tuple[Verdict, int]]:
    """Return the number of cases with each verdict, the worst verdict first, without zero counts."""
    counts = Counter(explanation.verdict for explanation in explanations)
    return [(verdict, counts[verdict]) for verdict in WORST_FIRST if counts[verdict]]


def _steps(violated: Iterable[Placed]) -> tuple[RemedyStep, ...]:
    """Return one step for each different remedy. Findings with the same remedy share a step."""
    grouped: dict[tuple[str, bool], list[Placed]] = {}
    for one in violated:
        remedy = one.finding.remedy
        grouped.setdefault((remedy or one.finding.message, remedy is not None), []).append(one)
    return tuple(RemedyStep(text, has_remedy, tuple(found)) for (text, has_remedy), found in grouped.items())


def remaining_steps(case: Arranged, fixes: Fixes | None) -> tuple[RemedyStep, ...]:
    """Return the steps still needed beside the changes of `fix`; all steps without a search.

    A subject with an answer needs only its changes, and an impossible subject needs no step. The other steps remain:
    those of subjects without a search result, and those of requirements that are not blocking.
    """
    if fixes is None:
        return case.steps
    impossible = {(one.kind, one.ref) for part in fixes.parts if part.is_impossible for one in part.subjects}
    solved = {(one.kind, one.ref) for part in fixes.parts if part.answers for one in part.subjects}

    def is_needed(placed: Placed) -> bool:
        subject = (placed.finding.kind, placed.finding.ref)
        decides = placed.finding.severity is RuleSeverity.BLOCKING
        return subject not in impossible and not (decides and subject in solved)

    steps = (replace(step, findings=tuple(filter(is_needed, step.findings))) for step in case.steps)
    return tuple(step for step in steps if step.findings)


def _uncovered(placed: Iterable[Placed]) -> tuple[Uncovered, ...]:
    """Return the gaps in the edition, each once, with all findings that need it."""
    grouped: dict[tuple[str, date | None], tuple[list[Placed], list[Placed]]] = {}
    for one in placed:
        gap = one.finding.gap
        if gap is not None:
            sure, maybe = grouped.setdefault((gap.what, gap.covered_by), ([], []))
            (sure if gap.sure else maybe).append(one)
    return tuple(
        Uncovered(what, covered_by, tuple(sure), tuple(maybe)) for (what, covered_by), (sure, maybe) in grouped.items()
    )


def _sentences(explanation: Explanation, uncovered: Iterable[Uncovered], words: Words) -> tuple[str, ...]:
    """Return the verdict as sentences."""
    violated = [finding for finding in explanation.findings if finding.outcome is Outcome.VIOLATED]
    blocking = sum(finding.severity is RuleSeverity.BLOCKING for finding in violated)
    sentences = {
        Verdict.READY: words.ready,
        Verdict.NOT_READY: words.blocked.of(blocking),
        Verdict.NEEDS_INFORMATION: words.undecided,
        Verdict.NOT_APPLICABLE: words.not_applicable,
    }
    told = [sentences[explanation.verdict]]
    if len(violated) > blocking:
        told.append(words.other_points.of(len(violated) - blocking))
    if gaps := sum(bool(one.needed_by) for one in uncovered):
        told.append(words.gaps.of(gaps))
    if explanation.missing:
        told.append(words.also_missing.of(len(explanation.missing)))
    return tuple(told)


def first(items: Sequence[T], everything: bool) -> tuple[Sequence[T], int]:
    """Return the items to write for people, and the number of the others."""
    written = items if everything else items[:MOST_WRITTEN]
    return written, len(items) - len(written)


#: The outcome of the blocking requirements that explain a verdict. The other verdicts need no reason.
_REASONS = {Verdict.NOT_READY: Outcome.VIOLATED, Verdict.NEEDS_INFORMATION: Outcome.UNKNOWN}


def reason(explanation: Explanation) -> Finding | None:
    """Return the first finding that decides the verdict, or None for a verdict that needs no reason."""
    outcome = _REASONS.get(explanation.verdict)
    found = (one for one in explanation.findings if one.outcome is outcome and one.severity is RuleSeverity.BLOCKING)
    return next(found, None)


def advice(explanation: Explanation) -> Finding | None:
    """Return the most severe finding that needs attention although the verdict needs no reason, or None."""
    if explanation.verdict in _REASONS:
        return None
    found = (one for one in explanation.findings if one.outcome in REMEDY_OUTCOMES)
    return min(found, key=lambda one: _MOST_SEVERE_FIRST[one.severity], default=None)


def place(at: Span | None) -> str | None:
    """Return a place as `file:line:column`, or None for a value that was not read from a file."""
    return str(at) if at is not None and at.file else None


def places(finding: Finding) -> Sequence[str]:
    """Return the places of the values that a finding tested, each once."""
    found = (place(test.at) for test in finding.tests if test.truth is not None)
    return list(dict.fromkeys(one for one in found if one is not None))
