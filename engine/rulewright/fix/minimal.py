"""Smallest sets: of the sets that are enough, those without a part that is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def minimal_sets(
    elements: Sequence[T], is_enough: Callable[[frozenset[T]], bool], most: int | None = None
) -> Iterator[frozenset[T]]:
    """The minimal sets of elements that are enough, the smallest first, those of more than `most` elements left out.

    `is_enough` has to be monotone: what is added to a set that is enough leaves it enough. Each set that is not enough
    is grown to one that no element can be added to; a set that is enough has an element outside of each of these. So
    the smallest sets that have one are tried, and what is enough is minimal: its parts would have been tried before.
    """
    whole = frozenset(elements)
    if not is_enough(whole):
        return
    found: list[frozenset[T]] = []
    outside: list[frozenset[T]] = []
    size = 0
    while size <= (len(elements) if most is None else most):
        candidate = _hitting(elements, outside, found, size)
        if candidate is None:
            size += 1
            continue
        if is_enough(candidate):
            found.append(candidate)
            yield candidate
            continue
        grown = candidate
        for element in elements:
            if element not in grown and not is_enough(grown | {element}):
                grown |= {element}
        outside.append(whole - grown)


def _hitting(
    elements: Sequence[T], outside: Sequence[frozenset[T]], found: Sequence[frozenset[T]], size: int
) -> frozenset[T] | None:
    """A set of at most so many elements that has one of each of the sets outside, and no found set within it."""
    # a stack, and not recursion: a set can be as large as a case
    pending: list[tuple[frozenset[T], frozenset[T]]] = [(frozenset(), frozenset())]
    while pending:
        chosen, refused = pending.pop()
        if any(one <= chosen for one in found):
            continue
        missed = next((one for one in outside if not one & chosen), None)
        if missed is None:
            return chosen
        if len(chosen) == size:
            continue
        branches = []
        for element in elements:
            if element in missed and element not in refused:
                branches.append((chosen | {element}, refused))
                # what comes later need not try again what has this element
                refused |= {element}
        pending += reversed(branches)
    return None
