"""Fact files in chunks of whole lines, rows or documents, each with its position in the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from rulewright.batch.cutting import CsvRows, LineReader, Lines, LongLine, Pieces
from rulewright.batch.inputs import Input, InputFormat
from rulewright.batch.rows import case_named, read_csv_rows
from rulewright.batch.storage import file_errors
from rulewright.batch.unpacking import Opener, Stream, reason_of
from rulewright.diagnostics import Diagnostic, Span
from rulewright.read.documents import count_documents, read_line_node

if TYPE_CHECKING:
    import duckdb

#: The number of bytes of a file to evaluate at once.
CHUNK_BYTES = 32 * 1024 * 1024
#: The number of rows of a Parquet file to evaluate at once.
CHUNK_ROWS = 100_000
#: The maximum length of a line on the fast path.
MAXIMUM_LINE = 1024 * 1024 - 1
#: The maximum size in bytes of a YAML or JSON file, because such a file is read as a whole.
MAXIMUM_FILE = 64 * 1024 * 1024
#: The error for a file that has become shorter since it was found.
SHORTER = "it is shorter than it was"

#: A function that returns true if a line belongs to the same case as the line before it.
Together: TypeAlias = Callable[[bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class Position:
    """The start of a chunk: the number of unpacked bytes (or Parquet rows) before it, and its first line."""

    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an input, with its bytes in the parts in which they were read.

    A chunk without parts is read in place: the bytes of a plain file from `start.offset` to `end.offset`, or these rows
    of a Parquet file. `is_orderly` is true if each quote in a CSV chunk begins or ends a cell. `rows` is the number of
    lines, rows or documents, counted when the input is cut. `too_long` is the size in bytes of a line that exceeds the
    maximum; such a chunk represents that line, without its bytes.
    """

    input: Input
    start: Position
    end: Position
    parts: tuple[bytes, ...] | None
    is_orderly: bool = True
    rows: int = 0
    too_long: int | None = None


class DamagedInputError(Exception):
    """Raised when an input cannot be read any further; carries the diagnostic."""

    def __init__(self, source: Input, place: Position, reason: str, diagnostic: Diagnostic | None = None) -> None:
        self.source = source
        on = " on" if place.offset else ""
        help_ = "check the file; what stands before is judged" if place.offset else "check the file"
        self.diagnostic = diagnostic or Diagnostic(
            "S001", f"the file cannot be read{on}: {reason}", Span(source.name, place.line), help_
        )
        super().__init__(reason)


def read_chunks(
    source: Input,
    start: Position,
    opener: Opener,
    chunk_bytes: int = CHUNK_BYTES,
    together: Together | None = None,
    case_column: str | None = None,
) -> Iterator[Chunk]:
    """Yield the chunks of an input from a position on.

    A file of lines is cut between lines, a CSV file between rows. `together` moves each cut to the end of a case;
    `case_column` does the same in a Parquet file. A YAML or JSON file is one chunk. Raise a DamagedInputError after the
    chunks that can still be read.
    """
    return reading_of(source, start, _chunks(source, start, opener, chunk_bytes, together, case_column))


def reading_of(source: Input, start: Position, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield chunks read from a position on; raise a DamagedInputError if reading fails."""
    place = start
    try:
        for chunk in chunks:
            yield chunk
            place = chunk.end
    except file_errors() as error:
        raise DamagedInputError(source, place, reason_of(error)) from error


def _chunks(
    source: Input, start: Position, opener: Opener, chunk_bytes: int, together: Together | None, case_column: str | None
) -> Iterator[Chunk]:
    match source.format:
        case InputFormat.PARQUET:
            yield from _row_chunks(source, start, chunk_bytes, case_column)
        case InputFormat.YAML | InputFormat.JSON:
            if start.offset == 0:
                with opener.open(source) as stream:
                    data = stream.file.read(MAXIMUM_FILE + 1)
                    _refuse_damage(source, stream, start)
                if len(data) > MAXIMUM_FILE:
                    raise DamagedInputError(source, start, "it is too large", too_large(source.name))
                rows = count_documents(data, source.name, is_json=source.format is InputFormat.JSON)
                end = Position(max(1, len(data)), 1 + data.count(b"\n"))
                yield Chunk(source, start, end, (data,), rows=rows)
        case InputFormat.JSON_LINES | InputFormat.CSV:
            with opener.open(source) as stream:
                if not stream.skip(start.offset):
                    raise DamagedInputError(source, start, SHORTER)
                yield from _line_chunks(source, stream, start, chunk_bytes, together)


def _refuse_damage(source: Input, stream: Stream, place: Position) -> None:
    if stream.damage is not None:
        raise DamagedInputError(source, place, reason_of(stream.damage))


def _line_chunks(
    source: Input, stream: Stream, start: Position, chunk_bytes: int, together: Together | None
) -> Iterator[Chunk]:
    lines = LineReader(stream)
    is_csv = source.format is InputFormat.CSV
    pieces: Pieces = CsvRows(lines, source.form.delimiter) if is_csv else Lines(lines)
    carried, carried_is_orderly = b"", True
    while True:
        read = pieces.many(chunk_bytes)
        parts, rows = [carried, *read], bool(carried) + (pieces.rows if read else 0)
        is_orderly = carried_is_orderly and (pieces.is_orderly or not read)
        carried, carried_is_orderly = b"", True
        if together is not None and read:
            last = pieces.last(read)
            while row := pieces.one():
                if not together(last, row):
                    carried, carried_is_orderly = row, pieces.is_orderly
                    break
                parts.append(row)
                rows += 1
                is_orderly = is_orderly and pieces.is_orderly
                last = row
        if any(parts):
            yield (chunk := _chunk(source, start, parts, rows, is_orderly))
            start = chunk.end
        if lines.long is not None and not carried and not pieces.is_holding:
            yield (chunk := long_line(source, start, lines.long))
            start, lines.long = chunk.end, None
        elif not any(parts):
            break
    _refuse_damage(source, stream, start)


def _chunk(source: Input, start: Position, parts: list[bytes], rows: int, is_orderly: bool) -> Chunk:
    whole = tuple(part for part in parts if part)
    end = start.offset + sum(map(len, whole))
    position = Position(end, start.line + sum(part.count(b"\n") for part in whole))
    return Chunk(source, start, position, whole, is_orderly, rows)


def long_line(source: Input, start: Position, line: LongLine) -> Chunk:
    """Return the chunk that represents a line over the maximum length."""
    end = Position(start.offset + line.taken, start.line + line.is_ended)
    return Chunk(source, start, end, None, rows=1, too_long=line.length)


def too_large(name: str) -> Diagnostic:
    """Return the diagnostic of a YAML or JSON file that exceeds the maximum size."""
    message = f"the file has more than {MAXIMUM_FILE:,} bytes, the maximum of a YAML or JSON file"
    return Diagnostic("S013", message, Span(name), "split it, or write a case a line as JSON Lines")


def same_case(name: str, columns: Sequence[str]) -> Together:
    """Return a test for two JSON lines that name the same case under one of the keys."""

    def case_of(line: bytes) -> str | None:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and all(isinstance(value.get(column, ""), str) for column in columns):
            return next((case for column in columns if (case := value.get(column)) is not None), None)
        node, _ = read_line_node(line, name, 1)
        return next((case for column in columns if (case := case_named(node, column)) is not None), None)

    return lambda before, line: (case := case_of(line)) is not None and case == case_of(before)


def same_case_in_rows(source: Input, place: int) -> Together:
    """Return a test for two CSV rows that name the same case in the column at an index."""

    def case_of(row: bytes) -> str | None:
        text = row.decode("utf-8", "surrogateescape")
        read = next(read_csv_rows(text, source.name, delimiter=source.form.delimiter), None)
        return None if read is None or place >= len(read.cells) else read.cells[place][0] or None

    return lambda before, row: (case := case_of(row)) is not None and case == case_of(before)


#: Decodes every value of a range of rows of a Parquet file. A damaged file must fail here, when its rows are counted,
#: and not during evaluation.
_ALL_VALUES = (
    "SELECT max(hash(COLUMNS(* EXCLUDE file_row_number))) FROM read_parquet(?, file_row_number = true) "
    "WHERE file_row_number >= ? AND file_row_number < ?"
)


def _row_chunks(source: Input, start: Position, chunk_bytes: int, case_column: str | None) -> Iterator[Chunk]:
    import duckdb  # noqa: PLC0415  takes its time, and only Parquet files need it

    rows = max(1, min(CHUNK_ROWS, chunk_bytes // 64))
    with closing(duckdb.connect()) as connection:
        (total,) = connection.execute("SELECT count(*) FROM read_parquet(?)", [source.name]).fetchone() or (0,)
        offset = start.offset
        while offset < total:
            end = min(total, offset + rows)
            if case_column is not None:
                end = _end_of_case(connection, source.name, case_column, end, total)
            connection.execute(_ALL_VALUES, [source.name, offset, end]).fetchone()
            yield Chunk(source, Position(offset, offset + 1), Position(end, end + 1), None, rows=end - offset)
            offset = end


def _end_of_case(connection: duckdb.DuckDBPyConnection, name: str, column: str, end: int, total: int) -> int:
    """Return the first row from `end` on whose case differs from the case of the row before it."""
    quoted = column.replace('"', '""')
    query = f'SELECT "{quoted}" FROM read_parquet(?, file_row_number = true) WHERE file_row_number BETWEEN ? AND ?'
    while end < total:
        cases = [case for (case,) in connection.execute(query, [name, end - 1, end + 999]).fetchall()]
        for step, (before, case) in enumerate(pairwise(cases)):
            if case is None or case != before:
                return end + step
        end += len(cases) - 1
    return end
