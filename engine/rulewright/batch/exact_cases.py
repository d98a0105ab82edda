"""The cases of a chunk for the exact path: all cases that the fast path cannot validate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rulewright.batch.case_facts import reference_to_nothing, same_ref_twice
from rulewright.batch.columnar import EXACT_CASES
from rulewright.batch.duckdb_sql import name, table_of
from rulewright.batch.facts_tables import FactsTables
from rulewright.batch.reading import CASES
from rulewright.observe.columns import AS_OF, CASE, ROW

#: The table of the rows that the fast path could not read.
_UNREAD = "unread_rows"


class ExactCases:
    """Finds the cases for the exact path in the tables of one program."""

    def __init__(self, tables: FactsTables) -> None:
        self.tables = tables
        self.columnar = tables.columnar

    def find(self, is_grouped: bool, unread: Sequence[int], days: Sequence[date] | None) -> dict[int, tuple[int, int]]:
        """Return the first and last row of each case for the exact path, and create the table of their numbers.

        With `is_grouped`, a case can have several rows. `unread` are the rows that the fast path could not read. `days`
        restricts the results to those days. All programs that evaluate the chunk examine all facts of each case, and
        each program returns the cases with any row that it evaluates.
        """
        columnar = self.columnar
        queries = self._queries(is_grouped, bool(unread), days is not None)
        if not queries:
            columnar.list_of(EXACT_CASES, CASE, "BIGINT", [])
            return {}
        columnar.list_of(_UNREAD, ROW, "BIGINT", unread)
        columnar.forget_list(EXACT_CASES)
        run, case, exact = columnar.database.run, name(CASE), name(EXACT_CASES)
        run(table_of(EXACT_CASES, f"SELECT DISTINCT {case} FROM ({' UNION ALL '.join(queries)}) AS u"))
        if not is_grouped:
            return {number: (number, number) for (number,) in run(f"SELECT {case} FROM {exact}")}
        table = name(self._tables_evaluated(days is not None)[0])
        found = f"SELECT {case}, MIN({name(ROW)}), MAX({name(ROW)}) FROM {table}"
        ranges = run(f"{found} WHERE {case} IN (SELECT {case} FROM {exact}) GROUP BY {case}")
        return {number: (first, last) for number, first, last in ranges}

    def _tables_evaluated(self, of_several: bool) -> list[str]:
        """Return the tables with a row for each fact; with several programs, the facts of all programs."""
        if of_several:
            return [self.columnar.facts_table(kind) for kind in self.tables.kinds]
        return [self.columnar.kinds[kind].results for kind in self.tables.kinds]

    def _queries(self, is_grouped: bool, has_unread: bool, of_several: bool) -> list[str]:
        """Return the queries that can find cases for the exact path."""
        columnar, tables, case = self.columnar, self.tables, name(CASE)
        names = self._tables_evaluated(of_several)
        queries: list[str] = []
        if of_several or any(one.invalid for one in tables.all_counts):
            queries += [tables.invalid(table) for table in (names if tables.is_rows else [*names, CASES])]
        for kind in tables.kinds:
            if (query := columnar.conflicting(kind, tables.reading.keys)) is not None:
                queries.append(query)
            for column, other in self._references(kind):
                queries.append(reference_to_nothing(columnar.facts_table(kind), column, columnar.facts_table(other)))
        if is_grouped and columnar.is_view(tables.kinds[0]):  # facts in a table are already marked invalid
            queries.append(same_ref_twice(names[0]))
        if is_grouped:
            days = f"COUNT(DISTINCT {name(AS_OF)})"
            queries.append(f"SELECT {case} FROM {name(names[0])} GROUP BY {case} HAVING {days} > 1")
        unread = f"SELECT {name(ROW)} FROM {name(_UNREAD)}"
        if has_unread and is_grouped:
            queries.append(f"SELECT {case} FROM {name(names[0])} WHERE {name(ROW)} IN ({unread})")
        if of_several and queries:
            own = f"SELECT {case} FROM {name(tables.table)}"
            queries = [f"SELECT {case} FROM ({' UNION ALL '.join(queries)}) AS e WHERE {case} IN ({own})"]
        if has_unread and not is_grouped:  # for any days: the day of such a row is unknown
            queries.append(f"SELECT {name(ROW)} AS {case} FROM {name(_UNREAD)}")
        return queries

    def _references(self, kind: str) -> list[tuple[str, str]]:
        """Return the reference columns of a kind, with the kinds that they refer to."""
        fields = self.columnar.rulebook.kinds[kind].fields
        return [
            (column, refers_to)
            for column, field in self.columnar.plan.bases[kind].fields.items()
            if (refers_to := fields[field].refers_to if field in fields else None) is not None
        ]
