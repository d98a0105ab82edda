"""Cases read value by value: each line, row or document with the place of everything in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import duckdb

from rulewright.batch.inputs import InputFormat
from rulewright.batch.rows import (
    CsvRow,
    Rows,
    as_case,
    case_named,
    csv_node,
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
    is_blank,
    json_kind,
    json_way_out,
    read_header,
    read_line,
    read_line_node,
    read_parts,
)
from rulewright.source import MappingNode, too_many_bytes

#: The cases to be read, by number: the first and the last of the rows in which each is, counted from 1 in the chunk.
Wanted: TypeAlias = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A case of a chunk by its number, the line where it begins, the number of its rows, and what is wrong with it.

    A case of which not even the header can be read has no document, nor has what is `skipped`, for this reason.
    """

    number: int
    line: int
    document: CaseDocument | None
    diagnostics: tuple[Diagnostic, ...] = ()
    rows: int = 1
    skipped: str | None = None


def read_cases(
    chunk: Spooled,
    rows: Rows | None,
    kind: Kind | None,
    wanted: Wanted | None = None,
) -> Iterator[Found]:
    """The cases of a chunk, the wanted ones only where that is given; `kind` is what the rows state."""
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
            for number, line in _lines(chunk.data, wanted):
                place = chunk.start.line + number - 1
                if is_blank(line):
                    yield Found(number, place, None, skipped=BLANK_LINES)
                    continue
                document, wrong = read_line(line, chunk.input.name, place, f"{chunk.input.stem}-{place}")
                yield Found(number, place, document, tuple(wrong))
        case _:
            assert rows is not None and kind is not None, "a file of rows is read with the kind that they state"
            if wanted is None:
                groups = _grouped(_parts(chunk, rows, kind, None), rows)
            else:
                groups = _picked(_parts(chunk, rows, kind, wanted), rows, wanted)
            for number, group in groups:
                yield case_of_parts(number, group, f"{chunk.input.stem}-{group[0].line}", rows)


@dataclass(frozen=True, slots=True)
class Part:
    """A row: its number in the chunk, its line, its node, and what is wrong with it."""

    number: int
    line: int
    node: MappingNode | None
    diagnostics: tuple[Diagnostic, ...] = ()


def _lines(data: bytes, wanted: Wanted | None) -> Iterator[tuple[int, bytes]]:
    """The lines of some bytes, or the wanted ones, each with its number; no more than one of them is copied."""
    ranges = None if wanted is None else sorted(wanted.values())
    number, start = 1, 0
    for first, last in [(1, None)] if ranges is None else ranges:
        while start < len(data) and (last is None or number <= last):
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            if number >= first:
                yield number, data[start:end]
            number, start = number + 1, end + 1


def _parts(chunk: Spooled, rows: Rows, kind: Kind, wanted: Wanted | None) -> Iterator[Part]:
    """The rows of a chunk; of JSON lines those that are wanted, as nothing has to be read to find them."""
    name, header = chunk.input.name, chunk.columns
    match chunk.input.format:
        case InputFormat.JSON_LINES:
            for number, line in _lines(chunk.data, wanted):
                place = chunk.start.line + number - 1
                yield part_of_line(line, name, number, place, kind.name)
        case InputFormat.CSV:
            text = chunk.data.decode("utf-8", "surrogateescape")
            for number, row in enumerate(read_csv_rows(text, name, chunk.start.line, len(header)), start=1):
                wrong = _not_text(row, name)
                node = None if wrong or not row.cells else csv_node(header, row, name, kind, rows)
                yield Part(number, row.line, node, tuple(wrong))
        case _:
            for number, values in enumerate(_parquet_rows(chunk), start=1):
                place = chunk.start.line + number - 1
                yield Part(number, place, parquet_node(values, name, place))


def part_of_line(line: bytes, name: str, number: int, place: int, kind: str) -> Part:
    """The row of a kind of fact that a line of JSON is."""
    node, wrong = read_line_node(line, name, place)
    if node is not None and not isinstance(node, MappingNode):
        message = f"{json_kind(node)} stands where a fact of the kind `{kind}` is expected"
        return Part(number, place, None, (Diagnostic("F008", message, node.span, json_way_out(node)),))
    return Part(number, place, node, tuple(wrong))


def _not_text(row: CsvRow, name: str) -> list[Diagnostic]:
    if row.wrong is not None:
        return [row.wrong]
    for text, _, line, column in row.cells:
        broken = next((character for character in text if "\udc80" <= character <= "\udcff"), None)
        if broken is not None:
            message = f"the byte 0x{ord(broken) - 0xDC00:02X} is not UTF-8"
            return [Diagnostic("S002", message, Span(name, line, column), "save the file as UTF-8")]
    return []


def _parquet_rows(chunk: Spooled) -> Iterator[Mapping[str, object]]:
    query = (
        "SELECT * EXCLUDE (file_row_number) FROM read_parquet(?, file_row_number = true) "
        "WHERE file_row_number >= ? AND file_row_number < ? ORDER BY file_row_number"
    )
    with closing(duckdb.connect()) as connection:
        result = connection.execute(query, [chunk.input.name, chunk.start.offset, chunk.end.offset])
        while some := result.fetchmany(1_000):
            for values in some:
                yield dict(zip(chunk.columns, values, strict=True))


def _grouped(parts: Iterable[Part], rows: Rows) -> Iterator[tuple[int, list[Part]]]:
    """Rows that name the same case, one after the other, as one case each, with the number of the first."""
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
    """The cases in the rows that are wanted: what columns take for one case can be several."""
    number_of = {row: number for number, (first, last) in wanted.items() for row in range(first, last + 1)}
    for _, some in groupby((part for part in parts if part.number in number_of), lambda part: number_of[part.number]):
        yield from _grouped(some, rows)


def case_of_parts(number: int, group: Sequence[Part], default: str, rows: Rows) -> Found:
    """The case that rows make, called as the `default` where nothing names it."""
    line = group[0].line
    diagnostics = [diagnostic for part in group for diagnostic in part.diagnostics]
    nodes = [part.node for part in group if part.node is not None]
    if not nodes and not diagnostics:
        return Found(number, line, None, rows=len(group), skipped=BLANK_LINES)
    if len(nodes) < len(group):
        return Found(number, line, None, tuple(diagnostics), len(group))
    name = ref_of(nodes[0], rows) or default
    document = read_header(as_case(nodes, rows, default), name, diagnostics)
    return Found(number, line, document, tuple(in_source_order(diagnostics)), len(group))
