"""Minimal sets: of the sets that are enough, those without a part that is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


def _nothing() -> None:
    """Count no set."""


@dataclass
class MinimalSets(Generic[T]):
    """The minimal sets of elements that are enough, smallest first, those of more than `most` elements left out.

    `is_enough` has to be monotone: what is added to a set that is enough leaves it enough. A set that is not enough is
    grown until no element can be added to it; a set that is enough has an element outside of each grown set. So the
    smallest sets with such an element are tried, and one that is enough is minimal: its parts were tried before.

    Growing only saves tries, so `is_enough_quickly`, if given, decides in a hurry which elements are added.
    `is_enough` may leave a set undecided (none); such a set is passed over, and `has_undecided` says so. `count` is
    called for each set that is looked at. After an iteration `is_complete` says that no larger set is left to try.
    """

    elements: Sequence[T]
    is_enough: Callable[[frozenset[T]], bool | None]
    most: int | None = None
    count: Callable[[], None] = _nothing
    is_enough_quickly: Callable[[frozenset[T]], bool | None] | None = None
    is_complete: bool = field(default=False, init=False)
    has_undecided: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[frozenset[T]]:
        whole = frozenset(self.elements)
        if self.is_enough(whole) is False:
            self.is_complete = True
            return
        found: list[frozenset[T]] = []
        outside: list[frozenset[T]] = []
        most = len(whole) if self.most is None else min(self.most, len(whole))
        size = 0
        while size <= most:
            candidate = self._hitting(outside, found, size)
            if candidate is None:
                size += 1
                continue
            enough = self.is_enough(candidate)
            if enough:
                found.append(candidate)
                yield candidate
            elif enough is None:
                self.has_undecided = True
                outside.append(whole - candidate)
            else:
                outside.append(whole - self._grown(candidate))
        self.is_complete = most == len(whole) or self._hitting(outside, found, len(whole)) is None

    def _grown(self, chosen: frozenset[T]) -> frozenset[T]:
        """A set that is not enough with all elements that can be added to it."""
        is_enough = self.is_enough_quickly or self.is_enough
        for element in self.elements:
            if element not in chosen and is_enough(chosen | {element}) is False:
                chosen |= {element}
        return chosen

    def _hitting(
        self, outside: Sequence[frozenset[T]], found: Sequence[frozenset[T]], size: int
    ) -> frozenset[T] | None:
        """A set of at most so many elements that has one of each of the sets outside, and no found set within it."""
        # a stack, and not recursion: a set can be as large as a case
        pending: list[tuple[frozenset[T], frozenset[T]]] = [(frozenset(), frozenset())]
        while pending:
            self.count()
            chosen, refused = pending.pop()
            if any(one <= chosen for one in found):
                continue
            missed = next((one for one in outside if not one & chosen), None)
            if missed is None:
                return chosen
            if len(chosen) == size:
                continue
            branches = []
            for element in self.elements:
                if element in missed and element not in refused:
                    branches.append((chosen | {element}, refused))
                    # what comes later need not try again what has this element
                    refused |= {element}
            pending += reversed(branches)
        return None
