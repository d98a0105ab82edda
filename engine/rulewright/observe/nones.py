"""Fields that can be none: columns of tables, and fields computed from them."""

from __future__ import annotations

from rulewright.compile.program import Program
from rulewright.model.conditions import Arithmetic, Expression, FieldOf
from rulewright.model.dependencies import FieldItem
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Rulebook


def fields_that_can_be_none(program: Program) -> frozenset[tuple[str, str]]:
    """Return the fields that can be none, by kind and name."""
    found: set[tuple[str, str]] = set()
    for item in program.strata.levels:  # bottom-up: a field comes after the fields it is computed from
        if isinstance(item, FieldItem):
            field = program.rulebook.kinds[item.kind].fields[item.field]
            if field.from_table is not None or (
                field.computed is not None and _can_be_none(field.computed, item.kind, program.rulebook, found)
            ):
                found.add((item.kind, item.field))
    return frozenset(found)


def _can_be_none(expression: Expression, kind: str, rulebook: Rulebook, nones: set[tuple[str, str]]) -> bool:
    match expression:
        case Arithmetic(_, parts):
            return any(_can_be_none(part, kind, rulebook, nones) for part in parts)
        case FieldOf(path) if path[-1] != VERDICT:
            for part in path[:-1]:
                kind = rulebook.kinds[kind].fields[part].refers_to or kind
            return (kind, path[-1]) in nones
        case _:
            return False
