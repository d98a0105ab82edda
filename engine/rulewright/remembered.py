"""What was made once and is asked for again, for so many keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

#: So many keys are kept of each sort; values of facts that are all different would fill the memory otherwise.
MOST = 20_000


class Kept(dict[K, V]):
    """What is kept by key; starts anew when it is full.

    At each place of a key stand values of one type only: Python takes `True` for 1, and a decimal 1 for a whole one.
    """

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: K, made: V) -> V:
        """Keep what was made of a key, and give it back."""
        if len(self) >= self._most:
            self.clear()
        self[key] = made
        return made


class Remembered(Kept[K, V]):
    """What `make` makes of each key, made when it is first asked for."""

    def __init__(self, make: Callable[[K], V], most: int = MOST) -> None:
        super().__init__(most)
        self._make = make

    def __missing__(self, key: K) -> V:
        return self.keep(key, self._make(key))
