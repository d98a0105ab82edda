"""Numbers in JSON that have more digits than a binary number keeps, found in bytes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rulewright.model.values import MAXIMUM_DIGITS

#: Numbers of more characters than these, the point and the letter of an exponent among them, may have been rounded.
_LONGEST = MAXIMUM_DIGITS + 1
#: A caller passes so many bytes of the block before with each block.
OVERLAP = 64
#: The point, the slash and the digits stand one behind the other.
_POINT, _DIGITS, _MINUS = ord("."), 12, ord("-")
#: The bytes of a word, as many bits, and a word of which each byte is 1.
_WORD, _ALL = 8, np.uint64(0x0101010101010101)

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.intp]


def _table(characters: bytes) -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(256), np.frombuffer(characters, np.uint8))


_BEFORE_NUMBERS, _EXPONENTS = _table(b" \t\r\n:,["), _table(b"eE")


def long_numbers(data: _Bytes, seen: int) -> _Places:
    """Return the places of numbers that may have too many digits, in bytes of which the first `seen` do not count.

    The bytes end in two words of zeros. A run of digits and points that is so long has a word of eight bytes of
    nothing else. Digits behind a quote or a letter are a part of a text, and so are no number; a run that begins before
    the bytes that count is so long that the block before shows it.
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
    """Return how many of the first bytes of each word are 1."""
    zeros = words ^ _ALL
    lowest = zeros & (~zeros + np.uint64(1))
    return np.where(zeros == 0, _WORD, np.log2(np.maximum(lowest, 1)).astype(np.intp) // _WORD)


def _ones_at_end(words: npt.NDArray[np.uint64]) -> _Places:
    """Return how many of the last bytes of each word are 1; no word has nothing else."""
    highest: _Places = np.log2(np.maximum(words ^ _ALL, 1)).astype(np.intp) // _WORD
    return _WORD - 1 - highest
