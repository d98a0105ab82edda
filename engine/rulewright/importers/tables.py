"""What an importer is made of: a table that says which fact stands where in an answer and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeAlias

from rulewright.diagnostics import Diagnostic
from rulewright.importers.answers import Answer
from rulewright.importers.texts import Json, Path

#: What a fact can be stated as.
Value: TypeAlias = str | bool | int | date


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the answer states, with what a reader should know of the reading."""

    value: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A value that was read and does not settle the fact: why, as what is said of the value (`is a placeholder`)."""

    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that cannot be read: what was expected, and where it stands if it is not the value of the row itself."""

    expected: str
    found: Found | None = None


Converted: TypeAlias = Stated | Unclear | Unreadable
Converter: TypeAlias = Callable[[Json], Converted]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a key was looked for and what was there.

    `there` is false when the key is not in the answer; `astray` is true when something stands on the way to the key
    that should be an object and is not: then this is it.
    """

    path: Path
    value: Json
    there: bool = True
    astray: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether the answer leaves it open: no such key, null, or a blank text."""
        return not self.there or self.value is None or (isinstance(self.value, str) and not self.value.strip())


class Surroundings(Protocol):
    """What a doubt may look at beside the value itself: other keys of the record, facts already stated."""

    def find(self, key: str) -> Found:
        """What stands at a key of the record."""

    def stated(self, name: str) -> Value | None:
        """The value of a fact of an earlier row, if it is stated."""


#: A second look at a value that could be read: what speaks against stating it, or None.
Doubt: TypeAlias = Callable[[Value, Surroundings], Unclear | Unreadable | None]


@dataclass(frozen=True, slots=True)
class Needs:
    """A row is read only where a fact of an earlier row has this value; else it is unknown, and this is why."""

    fact: str
    value: Value
    otherwise: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: the key it stands at (dotted, in the vendor's spelling), its converter, and what may speak against it.

    A `caveat` is told once at the head of a case file that states the fact.
    """

    fact: str
    key: str
    convert: Converter
    needs: Needs | None = None
    doubts: tuple[Doubt, ...] = ()
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Always:
    """A fact that every record of such an answer states by being in it."""

    fact: str
    value: Value
    why: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A form the answer comes in: the way to its records, where `*` stands for every member of a list.

    `sure` says that nothing else comes in this form; where it is not, each record must show by its keys what it is.
    """

    steps: tuple[str, ...]
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """An importer: what answer it reads, how its records are found and told apart, and a row for each fact.

    `marks` are keys that tell a record of this answer from others; `others` are keys that only other answers have,
    with the name of that answer. Keys are in the vendor's spelling; where a record is in snake_case, `aliases` gives
    the names that are not the same words.
    """

    name: str
    description: str
    answer: str
    expected: str
    kind: str
    shapes: tuple[Shape, ...]
    marks: frozenset[str]
    others: Mapping[str, str]
    ref: str
    label: str
    rows: tuple[Row | Always, ...]
    never: tuple[str, ...]
    total: str = ""
    error: tuple[str, str] | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read: Callable[[str, bytes], Answer | Diagnostic] = field(kw_only=True)
