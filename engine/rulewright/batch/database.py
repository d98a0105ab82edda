"""The database in memory in which a program observes: its statements are parsed once, its tables filled from lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from rulewright.observe.plan import Filled, Plan

#: A list that is not longer is searched faster as it is than by a join with it, which DuckDB would make of it.
_SHORT_LIST = 64
#: What DuckDB had better not optimize: `projection_placement` takes time that grows with the square of the columns and
#: finds nothing to do here. `statistics_propagation` of 2.0 fails on a text that is compared with what it knows to be
#: null, as a value of a later date is; in 1.3 it is better left on, as a join goes wrong without it.
_UNWANTED = {"projection_placement"}
if duckdb.__version__.startswith("2.0."):
    _UNWANTED.add("statistics_propagation")


#: The optimizers that swap the tables of a join.
_REORDERING = {"join_order", "build_side_probe_side"}


class Database:
    """An in-memory DuckDB with the tables that a plan needs.

    With `in_order`, one thread runs each join as it is written, so that rows are nearly in the order of the first table
    and quick to sort. The order of rows is certain only after an ORDER BY.
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
        """The rows of a query; a statement gives none."""
        if query not in self._statements:
            (self._statements[query],) = self._connection.extract_statements(query)
        result = self._connection.execute(self._statements[query], parameters)
        return result.fetchall()

    def arrays(self, query: str) -> list[npt.NDArray[Any]]:
        """Return the columns of a query as arrays, which is much faster for many rows; there are no nulls in them."""
        if query not in self._statements:
            (self._statements[query],) = self._connection.extract_statements(query)
        found = self._connection.execute(self._statements[query]).fetchnumpy()
        return [np.asarray(column) for column in found.values()]

    def fill(self, table: Filled, columns: Sequence[Sequence[Any]]) -> None:
        """Put columns into a table; DuckDB takes whole lists much faster than rows."""
        self.run(table.statement, [list(column) for column in columns])
