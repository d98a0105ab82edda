"""The cases of a chunk that are read by themselves, value by value: all that are not plainly good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from sqlglot import exp

from rulewright.batch.case_facts import reference_to_nothing, same_ref_twice
from rulewright.batch.columnar import SET_APART
from rulewright.batch.facts import CASES
from rulewright.batch.facts_tables import FactsTables
from rulewright.observe import sql
from rulewright.observe.columns import AS_OF, CASE, ROW

#: The table of the rows that DuckDB is not given.
_BROKEN = "broken_rows"


class Apart:
    """Finds those cases in the tables of one program."""

    def __init__(self, tables: FactsTables) -> None:
        self.tables = tables
        self.columnar = tables.columnar

    def find(self, is_grouped: bool, broken: Sequence[int], days: Sequence[date] | None) -> dict[int, tuple[int, int]]:
        """The cases with the first and the last row of each, which then stand in a table, too.

        Rows can be of one case where `is_grouped` says so; some are `broken`. With `days`, the results are those of
        cases that are judged then: of each case all facts are looked at by all programs that judge the chunk, and each
        tells of those cases of which it judges any.
        """
        columnar = self.columnar
        reasons = self._reasons(is_grouped, bool(broken), days is not None)
        if not reasons and not broken:
            columnar.list_of(SET_APART, CASE, "BIGINT", [])
            return {}
        columnar.list_of(_BROKEN, ROW, "BIGINT", broken)
        columnar.forget_list(SET_APART)
        key = (tuple(self.tables.kinds), days is not None, tuple(reasons), bool(broken) and not is_grouped)
        found = partial(self._found, list(reasons.values()), days is not None, bool(broken) and not is_grouped)
        self.tables.run(("set apart", key), lambda: sql.create_table(SET_APART, found()))
        if not is_grouped:
            cases = self.tables.run("apart", lambda: sql.select([sql.column(CASE)], sql.table(SET_APART)))
            return {number: (number, number) for (number,) in cases}
        row, apart = sql.column(ROW), sql.select([sql.column(CASE)], sql.table(SET_APART))
        rows = sql.select(
            [sql.column(CASE), sql.function("MIN", row), sql.function("MAX", row)],
            sql.table(self._tables_judged(days is not None)[0]),
        ).where(sql.is_in(sql.column(CASE), apart), copy=False)
        ranges = self.tables.run(("ranges", days is not None), lambda: rows.group_by(sql.column(CASE), copy=False))
        return {case: (first, last) for case, first, last in ranges}

    def _found(
        self, reasons: Sequence[Callable[[], exp.Query]], of_several: bool, are_broken_cases: bool
    ) -> exp.Select:
        parts: list[exp.Query] = []
        if reasons:
            queries = sql.union([reason() for reason in reasons])
            found = sql.select([sql.column(CASE)], sql.subquery(queries, "u"))
            if of_several:
                own = sql.select([sql.column(CASE)], sql.table(self.tables.table))
                found = found.where(sql.is_in(sql.column(CASE), own), copy=False)
            parts.append(found)
        if are_broken_cases:  # of any day, as nobody knows the day of a row that cannot be read
            parts.append(sql.select([sql.alias(sql.column(ROW), CASE)], sql.table(_BROKEN)))
        return sql.select([sql.column(CASE)], sql.subquery(sql.union(parts), "w")).distinct(copy=False)

    def _tables_judged(self, of_several: bool) -> list[str]:
        """The tables with a row for each fact, whoever judges it."""
        if of_several:
            return [self.columnar.facts_table(kind) for kind in self.tables.kinds]
        return [self.columnar.kinds[kind].results for kind in self.tables.kinds]

    def _reasons(self, is_grouped: bool, has_broken: bool, of_several: bool) -> dict[str, Callable[[], exp.Query]]:
        """The queries that may find any, by what they are for."""
        columnar, tables = self.columnar, self.tables
        names = self._tables_judged(of_several)
        reasons: dict[str, Callable[[], exp.Query]] = {}
        if of_several or any(one.unsound for one in tables.all_seen):
            looked_at = names if tables.is_rows else [*names, CASES]
            reasons |= {f"unsound {name}": partial(tables.unsound, name) for name in looked_at}
        for kind in tables.kinds:
            if (query := columnar.conflicting(kind, tables.chunked.keys)) is not None:
                reasons[f"conflicting {kind}"] = partial(_query, query)
            for column, other in self._references(kind):
                there = (columnar.facts_table(kind), column, columnar.facts_table(other))
                reasons[f"dangling {kind} {column}"] = partial(reference_to_nothing, *there)
        if is_grouped and columnar.is_view(tables.kinds[0]):  # in a table, such facts are not sound
            reasons["twice"] = partial(same_ref_twice, names[0])
        if is_grouped:
            reasons["several days"] = partial(_several_days, names[0])
        if has_broken and is_grouped:
            reasons["broken"] = partial(_in_broken_rows, names[0])
        return reasons

    def _references(self, kind: str) -> list[tuple[str, str]]:
        """The columns of the facts of a kind that refer to others, with the kinds of these."""
        fields = self.columnar.rulebook.kinds[kind].fields
        return [
            (column, refers_to)
            for column, name in self.columnar.plan.bases[kind].fields.items()
            if (refers_to := fields[name].refers_to if name in fields else None) is not None
        ]


def _query(query: exp.Query) -> exp.Query:
    return query


def _in_broken_rows(table: str) -> exp.Select:
    broken = sql.select([sql.column(ROW)], sql.table(_BROKEN))
    numbers = sql.select([sql.column(CASE)], sql.table(table))
    return numbers.where(sql.is_in(sql.column(ROW), broken), copy=False)


def _several_days(table: str) -> exp.Select:
    """The cases whose rows name different days."""
    days = exp.Count(this=exp.Distinct(expressions=[sql.column(AS_OF)]))
    query = sql.select([sql.column(CASE)], sql.table(table)).group_by(sql.column(CASE), copy=False)
    return query.having(sql.binary(exp.GT, days, sql.number(1)), copy=False)
