"""Tables of a rulebook as SQL tables, with a row for each key and each period with constant cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rulewright.model.rulebook import Dated, Rulebook, Table, newest_in_force
from rulewright.model.values import Absent, Value
from rulewright.observe.columns import SQL_TYPES, none_column, value_column

KEY, SINCE, UNTIL = "key", "since", "until"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table for a join: its columns with their SQL types, and the values of each column.

    `dated` is true if the join must compare the period; the column `until` is its last day.
    """

    name: str
    types: Mapping[str, str]
    values: tuple[tuple[Any, ...], ...]
    dated: bool


def lookups(rulebook: Rulebook, prefix: str = "") -> dict[str, Lookup]:
    """Return the tables of a rulebook by name; their SQL names have a prefix and their number."""
    return {
        table.name: _lookup(rulebook, table, f"{prefix}table_{number}")
        for number, table in enumerate(rulebook.tables.values())
    }


def _lookup(rulebook: Rulebook, table: Table, sql_name: str) -> Lookup:
    types = {KEY: "VARCHAR", SINCE: "DATE", UNTIL: "DATE"}
    fields = rulebook.kinds[table.about].fields
    for name in table.columns:
        types[value_column(name)] = SQL_TYPES[fields[name].type]
        types[none_column(name)] = "BOOLEAN"
    rows: list[list[Any]] = []
    for key, cells in table.rows.items():
        starts = {dated.since for cell in cells.values() for dated in cell if dated.since is not None}
        periods = [date.min, *sorted(starts - {date.min})]
        for since, following in zip(periods, [*periods[1:], None], strict=True):
            row: list[Any] = [key, since, date.max if following is None else following - timedelta(days=1)]
            for name in table.columns:
                value = _in_force(cells.get(name, ()), since)
                row += [None if isinstance(value, Absent) else value, value is Absent.NONE]
            rows.append(row)
    columns = tuple(tuple(row[position] for row in rows) for position in range(len(types)))
    return Lookup(sql_name, types, columns, len(rows) > len(table.rows))


def _in_force(cell: tuple[Dated, ...], day: date) -> Value | tuple[Any, ...]:
    """Return the value of a cell in force on a day; none for a missing cell, unknown before its first date."""
    if not cell:
        return Absent.NONE
    newest = newest_in_force(cell, day)
    return Absent.UNKNOWN if newest is None else newest.value
