"""The in-memory database of a program: its statements are parsed once, its tables filled from lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from rulewright.observe.plan import Filled, Plan

#: The maximum length of a list to search directly; for longer lists, DuckDB's rewrite to a join is faster.
_SHORT_LIST = 64
#: The optimizers to disable. `projection_placement` takes time quadratic in the number of columns and has no effect
#: here. `statistics_propagation` of 2.0 fails on a text compared with a value known to be null, such as a value of a
#: later date. In 1.3 it stays on, because a join goes wrong without it.
_UNWANTED = {"projection_placement"}
if duckdb.__version__.startswith("2.0."):
    _UNWANTED.add("statistics_propagation")


#: The optimizers that swap the tables of a join.
_REORDERING = {"join_order", "build_side_probe_side"}


class Database:
    """An in-memory DuckDB with the tables of a plan.

    With `in_order`, one thread runs each join as written, so that rows are nearly in the order of the first table and
    quick to sort. Only an ORDER BY guarantees the order of rows.
    """

    def __init__(self, plan: Plan, *, in_order: bool = False) -> None:
        self._connection = duckdb.connect(":memory:", config={"threads": 1} if in_order else {})
        self._statements: dict[str, duckdb.Statement] = {}
        unwanted = (
            _UNWANTED
            | (_REORDERING if in_order else set())
            | ({"in_clause"} if plan.longest_list <= _SHORT_LIST else set())
        )
        known = {name for (name,) in self._connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
        self._connection.execute("SET disabled_optimizers = ?", [",".join(sorted(unwanted & known))])
        for statement in plan.setup:
            self._connection.execute(statement)
        for table, lookup in plan.lookups:
            self.fill(table, lookup.values)

    def run(self, query: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Run a query and return its rows; a statement has no rows."""
        if query not in self._statements:
            (self._statements[query],) = self._connection.extract_statements(query)
        result = self._connection.execute(self._statements[query], parameters)
        return result.fetchall()

    def arrays(self, query: str) -> list[npt.NDArray[Any]]:
        """Return the columns of a query, which must have no nulls, as arrays; this is much faster for many rows."""
        if query not in self._statements:
            (self._statements[query],) = self._connection.extract_statements(query)
        found = self._connection.execute(self._statements[query]).fetchnumpy()
        return [np.asarray(column) for column in found.values()]

    def fill(self, table: Filled, columns: Sequence[Sequence[Any]]) -> None:
        """Insert columns into a table; DuckDB inserts whole lists much faster than rows."""
        self.run(table.statement, [list(column) for column in columns])
