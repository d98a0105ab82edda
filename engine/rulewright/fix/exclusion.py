"""Find subjects to leave out of a case, if they cannot become ready and the remaining case can."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rulewright.engines import Judge
from rulewright.fix.parts import SubjectKey
from rulewright.fix.results import LeftOut
from rulewright.model.facts import Case, Fact
from rulewright.model.outcomes import CaseResult, Verdict
from rulewright.model.rulebook import Rulebook

_RESOLVED = (Verdict.READY, Verdict.NEEDS_INFORMATION)


def find_exclusion(judge: Judge, case: Case, result: CaseResult, impossible: Collection[SubjectKey]) -> LeftOut | None:
    """Return the subjects to leave out so that a case has no blocker; none if leaving them out does not help.

    `case` is the case with the first changes, `impossible` has subjects that no allowed change makes ready. Facts that
    refer to a subject are left out with it. The engine evaluates the remaining case.
    """
    hopeless = {
        (subject.kind, subject.ref)
        for subject in result.subjects
        if subject.verdict is Verdict.NOT_READY and (subject.kind, subject.ref) in impossible
    }
    if not hopeless:
        return None
    gone = _with_referring(judge.program.rulebook, case, hopeless)
    facts = {
        kind: tuple(fact for fact in found if (fact.kind, fact.ref) not in gone) for kind, found in case.facts.items()
    }
    smaller = replace(case, facts={kind: found for kind, found in facts.items() if found})
    (after,) = judge.judge([smaller])
    if after.verdict not in _RESOLVED:
        return None
    ordered = (subject for subject in result.subjects if (subject.kind, subject.ref) in gone)
    return LeftOut(tuple((subject.kind, subject.ref) for subject in ordered), after.verdict)


def _with_referring(rulebook: Rulebook, case: Case, subjects: Collection[SubjectKey]) -> set[SubjectKey]:
    """Return some subjects and all facts that refer to them, directly or indirectly."""
    gone = set(subjects)
    facts = [fact for found in case.facts.values() for fact in found]
    while more := {(fact.kind, fact.ref) for fact in facts if _refers(rulebook, fact, gone)} - gone:
        gone |= more
    return gone


def _refers(rulebook: Rulebook, fact: Fact, gone: Collection[SubjectKey]) -> bool:
    fields = rulebook.kinds[fact.kind].fields
    return any((fields[name].refers_to, value) in gone for name, value in fact.values.items())
