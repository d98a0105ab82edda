"""Check for numbers that can become too large for exact calculation."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic
from rulewright.lint.traversal import all_tests
from rulewright.model.conditions import (
    Arithmetic,
    AsOf,
    CountOf,
    Expression,
    FieldOf,
    Literal,
    ParameterOf,
    SumOf,
    expressions_of,
)
from rulewright.model.dependencies import FieldItem, bottom_up, dependencies
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Conclude, Field, Rulebook
from rulewright.model.values import MAXIMUM_DIGITS, NUMBERS

#: Maximum number of digits before the decimal point in exact calculations.
EXACT_DIGITS = 28
#: Assumed maximum number of facts that refer to one subject, to bound counts and sums.
MOST_FACTS = 1_000_000

_STATED: int = 10**MAXIMUM_DIGITS
_EXACT: int = 10**EXACT_DIGITS


def check_magnitudes(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the expressions that may have too many digits, for the greatest numbers that facts can state."""
    bounds = _Bounds(rulebook)
    for item in bottom_up(dependencies(rulebook)):
        if isinstance(item, FieldItem):
            field = rulebook.field_at(item.kind, (item.field,))
            if field is not None and field.type in NUMBERS:
                yield from bounds.add_field(item, field)
    for kind, test in all_tests(rulebook):
        for expression in expressions_of(test):
            yield from bounds.too_large(expression, kind)


class _Bounds:
    """The greatest magnitude of each number field, as far as it is known."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.of_fields: dict[FieldItem, int] = {}
        self.concluded = {
            FieldItem(rule.about, name)
            for rule in rulebook.rules.values()
            if isinstance(rule.action, Conclude)
            for name in rule.action.values
        }

    def add_field(self, item: FieldItem, field: Field) -> Iterator[Diagnostic]:
        if field.computed is None:
            only_stated = field.from_table is None and item not in self.concluded
            self.of_fields[item] = _stated(field) if only_stated else _STATED
            return
        found = list(self.too_large(field.computed, item.kind))
        yield from found
        # after a report, assume a normal magnitude, so that dependent expressions are not reported again
        computed = _STATED if found else self.of(field.computed, item.kind)
        self.of_fields[item] = max(computed, _STATED)

    def too_large(self, expression: Expression, kind: str) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each innermost part of an expression that is too large."""
        parts = expression.parts if isinstance(expression, Arithmetic) else ()
        found = [diagnostic for part in parts for diagnostic in self.too_large(part, kind)]
        if not found and (most := self.of(expression, kind)) >= _EXACT:
            found.append(
                Diagnostic(
                    "R033",
                    f"this can come to a number of {len(str(most))} digits, and {EXACT_DIGITS} are calculated exactly",
                    expression.span,
                    "give the number fields that it adds up a `minimum` and a `maximum`, or add up less",
                )
            )
        yield from found

    def of(self, expression: Expression, kind: str) -> int:
        """Return the greatest magnitude of an expression."""
        match expression:
            case Literal(value):
                return abs(int(value)) + 1 if isinstance(value, int | Decimal) else 0
            case ParameterOf() | AsOf():
                return _STATED
            case FieldOf(path):
                return self._of_path(path, kind)
            case CountOf():
                return MOST_FACTS
            case SumOf(of_field, related):
                return MOST_FACTS * self._of_path((of_field,), related.of)
            case Arithmetic(function, parts):
                return function.magnitude([self.of(part, kind) for part in parts])
            case _:
                assert_never(expression)

    def _of_path(self, path: tuple[str, ...], kind: str) -> int:
        for name in path[:-1]:
            reference = self.rulebook.field_at(kind, (name,))
            if reference is None or reference.refers_to is None:
                return _STATED
            kind = reference.refers_to
        return 0 if path[-1] == VERDICT else self.of_fields.get(FieldItem(kind, path[-1]), _STATED)


def _stated(field: Field) -> int:
    """Return the greatest magnitude that a case can state for a field."""
    least, most = field.minimum, field.maximum
    if not isinstance(least, int | Decimal) or not isinstance(most, int | Decimal):
        return _STATED
    return max(abs(int(least)), abs(int(most))) + 1
