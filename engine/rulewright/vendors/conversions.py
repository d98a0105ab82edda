"""Types of conversion: the value found at a key, and the result of a converter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from rulewright.vendors.display import Json, Path

#: The type of a stated value.
Value: TypeAlias = str | bool | int | date


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the answer states, with a note for readers of the case file."""

    value: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A value that does not decide the fact. `why` completes a sentence about the value (`is a placeholder`)."""

    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that cannot be read, with the expected form. `found` is the value if it is not that of the row."""

    expected: str
    found: Found | None = None


Converted: TypeAlias = Stated | Unclear | Unreadable
Converter: TypeAlias = Callable[[Json], Converted]


@dataclass(frozen=True, slots=True)
class Found:
    """The result of looking up a key in an answer.

    `there` is false if the answer lacks the key. `astray` is true if a value on the path to the key is not an object;
    `value` is then that value.
    """

    path: Path
    value: Json
    there: bool = True
    astray: bool = False

    @property
    def says_nothing(self) -> bool:
        """Return whether the answer states nothing: the key is missing, or its value is null or a blank text."""
        return not self.there or self.value is None or (isinstance(self.value, str) and not self.value.strip())


class Surroundings(Protocol):
    """The context of a doubt: other keys of the record, and facts that are already stated."""

    def find(self, key: str) -> Found:
        """Return the value at a key of the record."""

    def stated(self, name: str) -> Value | None:
        """Return the value of a fact of an earlier row, or None if it is not stated."""


#: A further check of a readable value. Returns the reason not to state it, or None.
Doubt: TypeAlias = Callable[[Value, Surroundings], Unclear | Unreadable | None]
