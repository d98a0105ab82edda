"""Evaluation of chunks in columns, with one or several programs; exact-path cases are evaluated one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from rulewright.batch.case_by_case import CaseByCase, lists
from rulewright.batch.columnar import EXACT_RECORDS, Columnar
from rulewright.batch.columns import Unknown
from rulewright.batch.duckdb_sql import lists as sql_lists, name, string, table_of
from rulewright.batch.extras import EXTRA, extra_cells, extra_columns, extra_text, extras_of_table, with_extras
from rulewright.batch.loading import Loader
from rulewright.batch.options import Options, OutputFormat
from rulewright.batch.programs import SharedProgram
from rulewright.batch.record_queries import RecordQueries
from rulewright.batch.records import (
    Row,
    shape_of,
    view_row,
)
from rulewright.batch.scanning import Scanned
from rulewright.batch.storage import writing_temporary
from rulewright.batch.units import UnitResults
from rulewright.batch.writing import copy_statement
from rulewright.evaluate.letters import Letters
from rulewright.model.contradictions import plain
from rulewright.model.values import Absent, Value, canonical

#: The maximum number of cached combinations of situations; beyond it the database is rebuilt to free memory.
_MAXIMUM_COMBINATIONS = 200_000
#: The table of the values of unknown columns, which are passed through to the records.
_EXTRAS = "extras"
_EXTRA_KEY = f',"{EXTRA}":'

_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Columns:
    """The evaluator of one program, the loader of its tables and the builder of its record queries."""

    columnar: Columnar
    loader: Loader
    queries: RecordQueries


class Databases:
    """The column evaluators by program, each created on first use."""

    def __init__(self, options: Options, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._columns: dict[str, Columns] = {}

    def of(self, shared: SharedProgram) -> Columns:
        """Return the column evaluator of a program; replace one whose cache of combinations is full."""
        digest = shared.program.digest
        if digest in self._columns and self._columns[digest].columnar.combinations > _MAXIMUM_COMBINATIONS:
            del self._columns[digest]
            for situations in shared.situations.values():
                situations.forget()
        if digest not in self._columns:
            columnar = Columnar(shared, self._options)
            loader = Loader(columnar, self._options, self._folder)
            self._columns[digest] = Columns(columnar, loader, RecordQueries(columnar))
        return self._columns[digest]


class InColumns:
    """Evaluates one chunk in columns, and the cases of the exact path one by one."""

    def __init__(self, case_by_case: CaseByCase, databases: Databases, judged: UnitResults, scanned: Scanned) -> None:
        self.case_by_case = case_by_case
        self.databases = databases
        self.judged = judged
        self.scanned = scanned
        self.options = case_by_case.options
        self.programs = case_by_case.programs
        #: The cases for the exact path: the first and last row of each case, by case number.
        self.wanted: dict[int, tuple[int, int]] = {}
        self.viewed: list[tuple[int, int, Row]] = []

    def run(self) -> bool:
        """Evaluate the chunk; return false, with no results, if the fast path cannot read it."""
        default = self.programs.default
        columns = self.databases.of(default)
        if not columns.loader.load(self.scanned):
            return False
        days = None if self.options.as_of is not None else columns.loader.days()
        if not days:
            self._write([(columns.columnar, self._records_of(columns, None))])
            return True
        groups: dict[str, tuple[SharedProgram, list[date]]] = {default.program.digest: (default, [])}
        for day in days:
            shared = self.programs.on(day)
            groups.setdefault(shared.program.digest, (shared, []))[1].append(day)
        if len(groups) == 1:
            self._write([(columns.columnar, self._records_of(columns, None))])
            return True
        judges = [(self.databases.of(shared), some) for shared, some in groups.values()]
        if not all(other is columns or other.loader.load(self.scanned) for other, _ in judges):
            return False
        self._group_alike([other.loader for other, _ in judges])
        self._write([(other.columnar, self._records_of(other, some)) for other, some in judges if some])
        return True

    def _group_alike(self, loaders: Sequence[Loader]) -> None:
        """Make all programs group rows into the same cases.

        A row that one program cannot read counts as unreadable for every program.
        """
        if self.options.rows is None or not any(one.is_grouped for one in loaders):
            return
        invalid = [one.invalid_rows() for one in loaders]
        unclear = set().union(*invalid)
        for one, own in zip(loaders, invalid, strict=True):
            if not one.is_grouped or own != unclear:
                one.load_grouped(self.scanned, unclear)

    def _records_of(self, columns: Columns, days: Sequence[date] | None) -> str:
        """Count the cases that are evaluated in columns, and return the query of their records."""
        columnar, loader, queries = columns.columnar, columns.loader, columns.queries
        exact = loader.exact_cases(days)
        self.wanted.update(exact)
        tally = self.judged.tally
        tally.evaluated_rows += loader.evaluated_rows(bool(exact))
        for day in loader.evaluated_days(days, bool(exact)):
            tally.count_program(columnar.shared.program, self.programs.notices_on(day))
        for kind in loader.kinds:
            self._count(queries, kind, bool(exact), not loader.has_cases)
        if self.options.view is not None:
            self._view(columns, bool(exact))
            if loader.has_cases:
                queries.gather(loader.kinds)
                tally.verdicts.update(queries.counted_cases())
            return ""
        if not loader.has_cases:
            return queries.records_of_rows(loader.kinds[0], bool(exact))
        queries.gather(loader.kinds)
        tally.verdicts.update(queries.counted_cases())
        return queries.records_of_cases(loader.kinds)

    def _view(self, columns: Columns, has_exact: bool) -> None:
        """Collect the subjects that the view selects."""
        rulebook = columns.columnar.rulebook
        view = self.case_by_case.view_of(rulebook)
        if view is None or view.about not in columns.loader.kinds:
            return
        fields = rulebook.kinds[view.about].fields
        for number, place, case, ref, *cells in columns.queries.viewed(view, has_exact):
            values: list[Value] = [
                Absent.UNKNOWN if cell is None else canonical(cell, fields[name].type)
                for name, cell in zip(view.show, cells, strict=True)
            ]
            self.judged.tally.count_viewed(view, values)
            self.viewed.append((number, place, view_row(view, case, ref, values, self.options.format)))

    def _count(self, queries: RecordQueries, kind: str, has_exact: bool, is_case: bool) -> None:
        tally = self.judged.tally
        fields = queries.columnar.rulebook.kinds[kind].fields
        by = [name for of, name in self.options.by if of == kind]
        counted = queries.counted(kind, has_exact, by)
        tally.count_alike(
            kind, ((results.verdict, _letters(results.outcomes), number) for results, number, _ in counted)
        )
        for results, number, values in counted:
            if is_case:
                tally.verdicts[results.verdict.value] += number
            for field, value in zip(by, values, strict=True):
                shown = None if value is None else plain(canonical(value, fields[field].type))
                tally.by[f"{kind}.{field}", shown, results.verdict.value] += number
        if self.options.sample:
            for case, results in queries.first_of_each(kind, self.options.sample, has_exact):
                letters = (_letters(results.outcomes).letters, _letters(results.truths).letters)
                self.judged.samples.setdefault(case, []).append(":".join((kind, *letters)))

    def _write(self, done: Sequence[tuple[Columnar, str]]) -> None:
        """Write the records of all programs and of the exact path, in the order of the cases."""
        judged = self.judged
        judged.situations = [_hash(one) for columnar, _ in done for one in columnar.new_situations()]
        records: dict[int, list[Row]] = {}
        options = self.options
        if self.wanted:
            found = self.case_by_case.found(self.scanned.chunk, self.wanted)
            records = self.case_by_case.judge(found, judged)
        if self.options.view is not None:
            for number, some in records.items():
                self.viewed += [(number, place, row) for place, row in enumerate(some)]
            by_case: dict[int, list[Row]] = {}
            for number, _, row in sorted(self.viewed, key=lambda one: one[:2]):
                by_case.setdefault(number, []).append(row)
            self.case_by_case.write(judged, by_case)
            return
        shape = shape_of(options.format, options.detail)
        columnar, query = done[0]
        if len(done) > 1:
            query = self._collected(done)
        rows = [(number, place, *row) for number, some in records.items() for place, row in enumerate(some)]
        if rows:
            columnar.database.run(table_of(EXACT_RECORDS, sql_lists(shape.types)), lists(rows, shape.types))
            query = f"{query} UNION ALL SELECT * FROM {EXACT_RECORDS}"
        if options.columns.unknown is Unknown.KEEP:
            query = self._with_extras(columnar, query)
            shape = with_extras(shape, options)
        write = copy_statement(query, shape, judged.piece, self.options.format)
        with writing_temporary(judged.piece.parent):
            columnar.database.run(write)

    def _with_extras(self, columnar: Columnar, query: str) -> str:
        """Return the query of the records joined with the values of unknown columns."""
        extras = extras_of_table(self.scanned.chunk, self.case_by_case.rows_of(self.scanned.chunk))
        is_lines = self.options.format is OutputFormat.JSON_LINES
        columns = (EXTRA,) if is_lines else extra_columns(self.options)
        names = [f"x{number}" for number in range(len(columns))]
        types = {"number": "BIGINT", **dict.fromkeys(names, "VARCHAR")}
        rows = [
            (number, *((extra_text(values),) if is_lines else extra_cells(values, columns)))
            for number, values in extras.items()
        ]
        columnar.database.run(table_of(_EXTRAS, sql_lists(types)), lists(rows, types))
        if is_lines:
            line = f"SUBSTRING(q.{name('line')}, 1, LENGTH(q.{name('line')}) - 1)"
            ending = f"{string(_EXTRA_KEY)}, COALESCE(e.{name(names[0])}, '[]'), '}}'"
            shown = ["q.case_number", "q.place", f"CONCAT({line}, {ending}) AS {name('line')}"]
        else:
            shown = ["q.*", *(f"e.{name(one)} AS {name(column)}" for one, column in zip(names, columns, strict=True))]
        return f"SELECT {', '.join(shown)} FROM ({query}) AS q LEFT JOIN {_EXTRAS} AS e ON q.case_number = e.number"

    def _collected(self, done: Sequence[tuple[Columnar, str]]) -> str:
        """Collect the records of all programs in the first program's database and return their query."""
        first = done[0][0]
        types = shape_of(self.options.format, self.options.detail).types
        queries = [done[0][1]]
        for number, (columnar, query) in enumerate(done[1:]):
            rows = columnar.database.run(query)
            table = f"records_{number}"
            first.database.run(table_of(table, sql_lists(types)), lists(rows, types))
            queries.append(f"SELECT * FROM {table}")
        return " UNION ALL ".join(queries)


def _letters(found: Mapping[_K, _V]) -> Letters[_K, _V]:
    assert isinstance(found, Letters), "situations have letters"
    return found


def _hash(text: str) -> int:
    """Return a hash of a text that is the same in every process."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
