"""The order in which a reader needs an explanation: the same for every report that people read."""

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

#: The verdicts in the order in which they are counted.
WORST_FIRST = (Verdict.NOT_READY, Verdict.NEEDS_INFORMATION, Verdict.READY, Verdict.NOT_APPLICABLE)
#: The outcomes that a reader has to see, in this order; the others are only evidence that was looked at.
TELLING = (Outcome.VIOLATED, Outcome.UNKNOWN, Outcome.ADVISED)
EVIDENCE = (Outcome.MET, Outcome.CONCLUDED, Outcome.NOT_APPLICABLE, Outcome.SILENT)

#: The outcomes of which the remedy is to be told: that of a requirement not decided yet may not be needed.
CALLING = (Outcome.VIOLATED, Outcome.ADVISED)

#: So many findings of an outcome, missing facts and so on are written for people, who read no more: a few screens each.
MOST_WRITTEN = 50

_MOST_SEVERE_FIRST = {severity: rank for rank, severity in enumerate(RuleSeverity)}


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with its number in the explanation, counted from 1, by which others point to it."""

    number: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Step:
    """Something to change, with the findings that call for it; where no remedy is known, their message."""

    text: str
    has_remedy: bool
    findings: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Something that the edition does not cover, with the findings of those who need it and of those who may."""

    what: str
    covered_by: date | None
    needed_by: tuple[Placed, ...]
    maybe_needed_by: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Arranged:
    """An explanation in the order of reading; `findings` are without those of what is `uncovered`."""

    explanation: Explanation
    sentences: tuple[str, ...]
    steps: tuple[Step, ...]
    findings: Mapping[Outcome, tuple[Placed, ...]]
    uncovered: tuple[Uncovered, ...]
    kind_labels: Mapping[str, str]
    rule_titles: Mapping[str, str]
    numbers: Mapping[tuple[str, str, str], int]

    @property
    def passes(self) -> bool:
        """Whether nothing stands in the way."""
        return self.explanation.verdict in (Verdict.READY, Verdict.NOT_APPLICABLE)

    @property
    def has_evidence(self) -> bool:
        """Whether anything was looked at that a reader does not have to see."""
        return any(self.findings[outcome] for outcome in EVIDENCE)

    def kind(self, name: str) -> str:
        """What a kind is called."""
        return self.kind_labels.get(name, name)

    def number_of(self, rule: str, kind: str, ref: str) -> int:
        """The number of the finding of a rule for a subject."""
        return self.numbers[rule, kind, ref]

    def titles(self, missing: MissingFact) -> tuple[str, ...]:
        """The titles of the rules that wait for a fact."""
        return tuple(dict.fromkeys(self.rule_titles.get(rule, rule) for rule in missing.needed_by))


def arranged(explanation: Explanation, words: Words) -> Arranged:
    """The explanation in the order of reading, the most severe first where the outcome is the same."""
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


def counted(explanations: Iterable[Explanation]) -> Sequence[tuple[Verdict, int]]:
    """How many cases have each verdict, the worst first, without those that no case has."""
    counts = Counter(explanation.verdict for explanation in explanations)
    return [(verdict, counts[verdict]) for verdict in WORST_FIRST if counts[verdict]]


def _steps(violated: Iterable[Placed]) -> tuple[Step, ...]:
    """One step for each different remedy: what two findings ask for alike is done once."""
    grouped: dict[tuple[str, bool], list[Placed]] = {}
    for one in violated:
        remedy = one.finding.remedy
        grouped.setdefault((remedy or one.finding.message, remedy is not None), []).append(one)
    return tuple(Step(text, has_remedy, tuple(found)) for (text, has_remedy), found in grouped.items())


def remaining_steps(case: Arranged, fixes: Fixes | None) -> tuple[Step, ...]:
    """Return the steps that are still needed beside the changes that `fix` found; all, where nothing was searched.

    A subject with an answer needs its changes, a subject that cannot become ready needs none. So the remedies of the
    rulebook remain for subjects of which the search found neither, and for requirements that decide no verdict.
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
    """What the edition does not cover, each thing once, however many need it."""
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
    """The verdict in plain language."""
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
    """Return the items that are written for people, and how many more there are."""
    written = items if everything else items[:MOST_WRITTEN]
    return written, len(items) - len(written)


#: The outcome of the blocking requirements that a verdict has its reason in; the others need none.
_REASONS = {Verdict.NOT_READY: Outcome.VIOLATED, Verdict.NEEDS_INFORMATION: Outcome.UNKNOWN}


def reason(explanation: Explanation) -> Finding | None:
    """Return the first finding that decides the verdict; none for a verdict that needs no reason."""
    outcome = _REASONS.get(explanation.verdict)
    found = (one for one in explanation.findings if one.outcome is outcome and one.severity is RuleSeverity.BLOCKING)
    return next(found, None)


def advice(explanation: Explanation) -> Finding | None:
    """Return the most severe finding that needs attention though the verdict needs no reason."""
    if explanation.verdict in _REASONS:
        return None
    found = (one for one in explanation.findings if one.outcome in CALLING)
    return min(found, key=lambda one: _MOST_SEVERE_FIRST[one.severity], default=None)


def place(at: Span | None) -> str | None:
    """Where a value stands, as `file:line:column`; none where it was not read from a file."""
    return str(at) if at is not None and at.file else None


def places(finding: Finding) -> Sequence[str]:
    """Where the values that mattered to a finding stand, each place once."""
    found = (place(test.at) for test in finding.tests if test.truth is not None)
    return list(dict.fromkeys(one for one in found if one is not None))
