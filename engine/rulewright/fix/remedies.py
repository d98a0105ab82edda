"""Drop remedies that cannot help: those of a subject that no change makes ready, but for what prevents it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rulewright.fix.found import Requirement
from rulewright.model.explanation import Explanation


def without_remedies(explanation: Explanation, needless: Collection[Requirement]) -> Explanation:
    """Return the explanation without the remedies of some requirements: they cost money and change nothing."""
    if not needless:
        return explanation
    findings = tuple(
        replace(one, remedy=None) if (one.rule, one.kind, one.ref) in needless else one for one in explanation.findings
    )
    return replace(explanation, findings=findings)
