"""Minimal sets: sets that are enough and have no proper subset that is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


def _nothing() -> None:
    """Count no set."""


@dataclass
class MinimalSets(Generic[T]):
    """Iterates over the minimal sets of at most `most` elements, smallest first.

    `is_enough` must be monotone: every superset of a sufficient set is sufficient. An insufficient set is grown until
    no element can be added. Every sufficient set has an element outside each grown set, so the smallest sets with such
    elements are tried. A sufficient one is minimal, because its subsets were tried before.

    Growing only saves tries, so `is_enough_quickly`, if given, may decide it with less work. If `is_enough` returns
    none for a set, the set is skipped and `has_undecided` becomes true. `count` is called for each candidate. After an
    iteration, `is_complete` is true if no larger set is left to try.
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
        """Return an insufficient set, extended by every element that keeps it insufficient."""
        is_enough = self.is_enough_quickly or self.is_enough
        for element in self.elements:
            if element not in chosen and is_enough(chosen | {element}) is False:
                chosen |= {element}
        return chosen

    def _hitting(
        self, outside: Sequence[frozenset[T]], found: Sequence[frozenset[T]], size: int
    ) -> frozenset[T] | None:
        """Return a set of at most `size` elements that meets each set in `outside` and contains no set in `found`.

        None if there is no such set.
        """
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
                    # later branches need not try sets with this element again
                    refused |= {element}
            pending += reversed(branches)
        return None
