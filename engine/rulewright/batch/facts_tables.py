"""The tables of facts of one program: filling them from a chunk, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlglot import exp

from rulewright.batch.case_facts import cases_of_json, facts_of_cases, same_ref_twice, stated_column_of
from rulewright.batch.columnar import Columnar
from rulewright.batch.facts import CASES, SOUND, Chunked, empty_facts
from rulewright.batch.inputs import InputFormat
from rulewright.batch.options import Options
from rulewright.batch.row_facts import grouped, rows_of_cells, rows_of_columns, rows_of_json
from rulewright.batch.scanning import Scanned
from rulewright.batch.seen import Seen, look, seen
from rulewright.batch.spool import Spooled
from rulewright.model.rulebook import Rulebook
from rulewright.observe import sql
from rulewright.observe.columns import CASE, REF
from rulewright.observe.sql import Sql

#: The table of the cases in which a ref is repeated.
_REPEATED = "cases_with_repeated_refs"
#: So few lines, and one in so many, are read one by one though a closer look would take them in columns.
_FEW = 50


class FactsTables:
    """The tables of facts in one program's database, with those of one chunk after the other.

    `kinds` are those of which the chunk may have facts, `chunked` is the way in which it was read last.
    """

    def __init__(self, columnar: Columnar, options: Options) -> None:
        self.columnar = columnar
        self.options = options
        self.is_rows = options.rows is not None
        self.kinds: list[str] = [] if options.rows is None else [options.rows.kind]
        self.chunked = Chunked(None)
        self._statements: dict[object, str] = {}
        self._filled: set[str] = set()
        self._view = ""
        self._cases = Seen()

    @property
    def names(self) -> list[str]:
        """The tables in which it stands what is sound."""
        results = [self.columnar.kinds[kind].results for kind in self.kinds]
        return results if self.is_rows else [CASES, *results]

    @property
    def seen(self) -> Seen:
        """What stands in the table with a row for each line: fewer rows than there are lines, where some are empty."""
        return self._cases if not self.is_rows else self.columnar.kinds[self.kinds[0]].seen

    @property
    def all_seen(self) -> list[Seen]:
        """What stands in each of the tables in which it stands what is sound."""
        kinds = [self.columnar.kinds[kind].seen for kind in self.kinds]
        return kinds if self.is_rows else [self._cases, *kinds]

    @property
    def table(self) -> str:
        """The table with a row for each line."""
        return CASES if not self.is_rows else self.columnar.kinds[self.kinds[0]].results

    def unsound(self, table: str) -> exp.Select:
        """The cases with what is not plainly good in a table."""
        is_unsound = sql.negation(sql.is_true(sql.column(SOUND)))
        return sql.select([sql.column(CASE)], sql.table(table)).where(is_unsound, copy=False)

    def load(self, chunk: Spooled, chunked: Chunked) -> None:
        """Read the facts of a chunk in one of the ways, and observe them."""
        columnar, rulebook, rows = self.columnar, self.columnar.rulebook, self.options.rows
        self.chunked = chunked
        overriding = self.options.as_of is not None
        if rows is None:
            self.run(chunked, lambda: sql.create_table(CASES, cases_of_json(chunked, rulebook, overriding)))
            self.kinds = self._stated(chunked) or list(rulebook.kinds)[:1]  # cases without facts are rejected, too
            for kind in [*self.kinds, *(self._filled - set(self.kinds))]:
                self.run((chunked, kind, kind in self.kinds), partial(self._facts_of, chunked, kind))
            self._filled = set(self.kinds)
            self._cases = seen(self.run("seen", lambda: sql.select(look(), sql.table(CASES))))
            for kind in self.kinds:
                if kind not in chunked.single:
                    self._separate_repeated(kind)
            columnar.observe(self.kinds)
            return
        base, format_ = columnar.plan.bases[rows.kind], chunk.input.format

        def facts() -> Sql:
            match format_:
                case InputFormat.JSON_LINES:
                    query = rows_of_json(chunked, rulebook, rows, base, overriding)
                case InputFormat.CSV:
                    query = rows_of_cells(chunked, rulebook, rows, base, chunk.columns, overriding)
                case _:
                    query = rows_of_columns(chunked, rulebook, rows, base, chunk.columns, overriding)
            return columnar.facts_made(rows.kind, grouped(query) if chunked.is_grouped else query)

        if columnar.is_view(rows.kind):
            self._see(self.statement((chunked, format_, chunk.columns), facts))
        else:
            self.run((chunked, format_, chunk.columns), facts)
            if chunked.is_grouped:
                self._separate_repeated(rows.kind)
        columnar.observe(self.kinds)

    def _separate_repeated(self, kind: str) -> None:
        """Take the refs from the facts of cases in which a ref of the kind is repeated: such facts are not sound.

        A reference to them would find all of them, so that following references would multiply them.
        """
        table = self.columnar.facts_table(kind)
        repeated = [case for (case,) in self.run(("repeated", kind), partial(same_ref_twice, table))]
        if repeated:
            self.columnar.list_of(_REPEATED, CASE, "BIGINT", sorted(set(repeated)))
            self.run(("separate", kind), partial(self._without_refs, kind))

    def _without_refs(self, kind: str) -> Sql:
        is_repeated = sql.is_in(sql.column(CASE), sql.select([sql.column(CASE)], sql.table(_REPEATED)))
        changed = {REF: sql.NULL, SOUND: sql.FALSE}
        columns: list[Sql] = []
        for name in self.columnar.plan.bases[kind].table.types:
            column: Sql = sql.column(name)
            if name in changed:
                column = sql.alias(sql.choose((is_repeated, changed[name]), otherwise=column), name)
            columns.append(column)
        table = self.columnar.facts_table(kind)
        return sql.create_table(table, sql.select(columns, sql.table(table)))

    def _see(self, view: str) -> None:
        """Make a view, if it is another one than the one before: that takes as long as thousands of cases."""
        if view != self._view:
            self.columnar.database.run(view)
            self._view = view

    def _stated(self, chunked: Chunked) -> list[str]:
        """The kinds of which any case states facts, or may."""
        rulebook = self.columnar.rulebook
        if chunked.is_counted and chunked.keys is not None:
            return [kind for kind in rulebook.kinds if kind in chunked.keys]
        there = self.run("kinds", lambda: _stated_kinds(rulebook))[0]
        return [kind for kind, is_there in zip(rulebook.kinds, there, strict=True) if is_there]

    def _facts_of(self, chunked: Chunked, kind: str) -> Sql:
        base = self.columnar.plan.bases[kind]
        found = facts_of_cases(chunked, self.columnar.rulebook, kind, base) if kind in self.kinds else empty_facts(base)
        return self.columnar.facts_made(kind, found)

    def run(self, key: object, build: Callable[[], Sql]) -> list[Any]:
        """The rows of a query that is built once for each key."""
        return self.columnar.database.run(self.statement(key, build))

    def statement(self, key: object, build: Callable[[], Sql]) -> str:
        """The text of a query that is built once for each key."""
        if key not in self._statements:
            self._statements[key] = sql.text(build())
        return self._statements[key]


def are_many(unsound: int, chunk: Scanned) -> bool:
    """Whether so many cases of a chunk are not plainly good that it is worth another look in columns."""
    return unsound > max(_FEW, chunk.lines // _FEW)


def _stated_kinds(rulebook: Rulebook) -> exp.Select:
    """Which kinds any case states facts of."""
    stated = [sql.alias(sql.function("BOOL_OR", sql.column(stated_column_of(kind))), kind) for kind in rulebook.kinds]
    return sql.select(stated, sql.table(CASES))
