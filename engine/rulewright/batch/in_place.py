"""Chunks of plain files of lines, left in place: only their start and end are determined."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rulewright.batch.blocks import Blocks
from rulewright.batch.chunks import Chunk, Position, Together, long_line, reading_of
from rulewright.batch.cutting import MAXIMUM_LINES, LongLine
from rulewright.batch.inputs import Compression, Input, InputFormat
from rulewright.nodes import MAXIMUM_BYTES
from rulewright.read.documents import STANDARD_INPUT

_NEWLINE, _RETURN = ord("\n"), ord("\r")
#: The number of bytes to search first for the start of the last line.
_NEAR = 4096


def is_in_place(source: Input) -> bool:
    """Return true if chunks can be read from the input in any order and any number of times."""
    return (
        source.format is InputFormat.JSON_LINES
        and source.compression is Compression.NONE
        and source.name != STANDARD_INPUT
        and Path(source.name).is_file()
    )


def chunks_in_place(
    source: Input, start: Position, chunk_bytes: int, together: Together | None = None
) -> Iterator[Chunk]:
    """Yield the chunks of an input from a position on, without their bytes, cut like those of `read_chunks`."""
    return reading_of(source, start, _chunks(source, start, chunk_bytes, together))


def _chunks(source: Input, start: Position, chunk_bytes: int, together: Together | None) -> Iterator[Chunk]:
    with Path(source.name).open("rb", buffering=0) as raw, Path(source.name).open("rb") as file:
        lines = _Lines(raw)
        while (end := lines.end(start, chunk_bytes)) != start:
            if end is None:
                chunk = long_line(source, start, lines.long(start))
                yield chunk
                start = chunk.end
                continue
            if together is not None:
                end = _end_of_case(file, end, together)
            is_ended = _ends_in_line(file, end.offset)
            yield Chunk(source, start, end, None, rows=end.line - start.line + (not is_ended))
            start = end


class _Lines:
    """Finds the ends of lines in a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._blocks = Blocks()

    def end(self, start: Position, size: int) -> Position | None:
        """Return the end of whole lines of about `size` bytes; `start` if nothing is left.

        Return None if the next line is too long.
        """
        blocks, begun = self._blocks, start
        offset, line = start.offset, start.line
        wanted = offset + size
        for number in blocks.read(self._file, offset, None):
            breaks = blocks.count(_NEWLINE)
            if offset + number >= wanted or line + breaks - start.line >= MAXIMUM_LINES:
                # the line with the last requested byte ends the chunk
                last = min(max(wanted - 1 - offset, 0), number - 1)
                behind = blocks.buffer.find(b"\n", blocks.start + last, blocks.end)
                if behind >= 0:
                    line += blocks.buffer.count(b"\n", blocks.start, behind + 1)
                    return Position(offset + behind + 1 - blocks.start, line)
            if breaks:
                end = blocks.buffer.rfind(b"\n", blocks.start, blocks.end) + 1 - blocks.start
                begun = Position(offset + end, line + breaks)
            offset += number
            line += breaks
            if offset >= wanted and offset - begun.offset > MAXIMUM_BYTES + 1:
                return None if begun == start else begun
        return Position(offset, line)

    def long(self, start: Position) -> LongLine:
        """Return the too long line that begins at a position."""
        blocks, taken = self._blocks, 0
        for number in blocks.read(self._file, start.offset, None):
            found = blocks.buffer.find(b"\n", blocks.start, blocks.end)
            if found >= 0:
                taken += found + 1 - blocks.start
                return LongLine(taken, taken - 1 - (blocks.buffer[found - 1] == _RETURN), is_ended=True)
            taken += number
        return LongLine(taken, taken, is_ended=False)


def _ends_in_line(file: BinaryIO, end: int) -> bool:
    file.seek(max(0, end - 1))
    return file.read(1) == b"\n"


def _end_of_case(file: BinaryIO, end: Position, together: Together) -> Position:
    """Return the end of the case that the last line before a position belongs to."""
    last = _line_before(file, end.offset)
    file.seek(end.offset)
    while (line := file.readline(MAXIMUM_BYTES + 2)) and (line.endswith(b"\n") or len(line) <= MAXIMUM_BYTES):
        if not together(last, line):
            break
        end = Position(end.offset + len(line), end.line + line.endswith(b"\n"))
        last = line
    return end


def _line_before(file: BinaryIO, end: int) -> bytes:
    near = _NEAR
    while True:
        start = max(0, end - near)
        file.seek(start)
        data = file.read(end - start)
        found = data.rfind(b"\n", 0, len(data) - 1)
        if found >= 0 or start == 0:
            return data[found + 1 :]
        near *= 16
