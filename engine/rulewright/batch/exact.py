"""The exact path: cases read value by value, with the position of everything in each line, row or document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TypeAlias

from rulewright.batch.columns import AS_THEY_ARE, Columns, Unknown, is_unnamed
from rulewright.batch.csv_form import UTF_8
from rulewright.batch.inputs import InputFormat
from rulewright.batch.raw import RawRows, json_of, json_text
from rulewright.batch.rows import (
    BLANK_ROWS,
    CsvRow,
    Rows,
    as_case,
    case_named,
    csv_node,
    is_blank,
    parquet_node,
    read_csv_rows,
    ref_of,
)
from rulewright.batch.spool import Spooled
from rulewright.diagnostics import Diagnostic, Span, in_source_order
from rulewright.model.rulebook import Kind
from rulewright.read.documents import (
    BLANK_LINES,
    CaseDocument,
    is_blank as is_blank_line,
    json_help,
    json_kind,
    read_header,
    read_line,
    read_line_node,
    read_parts,
)
from rulewright.source import MappingNode, short, too_many_bytes

#: The cases to read, by case number: the first and last row of each, counted from 1 in the chunk.
Wanted: TypeAlias = Mapping[int, tuple[int, int]]


_NOT_BLANK = re.compile(rb"[^ \t\r\n]")


@dataclass(frozen=True, slots=True)
class Found:
    """A case of a chunk: its number, its first line, its number of rows, and its diagnostics.

    If even the header of a case is unreadable, it has no document, but may have a `name`. `skipped` is the reason for
    skipping rows, which have no document either. `raw` has the rows as in the file.
    """

    number: int
    line: int
    document: CaseDocument | None
    diagnostics: tuple[Diagnostic, ...] = ()
    rows: int = 1
    skipped: str | None = None
    raw: RawRows | None = None
    name: str | None = None


def read_cases(
    chunk: Spooled,
    rows: Rows | None,
    kind: Kind | None,
    wanted: Wanted | None = None,
    columns: Columns = AS_THEY_ARE,
) -> Iterator[Found]:
    """Yield the cases of a chunk, or only the `wanted` ones if given; `kind` is the kind of the rows."""
    if chunk.too_long is not None:
        span = Span(chunk.input.name, chunk.start.line)
        yield Found(1, chunk.start.line, None, (too_many_bytes(chunk.too_long, span),))
        return
    match chunk.input.format:
        case InputFormat.YAML | InputFormat.JSON:
            is_json = chunk.input.format is InputFormat.JSON
            for part in read_parts(chunk.data, chunk.input.name, is_json=is_json):
                yield Found(part.number, part.line, part.document, part.diagnostics, skipped=part.skipped)
        case InputFormat.JSON_LINES if rows is None:
            for number, several, line in _lines(chunk, wanted):
                place = chunk.start.line + number - 1
                if several:
                    yield Found(number, place, None, rows=several, skipped=BLANK_LINES)
                    continue
                document, wrong = read_line(line, chunk.input.name, place, f"{chunk.input.stem}-{place}")
                kept = {} if document is None else _kept_keys(document.node, columns)
                raw = RawRows((_line_text(line),), place, None, (kept,) if columns.kept else ())
                yield Found(number, place, document, tuple(wrong), raw=raw)
        case _:
            assert rows is not None and kind is not None, "a file of rows is read with the kind that they state"
            if wanted is None:
                groups = _grouped(_parts(chunk, rows, kind, None, columns), rows)
            else:
                groups = _picked(_parts(chunk, rows, kind, wanted, columns), rows, wanted)
            for number, group in groups:
                found = case_of_parts(number, group, f"{chunk.input.stem}-{group[0].line}", rows)
                yield found if found.skipped is not None else replace(found, raw=_raw_rows(group, chunk))


@dataclass(frozen=True, slots=True)
class Part:
    """A row: its number in the chunk, its line, its node, and its diagnostics.

    A row without a node or diagnostics is skipped for the reason `skipped`. `raw` is the row as in the file. `kept` has
    the values of the columns that `--keep` names. `named` is the case name of a row without a node. Several blank lines
    are one part with this number of `rows`.
    """

    number: int
    line: int
    node: MappingNode | None
    diagnostics: tuple[Diagnostic, ...] = ()
    skipped: str | None = None
    raw: str = ""
    kept: Mapping[str, object] = field(default_factory=dict)
    named: str | None = None
    rows: int = 1


def _lines(chunk: Spooled, wanted: Wanted | None) -> Iterator[tuple[int, int, bytes]]:
    """Yield the lines of a chunk, or the wanted ones: the number, the number of blank lines, and the text.

    Consecutive blank lines are one item. The number of blank lines is 0 for any other line.
    """
    if wanted is None:
        yield from _numbered_lines(chunk.data, 1)
    elif wanted:
        from rulewright.batch.line_index import parts_of_lines  # noqa: PLC0415  NumPy takes its time to load

        ranges = sorted(wanted.values())
        for (first, _), part in zip(ranges, parts_of_lines(chunk, ranges), strict=True):
            yield from _numbered_lines(part, first)


def _numbered_lines(data: bytes, number: int) -> Iterator[tuple[int, int, bytes]]:
    start = 0
    while start < len(data):
        text = _NOT_BLANK.search(data, start)
        begins = len(data) if text is None else data.rfind(b"\n", start, text.start()) + 1
        if begins > start:
            several = data.count(b"\n", start, begins) + (text is None and not data.endswith(b"\n"))
            yield number, several, b""
            number, start = number + several, begins
            continue
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end]
        yield number, int(is_blank_line(line)), line
        number, start = number + 1, end + 1


def _parts(chunk: Spooled, rows: Rows, kind: Kind, wanted: Wanted | None, columns: Columns) -> Iterator[Part]:
    """Yield the rows of a chunk; of JSON lines only the wanted ones, which can be found without parsing."""
    name, header = chunk.input.name, chunk.columns
    match chunk.input.format:
        case InputFormat.JSON_LINES:
            for number, several, line in _lines(chunk, wanted):
                place = chunk.start.line + number - 1
                if several:
                    yield Part(number, place, None, skipped=BLANK_LINES, rows=several)
                    continue
                part = part_of_line(line, name, number, place, kind.name)
                if part.node is not None:
                    part = _with_new_names(part, part.node, columns)
                kept = {} if part.node is None else _kept_keys(part.node, columns)
                yield replace(part, raw=_line_text(line), kept=kept)
        case InputFormat.CSV:
            text = chunk.data.decode("utf-8", "surrogateescape")
            form = chunk.input.form
            found = read_csv_rows(text, name, chunk.start.line, len(header), form.delimiter)
            for number, row in enumerate(found, start=1):
                wrong = _not_text(row, name, form.encoding)
                if not wrong and row.cells and columns.unknown is Unknown.REJECT:
                    wrong = _unnamed_cells(row, header, name)
                node = None if wrong or not row.cells else csv_node(header, row, name, kind, rows)
                cells = dict(zip(header, (cell for cell, _, _, _ in row.cells), strict=False))
                kept = {column: cells[column] for column in columns.kept if cells.get(column) and row.wrong is None}
                named = None if row.wrong else _name_of(cells, rows)
                yield Part(number, row.line, node, tuple(wrong), BLANK_ROWS, row.text, kept, named)
        case _:
            for number, values in enumerate(parquet_rows(chunk), start=1):
                place = chunk.start.line + number - 1
                node = parquet_node(values, name, place)
                kept = {column: json_of(value) for column in columns.kept if (value := node.get(column)) is not None}
                yield Part(number, place, node if node.entries else None, (), BLANK_ROWS, json_text(node), kept)


def part_of_line(line: bytes, name: str, number: int, place: int, kind: str) -> Part:
    """Return the row of a kind of fact in a line of JSON."""
    node, wrong = read_line_node(line, name, place)
    if node is not None and not isinstance(node, MappingNode):
        message = f"{json_kind(node)} stands where a fact of the kind `{kind}` is expected"
        return Part(number, place, None, (Diagnostic("F008", message, node.span, json_help(node)),))
    return Part(number, place, node, tuple(wrong))


def _line_text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _kept_keys(node: MappingNode, columns: Columns) -> dict[str, object]:
    """Return the values of a row under the keys that its rejection carries along."""
    return {name: json_of(value) for name in columns.kept if (value := node.get(name)) is not None}


def _with_new_names(part: Part, node: MappingNode, columns: Columns) -> Part:
    """Return a row with its keys renamed; a diagnostic if the row already has a key of the new name."""
    new_names = columns.new_names
    entries = []
    for entry in node.entries:
        new = new_names.get(entry.key.text)
        if new is not None and node.get(new) is not None:
            message = f"--columns renames `{short(entry.key.text)}` to `{short(new)}`, a key that the line has already"
            wrong = Diagnostic("U026", message, entry.key.span, "remove one of the two keys")
            return replace(part, node=None, diagnostics=(*part.diagnostics, wrong))
        entries.append(entry if new is None else replace(entry, key=replace(entry.key, text=new)))
    return replace(part, node=MappingNode(tuple(entries), node.span))


def _raw_rows(group: Sequence[Part], chunk: Spooled) -> RawRows:
    header = chunk.input.form.header if chunk.input.format is InputFormat.CSV else None
    kept = tuple(dict(part.kept) for part in group) if any(part.kept for part in group) else ()
    return RawRows(tuple(part.raw for part in group), group[0].line, header, kept)


def _not_text(row: CsvRow, name: str, encoding: str) -> list[Diagnostic]:
    if row.wrong is not None:
        return [row.wrong]
    for text, _, line, column in row.cells:
        broken = next((character for character in text if "\udc80" <= character <= "\udcff"), None)
        if broken is not None:
            is_utf_8 = encoding == UTF_8
            message = f"the byte 0x{ord(broken) - 0xDC00:02X} is not {'UTF-8' if is_utf_8 else encoding}"
            other = "name the encoding of the file, as in --encoding gb18030"
            help_ = f"save the file as UTF-8, or {other}" if is_utf_8 else "correct the cell"
            return [Diagnostic("S002", message, Span(name, line, column), help_)]
    return []


def _unnamed_cells(row: CsvRow, header: Sequence[str], name: str) -> list[Diagnostic]:
    """Return a diagnostic for each non-blank cell of a column without a name in the header."""
    return [
        Diagnostic(
            "F013",
            f"the cell is in column {number}, which has no name in the header",
            Span(name, line, place),
            "name the column, or drop unknown columns with --unknown-columns ignore",
        )
        for number, (column, (text, _, line, place)) in enumerate(zip(header, row.cells, strict=True), start=1)
        if is_unnamed(column) and not is_blank(text)
    ]


def _name_of(cells: Mapping[str, str], rows: Rows) -> str | None:
    """Return the case name of a row with possibly undecodable bytes; None if the name itself has some."""
    name = cells.get(rows.case) or cells.get(rows.ref) or None
    return None if name is None or any("\udc80" <= one <= "\udcff" for one in name) else name


def parquet_rows(chunk: Spooled) -> Iterator[Mapping[str, object]]:
    """Yield the values of each row of a Parquet chunk by column name."""
    query = (
        "SELECT * EXCLUDE (file_row_number) FROM read_parquet(?, file_row_number = true) "
        "WHERE file_row_number >= ? AND file_row_number < ? ORDER BY file_row_number"
    )
    import duckdb  # noqa: PLC0415  takes its time, and only Parquet files need it

    with closing(duckdb.connect()) as connection:
        result = connection.execute(query, [chunk.input.name, chunk.start.offset, chunk.end.offset])
        while some := result.fetchmany(1_000):
            for values in some:
                yield dict(zip(chunk.columns, values, strict=True))


def _grouped(parts: Iterable[Part], rows: Rows) -> Iterator[tuple[int, list[Part]]]:
    """Yield one group for consecutive rows with the same case name, with the number of its first row."""
    case: str | None = None
    group: list[Part] = []
    for part in parts:
        own = case_named(part.node, rows.case)
        if group and (own is None or own != case):
            yield group[0].number, group
            group = []
        group.append(part)
        case = own
    if group:
        yield group[0].number, group


def _picked(parts: Iterable[Part], rows: Rows, wanted: Wanted) -> Iterator[tuple[int, list[Part]]]:
    """Yield the cases in the wanted rows: one case of the fast path can be several cases."""
    number_of = {row: number for number, (first, last) in wanted.items() for row in range(first, last + 1)}
    for _, some in groupby((part for part in parts if part.number in number_of), lambda part: number_of[part.number]):
        yield from _grouped(some, rows)


def case_of_parts(number: int, group: Sequence[Part], default: str, rows: Rows) -> Found:
    """Return the case of some rows, named `default` if no row names it."""
    line = group[0].line
    diagnostics = [diagnostic for part in group for diagnostic in part.diagnostics]
    nodes = [part.node for part in group if part.node is not None]
    if not nodes and not diagnostics:
        reason = group[0].skipped
        assert reason is not None, "a row that states nothing is skipped for a reason"
        return Found(number, line, None, rows=sum(part.rows for part in group), skipped=reason)
    if len(nodes) < len(group):
        named = next((part.named for part in group if part.named is not None), None)
        if named is None and nodes:
            named = case_named(nodes[0], rows.case) or ref_of(nodes[0], rows)
        return Found(number, line, None, tuple(diagnostics), len(group), name=named)
    name = ref_of(nodes[0], rows) or default
    document = read_header(as_case(nodes, rows, default), name, diagnostics)
    return Found(number, line, document, tuple(in_source_order(diagnostics)), len(group))
