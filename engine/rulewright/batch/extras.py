"""Values of unknown columns, passed through to the records of their cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from rulewright.batch.columns import Unknown
from rulewright.batch.exact import parquet_rows
from rulewright.batch.headers import Header
from rulewright.batch.inputs import Input, InputFormat
from rulewright.batch.options import Options, OutputFormat
from rulewright.batch.raw import json_of
from rulewright.batch.records import SEPARATOR, Row, Shape, dump, shape_of
from rulewright.batch.rows import Rows, read_csv_rows, value_node
from rulewright.batch.spool import Spooled
from rulewright.batch.stated import is_known
from rulewright.diagnostics import NOWHERE, Diagnostic
from rulewright.json_values import escape_unusual
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.read.documents import HEADER
from rulewright.scalars import is_null
from rulewright.source import ListNode, MappingNode, Node, ScalarNode, short

#: The record key of the values, and the column of the values from JSON files.
EXTRA = "extra"
#: The values of a case: an object for each of its rows.
Extras: TypeAlias = "list[dict[str, Any]]"


def extra_columns(options: Options) -> tuple[str, ...]:
    """Return the additional columns of a record in CSV and Parquet output."""
    if options.columns.unknown is not Unknown.KEEP or options.format is OutputFormat.JSON_LINES:
        return ()
    return options.extra


def extra_names(
    inputs: Sequence[Input], headers: Sequence[Header], options: Options
) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """Return the extra columns of all inputs, and a diagnostic for each with the name of another output column."""
    names = dict.fromkeys(name for header in headers for name in header.extra)
    has_others = any(one.format not in (InputFormat.CSV, InputFormat.PARQUET) for one in inputs)
    if options.columns.unknown is not Unknown.KEEP or options.format is OutputFormat.JSON_LINES:
        return (), []
    taken = (
        {name.lower() for name in shape_of(options.format, options.detail).columns} if options.view is None else set()
    )
    taken |= {EXTRA} if has_others else set()
    folded = [name.lower() for name in names]
    help_ = "rename it with --columns, as in --columns "
    wrong = [
        Diagnostic(
            "U026", f"the unknown column `{short(name)}` {why}", help=f"{help_}{short(name)}=input_{short(name)}"
        )
        for name in names
        for why in (
            ["has the name of a column of the output"]
            if name.lower() in taken
            else ["and another one differ only in capital letters"]
            if name.lower() in folded[: list(names).index(name)]
            else []
        )
    ]
    return (*names, *([EXTRA] if has_others else [])), wrong


def with_extras(shape: Shape, options: Options) -> Shape:
    """Return the shape of records with the extra columns at the end."""
    columns = extra_columns(options)
    added = dict.fromkeys(columns, "VARCHAR")
    return replace(shape, columns={**shape.columns, **added}, texts=shape.texts | set(columns)) if columns else shape


def extras_of_table(chunk: Spooled, rows: Rows) -> dict[int, Extras]:
    """Return the extra values of the cases of a CSV or Parquet chunk, by the number of each case's first row."""
    kept = set(chunk.extra)
    columns = [column if column in kept else None for column in chunk.columns]
    case_at = chunk.columns.index(rows.case) if rows.case in chunk.columns else None
    found: dict[int, Extras] = {}
    case: object = None
    first = 0
    for number, cells in enumerate(_cells(chunk), start=1):
        own = cells[case_at] if cells is not None and case_at is not None else None
        if own is None or own != case:
            first = number
        if cells is not None:
            values = {
                column: _value(cell) for column, cell in zip(columns, cells, strict=True) if column and cell is not None
            }
            found.setdefault(first, []).append(values)
        case = own
    return found


def _cells(chunk: Spooled) -> Iterator[Sequence[object] | None]:
    """Yield the values of each row; None for a row that cannot be read."""
    if chunk.input.format is InputFormat.PARQUET:
        yield from (tuple(values.values()) for values in parquet_rows(chunk))
        return
    text = chunk.data.decode("utf-8", "surrogateescape")
    form = chunk.input.form
    for row in read_csv_rows(text, chunk.input.name, chunk.start.line, len(chunk.columns), form.delimiter):
        is_good = row.wrong is None and row.cells and _BROKEN.search(row.text) is None
        yield [cell or None for cell, _, _, _ in row.cells] if is_good else None


_BROKEN = re.compile("[\udc80-\udcff]")


def _value(cell: object) -> Any:
    return cell if isinstance(cell, str) else json_of(value_node(cell, NOWHERE))


def extras_of_node(node: MappingNode, rulebook: Rulebook, rows: Rows | None) -> Extras:
    """Return the extra values of a case or of its rows; in a case, those of facts are grouped by kind."""
    if rows is not None:
        facts = node.get(rows.kind)
        items = facts.items if isinstance(facts, ListNode) else ()
        return [_extra_fields(item, rulebook.kinds[rows.kind]) for item in items if isinstance(item, MappingNode)]
    found: dict[str, Any] = {}
    for entry in node.entries:
        name = entry.key.text
        if name in HEADER or is_null(entry.value):
            continue
        kind = rulebook.kinds.get(name)
        if kind is None:
            found[name] = json_of(entry.value)
        elif extra := _extra_facts(entry.value, kind):
            found[name] = extra
    return [found]


def _extra_fields(fact: MappingNode, kind: Kind) -> dict[str, Any]:
    return {
        entry.key.text: json_of(entry.value)
        for entry in fact.entries
        if not is_known(entry.key.text, kind) and not is_null(entry.value)
    }


def _extra_facts(node: Node, kind: Kind) -> list[dict[str, Any]]:
    facts = node.items if isinstance(node, ListNode) else (node,)
    found = []
    for fact in facts:
        if isinstance(fact, MappingNode) and (extra := _extra_fields(fact, kind)):
            ref = fact.get("ref")
            found.append({**({"ref": ref.text} if isinstance(ref, ScalarNode) else {}), **extra})
    return found


def extra_text(extras: Extras) -> str:
    """Return the extra values of a case as JSON."""
    return escape_unusual(dump(extras))


def extra_cells(extras: Extras, columns: Iterable[str]) -> Row:
    """Return the extra values of a case in these columns, with distinct values of several rows joined."""
    cells: list[str | None] = []
    for column in columns:
        if column == EXTRA and not any(EXTRA in values for values in extras):
            cells.append(extra_text(extras) if any(extras) else None)
            continue
        values = dict.fromkeys(_cell(values[column]) for values in extras if column in values)
        cells.append(SEPARATOR.join(values) if values else None)
    return tuple(cells)


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else dump(value)


def in_line(line: str, extras: Extras) -> str:
    """Return a record of JSON Lines with the extra values at its end."""
    return f'{line[:-1]},"{EXTRA}":{extra_text(extras)}}}'
