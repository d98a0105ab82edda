"""What the search for witnesses can decide: fields that a case states, columns of tables, the date of the case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, TypeAlias

from rulewright.model.conditions import AsOf, Expression, FieldOf, Literal, ParameterOf
from rulewright.model.rulebook import Conclude, Dated, Field, Rulebook, Table
from rulewright.model.values import Absent, Known, Value


class _Date(Enum):
    AS_OF = "as_of"


#: The date of the case, as a term.
AS_OF: Final = _Date.AS_OF
#: Stands for a text that no rule names, and within a text for any further letters.
ANOTHER: Final = "\0another"

#: A field by its name, or the date of the case.
Term: TypeAlias = str | _Date
#: What an expression comes to: a value, a list of them, or nothing that can be said.
Found: TypeAlias = Value | tuple[Known, ...] | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, whose value follows from the field `by`."""

    field: Field
    table: Table


class Terms:
    """The fields of a kind as the search sees them."""

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

    def free(self, name: str) -> Field | None:
        """The field of a name when a case alone gives its value: neither computed nor concluded, and in no table."""
        field = self.fields.get(name)
        if field is None or field.computed is not None or field.from_table is not None or name in self.concluded:
            return None
        return field

    def column(self, name: str) -> Column | None:
        """The column of a name; none when the field is not one."""
        field = self.fields.get(name)
        table = None if field is None or field.from_table is None else self.rulebook.tables.get(field.from_table)
        return None if field is None or table is None else Column(field, table)

    def value(self, expression: Expression, assigned: dict[Term, Value]) -> Found:
        """What an expression comes to; none when that cannot be said of what is assigned."""
        match expression:
            case Literal(value):
                return value
            case AsOf():
                return assigned.get(AS_OF)
            case FieldOf((name,)):
                return self._field(name, assigned)
            case ParameterOf(name):
                parameter = self.rulebook.parameters.get(name)
                return None if parameter is None else _in_force(parameter.values, assigned)
            case _:
                return None

    def _field(self, name: str, assigned: dict[Term, Value]) -> Value | None:
        column = self.column(name)
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

    def dated(self, expression: Expression) -> Iterator[Dated]:
        """The values by date that an expression can take from a parameter or from the cells of a column."""
        if isinstance(expression, ParameterOf) and expression.name in self.rulebook.parameters:
            yield from self.rulebook.parameters[expression.name].values
        elif isinstance(expression, FieldOf) and len(expression.path) == 1:
            column = self.column(expression.path[0])
            if column is not None:
                for row in column.table.all_rows:
                    yield from row.get(column.field.name, ())


def _in_force(values: tuple[Dated, ...], assigned: dict[Term, Value]) -> Found:
    """The value on the date of the case; one that always held needs no date."""
    if len(values) == 1 and values[0].since is None:
        return values[0].value
    as_of = assigned.get(AS_OF)
    if not isinstance(as_of, date):
        return None
    begun = [dated for dated in values if dated.since is None or dated.since <= as_of]
    return begun[-1].value if begun else Absent.UNKNOWN
