"""Where a file of lines or rows can be cut: whole lines of any file, whole rows of a CSV file, as bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from rulewright.batch.rows import MAXIMUM_BREAKS
from rulewright.batch.unpacking import Stream

_OPEN = re.compile(rb'"[^"]*(?:""[^"]*)*\Z')
#: So many lines are read on, to find the end of a cell behind which rows are in order again.
_READ_ON = 1_000


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The patterns of one separator: of a cell, and of a cell in quotes that is surely short enough."""

    cell: re.Pattern[bytes]
    orderly: re.Pattern[bytes]


@cache
def _patterns(delimiter: str) -> _Patterns:
    separator = re.escape(delimiter.encode())
    cell = rb'(?:"([^"]*(?:""[^"]*)*)"|[^"%b\r\n]*)(%b|\r?\n|\Z)' % (separator, separator)
    orderly = rb'(?:(?<=[%b\n])|\A)"[^"]{0,2000}(?:""[^"]{0,100}){0,50}"(?=%b|\r?\n|\Z)' % (separator, separator)
    return _Patterns(re.compile(cell), re.compile(orderly))


class Pieces(Protocol):
    """Reads a file of lines or rows, which it never cuts in two.

    `is_orderly` tells of what was read last that each quote begins or ends a cell.
    """

    is_orderly: bool

    def many(self, size: int) -> Sequence[bytes]:
        """About so many bytes, in parts; none at the end."""

    def one(self) -> bytes:
        """The next line or row; nothing at the end."""

    def last(self, parts: Sequence[bytes]) -> bytes:
        """The last line or row of what was read."""


class Lines:
    """The lines of a file; one that is cut off by damage is none."""

    is_orderly = True

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def many(self, size: int) -> Sequence[bytes]:
        """Whole lines of about so many bytes: the end of the last one by itself, so that the others are not moved."""
        return _parts_of_lines(self._stream, size)

    def one(self) -> bytes:
        """The next line."""
        return _whole_lines(self._stream, 0)

    def last(self, parts: Sequence[bytes]) -> bytes:
        """The last line of some, of which the second part, if there is one, is but the end of it."""
        data, *rest = parts
        return b"".join((data[data.rfind(b"\n", 0, len(data) - 1 + len(rest)) + 1 :], *rest))


class CsvRows:
    """The rows of a CSV file, just as they are read from its text: see `read_csv_rows`."""

    def __init__(self, stream: Stream, delimiter: str = ",") -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._held = b""
        self.is_orderly = True

    def many(self, size: int) -> Sequence[bytes]:
        """Whole rows of about so many bytes."""
        data = self._held + _whole_lines(self._stream, max(1, size - len(self._held)))
        self._held, self.is_orderly = b"", True
        if not self._is_orderly(data):
            data += self._rest_of_cell(data)
            if not self._is_orderly(data):
                self.is_orderly = False
                data, self._held = self._cut(data)
        return (data,) if data else ()

    def one(self) -> bytes:
        """The next row."""
        data, end = self._held or _whole_lines(self._stream, 0), None
        while data and (end := self._end_of_row(data, 0, is_last=False)) is None:
            line = _whole_lines(self._stream, 0)
            if not line:  # a row that is cut off by damage is none
                end = self._end_of_row(data, 0, is_last=True) if self._stream.damage is None else None
                break
            data += line
        row, self._held = data[: end or 0], data[end or 0 :]
        self.is_orderly = self._is_orderly(row)
        return row

    def last(self, parts: Sequence[bytes]) -> bytes:
        """The last row of some."""
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

    def _is_orderly(self, data: bytes) -> bool:
        """Whether each quote begins or ends a cell, none of which goes on behind the end."""
        return b'"' not in data or b'"' not in _patterns(self._delimiter).orderly.sub(b"", data)

    def _rest_of_cell(self, data: bytes) -> bytes:
        """What may end a cell that is open at the end."""
        lines: list[bytes] = []
        quotes = data.count(b'"')
        while quotes % 2 and len(lines) < _READ_ON and (line := _whole_lines(self._stream, 0)):
            lines.append(line)
            quotes += line.count(b'"')
        return b"".join(lines)

    def _cut(self, data: bytes) -> tuple[bytes, bytes]:
        """Whole rows, some more of the file among them where there would be none, and what stands behind these."""
        place, is_last = 0, False
        while True:
            while place < len(data) and (end := self._end_of_row(data, place, is_last)) is not None:
                place = end
            if place or is_last:
                return data[:place], data[place:]
            more = _whole_lines(self._stream, len(data))
            if not more and self._stream.damage is not None:
                return b"", b""
            data, is_last = data + more, not more


def _whole_lines(stream: Stream, size: int) -> bytes:
    """About so many bytes and on to the end of the line, which is missing only where the file ends."""
    return b"".join(_parts_of_lines(stream, size))


def _parts_of_lines(stream: Stream, size: int) -> Sequence[bytes]:
    data = stream.file.read(size)
    if data.endswith(b"\n"):
        return (data,)
    rest = stream.file.readline()
    if stream.damage is not None and not rest.endswith(b"\n"):
        data, rest = data + rest, b""
        data = data[: data.rfind(b"\n") + 1]
    return [part for part in (data, rest) if part]


def end_of_row(data: bytes, place: int, is_last: bool, delimiter: str = ",") -> int | None:
    """Where the row that begins at a place ends; none where that depends on what follows the data."""
    pattern, separator = _patterns(delimiter).cell, delimiter.encode()
    while True:
        cell = pattern.match(data, place)
        if cell is None or (cell.group(1) or b"").count(b"\n") > MAXIMUM_BREAKS:
            if not is_last and _OPEN.match(data, place) and data.count(b"\n", place) <= MAXIMUM_BREAKS:
                return None
            end = data.find(b"\n", place)
            return len(data) if end < 0 else end + 1
        place = cell.end()
        if cell.group(2) != separator:
            return place
