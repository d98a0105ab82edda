"""Conditions and values in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from typing_extensions import assert_never

from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
    Comparator,
    Comparison,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    Operation,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
)
from rulewright.model.explanation import Gap
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import FieldType, Value
from rulewright.texts import show, show_with_unit

#: A list of more values than these is named by its length.
_LISTED = 6

_COMPARATORS: Mapping[Comparator, str] = {
    Comparator.IS: "is",
    Comparator.AT_LEAST: "is at least",
    Comparator.AT_MOST: "is at most",
    Comparator.MORE_THAN: "is more than",
    Comparator.LESS_THAN: "is less than",
}
_DATE_COMPARATORS: Mapping[Comparator, str] = {
    Comparator.IS: "is",
    Comparator.AT_LEAST: "is on or after",
    Comparator.AT_MOST: "is on or before",
    Comparator.MORE_THAN: "is after",
    Comparator.LESS_THAN: "is before",
}
_OPERATIONS: Mapping[Operation, tuple[str, str]] = {
    Operation.PLUS: ("", " plus "),
    Operation.MINUS: ("", " less "),
    Operation.MAXIMUM: ("the greatest of ", " and "),
    Operation.MINIMUM: ("the least of ", " and "),
    Operation.MONTHS_BETWEEN: ("months from ", " to "),
    Operation.DAYS_BETWEEN: ("days from ", " to "),
}


class Wording:
    """Words for conditions about one kind of subject."""

    def __init__(self, rulebook: Rulebook, kind: str) -> None:
        self.rulebook = rulebook
        self.kind = kind

    def field(self, path: tuple[str, ...]) -> Field | None:
        """The field at a path; none for a verdict."""
        return None if path[-1] == VERDICT else self.rulebook.field_at(self.kind, path)

    def condition(self, condition: Condition) -> str:
        """A condition in words."""
        match condition:
            case AllOf(parts):
                return " and ".join(self._part(part) for part in parts)
            case AnyOf(parts):
                return " or ".join(self._part(part) for part in parts)
            case Not(Membership() as inner):
                return self._membership(inner, "is none of")
            case Not(Comparison(_, Comparator.IS, _) as inner):
                return self._comparison(inner, "is not")
            case Not(part):
                return f"not ({self.condition(part)})"
            case Comparison():
                return self._comparison(condition, None)
            case Membership():
                return self._membership(condition, "is one of")
            case IsGiven(operand):
                return f"{self.expression(operand)} is given"
            case IsKnown(operand):
                return f"{self.expression(operand)} is known"
            case AnyRelated(related):
                return f"there is {_with_article(self._label(related))}{self._where(related)}"
            case AllRelated(related):
                where = "" if related.where is None else f", {self.about(related.of).condition(related.where)}"
                return f"for every {self._label(related)}{where}"
            case RuleOutcome(rule, outcome):
                return f"“{self.rulebook.rules[rule].title}” is {outcome.replace('_', ' ')}"
            case NotCovered(what):
                return f"{what} (not covered by this edition)"
            case _:
                assert_never(condition)

    def about(self, kind: str) -> Wording:
        """Words for conditions about another kind."""
        return Wording(self.rulebook, kind)

    def _part(self, part: Condition) -> str:
        words = self.condition(part)
        return f"({words})" if isinstance(part, (AllOf, AnyOf)) else words

    def _comparison(self, test: Comparison, verb: str | None) -> str:
        unit = self.unit(test.left) or self.unit(test.right)
        words = _DATE_COMPARATORS if self.is_date(test.left) else _COMPARATORS
        right = self.literal(test.right, test.left, unit)
        case = ", in any letter case" if test.ignore_case else ""
        return f"{self.expression(test.left)} {verb or words[test.comparator]} {right}{case}"

    def comparison(self, test: Comparison, right: Value) -> str:
        """A comparison with a named value in words: the value itself, and what it is called behind it."""
        words = _DATE_COMPARATORS if self.is_date(test.left) else _COMPARATORS
        shown = self.value(test.right if self.unit(test.right) else test.left, right)
        named = self.expression(test.right)
        case = ", in any letter case" if test.ignore_case else ""
        return f"{self.expression(test.left)} {words[test.comparator]} {shown} ({named}){case}"

    def _membership(self, test: Membership, verb: str) -> str:
        case = ", in any letter case" if test.ignore_case else ""
        left = self.expression(test.left)
        if isinstance(test.options, ParameterOf):
            return f"{left} {verb} the {test.options.name.replace('_', ' ')}{case}"
        options = [self.literal(option, test.left, self.unit(test.left)) for option in test.options]
        listed = ", ".join(options) if len(options) <= _LISTED else f"{len(options)} values"
        return f"{left} {verb} {listed}{case}"

    def literal(self, expression: Expression, beside: Expression, unit: str | None) -> str:
        """An expression in words; a literal choice by the label that it has in the field beside it."""
        if not isinstance(expression, Literal):
            return self.expression(expression)
        field = self.field(beside.path) if isinstance(beside, FieldOf) else None
        if field is not None and field.type is FieldType.CHOICE:
            return field.choices.get(str(expression.value), str(expression.value))
        return show_with_unit(expression.value, unit)

    def expression(self, expression: Expression) -> str:
        """An expression in words."""
        match expression:
            case Literal(value):
                return show(value)
            case FieldOf(path):
                return self._path(path)
            case ParameterOf(name):
                return name.replace("_", " ")
            case AsOf():
                return "the date of the check"
            case Arithmetic(operation, parts):
                before, between = _OPERATIONS[operation]
                return before + between.join(self.expression(part) for part in parts)
            case CountOf(related):
                return f"the number of {_plural(self._label(related))}{self._where(related)}"
            case SumOf(of_field, related):
                label = self.rulebook.kinds[related.of].fields[of_field].label
                return f"the sum of {label} over all {_plural(self._label(related))}{self._where(related)}"
            case _:
                assert_never(expression)

    def _path(self, path: tuple[str, ...]) -> str:
        field = self.field(path)
        label = "verdict" if field is None else field.label
        if len(path) == 1:
            return label
        owner = self.rulebook.field_at(self.kind, path[:-1])
        return f"{label} of the {owner.label if owner else path[-2]}"

    def _label(self, related: RelatedFacts) -> str:
        return self.rulebook.kinds[related.of].label

    def _where(self, related: RelatedFacts) -> str:
        return "" if related.where is None else f" ({self.about(related.of).condition(related.where)})"

    def unit(self, expression: Expression) -> str | None:
        """The unit of an expression's numbers."""
        match expression:
            case FieldOf(path):
                field = self.field(path)
                return None if field is None else field.unit
            case ParameterOf(name):
                return self.rulebook.parameters[name].unit
            case Arithmetic(Operation.MONTHS_BETWEEN):
                return "month"
            case Arithmetic(Operation.DAYS_BETWEEN):
                return "day"
            case Arithmetic(_, parts):
                return next((unit for unit in map(self.unit, parts) if unit), None)
            case SumOf(of_field, related):
                return self.rulebook.kinds[related.of].fields[of_field].unit
            case _:
                return None

    def is_date(self, expression: Expression) -> bool:
        """Whether an expression is of dates, as far as its form tells."""
        if isinstance(expression, FieldOf):
            field = self.field(expression.path)
            return field is not None and field.type is FieldType.DATE
        return isinstance(expression, AsOf)

    def value(self, expression: Expression, value: Value) -> str:
        """The value of an expression in words, with its unit; a choice by its label."""
        if isinstance(expression, FieldOf):
            field = self.field(expression.path)
            if field is not None:
                return show_value(field, value)
            if isinstance(value, str):  # a verdict
                return value.replace("_", " ")
        return show_with_unit(value, self.unit(expression))


def show_gap(gap: Gap, edition: date, who: str) -> str:
    """That an edition does not cover what somebody needs, or may need, and which one does."""
    elsewhere = "" if gap.covered_by is None else f"; the edition of {gap.covered_by} does"
    needing = "needs" if gap.sure else "may need"
    return f"The edition of {edition} does not cover {gap.what}, which {who} {needing}{elsewhere}."


def show_value(field: Field, value: Value) -> str:
    """The value of a field in words, with its unit; a choice by its label."""
    if field.type is FieldType.CHOICE and isinstance(value, str):
        return field.choices.get(value, value)
    return show_with_unit(value, field.unit)


def _with_article(label: str) -> str:
    return f"{'an' if label[:1].lower() in tuple('aeiou') else 'a'} {label}"


def _plural(label: str) -> str:
    """Several of what a label names, as English mostly has it; labels of other languages stay as they are."""
    if not label[-1:].isascii() or not label[-1:].isalpha():
        return label
    if label.endswith("y") and label[-2:-1] not in tuple("aeiou"):
        return f"{label[:-1]}ies"
    return f"{label}es" if label.endswith(("s", "x", "z", "ch", "sh")) else f"{label}s"
