"""Search in bytes of JSON for numbers with more digits than a binary number retains."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rulewright.model.values import MAXIMUM_DIGITS

#: Longer numbers may have been rounded; the length includes the point and the letter of an exponent.
_LONGEST = MAXIMUM_DIGITS + 1
#: The number of bytes from the previous block that a caller passes with each block.
OVERLAP = 64
#: The point, the slash and the ten digits are twelve consecutive characters.
_POINT, _DIGITS, _MINUS = ord("."), 12, ord("-")
#: The number of bytes in a word (and of bits in a byte), and a word with each byte 1.
_WORD, _ALL = 8, np.uint64(0x0101010101010101)

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.intp]


def _table(characters: bytes) -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(256), np.frombuffer(characters, np.uint8))


_BEFORE_NUMBERS, _EXPONENTS = _table(b" \t\r\n:,["), _table(b"eE")


def long_numbers(data: _Bytes, seen: int) -> _Places:
    """Return the places of numbers with possibly too many digits, in bytes whose first `seen` bytes do not count.

    The bytes end in two words of zeros. A long run of digits and points contains a whole word of eight such bytes.
    Digits after a quote or a letter belong to a text, not a number. A run that begins before the counted bytes is found
    in the block before.
    """
    are_digits = (data - _POINT) < _DIGITS
    are_digits[:seen] = False
    words = are_digits.view(np.uint64)
    full: _Places = np.flatnonzero(words == _ALL)
    full = full[(full > 0) & (words[full - 1] != _ALL)]
    if not len(full):
        return full
    start = _WORD * full - _ones_at_end(words[full - 1])
    following = _ones_at_start(words[full + 1])
    is_full = following == _WORD
    following[is_full] += _ones_at_start(words[full[is_full] + 2])
    end = _WORD * full + _WORD + following
    length = end - start
    is_long = (length > _LONGEST) | ((length == _LONGEST) & _EXPONENTS[data[end]])
    start = start[is_long]
    start = start[start > max(seen, 1)]
    before = data[start - 1]
    found: _Places = start[_BEFORE_NUMBERS[before] | ((before == _MINUS) & _BEFORE_NUMBERS[data[start - 2]])]
    return found


def _ones_at_start(words: npt.NDArray[np.uint64]) -> _Places:
    """Return the number of leading bytes of each word that are 1."""
    zeros = words ^ _ALL
    lowest = zeros & (~zeros + np.uint64(1))
    return np.where(zeros == 0, _WORD, np.log2(np.maximum(lowest, 1)).astype(np.intp) // _WORD)


def _ones_at_end(words: npt.NDArray[np.uint64]) -> _Places:
    """Return the number of trailing bytes of each word that are 1; no word consists only of such bytes."""
    highest: _Places = np.log2(np.maximum(words ^ _ALL, 1)).astype(np.intp) // _WORD
    return _WORD - 1 - highest
