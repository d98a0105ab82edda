"""Outcomes of rules, one function per verb, and the verdicts that follow from them.

A rule whose `applies` is false is not applicable. While `applies` is unknown, a requirement whose condition holds is
met, a rule whose `when` fails is silent, and every other rule is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from oracle.values import Truth

if TYPE_CHECKING:
    from oracle.evaluation import Scope

#: From the worst to the best; a case has the worst verdict of its subjects.
VERDICTS = ("not_ready", "needs_information", "ready", "not_applicable")


def outcome_of(scope: Scope, rule: Mapping[str, Any]) -> str:
    """Return the outcome of a rule for the subject."""
    applies = scope.condition(rule["applies"]) if "applies" in rule else True
    (verb,) = (verb for verb in VERBS if verb in rule)
    outcome = VERBS[verb](scope, rule, applies)
    return "not_applicable" if applies is False else outcome


def require(scope: Scope, rule: Mapping[str, Any], applies: Truth) -> str:
    """Met if the condition holds; violated if the rule applies and the condition fails."""
    holds = scope.condition(rule["require"])
    if holds is True:
        return "met"
    return "violated" if applies is True and holds is False else "unknown"


def conclude(scope: Scope, rule: Mapping[str, Any], applies: Truth) -> str:
    """Concluded if the rule applies and `when` holds; silent if `when` fails."""
    return _fired(scope, rule, applies, "concluded")


def advise(scope: Scope, rule: Mapping[str, Any], applies: Truth) -> str:
    """Advised if the rule applies and `when` holds; silent if `when` fails."""
    return _fired(scope, rule, applies, "advised")


def what(scope: Scope, rule: Mapping[str, Any], applies: Truth) -> str:
    """Unknown: an entry of `not_covered` is a requirement that nobody wrote down."""
    return "unknown"


def _fired(scope: Scope, rule: Mapping[str, Any], applies: Truth, outcome: str) -> str:
    holds = scope.condition(rule["when"]) if "when" in rule else True
    if holds is False:
        return "silent"
    return outcome if applies is True and holds is True else "unknown"


VERBS: Mapping[str, Callable[[Scope, Mapping[str, Any], Truth], str]] = {
    "require": require,
    "conclude": conclude,
    "advise": advise,
    "what": what,
}


def is_blocking(rule: Mapping[str, Any]) -> bool:
    """Return whether the outcome of a rule decides the verdict: of blocking requirements and of what is not covered."""
    return "what" in rule or ("require" in rule and rule.get("severity", "blocking") == "blocking")


def verdict_of(outcomes: Iterable[str]) -> str:
    """Return the verdict of a subject from the outcomes of its blocking requirements."""
    known = set(outcomes)
    if "violated" in known:
        return "not_ready"
    if "unknown" in known:
        return "needs_information"
    return "ready" if "met" in known else "not_applicable"


def worst(verdicts: Iterable[str]) -> str:
    """Return the verdict of a case from those of its subjects; a case without subjects is not applicable."""
    return min(verdicts, key=VERDICTS.index, default="not_applicable")
