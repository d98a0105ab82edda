"""Check for units that do not match in comparisons, operations and computed fields."""

from __future__ import annotations

from collections.abc import Iterator

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic, Related, Span
from rulewright.lint.traversal import all_expressions, all_tests
from rulewright.model.conditions import (
    Arithmetic,
    AsOf,
    Comparison,
    CountOf,
    Expression,
    FieldOf,
    Literal,
    Membership,
    ParameterOf,
    SumOf,
)
from rulewright.model.rulebook import Rulebook

_CONVERT = "convert one of them to the unit of the other, or correct the `unit` that is declared"


def unlike_units(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield each comparison, operation and computed field whose parts are declared in different units.

    A number without a `unit` fits all units, because its unit is unknown.
    """
    for kind, test in all_tests(rulebook):
        match test:
            case Comparison(left, _, right):
                yield from _unlike(left, right, test.span, "compared", kind, rulebook)
            case Membership(left, ParameterOf() as options):
                yield from _unlike(left, options, test.span, "compared", kind, rulebook)
            case _:
                pass
    for kind, expression in all_expressions(rulebook):
        if isinstance(expression, Arithmetic) and expression.operation.unit is None:
            known = [part for part in expression.parts if unit_of(part, kind, rulebook) is not None]
            for part in known[1:]:
                verb = f"combined by `{expression.operation.key}`"
                yield from _unlike(known[0], part, part.span, verb, kind, rulebook)
    for of_kind in rulebook.kinds.values():
        for field in of_kind.fields.values():
            computed = None if field.computed is None else unit_of(field.computed, of_kind.name, rulebook)
            if field.computed is not None and None not in (computed, field.unit) and computed != field.unit:
                message = f"`{field.name}` is declared in {field.unit}, and its computed value is in {computed}"
                related = (Related(f"`{field.name}` is declared", field.span),)
                yield Diagnostic("R048", message, field.computed.span, _CONVERT, related)


def unit_of(expression: Expression, kind: str, rulebook: Rulebook) -> str | None:
    """Return the declared unit of an expression about facts of a kind, or None if no unit is declared."""
    match expression:
        case Literal() | AsOf() | CountOf():
            return None
        case FieldOf(path):
            field = rulebook.field_at(kind, path)
            return None if field is None else field.unit
        case ParameterOf(name):
            return rulebook.parameters[name].unit if name in rulebook.parameters else None
        case Arithmetic(operation, parts):
            if operation.unit is not None:
                return operation.unit
            return next((unit for part in parts if (unit := unit_of(part, kind, rulebook)) is not None), None)
        case SumOf(of_field, related):
            return unit_of(FieldOf((of_field,)), related.of, rulebook)
        case _:
            assert_never(expression)


def _unlike(
    left: Expression, right: Expression, span: Span, verb: str, kind: str, rulebook: Rulebook
) -> Iterator[Diagnostic]:
    units = [unit_of(part, kind, rulebook) for part in (left, right)]
    if None not in units and units[0] != units[1]:
        yield Diagnostic("R048", f"the units {units[0]} and {units[1]} cannot be {verb}", span, _CONVERT)
