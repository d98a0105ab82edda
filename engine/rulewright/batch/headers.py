"""The columns of files of rows: what a CSV or Parquet file calls them, and whether they fit the vocabulary."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import duckdb

from rulewright.batch.chunks import Position
from rulewright.batch.cutting import end_of_row
from rulewright.batch.inputs import Input, InputFormat
from rulewright.batch.rows import AS_OF, Rows, header_mistakes, read_csv_rows
from rulewright.batch.typing import fits, fitting
from rulewright.batch.unpacking import Opener, reason_of
from rulewright.diagnostics import Diagnostic, Span
from rulewright.model.rulebook import Kind
from rulewright.model.values import FieldType

#: A header is within so many bytes.
_HEADER_BYTES = 1024 * 1024
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file, where its rows begin, and what is wrong with it."""

    columns: tuple[str, ...]
    start: Position
    diagnostics: tuple[Diagnostic, ...] = ()


NO_HEADER = Header((), Position())


def read_header_of(source: Input, kind: Kind | None, rows: Rows | None, opener: Opener) -> Header:
    """The columns of an input; none of one that has no header."""
    if kind is None or rows is None:
        return NO_HEADER
    match source.format:
        case InputFormat.CSV:
            return _csv_header(source, kind, rows, opener)
        case InputFormat.PARQUET:
            return _parquet_header(source, kind, rows)
        case _:
            return NO_HEADER


def _csv_header(source: Input, kind: Kind, rows: Rows, opener: Opener) -> Header:
    try:
        start = opener.start(source, _HEADER_BYTES)
    except (OSError, EOFError) as error:
        wrong = Diagnostic("S001", f"the file cannot be read: {reason_of(error)}", Span(source.name), "check the file")
        return Header((), Position(), (wrong,))
    if not start:  # others write no header, where they have no rows
        return NO_HEADER
    mark = len(_MARK) if start.startswith(_MARK) else 0
    text = start[mark:].decode("utf-8", "surrogateescape")
    row = next(read_csv_rows(text, source.name), None)
    if row is None or not row.cells:
        help_ = "the first line of a CSV file names its columns"
        return Header((), Position(), (Diagnostic("F013", "the file has no header", Span(source.name), help_),))
    if row.wrong is not None:
        return Header((), Position(), (row.wrong,))
    columns = tuple(cell.strip() for cell, _, _, _ in row.cells)
    end = end_of_row(start, mark, is_last=True) or len(start)
    lines = start[:end].count(b"\n")
    spans = [Span(source.name, line, place) for _, _, line, place in row.cells]
    return Header(columns, Position(end, 1 + lines), tuple(header_mistakes(columns, spans, kind, rows)))


def _parquet_header(source: Input, kind: Kind, rows: Rows) -> Header:
    try:
        with closing(duckdb.connect()) as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [source.name]).fetchall()
    except duckdb.Error as error:
        message = f"this is no Parquet file: {str(error).splitlines()[0]}"
        return Header((), Position(), (Diagnostic("U006", message, Span(source.name), "check the file"),))
    columns = tuple(row[0] for row in described)
    spans = [Span(source.name, 1, number) for number in range(1, len(columns) + 1)]
    diagnostics = header_mistakes(columns, spans, kind, rows)
    for number, (column, type_, *_) in enumerate(described, start=1):
        expected = _expected(rows.field(column), kind)
        if expected is not None and not fits(expected, type_):
            message = f"the column `{column}` is of the type {type_.lower()}, where {fitting(expected)} is expected"
            help_ = "write the file with that type: nothing is converted"
            diagnostics.append(Diagnostic("F003", message, Span(source.name, 1, number), help_))
    return Header(columns, Position(), tuple(diagnostics))


def _expected(name: str, kind: Kind) -> FieldType | None:
    if name in ("ref", "case"):
        return FieldType.TEXT
    if name == AS_OF:
        return FieldType.DATE
    field = kind.fields.get(name)
    return None if field is None else field.type
