"""Counts of a table of facts or cases, from one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rulewright.batch.duckdb_sql import name
from rulewright.batch.reading import QUOTES, VALID
from rulewright.observe.columns import AS_OF

#: The columns of a query that counts a table, or each group of its rows.
COUNTED = ", ".join(
    (
        "COUNT(*)",
        f"COUNT(CASE WHEN NOT COALESCE({name(VALID)}, FALSE) THEN 1 END)",
        f"SUM({name(QUOTES)})",
        f"MIN({name(AS_OF)})",
        f"MAX({name(AS_OF)})",
    )
)


@dataclass(frozen=True, slots=True)
class TableCounts:
    """The number of rows, of rows not certainly valid, and of quotes around the values that were read.

    `first` and `last` are the earliest and latest evaluation dates; None without rows.
    """

    rows: int = 0
    invalid: int = 0
    quotes: int = 0
    first: date | None = None
    last: date | None = None


def table_counts(groups: Iterable[Sequence[Any]]) -> TableCounts:
    """Return the total counts of a table from the rows of a query of `COUNTED`."""
    counts = [tuple(group) for group in groups if group[0]]
    if not counts:
        return TableCounts()
    rows, invalid, quotes, first, last = zip(*counts, strict=True)
    return TableCounts(sum(rows), sum(invalid), sum(number or 0 for number in quotes), min(first), max(last))
