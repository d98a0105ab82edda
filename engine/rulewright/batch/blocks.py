"""The bytes of a part of a file in blocks that fit a processor's cache, so that looking at them costs little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from rulewright.batch.chunks import SHORTER
from rulewright.batch.long_numbers import OVERLAP

#: So many bytes are read at once, if nothing else is said.
BLOCK_BYTES = 256 * 1024


class Blocks:
    """Reads parts of files block by block into one buffer.

    `buffer` holds the block from `start` to `end`, and what came before it from `seen` on, so that what lies across
    two blocks is seen.
    """

    def __init__(self, size: int = BLOCK_BYTES) -> None:
        self._size = size
        self.buffer = bytearray(OVERLAP + size + 24)  # some zeros can be put behind the last block
        self.array: npt.NDArray[np.uint8] = np.frombuffer(self.buffer, np.uint8)
        self.seen = self.start = self.end = OVERLAP
        self._view = memoryview(self.buffer)

    def read(self, file: BinaryIO, start: int, end: int | None) -> Iterator[int]:
        """Read from one place of a file to another, or to its end: the bytes of each block, once it is there.

        An OSError tells of a file that ends before.
        """
        file.seek(start)
        self.seen = self.start = self.end = OVERLAP
        while end is None or start < end:
            wanted = self._size if end is None else min(self._size, end - start)
            self._keep()
            number = file.readinto(self._view[OVERLAP : OVERLAP + wanted])  # type: ignore[attr-defined]  # of any file
            if not number:
                if end is not None:
                    raise OSError(SHORTER)
                return
            self.end = OVERLAP + number
            start += number
            yield number

    @property
    def block(self) -> memoryview:
        """The bytes of the block."""
        return self._view[self.start : self.end]

    def count(self, byte: int) -> int:
        """How often a byte is in the block."""
        return int(np.count_nonzero(self.array[self.start : self.end] == byte))

    def has(self, some: bytes) -> bool:
        """Whether these bytes, not more than overlap, are in the block, or begin before it."""
        return self.buffer.find(some, self.seen, self.end) >= 0

    def _keep(self) -> None:
        kept = min(OVERLAP, self.end - self.seen)
        self._view[OVERLAP - kept : OVERLAP] = self._view[self.end - kept : self.end]
        self.seen = OVERLAP - kept
