"""Headers of CSV and Parquet files: the names of their columns, checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from rulewright.batch.chunks import Position
from rulewright.batch.columns import Columns, extra_of, header_mistakes, known_columns, unnamed, unnamed_in
from rulewright.batch.csv_form import (
    COMMA,
    PLAIN,
    RECOGNIZED,
    UTF_8,
    CsvForm,
    decoded,
    encoding_of,
    named_separator,
    not_utf_8,
)
from rulewright.batch.cutting import end_of_row
from rulewright.batch.inputs import Input, InputFormat
from rulewright.batch.rows import AS_OF, SEPARATORS, CsvRow, Rows, read_csv_rows
from rulewright.batch.unpacking import Opener, reason_of
from rulewright.diagnostics import Diagnostic, Span
from rulewright.language.types import TYPES
from rulewright.model.rulebook import Kind
from rulewright.model.values import FieldType
from rulewright.source import short

#: The maximum size of a header in bytes.
_HEADER_BYTES = 1024 * 1024
#: Descriptions of spreadsheet files by their first bytes.
_WORKBOOKS = {b"PK\x03\x04": "an Excel workbook or another ZIP file", b"\xd0\xcf\x11\xe0": "an old Excel workbook"}


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file by their new names, the start of its rows, its form, and its diagnostics.

    `names` are the columns as named in the file, `extra` those whose values are passed through to the records.
    """

    columns: tuple[str, ...]
    start: Position
    diagnostics: tuple[Diagnostic, ...] = ()
    names: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    form: CsvForm = PLAIN


NO_HEADER = Header((), Position())


def read_header_of(source: Input, kind: Kind | None, rows: Rows | None, opener: Opener, columns: Columns) -> Header:
    """Return the header of an input; an empty header for formats without one."""
    if kind is None or rows is None:
        return NO_HEADER
    match source.format:
        case InputFormat.CSV:
            return _csv_header(source, kind, rows, opener, columns)
        case InputFormat.PARQUET:
            return _parquet_header(source, kind, rows, columns)
        case _:
            return NO_HEADER


def _wrong(code: str, message: str, span: Span, help_: str) -> Header:
    return Header((), Position(), (Diagnostic(code, message, span, help_),))


def _csv_header(source: Input, kind: Kind, rows: Rows, opener: Opener, columns: Columns) -> Header:
    span = Span(source.name)
    try:
        start = opener.start(source, _HEADER_BYTES)
    except (OSError, EOFError) as error:
        return _wrong("S001", f"the file cannot be read: {reason_of(error)}", span, "check the file")
    if not start:  # some programs write no header if there are no rows
        return NO_HEADER
    for magic, workbook in _WORKBOOKS.items():
        if start.startswith(magic):
            return _wrong("U006", f"the file is {workbook}, not CSV", span, "save it as CSV UTF-8")
    text, form = _text_of(start, columns)
    names_line = text.find("\n")
    line = text if names_line < 0 else text[:names_line]
    if any("\udc80" <= one <= "\udcff" for one in line):
        return Header((), Position(), (_not_text(line, form, span),))
    separator = named_separator(text)
    skipped = 0 if separator is None else separator[1]
    delimiter = columns.delimiter or (separator[0] if separator is not None else None)
    known = {*known_columns(kind, rows), *columns.new_names}
    found = delimiter or _separator(text, known, span)
    if isinstance(found, Diagnostic):
        return Header((), Position(), (found,))
    row = _first_row(text[skipped:], source.name, 1 + text.count("\n", 0, skipped), found)
    if row is None or not row.cells:
        return _wrong("F013", "the file has no header", span, "the first line of a CSV file names its columns")
    if row.wrong is not None:
        return Header((), Position(), (row.wrong,))
    names = tuple(cell.strip() or unnamed(number) for number, (cell, _, _, _) in enumerate(row.cells, start=1))
    data = text.encode(UTF_8, "surrogateescape")
    before = len(text[:skipped].encode(UTF_8, "surrogateescape"))
    end = end_of_row(data, before, is_last=True, delimiter=found) or len(data)
    header = data[:end].decode(UTF_8, "surrogateescape")
    form = replace(form, delimiter=found, header=header.removesuffix("\n").removesuffix("\r"))
    spans = [Span(source.name, line, place) for _, _, line, place in row.cells]
    renamed = _renamed(names, columns)
    offset = end if form.is_converted else end + form.mark
    position = Position(offset, 1 + header.count("\n"))
    mistakes = tuple(header_mistakes(renamed, spans, kind, rows, columns))
    return Header(renamed, position, mistakes, names, extra_of(renamed, kind, rows, columns), form)


def _text_of(start: bytes, columns: Columns) -> tuple[str, CsvForm]:
    """Return the first text of a file and its form, from its bytes and the options."""
    seen, mark = encoding_of(start)
    encoding = seen if mark else columns.encoding or seen
    text = decoded(start[mark:], encoding)
    returns = "\n" not in text and "\r" in text[:-1]
    return text.replace("\r", "\n") if returns else text, CsvForm(encoding=encoding, mark=mark, returns=returns)


def _not_text(line: str, form: CsvForm, span: Span) -> Diagnostic:
    if form.encoding == UTF_8:
        message, help_ = not_utf_8(line.encode(UTF_8, "surrogateescape"))
        return Diagnostic("U025", message, span, help_)
    place = next(number for number, one in enumerate(line, start=1) if "\udc80" <= one <= "\udcff")
    message = f"the header is not {form.encoding}: a byte is no text there"
    return Diagnostic("U025", message, replace(span, column=place), "name another encoding with --encoding")


def _first_row(text: str, name: str, line: int, delimiter: str) -> CsvRow | None:
    return next(read_csv_rows(text, name, line, delimiter=delimiter), None)


def _separator(text: str, known: set[str], span: Span) -> str | Diagnostic:
    """Return the separator that yields the most known columns; a diagnostic if it is ambiguous."""
    found = {}
    for delimiter in RECOGNIZED:
        row = _first_row(text, span.file, 1, delimiter)
        if row is not None and len(row.cells) > 1 and row.wrong is None:
            cells = [cell.strip() for cell, _, _, _ in row.cells]
            found[delimiter] = (sum(cell in known for cell in cells), sum(1 for cell in cells if cell))
    if len(found) < 2:
        return next(iter(found), COMMA)
    best = max(found, key=lambda one: found[one][0])
    others = [one for one in found if one != best and found[one][0] > 0]
    is_whole = found[best][0] == found[best][1]  # every column that has a name is known
    if found[best][0] > 0 and (is_whole or not others):
        return best
    tried = " and ".join(
        f"{SEPARATORS[one]} gives {number} known column{'' if number == 1 else 's'}"
        for one, (number, _) in found.items()
    )
    message = f"the separator is not clear from the header: {tried}"
    words = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
    help_ = "name it: " + " or ".join(f"--delimiter {words[one]}" for one in found)
    return Diagnostic("U025", message, span, help_)


def unused_columns(columns: Columns, inputs: Sequence[Input], headers: Sequence[Header]) -> list[Diagnostic]:
    """Return a diagnostic for each column in the options that no input has; a JSON file may have any column."""
    tables = [header for header in headers if header.names]
    if len(tables) < len(inputs):
        return []
    return [
        *unnamed_in(columns.new_names, [header.names for header in tables], "--columns renames"),
        *unnamed_in(columns.kept, [header.columns for header in tables], "--keep names"),
    ]


def _renamed(names: Sequence[str], columns: Columns) -> tuple[str, ...]:
    new_names = columns.new_names
    return tuple(new_names.get(name, name) for name in names)


def _parquet_header(source: Input, kind: Kind, rows: Rows, columns: Columns) -> Header:
    import duckdb  # noqa: PLC0415  takes its time, and only Parquet files need it

    try:
        with closing(duckdb.connect()) as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [source.name]).fetchall()
    except duckdb.Error as error:
        message = f"this is no Parquet file: {str(error).splitlines()[0]}"
        return Header((), Position(), (Diagnostic("U006", message, Span(source.name), "check the file"),))
    names = tuple(row[0] for row in described)
    renamed = _renamed(names, columns)
    spans = [Span(source.name, 1, number) for number in range(1, len(names) + 1)]
    diagnostics = header_mistakes(renamed, spans, kind, rows, columns)
    for number, (column, (_, type_, *_)) in enumerate(zip(renamed, described, strict=True), start=1):
        expected = _expected(rows.field(column), kind)
        if expected is not None and not _fits(expected, type_):
            message = (
                f"the column `{short(column)}` is of the type {type_.lower()}, where {_fitting(expected)} is expected"
            )
            help_ = "write the file with that type: nothing is converted"
            diagnostics.append(Diagnostic("F003", message, Span(source.name, 1, number), help_))
    return Header(renamed, Position(), tuple(diagnostics), names, extra_of(renamed, kind, rows, columns))


def _expected(name: str, kind: Kind) -> FieldType | None:
    if name in ("ref", "case"):
        return FieldType.TEXT
    if name == AS_OF:
        return FieldType.DATE
    field = kind.fields.get(name)
    return None if field is None or not field.may_be_given else field.type


def _fits(type_: FieldType, column_type: str) -> bool:
    """Return True if a column of this DuckDB type can hold values of a field's type without any conversion."""
    return column_type.split("(")[0] in TYPES[type_].columns or column_type == '"NULL"'


def _fitting(type_: FieldType) -> str:
    """Return the column types that fit a field's type, in words."""
    return " or ".join(dict.fromkeys(name for name in TYPES[type_].columns if not name.startswith("U"))).lower()
