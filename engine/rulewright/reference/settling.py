"""Settling values, outcomes and verdicts, each once all that it reads is settled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import NamedTuple, TypeVar

from rulewright.model.facts import Fact
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Value

_Kept = TypeVar("_Kept")


class What(Enum):
    """What an item is of its subject."""

    VALUE = "value of field"
    OUTCOME = "outcome of rule"
    VERDICT = "verdict"


class Item(NamedTuple):
    """One thing to settle about one subject; `name` is that of the field or the rule."""

    what: What
    kind: str
    ref: str
    name: str = ""

    def __str__(self) -> str:
        name = f" `{self.name}`" if self.name else ""
        return f"{self.what.value}{name} of {self.kind} `{self.ref}`"


class UnsettledError(Exception):
    """An item was read that is not settled yet."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self.item = item


class Settled:
    """What is settled so far; reading anything else raises `UnsettledError`."""

    def __init__(self) -> None:
        self.values: dict[Item, Value] = {}
        self.outcomes: dict[Item, Outcome] = {}
        self.verdicts: dict[Item, Verdict] = {}

    def value(self, subject: Fact, field: str) -> Value:
        """The value of a field of the subject."""
        return _read(self.values, Item(What.VALUE, subject.kind, subject.ref, field))

    def outcome(self, subject: Fact, rule: str) -> Outcome:
        """How a rule came out for the subject."""
        return _read(self.outcomes, Item(What.OUTCOME, subject.kind, subject.ref, rule))

    def verdict(self, subject: Fact) -> Verdict:
        """The verdict of the subject."""
        return _read(self.verdicts, Item(What.VERDICT, subject.kind, subject.ref))


def settle_all(items: Iterable[Item], settle: Callable[[Item], None]) -> None:
    """Settle every item, in whatever order they can be; a cycle among them is a `ValueError`.

    An item that reads an unsettled one is tried again once that one is settled. So nothing recurses along a chain of
    conclusions, however long, and the order of rules and facts makes no difference.
    """
    ready = deque(items)
    waiting: dict[Item, list[Item]] = {}
    while ready:
        item = ready.popleft()
        try:
            settle(item)
        except UnsettledError as unsettled:
            waiting.setdefault(unsettled.item, []).append(item)
        else:
            ready.extend(waiting.pop(item, ()))
    if waiting:
        cycle = " reads ".join(str(item) for item in _cycle(waiting))
        raise ValueError(f"a cycle: {cycle}")


def _cycle(waiting: Mapping[Item, list[Item]]) -> list[Item]:
    """One cycle of items that wait for each other, its first item once more at the end."""
    reads = {item: read for read, items in waiting.items() for item in items}
    seen: dict[Item, None] = {}
    item = next(iter(waiting))
    while item not in seen:
        seen[item] = None
        item = reads[item]
    followed = list(seen)
    return [*followed[followed.index(item) :], item]


def _read(settled: Mapping[Item, _Kept], item: Item) -> _Kept:
    if item not in settled:
        raise UnsettledError(item)
    return settled[item]
