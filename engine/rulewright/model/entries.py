"""Operators and functions as data: all properties of a word of the language in one object.

`language` defines the words. Entries are compared by their keys, so that copies of a rulebook stay equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from rulewright.model.values import FieldType, Known, Value, folded

if TYPE_CHECKING:
    from sqlglot import exp

#: An expression tree of SQL; `language.sql` builds it. The evaluation of a single case never loads sqlglot.
Sql: TypeAlias = "exp.Expr"
Schema: TypeAlias = Mapping[str, Any]
#: The minimum and the maximum of a range of numbers or dates.
Ends: TypeAlias = tuple[Any, Any]


class Move(Enum):
    """The direction in which a result moves while one operand grows.

    The result of a test moves up if the test can only become true, and down if it can only become false.
    """

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class TypeGroup:
    """A group of types, with the noun that messages use for their values."""

    noun: str
    types: frozenset[FieldType]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A key that authors write for an operator, such as `before`, which is `less_than` for dates.

    A `negated` keyword is true where the operator is false. `synonyms` are its words in other languages. `hints` are
    words whose help says more than the keyword. Keywords of one module are listed by `rank`.
    """

    word: str
    about: str
    types: TypeGroup | None = None
    negated: bool = False
    synonyms: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    rank: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A word of the language."""

    key: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and (type(self), self.key) == (type(other), other.key)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"<{self.key}>"


# --- operators --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Operator(Entry):
    """An operator, with its keywords and the JSON Schema of its operand."""

    keywords: tuple[Keyword, ...]
    schema: Schema

    @property
    def negated(self) -> str | None:
        """Return the keyword that negates the operator, or None."""
        return next((keyword.word for keyword in self.keywords if keyword.negated), None)


@dataclass(frozen=True, slots=True)
class OnRanges:
    """The tests of two ranges of numbers, for an operator that is not monotonic in its operands.

    `possible` returns whether the operator can hold and whether it can fail. `sql` takes the ends of both ranges.
    """

    possible: Callable[[Ends, Ends], tuple[bool, bool]]
    sql: Callable[[Sql, Sql, Sql, Sql], Sql]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparator(Operator):
    """An operator that compares two known values; none makes it false, unknown makes it unknown.

    `boundaries` returns the values worth trying against an operand; its filler stands for any other text. `inverse` is
    the key of the comparator that holds exactly where this one fails.
    """

    holds: Callable[[Any, Any], bool]
    sql: Callable[[Sql, Sql], Sql]
    moves: tuple[Move, Move]
    boundaries: Callable[[Any, str], tuple[Known, ...]]
    inverse: str | None = None
    ranges: OnRanges | None = None

    def compares(self, left: Known, right: Known, ignore_case: bool = False) -> bool:
        """Return whether the comparison of two known values holds."""
        if ignore_case and isinstance(left, str) and isinstance(right, str):
            return self.holds(folded(left), folded(right))
        return self.holds(left, right)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Inclusion(Operator):
    """An operator that looks up a known value in a list; none makes it false, unknown makes it unknown."""

    holds: Callable[[Any, Sequence[Any]], bool]
    sql: Callable[[Sql, Sequence[Sql]], Sql]
    boundaries: Callable[[Any, str], tuple[Known, ...]]

    def includes(self, value: Known, options: Sequence[Known], ignore_case: bool = False) -> bool:
        """Return whether a known value is in a list."""
        if ignore_case and isinstance(value, str):
            return self.holds(folded(value), [folded(one) if isinstance(one, str) else one for one in options])
        return self.holds(value, options)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Presence(Operator):
    """An operator that tests if a field has a value, or if anything is known about it.

    `sql` takes the value and, for a field that can be none, the condition under which it is none.
    """

    truth: Callable[[Value], bool | None]
    sql: Callable[[Sql, Sql | None], Sql]


# --- functions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Function(Entry):
    """A function of expressions; none if any operand is none, else unknown if any is unknown.

    `most` limits the number of operands; the minimum is two. Without `result` and `unit`, the function has those of its
    operands. `moves` has an entry for each operand; the last entry holds for all further operands. `magnitude` returns
    the maximum magnitude of the result from the magnitudes of the operands.
    """

    about: str
    operands: TypeGroup
    calculate: Callable[[Sequence[Any]], Known]
    sql: Callable[[Sequence[Sql]], Sql]
    moves: tuple[Move, ...]
    magnitude: Callable[[Sequence[int]], int]
    most: int | None = None
    result: FieldType | None = None
    unit: str | None = None
    synonyms: tuple[str, ...] = ()

    def move(self, position: int) -> Move:
        """Return how the result moves while the operand at a position grows."""
        return self.moves[min(position, len(self.moves) - 1)]

    @property
    def schema(self) -> Schema:
        """Return the JSON Schema of the list of operands."""
        most = {} if self.most is None else {"maxItems": self.most}
        return {"type": "array", "items": {"$ref": "#/$defs/expression"}, "minItems": 2, **most}
