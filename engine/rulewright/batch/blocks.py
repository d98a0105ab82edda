"""The bytes of a part of a file in blocks that fit a processor's cache, so that scanning them is fast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from rulewright.batch.chunks import SHORTER
from rulewright.batch.long_numbers import OVERLAP

#: The default number of bytes in a block.
BLOCK_BYTES = 256 * 1024


class Blocks:
    """Reads parts of files block by block into one buffer.

    `buffer` holds the block from `start` to `end`. The bytes from `seen` to `start` are the end of the block before, so
    that searches find matches across two blocks.
    """

    def __init__(self, size: int = BLOCK_BYTES) -> None:
        self._size = size
        self.buffer = bytearray(OVERLAP + size + 24)  # room for zeros after the last block
        self.array: npt.NDArray[np.uint8] = np.frombuffer(self.buffer, np.uint8)
        self.seen = self.start = self.end = OVERLAP
        self._view = memoryview(self.buffer)

    def read(self, file: BinaryIO, start: int, end: int | None) -> Iterator[int]:
        """Read a file from `start` to `end`, or to its end; yield the number of bytes in each block once it is read.

        Raise an OSError if the file ends earlier.
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
        """Return the bytes of the block."""
        return self._view[self.start : self.end]

    def count(self, byte: int) -> int:
        """Return the number of occurrences of a byte in the block."""
        return int(np.count_nonzero(self.array[self.start : self.end] == byte))

    def has(self, some: bytes) -> bool:
        """Return true if these bytes (at most `OVERLAP`) are in the block, or begin before it."""
        return self.buffer.find(some, self.seen, self.end) >= 0

    def _keep(self) -> None:
        kept = min(OVERLAP, self.end - self.seen)
        self._view[OVERLAP - kept : OVERLAP] = self._view[self.end - kept : self.end]
        self.seen = OVERLAP - kept
