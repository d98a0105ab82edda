"""Check for `given` on fields that cannot be none."""

from __future__ import annotations

from collections.abc import Iterator

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic, Related
from rulewright.lint.traversal import all_tests
from rulewright.model.conditions import (
    Arithmetic,
    AsOf,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    Literal,
    ParameterOf,
    SumOf,
)
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Rulebook


def needless_given(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the tests with `given` of a field that is never none. The author probably means `known`."""
    for kind, test in all_tests(rulebook):
        if isinstance(test, IsGiven) and not _can_be_none(test.operand, kind, rulebook, frozenset()):
            field = rulebook.field_at(kind, test.operand.path)
            yield Diagnostic(
                "W003",
                f"`{test.operand}` is never none, so it is always given where it is known",
                test.span,
                "use `known` to ask whether anybody said",
                () if field is None else (Related(f"`{field.name}` is declared", field.span),),
            )


def _can_be_none(expression: Expression, kind: str, rulebook: Rulebook, seen: frozenset[tuple[str, str]]) -> bool:
    """Return whether an expression may be none: only a table cell, and values computed from one, can be.

    `seen` has the fields already visited, as computed fields may form a cycle.
    """
    match expression:
        case Literal() | ParameterOf() | AsOf() | CountOf() | SumOf():
            return False
        case Arithmetic(_, parts):
            return any(_can_be_none(part, kind, rulebook, seen) for part in parts)
        case FieldOf(path):
            *references, last = path
            for reference in references:
                found = rulebook.field_at(kind, (reference,))
                if found is None or found.refers_to is None:
                    return True
                if found.computed is not None and _field_can_be_none(kind, reference, rulebook, seen):
                    return True
                kind = found.refers_to
            return last != VERDICT and _field_can_be_none(kind, last, rulebook, seen)
        case _:
            assert_never(expression)


def _field_can_be_none(kind: str, name: str, rulebook: Rulebook, seen: frozenset[tuple[str, str]]) -> bool:
    field = rulebook.field_at(kind, (name,))
    if field is None or field.from_table is not None or (kind, name) in seen:
        return True
    return field.computed is not None and _can_be_none(field.computed, kind, rulebook, seen | {(kind, name)})
