"""Check for tests of impossible outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic, Related
from rulewright.lint.traversal import all_tests
from rulewright.model.conditions import NotCovered, RuleOutcome
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import Advise, Conclude, Require, Rule, Rulebook


def impossible_outcomes(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the tests of an outcome that the tested rule can never have."""
    for _, test in all_tests(rulebook):
        rule = rulebook.rules.get(test.rule) if isinstance(test, RuleOutcome) else None
        if rule is None or not isinstance(test, RuleOutcome):
            continue
        verb, possible = _possible(rule)
        if test.outcome not in possible:
            yield Diagnostic(
                "R022",
                f"`{test.outcome}` never comes out of the rule `{rule.name}`, which {verb}",
                test.span,
                "what comes out of it: " + ", ".join(f"`{outcome}`" for outcome in possible),
                (Related(f"`{rule.name}` is", rule.span),),
            )


def _possible(rule: Rule) -> tuple[str, tuple[str, ...]]:
    outcomes: tuple[Outcome, ...]
    match rule.action:
        case Require(NotCovered()):
            verb, outcomes = "is not covered", ()
        case Require():
            verb, outcomes = "requires", (Outcome.MET, Outcome.VIOLATED)
        case Conclude():
            verb, outcomes = "concludes", (Outcome.CONCLUDED, Outcome.SILENT)
        case Advise():
            verb, outcomes = "advises", (Outcome.ADVISED, Outcome.SILENT)
        case _:
            assert_never(rule.action)
    return verb, tuple(outcome.value for outcome in (*outcomes, Outcome.NOT_APPLICABLE))
