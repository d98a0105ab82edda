"""Readers that split a file into whole lines, or a CSV file into whole rows, as bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from rulewright.batch.rows import MAXIMUM_BREAKS
from rulewright.batch.unpacking import Stream
from rulewright.nodes import MAXIMUM_BYTES

#: The maximum number of lines in a chunk: even the shortest line takes memory.
MAXIMUM_LINES = 400_000
#: The number of bytes per read.
_BLOCK = 1024 * 1024

_OPEN = re.compile(rb'"[^"]*(?:""[^"]*)*\Z')
#: The maximum number of extra lines to read in search of the end of an open cell.
_READ_ON = 1_000


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The patterns of one separator: any cell, and a quoted cell that is certainly short enough."""

    cell: re.Pattern[bytes]
    orderly: re.Pattern[bytes]


@cache
def _patterns(delimiter: str) -> _Patterns:
    separator = re.escape(delimiter.encode())
    cell = rb'(?:"([^"]*(?:""[^"]*)*)"|[^"%b\r\n]*)(%b|\r?\n|\Z)' % (separator, separator)
    orderly = rb'(?:(?<=[%b\n])|\A)"[^"]{0,2000}(?:""[^"]{0,100}){0,50}"(?=%b|\r?\n|\Z)' % (separator, separator)
    return _Patterns(re.compile(cell), re.compile(orderly))


class Pieces(Protocol):
    """Reader of a file of lines or rows that never splits a line or row.

    Both attributes describe the last read. `is_orderly` is true if each quote begins or ends a cell; `rows` is the
    number of lines or rows.
    """

    is_orderly: bool
    rows: int

    @property
    def is_holding(self) -> bool:
        """Return true if data has been read but not returned yet."""

    def many(self, size: int) -> Sequence[bytes]:
        """Return about `size` bytes in parts; an empty sequence at the end of the file."""

    def one(self) -> bytes:
        """Return the next line or row; empty bytes at the end of the file."""

    def last(self, parts: Sequence[bytes]) -> bytes:
        """Return the last line or row of the last read."""


@dataclass(frozen=True, slots=True)
class LongLine:
    """The size in bytes of a line that exceeds the maximum, with its line break (`taken`) and without (`length`)."""

    taken: int
    length: int
    is_ended: bool


class LineReader:
    """Reads whole lines of a stream in bounded memory.

    `long` is set if the next line is too long. The reader has then skipped its bytes, and reads nothing more until
    the caller sets `long` to None. A line truncated by damage does not count as a line.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.long: LongLine | None = None

    def read(self, size: int) -> Sequence[bytes]:
        """Return whole lines of about `size` bytes in parts, the end of the last line in a separate part.

        The number of lines is at most about the maximum of a chunk.
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
        """Read the rest of the last line, or skip it if the line is too long."""
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
        """Remove the incomplete last line from the parts and return it."""
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
        """Skip the rest of a line; return its number of bytes and its line break."""
        number = 0
        while not tail.endswith(b"\n") and (data := self.stream.file.readline(_BLOCK)):
            number += len(data)
            tail = (tail + data)[-2:]
        return number, b"\r\n" if tail == b"\r\n" else b"\n" if tail.endswith(b"\n") else b""


class Lines:
    """The lines of a file; a line truncated by damage does not count as a line."""

    is_orderly = True
    is_holding = False

    def __init__(self, lines: LineReader) -> None:
        self._lines = lines
        self.rows = 0

    def many(self, size: int) -> Sequence[bytes]:
        """Return whole lines of about `size` bytes; the end of the last line is a separate part, to avoid copying."""
        parts = self._lines.read(size)
        self.rows = sum(part.count(b"\n") for part in parts)
        self.rows += bool(parts) and not parts[-1].endswith(b"\n")
        return parts

    def one(self) -> bytes:
        """Return the next line."""
        return _whole_lines(self._lines)

    def last(self, parts: Sequence[bytes]) -> bytes:
        """Return the last line of some parts."""
        end: list[bytes] = []
        for number, part in enumerate(reversed(parts)):
            start = part.rfind(b"\n", 0, len(part) - (number == 0)) + 1
            end.append(part[start:])
            if start:
                break
        return b"".join(reversed(end))


class CsvRows:
    """The rows of a CSV file, split exactly as `read_csv_rows` splits its text."""

    def __init__(self, lines: LineReader, delimiter: str = ",") -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._held = b""
        self.is_orderly = True
        self.rows = 0

    @property
    def is_holding(self) -> bool:
        """Return true if rows have been read but not returned yet."""
        return bool(self._held)

    def many(self, size: int) -> Sequence[bytes]:
        """Return whole rows of about `size` bytes."""
        data = self._held + b"".join(self._lines.read(max(1, size - len(self._held))))
        self._held, self.is_orderly = b"", True
        rows = self._orderly_rows(data)
        if rows is None:
            data += self._rest_of_cell(data)
            rows = self._orderly_rows(data)
        if rows is None:
            self.is_orderly = False
            data, self._held, rows = self._cut(data)
        self.rows = rows
        return (data,) if data else ()

    def one(self) -> bytes:
        """Return the next row."""
        data, end = self._held or _whole_lines(self._lines), None
        while data and (end := self._end_of_row(data, 0, is_last=False)) is None:
            line = _whole_lines(self._lines)
            if not line:  # a row truncated by damage does not count
                end = self._end_of_row(data, 0, is_last=True) if self._lines.stream.damage is None else None
                break
            data += line
        row, self._held = data[: end or 0], data[end or 0 :]
        self.is_orderly = self._orderly_rows(row) is not None
        return row

    def last(self, parts: Sequence[bytes]) -> bytes:
        """Return the last row of some parts."""
        (data,) = parts
        if not self.is_orderly:
            start = place = 0
            while place < len(data):
                start, place = place, self._end_of_row(data, place, is_last=True) or len(data)
            return data[start:]
        start = len(data) - 1
        while (start := data.rfind(b"\n", 0, start)) >= 0 and data.count(b'"', start) % 2:
            pass
        return data[start + 1 :]

    def _end_of_row(self, data: bytes, place: int, is_last: bool) -> int | None:
        return end_of_row(data, place, is_last, self._delimiter)

    def _orderly_rows(self, data: bytes) -> int | None:
        """Return the number of rows; None if a quote neither begins nor ends a cell, or a cell is not closed."""
        outside = _patterns(self._delimiter).orderly.sub(b"", data) if b'"' in data else data
        if b'"' in outside:
            return None
        return outside.count(b"\n") + (bool(data) and not data.endswith(b"\n"))

    def _rest_of_cell(self, data: bytes) -> bytes:
        """Read the lines that may close a cell left open at the end of the data."""
        lines: list[bytes] = []
        quotes = data.count(b'"')
        while quotes % 2 and len(lines) < _READ_ON and (line := _whole_lines(self._lines)):
            lines.append(line)
            quotes += line.count(b'"')
        return b"".join(lines)

    def _cut(self, data: bytes) -> tuple[bytes, bytes, int]:
        """Return whole rows, the bytes after them and the number of rows; read on until at least one row is whole."""
        place, is_last, rows = 0, False, 0
        while True:
            while place < len(data) and (end := self._end_of_row(data, place, is_last)) is not None:
                place = end
                rows += 1
            if is_last or (place and self._lines.long is None):
                return data[:place], data[place:], rows
            more = b"".join(self._lines.read(len(data)))
            if not more and self._lines.stream.damage is not None:
                return b"", b"", 0
            data, is_last = data + more, not more


def is_too_long(cell: bytes) -> bool:
    """Return true if a quoted cell is too long or has too many line breaks: its closing quote is missing."""
    return len(cell) > MAXIMUM_BYTES or cell.count(b"\n") > MAXIMUM_BREAKS


def _whole_lines(lines: LineReader) -> bytes:
    """Return the next line; only the last line of the file can lack a line break."""
    return b"".join(lines.read(0))


def end_of_row(data: bytes, place: int, is_last: bool, delimiter: str = ",") -> int | None:
    """Return the end of the row that begins at a place; None if it depends on bytes after the data."""
    pattern, separator = _patterns(delimiter).cell, delimiter.encode()
    while True:
        cell = pattern.match(data, place)
        if cell is None or is_too_long(cell.group(1) or b""):
            if not is_last and (opened := _OPEN.match(data, place)) and not is_too_long(opened[0]):
                return None
            end = data.find(b"\n", place)
            return len(data) if end < 0 else end + 1
        place = cell.end()
        if cell.group(2) != separator:
            return place
