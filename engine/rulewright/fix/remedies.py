"""Drop remedies that do not help, because another requirement keeps the subject from becoming ready."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult, Outcome

if TYPE_CHECKING:
    from rulewright.fix.results import Requirement


def search_needless(judge: Judge, case: Case, result: CaseResult) -> frozenset[Requirement]:
    """Find the violated requirements that are not worth meeting, because their subjects cannot become ready anyway.

    They can be met by allowed changes, but other requirements of the same subject cannot.
    """
    rules = judge.program.rulebook.rules
    violated = [
        sum(outcome is Outcome.VIOLATED and rules[name].decides for name, outcome in subject.outcomes.items())
        for subject in result.subjects
    ]
    if max(violated, default=0) < 2:  # a subject with a single violation has no needless one
        return frozenset()
    from rulewright.fix.fixes import find_needless  # noqa: PLC0415  the search is slow to import and rarely used

    return find_needless(judge, case, result)


def without_remedies(explanation: Explanation, needless: Collection[Requirement]) -> Explanation:
    """Return the explanation without the remedies of these requirements, which cost money and do not help."""
    if not needless:
        return explanation
    findings = tuple(
        replace(one, remedy=None) if (one.rule, one.kind, one.ref) in needless else one for one in explanation.findings
    )
    return replace(explanation, findings=findings)
