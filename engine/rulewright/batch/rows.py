"""Rows of one kind of fact, turned into case nodes with source positions for the reader of single cases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rulewright.diagnostics import Diagnostic, Span
from rulewright.language.types import TYPES
from rulewright.model.rulebook import Kind
from rulewright.model.values import MAXIMUM_TEXT, normal_form
from rulewright.nodes import MAXIMUM_BYTES
from rulewright.scalars import is_null
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode

#: The columns of a row that are not fields.
CASE, AS_OF, REF = "case", "as_of", "ref"

#: The maximum number of line breaks in a quoted cell; with more, its closing quote must be missing.
MAXIMUM_BREAKS = MAXIMUM_TEXT
#: The names of the usual separators in messages.
SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
#: The reason for skipping rows without any value.
BLANK_ROWS = "blank rows"


@dataclass(frozen=True, slots=True)
class Rows:
    """The kind of fact in each row, and the columns of its ref and its case."""

    kind: str
    ref: str = REF
    case: str = CASE

    def field(self, column: str) -> str:
        """Return the name of the field or header key in a column."""
        return REF if column == self.ref else CASE if column == self.case else column


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row of a CSV file: its cells with their positions, or its error; a blank row has no cells.

    `text` is the row as in the file, without its final line break.
    """

    line: int
    cells: tuple[tuple[str, bool, int, int], ...]
    wrong: Diagnostic | None = None
    text: str = ""


@cache
def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    separator = re.escape(delimiter)
    return re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^"{separator}\r\n]*))({separator}|\r?\n|\Z)')


def read_csv_rows(
    text: str, name: str, first_line: int = 1, columns: int | None = None, delimiter: str = ","
) -> Iterator[CsvRow]:
    """Yield the rows of a CSV text: for each cell its text, a flag for quotes, its line and its column.

    A row with a misplaced quote, or with more or fewer cells than `columns`, has an error with its position. Empty
    cells after the last column are ignored.
    """
    pattern = _cell_pattern(delimiter)
    place, line, line_start = 0, first_line, 0
    while place < len(text):
        cells: list[tuple[str, bool, int, int]] = []
        row_line, row_start, wrong = line, place, None
        while True:
            found = pattern.match(text, place)
            if found is None or _is_too_long(found.group(1) or ""):
                end = text.find("\n", place)
                end = len(text) if end < 0 else end + 1
                wrong = wrong or _no_cell(text[place:end], Span(name, line, place - line_start + 1))
                place, ending = end, "\n"
            else:
                quoted = found.group(1) is not None
                cell = found.group(1).replace('""', '"') if quoted else found.group(2)
                cells.append((cell, quoted, line, place - line_start + 1))
                inside = found.group(1).count("\n") if quoted else 0
                if inside:
                    line += inside
                    line_start = place + 1 + found.group(1).rfind("\n") + 1
                place, ending = found.end(), found.group(3)
            if ending != delimiter:
                break
        line += 1
        line_start = place
        if wrong is None and all(is_blank(cell) for cell, _, _, _ in cells):
            cells = []
        elif wrong is None and columns is not None and len(cells) != columns:
            if len(cells) > columns and all(is_blank(cell) for cell, _, _, _ in cells[columns:]):
                del cells[columns:]
            else:
                message = f"a row of {len(cells)} cells, where the header has {columns}"
                help_ = f"put a cell with {SEPARATORS.get(delimiter, f'`{delimiter}`')} in it into quotes"
                wrong = Diagnostic("F013", message, Span(name, row_line, 1), help_)
        yield CsvRow(row_line, tuple(cells), wrong, text[row_start:place].removesuffix("\n").removesuffix("\r"))


def is_blank(cell: str) -> bool:
    """Return true if a cell has only white space."""
    return cell == "" or cell.isspace()


def _is_too_long(cell: str) -> bool:
    if len(cell) > MAXIMUM_BYTES // 4 and len(cell.encode("utf-8", "surrogateescape")) > MAXIMUM_BYTES:
        return True
    return cell.count("\n") > MAXIMUM_BREAKS


def _no_cell(text: str, span: Span) -> Diagnostic:
    """Return the diagnostic of the rest of a line that is not a valid cell."""
    help_ = "put the whole cell in quotes, and write each quote in it twice"
    if text.startswith('"'):
        end = re.match(r'"[^"]*(?:""[^"]*)*"', text)
        if end is None:
            return Diagnostic("F013", "a cell begins with a quote and does not end with one", span, help_)
        span = replace(span, column=span.column + end.end())
        return Diagnostic("F013", "something stands behind the quote that ends a cell", span, help_)
    odd = min(place for one in ('"', "\r") if (place := text.find(one)) >= 0)
    span = replace(span, column=span.column + odd)
    if text[odd] == "\r":
        return Diagnostic("F013", "a carriage return ends no row, without a line feed", span, "put the cell in quotes")
    return Diagnostic("F013", "a quote stands inside of a cell", span, help_)


def csv_node(header: Sequence[str], row: CsvRow, name: str, kind: Kind, rows: Rows) -> MappingNode:
    """Return a row as a mapping; an empty cell states nothing, and the field determines a cell's type.

    If all fields of a row are white space, its white-space cells state nothing.
    """
    entries = []
    is_named_only = all(
        is_blank(text) or rows.field(column) not in kind.fields
        for column, (text, _, _, _) in zip(header, row.cells, strict=True)
    )
    for column, (text, _, line, place) in zip(header, row.cells, strict=True):
        span = Span(name, line, place)
        if text != "" and not (is_blank(text) and (is_named_only or column.startswith("\0"))):
            key = ScalarNode(column, plain=False, span=span)
            entries.append(Entry(key, ScalarNode(text, plain=_is_plain(rows.field(column), kind), span=span)))
    return MappingNode(tuple(entries), Span(name, row.line, 1))


def _is_plain(name: str, kind: Kind) -> bool:
    """Return true if the cells of a column can be numbers, dates or yes/no values instead of texts."""
    if name in (CASE, REF):
        return False
    field = kind.fields.get(name)
    return field is None or not TYPES[field.type].is_text


def as_case(parts: Sequence[MappingNode], rows: Rows, default: str) -> MappingNode:
    """Build a case from rows: its header values from the first row with each, its facts from all rows."""
    header: dict[str, Entry] = {}
    facts: list[Node] = []
    for part in parts:
        own: list[Entry] = []
        for entry in part.entries:
            name = rows.field(entry.key.text)
            if name in (CASE, AS_OF, REF) and is_null(entry.value):
                continue
            if name in (CASE, AS_OF):
                header.setdefault(name, _renamed(entry, name))
            else:
                own.append(_renamed(entry, name))
        if not any(entry.key.text == REF for entry in own) and len(parts) == 1:
            own.insert(0, _made(REF, default, part.span))
        facts.append(MappingNode(tuple(own), part.span))
    kind = ScalarNode(rows.kind, plain=True, span=parts[0].span)
    return MappingNode((*header.values(), Entry(kind, ListNode(tuple(facts), parts[0].span))), parts[0].span)


def ref_of(part: MappingNode, rows: Rows) -> str | None:
    """Return the ref in a row; None if there is none."""
    node = part.get(rows.ref)
    found = isinstance(node, ScalarNode) and not is_null(node) and node.text.strip()
    return normal_form(node.text) if isinstance(node, ScalarNode) and found else None


def case_named(part: Node | None, column: str) -> str | None:
    """Return the case name in a row; None if there is none or the part is not a row."""
    node = part.get(column) if isinstance(part, MappingNode) else None
    return normal_form(node.text) if isinstance(node, ScalarNode) and not is_null(node) and node.text != "" else None


def _renamed(entry: Entry, name: str) -> Entry:
    return entry if entry.key.text == name else Entry(ScalarNode(name, entry.key.plain, entry.key.span), entry.value)


def _made(key: str, text: str, span: Span) -> Entry:
    return Entry(ScalarNode(key, plain=True, span=span), ScalarNode(text, plain=False, span=span))


def value_node(value: object, span: Span) -> ScalarNode:
    """Return the node of a value from a typed column."""
    if isinstance(value, str):
        return ScalarNode(value, plain=False, span=span)
    if isinstance(value, bool):
        return ScalarNode("true" if value else "false", plain=True, span=span)
    return ScalarNode(str(value), plain=True, span=span)


def parquet_node(values: Mapping[str, object], name: str, row: int) -> MappingNode:
    """Return a row of a Parquet file as a mapping; its line is the row number, its columns are column numbers."""
    entries = tuple(
        Entry(ScalarNode(column, plain=False, span=Span(name, row, place)), value_node(value, Span(name, row, place)))
        for place, (column, value) in enumerate(values.items(), start=1)
        if value is not None
    )
    return MappingNode(entries, Span(name, row, 1))


def may_name(case: str, lines: Iterable[bytes]) -> bool:
    """Return true if any of the lines of JSON may name its case under this key."""
    key = case.encode()
    return any(_may_name(case, line) for line in lines if key in line or b"\\u" in line)


def _may_name(case: str, line: bytes) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return True  # the exact path may still be able to read the line
    return isinstance(value, dict) and case in value
