"""Fact files in chunks: whole lines, whole rows or whole documents, each chunk with its place in the file."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

import duckdb
import zstandard

from rulewright.batch.inputs import Compression, Input, InputFormat
from rulewright.read.documents import STANDARD_INPUT

#: So many bytes of a file are judged at once.
CHUNK_BYTES = 32 * 1024 * 1024
#: So many rows of a Parquet file are judged at once.
CHUNK_ROWS = 100_000
#: A line that is longer is not judged in columns.
MAXIMUM_LINE = 1024 * 1024 - 1

#: Whether a line belongs to the same case as the line before it.
Together: TypeAlias = Callable[[bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a chunk begins: the bytes before it (rows, of a Parquet file), unpacked, and its first line."""

    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an input, as it was read: its bytes in parts, as most of them came in one.

    That of a Parquet file has none, and stands for the rows from `start.offset` to `end.offset`.
    """

    input: Input
    start: Position
    end: Position
    parts: tuple[bytes, ...]


class InputChangedError(Exception):
    """An input could not be read on, in the middle of it."""


def read_chunks(
    source: Input,
    start: Position,
    chunk_bytes: int = CHUNK_BYTES,
    together: Together | None = None,
    case_column: str | None = None,
) -> Iterator[Chunk]:
    """The chunks of an input from a position on.

    A file of lines is cut between lines, one of rows between rows, and between cases where `together` tells which lines
    are of one case (`case_column` in a Parquet file). YAML and JSON documents are one chunk a file.
    """
    match source.format:
        case InputFormat.PARQUET:
            yield from _row_chunks(source, start, chunk_bytes, case_column)
        case InputFormat.YAML | InputFormat.JSON:
            if start.offset == 0:
                with _opened(source) as file:
                    data = file.read()
                yield Chunk(source, start, Position(max(1, len(data)), 1 + data.count(b"\n")), (data,))
        case InputFormat.JSON_LINES | InputFormat.CSV:
            with _opened(source) as file:
                _skip(file, start.offset)
                yield from _line_chunks(source, file, start, chunk_bytes, together)


def read_start(source: Input, number: int) -> bytes:
    """The first bytes of an input."""
    with _opened(source) as file:
        return file.read(number)


def _opened(source: Input) -> BinaryIO:
    if source.name == STANDARD_INPUT:
        if sys.stdin is None:
            raise OSError("standard input is closed")
        return _unpacked(sys.stdin.buffer)
    file = Path(source.name).open("rb")  # noqa: SIM115  the caller closes it
    match source.compression:
        case Compression.GZIP:
            return cast(BinaryIO, gzip.open(file, "rb"))
        case Compression.ZSTANDARD:
            return cast(
                BinaryIO, io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True))
            )
        case Compression.NONE:
            return file


def _unpacked(file: BinaryIO) -> BinaryIO:
    """Standard input, unpacked where its first bytes are those of a packed file."""
    buffered = io.BufferedReader(cast(io.RawIOBase, file)) if not hasattr(file, "peek") else file
    start = cast(io.BufferedReader, buffered).peek(4)[:4]
    if start.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.open(buffered, "rb"))
    if start == b"\x28\xb5\x2f\xfd":
        reader = zstandard.ZstdDecompressor().stream_reader(buffered, read_across_frames=True)
        return cast(BinaryIO, io.BufferedReader(reader))
    return buffered


def _skip(file: BinaryIO, offset: int) -> None:
    if offset and file.seekable() and not isinstance(file, (gzip.GzipFile, io.BufferedReader)):
        file.seek(offset)
        return
    if offset and isinstance(file, io.BufferedReader) and isinstance(file.raw, io.FileIO):
        file.seek(offset)
        return
    left = offset
    while left:
        read = len(file.read(min(left, CHUNK_BYTES)))
        if not read:
            raise InputChangedError("it is shorter than it was")
        left -= read


def _line_chunks(
    source: Input, file: BinaryIO, start: Position, chunk_bytes: int, together: Together | None
) -> Iterator[Chunk]:
    carried: list[bytes] = []
    while block := file.read(chunk_bytes):
        parts = [*carried, block]
        carried = []
        if not block.endswith(b"\n"):
            parts.append(file.readline())
        if source.format is InputFormat.CSV:  # a line break inside of quotes ends no row
            quotes = sum(part.count(b'"') for part in parts)
            while quotes % 2 and (line := file.readline()):
                parts.append(line)
                quotes += line.count(b'"')
        if together is not None:
            last = _last_row(parts, source.format)
            while row := _next_row(file, source.format):
                if not together(last, row):
                    carried = [row]
                    break
                parts.append(row)
                last = row
        yield (chunk := _chunk(source, start, parts))
        start = chunk.end
    if carried:
        yield _chunk(source, start, carried)


def _chunk(source: Input, start: Position, parts: list[bytes]) -> Chunk:
    whole = tuple(part for part in parts if part)
    end = start.offset + sum(map(len, whole))
    return Chunk(source, start, Position(end, start.line + sum(part.count(b"\n") for part in whole)), whole)


def _last_row(parts: list[bytes], format_: InputFormat) -> bytes:
    data = b"".join(parts)
    start = len(data) - 1
    while (start := data.rfind(b"\n", 0, start)) >= 0:
        if format_ is not InputFormat.CSV or data.count(b'"', start) % 2 == 0:
            break
    return data[start + 1 :]


def _next_row(file: BinaryIO, format_: InputFormat) -> bytes:
    row = file.readline()
    while format_ is InputFormat.CSV and row.count(b'"') % 2 and (line := file.readline()):
        row += line
    return row


def same_case(column: str) -> Together:
    """Whether two JSON lines name the same case in a column."""

    def case_of(line: bytes) -> object:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return value.get(column) if isinstance(value, dict) else None

    return lambda before, line: (case := case_of(line)) is not None and case == case_of(before)


def same_case_in_rows(place: int) -> Together:
    """Whether two rows of a CSV file name the same case in the column at a place."""

    def case_of(row: bytes) -> str | None:
        cells = next(csv.reader(row.decode("utf-8", "replace").splitlines(keepends=True)), [])
        return cells[place] if place < len(cells) and cells[place] else None

    return lambda before, row: (case := case_of(row)) is not None and case == case_of(before)


def _row_chunks(source: Input, start: Position, chunk_bytes: int, case_column: str | None) -> Iterator[Chunk]:
    rows = max(1, min(CHUNK_ROWS, chunk_bytes // 64))
    with closing(duckdb.connect()) as connection:
        (total,) = connection.execute("SELECT count(*) FROM read_parquet(?)", [source.name]).fetchone() or (0,)
        offset = start.offset
        while offset < total:
            end = min(total, offset + rows)
            if case_column is not None:
                end = _end_of_case(connection, source.name, case_column, end, total)
            yield Chunk(source, Position(offset, offset + 1), Position(end, end + 1), ())
            offset = end


def _end_of_case(connection: duckdb.DuckDBPyConnection, name: str, column: str, end: int, total: int) -> int:
    """The first row from there on that is of another case than the row before it."""
    quoted = column.replace('"', '""')
    query = f'SELECT "{quoted}" FROM read_parquet(?, file_row_number = true) WHERE file_row_number BETWEEN ? AND ?'
    while end < total:
        cases = [case for (case,) in connection.execute(query, [name, end - 1, end + 999]).fetchall()]
        for step, (before, case) in enumerate(pairwise(cases)):
            if case is None or case != before:
                return end + step
        end += len(cases) - 1
    return end
