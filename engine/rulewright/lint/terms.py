"""Domain of assigned facts: conditions about one subject for which only some facts have a value.

The terms are the fields that a case states and the date of the case. Columns of tables follow from them. Related facts,
references and outcomes of other rules are not evaluated, so their conditions stay unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, TypeAlias

from rulewright.language.domain import Domain
from rulewright.language.interpreter import Interpreter
from rulewright.language.operators import equality, presence
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Arithmetic,
    AsOf,
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
    ParameterOf,
    RuleOutcome,
    SumOf,
)
from rulewright.model.rulebook import Conclude, Dated, Field, Rulebook, Table
from rulewright.model.values import Absent, Known, Truth, Value, all_of, any_of


class _Date(Enum):
    AS_OF = "as_of"


#: The date of the case, as a term.
AS_OF: Final = _Date.AS_OF
#: A text that no rule names; within a text, any further characters.
ANOTHER: Final = "\0another"

#: A field by its name, or the date of the case.
Term: TypeAlias = str | _Date
#: The result of an expression: a value, a list of values, or None if it is undecided.
Found: TypeAlias = Value | tuple[Known, ...] | None
#: Values of terms. A missing term is undecided.
Assigned: TypeAlias = Mapping[Term, Value]
Values: TypeAlias = Callable[[Assigned], Found]
Conditions: TypeAlias = Callable[[Assigned], Truth]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, whose value follows from the field `by`."""

    field: Field
    table: Table


class Terms:
    """The fields of a kind, as the search for facts treats them."""

    def __init__(self, kind: str, rulebook: Rulebook) -> None:
        self.kind = kind
        self.rulebook = rulebook
        self.fields = rulebook.kinds[kind].fields
        self.concluded = {
            name
            for rule in rulebook.rules_about(kind)
            if isinstance(rule.action, Conclude)
            for name in rule.action.values
        }
        self._interpreter = Interpreter(_AssignedFacts(self))

    def free(self, name: str) -> Field | None:
        """Return a field whose value only a case gives: not computed, concluded or from a table. Else return None."""
        field = self.fields.get(name)
        if field is None or field.computed is not None or field.from_table is not None or name in self.concluded:
            return None
        return field

    def column(self, name: str) -> Column | None:
        """Return the column of a name, or None if the field is not a column."""
        field = self.fields.get(name)
        table = None if field is None or field.from_table is None else self.rulebook.tables.get(field.from_table)
        return None if field is None or table is None else Column(field, table)

    def value(self, expression: Expression, assigned: Assigned) -> Found:
        """Return the value of an expression or the values of a list, or None if the facts do not decide it."""
        return self._interpreter.expression(expression)(assigned)

    def truth(self, condition: Condition, assigned: Assigned) -> Truth:
        """Return the truth of a condition. It is unknown if the facts do not decide it."""
        return self._interpreter.condition(condition)(assigned)

    def dated(self, expression: Expression) -> Iterator[Dated]:
        """Yield the values by date of a parameter, or of all cells of a column."""
        if isinstance(expression, ParameterOf) and expression.name in self.rulebook.parameters:
            yield from self.rulebook.parameters[expression.name].values
        elif isinstance(expression, FieldOf) and len(expression.path) == 1:
            column = self.column(expression.path[0])
            if column is not None:
                for row in column.table.all_rows:
                    yield from row.get(column.field.name, ())


class _AssignedFacts(Domain[Values, Conditions]):
    """Python's None stands for a value that the assigned facts do not decide."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    # --- expressions ---

    def literal(self, node: Literal) -> Values:
        return lambda assigned: node.value

    def field(self, node: FieldOf) -> Values:
        return (lambda assigned: self._field(node.path[0], assigned)) if len(node.path) == 1 else _undecided

    def _field(self, name: str, assigned: Assigned) -> Value | None:
        column = self._terms.column(name)
        if column is None:
            return assigned.get(name)
        key = self._field(column.table.by, assigned)
        if key is None or isinstance(key, Absent):
            return key
        row = column.table.row(str(key))
        if row is None:
            return Absent.UNKNOWN
        cell = row.get(name)
        if cell is None:
            return Absent.NONE
        value = _in_force(cell, assigned)
        return None if isinstance(value, tuple) else value

    def parameter(self, node: ParameterOf) -> Values:
        parameter = self._terms.rulebook.parameters.get(node.name)
        return _undecided if parameter is None else lambda assigned: _in_force(parameter.values, assigned)

    def as_of(self, node: AsOf) -> Values:
        return lambda assigned: assigned.get(AS_OF)

    def calculation(self, node: Arithmetic, parts: Sequence[Values]) -> Values:
        return _undecided

    def count(self, node: CountOf, where: Conditions | None) -> Values:
        return _undecided

    def total(self, node: SumOf, where: Conditions | None) -> Values:
        return _undecided

    # --- tests ---

    def comparison(self, node: Comparison, left: Values, right: Values) -> Conditions:
        def compare(assigned: Assigned) -> Truth:
            one, other = left(assigned), right(assigned)
            if one is Absent.NONE or other is Absent.NONE:
                return Truth.FALSE
            if one is None or other is None or isinstance(one, Absent | tuple) or isinstance(other, Absent | tuple):
                return Truth.UNKNOWN
            return Truth.of(node.comparator.compares(one, other, node.ignore_case))

        return compare

    def membership(self, node: Membership, left: Values) -> Conditions:
        options: Values
        if isinstance(node.options, ParameterOf):
            options = self.parameter(node.options)
        else:
            listed = tuple(option.value for option in node.options)
            options = lambda assigned: listed  # noqa: E731

        def is_member(assigned: Assigned) -> Truth:
            value, values = left(assigned), options(assigned)
            if value is Absent.NONE:
                return Truth.FALSE
            if value is None or isinstance(value, Absent | tuple) or not isinstance(values, tuple):
                return Truth.UNKNOWN
            return Truth.of(equality.IN.includes(value, values, node.ignore_case))

        return is_member

    def presence(self, node: IsGiven | IsKnown, operand: Values) -> Conditions:
        operator = presence.GIVEN if isinstance(node, IsGiven) else presence.KNOWN

        def is_present(assigned: Assigned) -> Truth:
            value = operand(assigned)
            return Truth.UNKNOWN if value is None or isinstance(value, tuple) else Truth.of(operator.truth(value))

        return is_present

    def quantifier(self, node: AnyRelated | AllRelated, where: Conditions | None) -> Conditions:
        return _unknown

    def outcome(self, node: RuleOutcome) -> Conditions:
        return _unknown

    def not_covered(self, node: NotCovered) -> Conditions:
        return _unknown

    # --- connectives ---

    def conjunction(self, node: AllOf, parts: Sequence[Conditions]) -> Conditions:
        return lambda assigned: all_of(part(assigned) for part in parts)

    def disjunction(self, node: AnyOf, parts: Sequence[Conditions]) -> Conditions:
        return lambda assigned: any_of(part(assigned) for part in parts)

    def negation(self, node: Not, part: Conditions) -> Conditions:
        return lambda assigned: ~part(assigned)


def _undecided(assigned: Assigned) -> Found:
    return None


def _unknown(assigned: Assigned) -> Truth:
    return Truth.UNKNOWN


def _in_force(values: tuple[Dated, ...], assigned: Assigned) -> Found:
    """Return the value in force on the date of the case. A single value without a date needs no case date."""
    if len(values) == 1 and values[0].since is None:
        return values[0].value
    as_of = assigned.get(AS_OF)
    if not isinstance(as_of, date):
        return None
    begun = [dated for dated in values if dated.since is None or dated.since <= as_of]
    return begun[-1].value if begun else Absent.UNKNOWN
