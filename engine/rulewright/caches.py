"""Caches of a limited size."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

#: Maximum number of keys in a cache. Without it, facts with many different values would fill the memory.
MOST = 20_000


class Kept(dict[K, V]):
    """A cache that is cleared when it is full.

    Each position of a key must always hold values of one type: Python treats `True` as equal to 1, and a decimal 1 as
    equal to an int.
    """

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: K, made: V) -> V:
        """Cache a value under a key, and return it."""
        if len(self) >= self._most:
            self.clear()
        self[key] = made
        return made


class Remembered(Kept[K, V]):
    """A cache that computes each missing value with `make`."""

    def __init__(self, make: Callable[[K], V], most: int = MOST) -> None:
        super().__init__(most)
        self._make = make

    def __missing__(self, key: K) -> V:
        return self.keep(key, self._make(key))
