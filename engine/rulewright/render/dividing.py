"""Division of cases with many subjects: a table lists the subjects, each with its part of the explanation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rulewright.model.explanation import ExplainedSubject, Explanation, Finding, MissingFact
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.render.arrange import Arranged, Placed, RemedyStep, arranged
from rulewright.render.words import Words

#: Maximum number of subjects written out on a page, at about 70 kB each in two languages. More get a table.
MOST_SUBJECTS = 24
#: Maximum numbers of steps, questions and notices above the table, and of subjects of a step. The rows have the rest.
MOST_LISTED = 12
_MOST_NAMED = 5
#: Maximum number of subjects reached through references, so that a long chain of them stays fast.
_MOST_REACHED = 16

_Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ListedStep:
    """A step with its first findings, and the number of further findings."""

    step: RemedyStep
    findings: tuple[Placed, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Divided:
    """The part of a case above the table of its subjects.

    The `more_` fields are the numbers of omitted steps, questions and notices.
    """

    arranged: Arranged
    number: int
    verdicts: Mapping[Verdict, int]
    steps: tuple[ListedStep, ...]
    more_steps: int
    missing: tuple[MissingFact, ...]
    more_missing: int
    notices: tuple[str, ...]
    more_notices: int

    @property
    def verdict_is_open(self) -> bool:
        """Return whether the verdict is neither ready nor not applicable."""
        return not self.arranged.passes


def divided(explanation: Explanation, words: Words) -> Divided:
    """Return the part of a case above the table of its subjects."""
    whole = arranged(explanation, words)
    # questions that no row shows come first
    missing = sorted(explanation.missing, key=lambda one: bool(one.ref))
    steps = whole.steps[:MOST_LISTED]
    bare = replace(explanation, subjects=(), findings=(), missing=(), notices=(), chain=None)
    return Divided(
        # drop everything else, because a page can have many such cases
        replace(
            whole,
            explanation=bare,
            steps=(),
            findings={outcome: whole.findings[outcome][:1] for outcome in Outcome},
            uncovered=whole.uncovered[:1],
            numbers={},
        ),
        len(explanation.subjects),
        Counter(subject.verdict for subject in explanation.subjects),
        tuple(ListedStep(one, one.findings[:_MOST_NAMED], len(one.findings[_MOST_NAMED:])) for one in steps),
        len(whole.steps) - len(steps),
        tuple(missing[:MOST_LISTED]),
        len(missing[MOST_LISTED:]),
        explanation.notices[:MOST_LISTED],
        len(explanation.notices[MOST_LISTED:]),
    )


def subjects_of(explanation: Explanation) -> Iterator[Explanation]:
    """Yield the explanation of each subject: its facts, its findings, and the missing facts its verdict needs."""
    findings: dict[_Subject, list[Finding]] = {}
    for finding in explanation.findings:
        findings.setdefault((finding.kind, finding.ref), []).append(finding)
    missing: dict[_Subject, list[MissingFact]] = {}
    for fact in explanation.missing:
        missing.setdefault((fact.kind, fact.ref), []).append(fact)
    by_ref: dict[str, list[ExplainedSubject]] = {}
    for subject in explanation.subjects:
        by_ref.setdefault(subject.ref, []).append(subject)
    for subject in explanation.subjects:
        own = findings.get((subject.kind, subject.ref), [])
        yield replace(
            explanation,
            verdict=subject.verdict,
            subjects=(subject,),
            findings=tuple(own),
            missing=tuple(_missing_for(subject, own, missing, by_ref)),
            notices=(),
            chain=None,
        )


def _missing_for(
    subject: ExplainedSubject,
    findings: Iterable[Finding],
    missing: Mapping[_Subject, Sequence[MissingFact]],
    by_ref: Mapping[str, Sequence[ExplainedSubject]],
) -> Iterator[MissingFact]:
    """Yield the missing facts of a subject, and those of referenced subjects that its unknown rules need."""
    yield from missing.get((subject.kind, subject.ref), ())
    waiting = {finding.rule for finding in findings if finding.outcome is Outcome.UNKNOWN}
    reached = {(subject.kind, subject.ref)}
    pending = [subject] if waiting else []
    while pending and len(reached) < _MOST_REACHED:
        for fact in pending.pop().facts:
            if not isinstance(fact.value, str):
                continue
            for other in by_ref.get(fact.value, ()):
                key = (other.kind, other.ref)
                if key not in reached:
                    reached.add(key)
                    pending.append(other)
                    yield from (one for one in missing.get(key, ()) if waiting.intersection(one.needed_by))
