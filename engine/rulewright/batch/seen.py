"""What stands in a table of facts or cases at large, which one look at it tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlglot import exp

from rulewright.batch.facts import QUOTES, SOUND
from rulewright.observe import sql
from rulewright.observe.columns import AS_OF
from rulewright.observe.sql import Sql


@dataclass(frozen=True, slots=True)
class Seen:
    """How many rows there are, how many of them not sound, and how many quotes stand around what was taken for them.

    `first` and `last` are the days between which their cases are judged; none where there are no rows.
    """

    rows: int = 0
    unsound: int = 0
    quotes: int = 0
    first: date | None = None
    last: date | None = None


def look() -> list[Sql]:
    """The columns of a query that tell what stands in a table, or in each group of its rows."""
    is_unsound = sql.negation(sql.is_true(sql.column(SOUND)))
    day = sql.column(AS_OF)
    return [
        exp.Count(this=exp.Star()),
        exp.Count(this=sql.choose((is_unsound, sql.number(1)))),
        sql.function("SUM", sql.column(QUOTES)),
        sql.function("MIN", day),
        sql.function("MAX", day),
    ]


def seen(groups: Iterable[Sequence[Any]]) -> Seen:
    """What such a query told, of all groups together."""
    counts = [tuple(group) for group in groups if group[0]]
    if not counts:
        return Seen()
    rows, unsound, quotes, first, last = zip(*counts, strict=True)
    return Seen(sum(rows), sum(unsound), sum(number or 0 for number in quotes), min(first), max(last))
