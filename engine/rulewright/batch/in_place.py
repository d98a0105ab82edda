"""Plain files of lines in chunks that are left where they are: only where each begins and ends is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rulewright.batch.blocks import Blocks
from rulewright.batch.chunks import Chunk, Position, Together, reading_of
from rulewright.batch.inputs import Compression, Input, InputFormat
from rulewright.read.documents import STANDARD_INPUT

_NEWLINE = ord("\n")
#: So many bytes are looked at first, to find where the last line begins.
_NEAR = 4096


def is_in_place(source: Input) -> bool:
    """Whether the chunks of an input can be read from it in any order, as often as they are asked for."""
    return (
        source.format is InputFormat.JSON_LINES
        and source.compression is Compression.NONE
        and source.name != STANDARD_INPUT
        and Path(source.name).is_file()
    )


def chunks_in_place(
    source: Input, start: Position, chunk_bytes: int, together: Together | None = None
) -> Iterator[Chunk]:
    """The chunks of such an input from a position on, without their bytes: as `read_chunks` cuts them."""
    return reading_of(source, start, _chunks(source, start, chunk_bytes, together))


def _chunks(source: Input, start: Position, chunk_bytes: int, together: Together | None) -> Iterator[Chunk]:
    with Path(source.name).open("rb", buffering=0) as raw, Path(source.name).open("rb") as file:
        blocks = Blocks()
        while (end := _end_of_lines(blocks, raw, start, chunk_bytes)) != start:
            if together is not None:
                end = _end_of_case(file, end, together)
            yield Chunk(source, start, end, None)
            start = end


def _end_of_lines(blocks: Blocks, file: BinaryIO, start: Position, size: int) -> Position:
    """Where whole lines of about so many bytes end; where they start, if nothing is left."""
    offset, line = start.offset, start.line
    wanted = offset + size
    for number in blocks.read(file, offset, None):
        if offset + number < wanted:
            offset += number
            line += blocks.count(_NEWLINE)
            continue
        # the line that holds the last of the bytes that are wanted ends the chunk
        last = max(wanted - 1 - offset, 0)
        behind = blocks.buffer.find(b"\n", blocks.start + last, blocks.end)
        whole = number if behind < 0 else behind + 1 - blocks.start
        line += blocks.count(_NEWLINE) if behind < 0 else blocks.buffer.count(b"\n", blocks.start, behind + 1)
        offset += whole
        if behind >= 0:
            break
    return Position(offset, line)


def _end_of_case(file: BinaryIO, end: Position, together: Together) -> Position:
    """The end of the lines that are of the same case as the last one before a place."""
    last = _line_before(file, end.offset)
    file.seek(end.offset)
    while (line := file.readline()) and together(last, line):
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
