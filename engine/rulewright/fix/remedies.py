"""Drop remedies that cannot help: those of a subject that no change makes ready, but for what prevents it."""

from __future__ import annotations

from dataclasses import replace

from rulewright.model.explanation import Explanation, Finding
from rulewright.model.fixes import Fixes
from rulewright.model.outcomes import Outcome


def with_useful_remedies(explanation: Explanation, fixes: Fixes) -> Explanation:
    """Return the explanation without the remedies that cannot help.

    A subject that no allowed change makes ready keeps the remedies of the requirements that prevent it. The remedies of
    its other violated requirements would cost money and change nothing.
    """
    impossible = [part for part in fixes.parts if part.is_impossible]
    subjects = {(subject.kind, subject.ref) for part in impossible for subject in part.subjects}
    preventing = {
        (rule.rule, rule.subject.kind, rule.subject.ref)
        for part in impossible
        for rule in (
            *(unmet.rule for unmet in part.unsolvable),
            *(rule for facts in part.obstacles for fact in facts for rule in fact.violates),
        )
    }

    def is_needless(finding: Finding) -> bool:
        return (
            finding.outcome is Outcome.VIOLATED
            and (finding.kind, finding.ref) in subjects
            and (finding.rule, finding.kind, finding.ref) not in preventing
        )

    if not subjects:
        return explanation
    findings = tuple(replace(one, remedy=None) if is_needless(one) else one for one in explanation.findings)
    return replace(explanation, findings=findings)
