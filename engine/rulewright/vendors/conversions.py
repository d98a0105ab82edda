"""How a value of an answer is read: where it was found, and what a converter makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from rulewright.vendors.texts import Json, Path

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
