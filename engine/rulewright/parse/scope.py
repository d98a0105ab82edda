"""Names available to conditions, and the static types of expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from typing_extensions import assert_never

from rulewright.language.types import TYPES
from rulewright.model.conditions import (
    Arithmetic,
    AsOf,
    CountOf,
    Expression,
    FieldOf,
    Literal,
    ParameterOf,
    SumOf,
)
from rulewright.model.outcomes import VERDICT, Verdict
from rulewright.model.rulebook import Field, Kind, Parameter
from rulewright.model.values import FieldType
from rulewright.parse.sections import Report

#: Names with a meaning of their own everywhere, which cannot be fields.
RESERVED = frozenset({"all", "any", "not", "count", "sum", "outcome", "as_of", "ref", VERDICT, "case", "rulebook"})

VERDICT_CHOICES = {verdict.value: verdict.value for verdict in Verdict if verdict is not Verdict.NEEDS_INFORMATION}


@dataclass(frozen=True, slots=True)
class StaticType:
    """The static type of an expression, with the choices of a choice and the target kind of a reference."""

    type: FieldType
    choices: Mapping[str, str] | None = None
    refers_to: str | None = None

    def fits(self, other: StaticType) -> bool:
        """Return whether values of the two types can be compared."""
        return TYPES[self.type].family == TYPES[other.type].family and self.refers_to == other.refers_to


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that a condition about facts of `kind` can use."""

    kind: str
    kinds: Mapping[str, Kind]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, str]
    report: Report

    def about(self, kind: str) -> Scope:
        """Return the same scope for facts of another kind."""
        return Scope(kind, self.kinds, self.parameters, self.rules, self.report)

    def field(self, path: tuple[str, ...]) -> Field | None:
        """Return the declared field at a path from the scope's kind, or None if there is no such field."""
        found: Field | None = None
        kind: str | None = self.kind
        for part in path:
            if kind is None or kind not in self.kinds:
                return None
            found = self.kinds[kind].fields.get(part)
            if found is None:
                return None
            kind = found.refers_to
        return found

    def has_path(self, text: str) -> bool:
        """Return whether a dotted path names a declared field, including the verdict of a reference."""
        *before, last = text.split(".")
        if last == VERDICT and before:
            reached = self.field(tuple(before))
            return reached is not None and reached.refers_to is not None
        return self.field((*before, last)) is not None

    def type_of(self, expression: Expression) -> StaticType | None:
        """Return the static type of an expression, or None for a literal, whose type follows from its comparison."""
        match expression:
            case Literal():
                return None
            case FieldOf(path):
                if path[-1] == VERDICT:
                    return StaticType(FieldType.CHOICE, VERDICT_CHOICES)
                found = self.field(path)
                if found is None:
                    return None
                choices = found.choices if found.type is FieldType.CHOICE else None
                return StaticType(found.type, choices, found.refers_to)
            case ParameterOf(name):
                return StaticType(self.parameters[name].type) if name in self.parameters else None
            case AsOf():
                return StaticType(FieldType.DATE)
            case Arithmetic(function, parts):
                if function.result is not None:
                    return StaticType(function.result)
                types = [found.type for found in map(self.type_of, parts) if found is not None]
                if FieldType.DATE in types:
                    return StaticType(FieldType.DATE)
                decimal = FieldType.DECIMAL in types or any(
                    isinstance(part, Literal) and not isinstance(part.value, int) for part in parts
                )
                return StaticType(FieldType.DECIMAL if decimal else FieldType.WHOLE_NUMBER)
            case CountOf():
                return StaticType(FieldType.WHOLE_NUMBER)
            case SumOf(of_field, related):
                return self.about(related.of).type_of(FieldOf((of_field,)))
            case _:
                assert_never(expression)
