"""Where a file of lines or rows can be cut: whole lines of any file, whole rows of a CSV file, as bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rulewright.batch.rows import MAXIMUM_BREAKS
from rulewright.batch.unpacking import Stream
from rulewright.nodes import MAXIMUM_BYTES

#: Lines are read until there are so many, as even the shortest of them takes memory.
MAXIMUM_LINES = 400_000
#: So many bytes are read at once.
_BLOCK = 1024 * 1024

_CELL = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)"|[^",\r\n]*)(,|\r?\n|\Z)')
_OPEN = re.compile(rb'"[^"]*(?:""[^"]*)*\Z')
#: A cell in quotes as it should be, and so short that its line breaks are few enough.
_ORDERLY = re.compile(rb'(?:(?<=[,\n])|\A)"[^"]{0,2000}(?:""[^"]{0,100}){0,50}"(?=,|\r?\n|\Z)')
#: So many lines are read on, to find the end of a cell behind which rows are in order again.
_READ_ON = 1_000


class Pieces(Protocol):
    """Reads a file of lines or rows, which it never cuts in two.

    `is_orderly` tells of what was read last that each quote begins or ends a cell, `rows` of how many lines or rows it
    is.
    """

    is_orderly: bool
    rows: int

    @property
    def is_holding(self) -> bool:
        """Whether something has been read that was not given yet."""

    def many(self, size: int) -> Sequence[bytes]:
        """About so many bytes, in parts; none at the end."""

    def one(self) -> bytes:
        """The next line or row; nothing at the end."""

    def last(self, parts: Sequence[bytes]) -> bytes:
        """The last line or row of what was read."""


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line that is longer than a line may be: its bytes, with its end, if it has one, and without."""

    taken: int
    length: int
    is_ended: bool


class LineReader:
    """Reads whole lines of a stream in bounded memory.

    `long` is set where a line follows that is too long: its bytes have been read over, and nothing more is read until
    it is taken back to none. A line that is cut off by damage is none.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.long: LongLine | None = None

    def read(self, size: int) -> Sequence[bytes]:
        """Return whole lines of about so many bytes in parts, the end of the last line in a part of its own.

        It returns at most about as many lines as a chunk may have.
        """
        if self.long is not None:
            return ()
        file, parts, lines = self.stream.file, [], 0
        while size > 0 and lines < MAXIMUM_LINES and (data := file.read(min(size, _BLOCK))):
            parts.append(data)
            size -= len(data)
            lines += data.count(b"\n")
        if not parts or not parts[-1].endswith(b"\n"):
            self._end_line(parts)
        return parts

    def _end_line(self, parts: list[bytes]) -> None:
        """Read on to the end of the line, or over it, where it is too long."""
        begun = 0
        for part in reversed(parts):
            end = part.rfind(b"\n") + 1
            begun += len(part) - end
            if end or begun > MAXIMUM_BYTES:
                break
        rest = b"" if begun > MAXIMUM_BYTES else self.stream.file.readline(MAXIMUM_BYTES + 2 - begun)
        if rest:
            parts.append(rest)
        is_whole = rest.endswith(b"\n") or (begun + len(rest) <= MAXIMUM_BYTES)
        if not is_whole:
            taken = self._cut_line(parts)
            more, tail = self._read_over(taken[-2:])
            if self.stream.damage is None:
                length = len(taken) + more
                self.long = LongLine(length, length - len(tail), tail.endswith(b"\n"))
        elif self.stream.damage is not None and not rest.endswith(b"\n"):
            self._cut_line(parts)

    @staticmethod
    def _cut_line(parts: list[bytes]) -> bytes:
        """Take the begun line off what was read."""
        taken: list[bytes] = []
        while parts:
            part = parts.pop()
            end = part.rfind(b"\n") + 1
            taken.append(part[end:])
            if end:
                parts.append(part[:end])
                break
        return b"".join(reversed(taken))

    def _read_over(self, tail: bytes) -> tuple[int, bytes]:
        """Read over the rest of a line: how many bytes it has, and the line break at its end."""
        number = 0
        while not tail.endswith(b"\n") and (data := self.stream.file.readline(_BLOCK)):
            number += len(data)
            tail = (tail + data)[-2:]
        return number, b"\r\n" if tail == b"\r\n" else b"\n" if tail.endswith(b"\n") else b""


class Lines:
    """The lines of a file; one that is cut off by damage is none."""

    is_orderly = True
    is_holding = False

    def __init__(self, lines: LineReader) -> None:
        self._lines = lines
        self.rows = 0

    def many(self, size: int) -> Sequence[bytes]:
        """Whole lines of about so many bytes: the end of the last one by itself, so that the others are not moved."""
        parts = self._lines.read(size)
        self.rows = sum(part.count(b"\n") for part in parts)
        self.rows += bool(parts) and not parts[-1].endswith(b"\n")
        return parts

    def one(self) -> bytes:
        """The next line."""
        return _whole_lines(self._lines)

    def last(self, parts: Sequence[bytes]) -> bytes:
        """The last line of some, which the last part ends."""
        end: list[bytes] = []
        for number, part in enumerate(reversed(parts)):
            start = part.rfind(b"\n", 0, len(part) - (number == 0)) + 1
            end.append(part[start:])
            if start:
                break
        return b"".join(reversed(end))


class CsvRows:
    """The rows of a CSV file, just as they are read from its text: see `read_csv_rows`."""

    def __init__(self, lines: LineReader) -> None:
        self._lines = lines
        self._held = b""
        self.is_orderly = True
        self.rows = 0

    @property
    def is_holding(self) -> bool:
        """Whether rows have been read that were not given yet."""
        return bool(self._held)

    def many(self, size: int) -> Sequence[bytes]:
        """Whole rows of about so many bytes."""
        data = self._held + b"".join(self._lines.read(max(1, size - len(self._held))))
        self._held, self.is_orderly = b"", True
        rows = _orderly_rows(data)
        if rows is None:
            data += self._rest_of_cell(data)
            rows = _orderly_rows(data)
        if rows is None:
            self.is_orderly = False
            data, self._held, rows = self._cut(data)
        self.rows = rows
        return (data,) if data else ()

    def one(self) -> bytes:
        """The next row."""
        data, end = self._held or _whole_lines(self._lines), None
        while data and (end := end_of_row(data, 0, is_last=False)) is None:
            line = _whole_lines(self._lines)
            if not line:  # a row that is cut off by damage is none
                end = end_of_row(data, 0, is_last=True) if self._lines.stream.damage is None else None
                break
            data += line
        row, self._held = data[: end or 0], data[end or 0 :]
        self.is_orderly = _orderly_rows(row) is not None
        return row

    def last(self, parts: Sequence[bytes]) -> bytes:
        """The last row of some."""
        (data,) = parts
        if not self.is_orderly:
            start = place = 0
            while place < len(data):
                start, place = place, end_of_row(data, place, is_last=True) or len(data)
            return data[start:]
        start = len(data) - 1
        while (start := data.rfind(b"\n", 0, start)) >= 0 and data.count(b'"', start) % 2:
            pass
        return data[start + 1 :]

    def _rest_of_cell(self, data: bytes) -> bytes:
        """What may end a cell that is open at the end."""
        lines: list[bytes] = []
        quotes = data.count(b'"')
        while quotes % 2 and len(lines) < _READ_ON and (line := _whole_lines(self._lines)):
            lines.append(line)
            quotes += line.count(b'"')
        return b"".join(lines)

    def _cut(self, data: bytes) -> tuple[bytes, bytes, int]:
        """Whole rows, some more of the file among them where there would be none, what follows them, their number."""
        place, is_last, rows = 0, False, 0
        while True:
            while place < len(data) and (end := end_of_row(data, place, is_last)) is not None:
                place = end
                rows += 1
            if is_last or (place and self._lines.long is None):
                return data[:place], data[place:], rows
            more = b"".join(self._lines.read(len(data)))
            if not more and self._lines.stream.damage is not None:
                return b"", b"", 0
            data, is_last = data + more, not more


def is_too_long(cell: bytes) -> bool:
    """Whether a cell in quotes has no end: no text is so long, or has so many line breaks."""
    return len(cell) > MAXIMUM_BYTES or cell.count(b"\n") > MAXIMUM_BREAKS


def _whole_lines(lines: LineReader) -> bytes:
    """The next line; its end is missing only where the file ends."""
    return b"".join(lines.read(0))


def _orderly_rows(data: bytes) -> int | None:
    """How many rows there are; none where some quote neither begins nor ends a cell, or a cell has no end."""
    outside = _ORDERLY.sub(b"", data) if b'"' in data else data
    if b'"' in outside:
        return None
    return outside.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def end_of_row(data: bytes, place: int, is_last: bool) -> int | None:
    """Where the row that begins at a place ends; none where that depends on what follows the data."""
    while True:
        cell = _CELL.match(data, place)
        if cell is None or is_too_long(cell.group(1) or b""):
            if not is_last and (opened := _OPEN.match(data, place)) and not is_too_long(opened[0]):
                return None
            end = data.find(b"\n", place)
            return len(data) if end < 0 else end + 1
        place = cell.end()
        if cell.group(2) != b",":
            return place
