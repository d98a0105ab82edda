"""The items of a case: each value, outcome and verdict of its subjects."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class What(Enum):
    """The part of a subject that an item is about."""

    VALUE = "value of field"
    OUTCOME = "outcome of rule"
    VERDICT = "verdict"


class Item(NamedTuple):
    """A value, outcome or verdict of one subject; `name` is the name of the field or the rule."""

    what: What
    kind: str
    ref: str
    name: str = ""

    def __str__(self) -> str:
        name = f" `{self.name}`" if self.name else ""
        return f"{self.what.value}{name} of {self.kind} `{self.ref}`"
