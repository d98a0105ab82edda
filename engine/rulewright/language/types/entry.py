"""A type of field: all of its properties in one object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from rulewright.model.entries import Schema
from rulewright.model.rulebook import DateStep, Field
from rulewright.model.values import FieldType, Known

#: What one step of a change adds.
Step: TypeAlias = "int | Decimal | DateStep"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The reason why a node is no value of a type, and the way out."""

    message: str
    help: str | None = None
    outside_choices: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """The properties of a type whose values have an order.

    `least_step` returns the smallest step of a change, given the number of decimal places that matter. `moved` returns
    a value that many steps away, and `is_possible` tells whether a case can state it. `start` is a value for two fields
    that are compared with each other and with nothing else.
    """

    least_step: Callable[[int], Step]
    moved: Callable[[Known, int, Step], Known]
    is_possible: Callable[[Known], bool]
    start: Callable[[Field | None, date], Known]


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type of field.

    `expected` names one value in messages. `synonyms` are the types of other languages, with what to write instead.
    `read` takes a scalar as it was written, and whether it has no quotes. `sql` is the type of a column of values in
    DuckDB's words, and `columns` are the types of columns whose values are taken as they are. Types with the same
    `family` are compared with each other; those of `texts` stand in quotes in JSON and have no quotes to lose in CSV.

    `schema` returns the JSON Schema of a value of a field, `every` all values of a field where they are few, and
    `tried` those for which tests with the given operands differ (with a date and a filler text to fall back on).
    `further` returns more values around numbers and dates that a rulebook and a case name.
    """

    type: FieldType
    expected: str
    family: str
    read: Callable[[str, bool], Known | Mismatch]
    schema: Callable[[Field], Schema]
    sql: str
    columns: tuple[str, ...]
    tried: Callable[[Field, Set[Known], date, str], Iterable[Known]]
    every: Callable[[Field], Sequence[Known] | None]
    further: Callable[[Field, Sequence[int | Decimal], Sequence[date]], Iterable[Known]]
    ordered: Ordered | None = None
    is_text: bool = False
    synonyms: Mapping[str, str] = field(default_factory=dict)


def not_few(declared: Field) -> Sequence[Known] | None:
    """Return nothing: a field of the type has too many values to list."""
    return None


def nothing_further(declared: Field, numbers: Sequence[int | Decimal], dates: Sequence[date]) -> Iterable[Known]:
    """Return nothing: values of the type do not follow from numbers and dates."""
    return ()
