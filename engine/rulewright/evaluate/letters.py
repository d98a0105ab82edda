"""Compact mappings for many objects with equal keys: a string with a letter for each key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from rulewright.model.outcomes import OUTCOME_LETTERS
from rulewright.model.values import Truth

K = TypeVar("K")
V = TypeVar("V")

#: The letter of a missing key.
LEFT_OUT = "-"
OUTCOMES = {letter: outcome for outcome, letter in OUTCOME_LETTERS.items()}
TRUTHS = {truth.value: truth for truth in Truth}


class Letters(Mapping[K, V]):
    """A mapping stored as one letter per key; mappings share the place of each key and the meaning of each letter."""

    __slots__ = ("_letters", "_meaning", "_places")

    def __init__(self, places: Mapping[K, int], letters: str, meaning: Mapping[str, V]) -> None:
        self._places = places
        self._letters = letters
        self._meaning = meaning

    @property
    def letters(self) -> str:
        """Return the letters in the order of the keys."""
        return self._letters

    @property
    def keys_in_order(self) -> tuple[K, ...]:
        """Return the possible keys in the order of their letters."""
        return tuple(self._places)

    def __getitem__(self, key: K) -> V:
        letter = self._letters[self._places[key]]
        if letter == LEFT_OUT:
            raise KeyError(key)
        return self._meaning[letter]

    def __iter__(self) -> Iterator[K]:
        return (key for key, letter in zip(self._places, self._letters, strict=True) if letter != LEFT_OUT)

    def __len__(self) -> int:
        return len(self._letters) - self._letters.count(LEFT_OUT)

    def __repr__(self) -> str:
        return repr(dict(self))
