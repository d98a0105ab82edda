"""Entry point of all checks of a rulebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rulewright.diagnostics import Diagnostic, in_source_order
from rulewright.lint.citations import missing_sources, untraced_clauses
from rulewright.lint.conflicts import conflicting_conclusions
from rulewright.lint.cycles import cycles
from rulewright.lint.declarations import ambiguous_names, choices_without_row, unused_declarations
from rulewright.lint.impossible_outcomes import impossible_outcomes
from rulewright.lint.magnitude import check_magnitudes
from rulewright.lint.needless_given import needless_given
from rulewright.lint.templates import template_mistakes
from rulewright.lint.unlike_units import unlike_units
from rulewright.lint.unresolved import unresolved_fields
from rulewright.lint.vacuous import vacuous_conditions
from rulewright.model.rulebook import Rulebook

_CHECKS: tuple[Callable[[Rulebook], Iterator[Diagnostic]], ...] = (
    cycles,
    conflicting_conclusions,
    check_magnitudes,
    template_mistakes,
    ambiguous_names,
    impossible_outcomes,
    needless_given,
    choices_without_row,
    unresolved_fields,
    missing_sources,
    untraced_clauses,
    unused_declarations,
    unlike_units,
    vacuous_conditions,
)


def lint(rulebook: Rulebook) -> list[Diagnostic]:
    """Return the diagnostics of all checks in source order. The rulebook may be partial."""
    return in_source_order(diagnostic for check in _CHECKS for diagnostic in check(rulebook))
