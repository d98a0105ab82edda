"""Possible outcomes of a rule."""

from __future__ import annotations

from typing_extensions import assert_never

from rulewright.model.conditions import NotCovered
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Advise, Conclude, Require, Rule


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
