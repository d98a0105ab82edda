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
from rulewright.read.documents import CaseDocument, read_documents, read_header, read_line, read_line_node
from rulewright.scalars import describe
from rulewright.source import MappingNode

#: The cases to be read, by number: the first and the last of the rows in which each is, counted from 1 in the chunk.
Wanted: TypeAlias = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A case of a chunk by its number, the line where it begins, and what is wrong with it.

    A case of which not even the header can be read has no document.
    """

    number: int
    line: int
    document: CaseDocument | None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_cases(
    chunk: Spooled,
    rows: Rows | None,
    kind: Kind | None,
    wanted: Wanted | None = None,
) -> Iterator[Found]:
    """The cases of a chunk, the wanted ones only where that is given; `kind` is what the rows state."""
    match chunk.input.format:
        case InputFormat.YAML | InputFormat.JSON:
            documents, diagnostics = read_documents(chunk.data, chunk.input.name)
            yield from _in_documents(documents, diagnostics)
        case InputFormat.JSON_LINES if rows is None:
            for number, line in _lines(chunk.data, wanted):
                place = chunk.start.line + number - 1
                document, wrong = read_line(line, chunk.input.name, place, f"{chunk.input.stem}-{place}")
                if document is not None or wrong:
                    yield Found(number, place, document, tuple(wrong))
        case _:
            assert rows is not None and kind is not None, "a file of rows is read with the kind that they state"
            if wanted is None:
                groups = _grouped(_parts(chunk, rows, kind, None), rows)
            else:
                groups = _picked(_parts(chunk, rows, kind, wanted), rows, wanted)
            for number, group in groups:
                found = case_of_parts(number, group, f"{chunk.input.stem}-{group[0].line}", rows)
                yield from [] if found is None else [found]


@dataclass(frozen=True, slots=True)
class Part:
    """A row: its number in the chunk, its line, its node, and what is wrong with it."""

    number: int
    line: int
    node: MappingNode | None
    diagnostics: tuple[Diagnostic, ...] = ()


def _lines(data: bytes, wanted: Wanted | None) -> Iterator[tuple[int, bytes]]:
    lines = data.split(b"\n")
    if wanted is not None:
        for first, last in sorted(wanted.values()):
            yield from ((number, lines[number - 1]) for number in range(first, last + 1))
        return
    yield from enumerate(lines[:-1] if data.endswith(b"\n") else lines, start=1)


def _in_documents(documents: Sequence[CaseDocument], diagnostics: Sequence[Diagnostic]) -> Iterator[Found]:
    number = 0
    for number, document in enumerate(documents, start=1):
        yield Found(number, document.node.span.line, document)
    for place, diagnostic in enumerate(diagnostics, start=number + 1):
        line = diagnostic.span.line if diagnostic.span is not None else 1
        yield Found(place, line, None, (diagnostic,))


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
        message = f"{describe(node)} stands where a fact of the kind `{kind}` is expected"
        return Part(number, place, None, (Diagnostic("F008", message, node.span, "write a mapping of fields"),))
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


def case_of_parts(number: int, group: Sequence[Part], default: str, rows: Rows) -> Found | None:
    """The case that rows make, called as the `default` where nothing names it; none where nothing stands in them."""
    line = group[0].line
    diagnostics = [diagnostic for part in group for diagnostic in part.diagnostics]
    nodes = [part.node for part in group if part.node is not None]
    if not nodes and not diagnostics:
        return None
    if len(nodes) < len(group):
        return Found(number, line, None, tuple(diagnostics))
    name = ref_of(nodes[0], rows) or default
    document = read_header(as_case(nodes, rows, default), name, diagnostics)
    return Found(number, line, document, tuple(in_source_order(diagnostics)))
