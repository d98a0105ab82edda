"""An index of the lines of a chunk: the quotes in each line, and the lines that only the exact path can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rulewright.batch.long_numbers import OVERLAP, long_numbers
from rulewright.batch.spool import Spooled

#: The bytes that are examined at once, so that they stay in a processor's cache.
_BLOCK = 256 * 1024
_NEWLINE, _RETURN, _QUOTE, _BACKSLASH, _DELETE = 0x0A, 0x0D, 0x22, 0x5C, 0x7F
#: The first bytes of the control characters U+0080 to U+009F and of the noncharacters U+FFFE and U+FFFF.
_FIRST_OF_C1, _FIRST_OF_NONCHARACTERS = 0xC2, 0xEF

_Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LineIndex:
    """The end of each line, the number of its quotes, and the numbers (from 1) of the lines for the exact path.

    These lines have an escape, a control character, a carriage return inside the line, or a number that is too long.
    """

    data: npt.NDArray[np.uint8]
    ends: _Places
    quotes: _Places
    odd: frozenset[int]

    def line(self, number: int) -> bytes:
        """Return the bytes of a line, without its end."""
        start = int(self.ends[number - 2]) + 1 if number > 1 else 0
        return self.data[start : int(self.ends[number - 1])].tobytes()


def index_lines(file: Path, *, has_escapes: bool, has_controls: bool, has_long_numbers: bool) -> LineIndex:
    """Return the index of a file of lines; search for odd lines only if there can be some."""
    data: npt.NDArray[np.uint8] = np.fromfile(file, np.uint8)
    ends: list[_Places] = []
    counts: list[_Places] = []
    odd: set[int] = set()
    lines = begun = 0
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        breaks = np.flatnonzero(block == _NEWLINE)
        quotes = np.add.reduceat(block == _QUOTE, np.concatenate(([0], breaks)), dtype=np.intp)
        quotes[0] += begun
        ends.append(breaks + start)
        counts.append(quotes[:-1])
        begun = int(quotes[-1])
        found = [np.flatnonzero(block == _BACKSLASH)] if has_escapes else []
        if has_controls:
            found += _controls(block, data[start + len(block) : start + len(block) + 2])
        for one in found:
            odd.update((np.searchsorted(breaks, one) + (lines + 1)).tolist())
        lines += len(breaks)
    if len(data) and data[-1] != _NEWLINE:
        ends.append(np.array([len(data)]))
        counts.append(np.array([begun]))
    all_ends = np.concatenate(ends) if ends else np.zeros(0, np.intp)
    all_quotes = np.concatenate(counts) if counts else np.zeros(0, np.intp)
    if has_long_numbers:
        odd.update((np.searchsorted(all_ends, _long_numbers(data)) + 1).tolist())
    return LineIndex(data, all_ends, all_quotes, frozenset(odd))


def parts_of_lines(chunk: Spooled, ranges: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """Yield the bytes of some ranges of lines of a chunk, each from its first to its last line."""
    data = np.frombuffer(chunk.data, np.uint8) if chunk.file is None else np.fromfile(chunk.file, np.uint8)
    blocks = range(0, len(data), _BLOCK)
    ends = np.concatenate([np.flatnonzero(data[start : start + _BLOCK] == _NEWLINE) + start for start in blocks])
    for first, last in ranges:
        start = int(ends[first - 2]) + 1 if first > 1 else 0
        end = int(ends[last - 1]) + 1 if last <= len(ends) else len(data)
        yield data[start:end].tobytes()


def _long_numbers(data: npt.NDArray[np.uint8]) -> _Places:
    found = []
    for start in range(0, len(data), _BLOCK):
        seen = min(start, OVERLAP)
        block = data[start - seen : start + _BLOCK]
        padded = np.zeros(len(block) + -len(block) % 8 + 16, np.uint8)
        padded[: len(block)] = block
        found.append(long_numbers(padded, 0) + (start - seen))
    return np.concatenate(found) if found else np.zeros(0, np.intp)


def _controls(block: npt.NDArray[np.uint8], behind: npt.NDArray[np.uint8]) -> list[_Places]:
    """Return the places of control characters and noncharacters; `behind` has the two bytes after the block."""
    whole = np.concatenate((block, behind, np.zeros(2, np.uint8)))
    following, third = whole[1 : len(block) + 1], whole[2 : len(block) + 2]
    returns = np.flatnonzero(block == _RETURN)
    controls = np.flatnonzero(block == _FIRST_OF_C1)
    others = np.flatnonzero(block == _FIRST_OF_NONCHARACTERS)
    return [
        np.flatnonzero(block == _DELETE),
        returns[following[returns] != _NEWLINE],
        controls[(following[controls] >= 0x80) & (following[controls] <= 0x9F)],
        others[(following[others] == 0xBF) & (third[others] >= 0xBE)],
    ]
