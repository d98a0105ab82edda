"""Filling a database with the facts of a chunk, and telling which cases have to be read by themselves."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from rulewright.batch.case_facts import cases_of_json, facts_of_cases, reference_to_nothing, same_ref_twice
from rulewright.batch.chunks import MAXIMUM_LINE
from rulewright.batch.columnar import SET_APART, Columnar
from rulewright.batch.counted import is_maybe_rounded
from rulewright.batch.facts import (
    CASES,
    DAY,
    END_ROW,
    FIRST_ROW,
    LINES_BEFORE,
    QUOTES,
    SOUND,
    STEM,
    UNCLEAR,
    Chunked,
    empty_facts,
)
from rulewright.batch.inputs import InputFormat
from rulewright.batch.options import Options
from rulewright.batch.row_facts import grouped, rows_of_cells, rows_of_columns, rows_of_json
from rulewright.batch.rows import read_csv_rows
from rulewright.batch.spool import CONTROLS, Sample, Spooled
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType
from rulewright.observe import sql
from rulewright.observe.columns import AS_OF, CASE, ROW
from rulewright.observe.sql import Sql

#: The table of the rows that DuckDB is not given.
_BROKEN = "broken_rows"
#: What stands in place of a line that DuckDB is not given; no object, so it is read by itself.
_PLACEHOLDER = b"[]"
#: So few lines, and one in so many, are read one by one though a closer look would take them in columns.
_FEW = 50
#: After so many chunks that could not be read in one pass it is not tried again.
_TRIED = 2
#: The table of the cases whose quotes are not counted.
_UNSOUND = "unsound_cases"
_ODD_LINE = re.compile(rb"[\x00\x01\r]|" + CONTROLS.pattern)
_NOT_FOR_DUCKDB = re.compile("[\x00\udc80-\udcff]")


class Loader:
    """Fills the tables of one program's database with the facts of chunks, one chunk after the other."""

    def __init__(self, columnar: Columnar, options: Options, folder: Path) -> None:
        self.columnar = columnar
        self.options = options
        self.is_rows = options.rows is not None
        self.is_grouped = False
        self.kinds: list[str] = [] if options.rows is None else [options.rows.kind]
        self._mended = folder / "mended"
        self._broken: list[int] = []
        self._chunked = Chunked(None)
        self._statements: dict[object, str] = {}
        self._filled: set[str] = set()
        #: How many chunks one after the other could not be read in one pass, and whether the keys vary.
        self._failures = 0
        self._wants_all_keys = False

    @property
    def is_counted(self) -> bool:
        """Whether the chunk was read in one pass, with all its quotes accounted for."""
        return self._chunked.is_counted

    @property
    def has_cases(self) -> bool:
        """Whether a case can have several facts."""
        return not self.is_rows or self.is_grouped

    def load(self, chunk: Spooled) -> None:
        """Read the facts of a chunk and observe them."""
        self._broken = []
        self.columnar.list_of(UNCLEAR, ROW, "BIGINT", [])
        self._tell(chunk)
        rows = self.options.rows
        is_csv, is_parquet = (chunk.input.format is one for one in (InputFormat.CSV, InputFormat.PARQUET))
        self.is_grouped = rows is not None and rows.case in chunk.columns
        chunked = Chunked(
            chunk.input.name if is_parquet else None,
            is_unusual=chunk.is_unusual,
            has_escapes=chunk.has_escapes,
            is_grouped=self.is_grouped,
            keys=None if chunk.sample is None else chunk.sample.keys,
        )
        if is_parquet or chunk.is_plain:
            self._point_to(chunk.file)
            if chunk.sample is not None and self._is_counted(chunk, chunk.sample, chunked):
                return
            try:
                self._load(chunk, chunked)
            except (duckdb.Error, UnicodeDecodeError):  # the latter in place of an error that quotes a line
                if is_parquet:
                    raise
                # some line is no JSON, or some row has too many cells
            else:
                whole = is_parquet or self._rows_loaded() == chunk.lines
                if is_csv and not whole:  # so some have line breaks in them
                    self._load(chunk, replace(chunked, is_numbered=False))
                if is_csv or whole:
                    self._look_closer(chunk, chunked)
                    return
        if is_csv:
            self._mended.write_bytes(self._good_rows(chunk))
        else:
            lines = chunk.data.removesuffix(b"\n").split(b"\n")
            self._mended.write_bytes(b"".join(_good_line(line.removesuffix(b"\r")) + b"\n" for line in lines))
        self._point_to(self._mended)
        chunked = replace(
            chunked, is_doubtful=True, is_unusual=True, has_escapes=True, is_numbered=not chunk.has_quotes
        )
        self._load(chunk, chunked)
        self._look_closer(chunk, chunked)

    # --- counting ---

    def _is_counted(self, chunk: Spooled, sample: Sample, chunked: Chunked) -> bool:
        """Read a chunk in one pass, if it turns out that nothing was left out and nothing converted by that."""
        if chunk.has_escapes or sample.lists & sample.objects or self._failures >= _TRIED:
            return False
        counted = replace(chunked, is_counted=True, single=sample.objects if not self.is_rows else frozenset())
        for keys in (None,) if self._wants_all_keys else (sample.keys, None):
            try:
                self._load(chunk, replace(counted, keys=keys))
                if self._rows_loaded() == chunk.lines and self._is_accounted_for(chunk, keys):
                    self._failures = 0
                    return True
            except (duckdb.Error, UnicodeDecodeError):  # some line is no such object
                break
            self._wants_all_keys = True  # some line has a key that the first ones did not have
        self._failures += 1
        return False

    def _is_accounted_for(self, chunk: Spooled, keys: frozenset[str] | None) -> bool:
        """Whether all quotes of the chunk stand around what was taken, but for cases that are read by themselves."""
        tables = self._tables_of_facts()
        unsound = {case for table in tables for (case,) in self._run(("unsound", table), partial(self._unsound, table))}
        if len(unsound) > max(_FEW, chunk.lines // _FEW):
            return False
        data = chunk.data
        if self._reads_decimals(keys) and is_maybe_rounded(data):
            return False
        there = data.count(b'"')
        if unsound:
            lines = data.split(b"\n")
            apart = b"\n".join(lines[case - 1] for case in unsound)
            if self.options.rows is not None and _may_name(self.options.rows.case, apart):
                return False
            there -= apart.count(b'"')
        self.columnar.list_of(_UNSOUND, CASE, "BIGINT", sorted(unsound))
        key = "counted" if not unsound else "counted among others"
        sums = (self._run((key, table), partial(_quotes, table, bool(unsound)))[0][0] for table in tables)
        return there == sum(number or 0 for number in sums)

    def _reads_decimals(self, keys: frozenset[str] | None) -> bool:
        kinds = self.columnar.rulebook.kinds
        return any(
            field.type is FieldType.DECIMAL and field.may_be_given and (keys is None or field.name in keys)
            for kind in self.kinds
            for field in kinds[kind].fields.values()
        )

    def _tables_of_facts(self) -> list[str]:
        """The tables in which it stands what is sound."""
        results = [self.columnar.kinds[kind].results for kind in self.kinds]
        return results if self.is_rows else [CASES, *results]

    def unsound_rows(self) -> set[int]:
        """The rows of the chunk that are not plainly good."""
        query = sql.select([sql.column(ROW)], sql.table(self._table))
        is_unsound = sql.negation(sql.is_true(sql.column(SOUND)))
        return {row for (row,) in self._run("unsound rows", lambda: query.where(is_unsound, copy=False))}

    def load_grouped(self, chunk: Spooled, unclear: set[int]) -> None:
        """Read the chunk once more, with rows of which several can be of one case, some of them for another program."""
        self.columnar.list_of(UNCLEAR, ROW, "BIGINT", sorted(unclear))
        self.is_grouped = True
        self._load(chunk, replace(self._chunked, is_grouped=True, is_counted=False, keys=None))

    def _point_to(self, file: Path | None) -> None:
        """Let the statements read this file: they all read one name, so that they are made once."""
        if file is not None:
            self.columnar.database.run("SET VARIABLE file = ?", [str(file)])

    def _tell(self, chunk: Spooled) -> None:
        """Set the variables that tell of a chunk."""
        day = (self.options.as_of or self.options.today).isoformat()
        for name, value in (
            (STEM, chunk.input.stem),
            (LINES_BEFORE, chunk.start.line - 1),
            (DAY, day),
            (FIRST_ROW, chunk.start.offset),
            (END_ROW, chunk.end.offset),
        ):
            self.columnar.database.run(f"SET VARIABLE {name} = ?", [value])

    def _rows_loaded(self) -> int:
        """How many lines were read: fewer than there are, where some are empty."""
        number = sql.select([exp.Count(this=exp.Star())], sql.table(self._table))
        found: int = self._run("rows", lambda: number)[0][0]
        return found

    @property
    def _table(self) -> str:
        """The table with a row for each line."""
        return CASES if not self.is_rows else self.columnar.kinds[self.kinds[0]].results

    def _look_closer(self, chunk: Spooled, chunked: Chunked) -> None:
        """Read JSON lines once more where some of them name the case that they are of, or have keys of their own."""
        rows = self.options.rows
        if chunk.input.format is not InputFormat.JSON_LINES:
            return
        unsound = self._number_of_unsound()
        self.is_grouped = unsound > 0 and rows is not None and _may_name(rows.case, chunk.data)
        if self.is_grouped or (chunked.keys is not None and unsound > max(_FEW, chunk.lines // _FEW)):
            self._load(chunk, replace(chunked, is_grouped=self.is_grouped, keys=None))

    def _number_of_unsound(self) -> int:
        tables = self._tables_of_facts()
        return sum(
            self._run(("number unsound", table), partial(self._counted_unsound, table))[0][0] for table in tables
        )

    def _counted_unsound(self, table: str) -> Sql:
        query = self._unsound(table)
        query.set("expressions", [exp.Count(this=exp.Star())])
        return query

    def _run(self, key: object, build: Callable[[], Sql]) -> list[Any]:
        """The rows of a query that is built once for each key."""
        if key not in self._statements:
            self._statements[key] = sql.text(build())
        return self.columnar.database.run(self._statements[key])

    def _good_rows(self, chunk: Spooled) -> bytes:
        """The rows of a chunk as DuckDB reads them, an empty one for each that is not good."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        data, header = chunk.data.decode("utf-8", "surrogateescape"), chunk.columns
        for number, row in enumerate(read_csv_rows(data, chunk.input.name, chunk.start.line, len(header)), start=1):
            cells = [cell for cell, _, _, _ in row.cells]
            is_good = row.wrong is None and cells and not any(_NOT_FOR_DUCKDB.search(cell) for cell in cells)
            if not is_good:
                self._broken.append(number)
            writer.writerow(cells if is_good else [""] * len(header))
        return text.getvalue().encode()

    def _load(self, chunk: Spooled, chunked: Chunked) -> None:
        columnar, rulebook, rows = self.columnar, self.columnar.rulebook, self.options.rows
        self._chunked = chunked
        overriding = self.options.as_of is not None
        if rows is None:
            self._run(chunked, lambda: sql.create_table(CASES, cases_of_json(chunked, rulebook, overriding)))
            self.kinds = self._stated(chunked) or list(rulebook.kinds)[:1]  # cases without facts are rejected, too
            for kind in [*self.kinds, *(self._filled - set(self.kinds))]:
                self._run((chunked, kind, kind in self.kinds), partial(self._facts_of, chunked, kind))
            self._filled = set(self.kinds)
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

        self._run((chunked, format_, chunk.columns), facts)
        columnar.observe(self.kinds)

    def _stated(self, chunked: Chunked) -> list[str]:
        """The kinds of which any case states facts, or may."""
        rulebook = self.columnar.rulebook
        if chunked.is_counted and chunked.keys is not None:
            return [kind for kind in rulebook.kinds if kind in chunked.keys]
        there = self._run("kinds", lambda: _stated_kinds(rulebook))[0]
        return [kind for kind, is_there in zip(rulebook.kinds, there, strict=True) if is_there]

    def _facts_of(self, chunked: Chunked, kind: str) -> Sql:
        base = self.columnar.plan.bases[kind]
        found = facts_of_cases(chunked, self.columnar.rulebook, kind, base) if kind in self.kinds else empty_facts(base)
        return self.columnar.facts_made(kind, found)

    def days(self) -> list[date]:
        """The days on which the cases of the chunk are judged."""
        query = sql.select([sql.column(AS_OF)], sql.table(self._table)).distinct(copy=False)
        return sorted(day for (day,) in self._run("days", lambda: query))

    def apart(self, days: Sequence[date] | None) -> dict[int, tuple[int, int]]:
        """The cases that are to be read by themselves: the first and the last row of each.

        Of the results those remain that are judged on these days, all of them if none are given.
        """
        columnar = self.columnar
        if days is not None:
            columnar.restrict(self.kinds, days)
        columnar.list_of(_BROKEN, ROW, "BIGINT", self._broken)
        key = (tuple(self.kinds), self.is_grouped, bool(self._broken), days is not None)
        self._run(("apart", key), lambda: sql.create_table(SET_APART, self._apart(days is not None)))
        if not self.is_grouped:
            found = self._run("apart", lambda: sql.select([sql.column(CASE)], sql.table(SET_APART)))
            return {number: (number, number) for (number,) in found}
        row, apart = sql.column(ROW), sql.select([sql.column(CASE)], sql.table(SET_APART))
        rows = sql.select(
            [sql.column(CASE), sql.function("MIN", row), sql.function("MAX", row)],
            sql.table(self._tables(days is not None)[0]),
        ).where(sql.is_in(sql.column(CASE), apart), copy=False)
        ranges = self._run(("ranges", days is not None), lambda: rows.group_by(sql.column(CASE), copy=False))
        return {case: (first, last) for case, first, last in ranges}

    def judged_days(self) -> list[date]:
        """The days on which the cases are judged that are not set apart."""
        apart = sql.select([sql.column(CASE)], sql.table(SET_APART))
        others = sql.negation(sql.is_in(sql.column(CASE), apart))
        query = sql.select([sql.column(AS_OF)], sql.table(self._table)).where(others, copy=False)
        found = self._run(("judged days", self._table), lambda: query.distinct(copy=False))
        return sorted(day for (day,) in found)

    def _tables(self, of_several: bool) -> list[str]:
        """The tables with a row for each fact, whoever judges it."""
        if of_several:
            return [self.columnar.facts_table(kind) for kind in self.kinds]
        return [self.columnar.kinds[kind].results for kind in self.kinds]

    def _apart(self, of_several: bool) -> exp.Select:
        """The cases that are to be read by themselves.

        Where several programs judge the chunk, of each case all facts are looked at by all of them, and each tells of
        those cases of which it judges any.
        """
        columnar = self.columnar
        names = self._tables(of_several)
        queries: list[exp.Query] = [self._unsound(name) for name in names]
        queries += [query for kind in self.kinds if (query := columnar.conflicting(kind)) is not None]
        if not self.is_rows:
            queries.append(self._unsound(CASES))
            queries += self._unconnected()
        else:
            queries += self._dangling(self.kinds[0])
        if self.is_grouped:
            queries += [same_ref_twice(names[0]), _several_days(names[0])]
        if self._broken:
            numbers = sql.select([sql.column(CASE)], sql.table(names[0]))
            broken = sql.select([sql.column(ROW)], sql.table(_BROKEN))
            queries.append(numbers.where(sql.is_in(sql.column(ROW), broken), copy=False))
        found = sql.select([sql.column(CASE)], sql.subquery(sql.union(queries), "u"))
        if of_several:
            own = sql.select([sql.column(CASE)], sql.table(self._table))
            found = found.where(sql.is_in(sql.column(CASE), own), copy=False)
        return found.distinct(copy=False)

    def _unsound(self, table: str) -> exp.Select:
        is_unsound = sql.negation(sql.is_true(sql.column(SOUND)))
        return sql.select([sql.column(CASE)], sql.table(table)).where(is_unsound, copy=False)

    def _unconnected(self) -> list[exp.Query]:
        """The cases with facts that are called the same, or that refer to what is not there."""
        found: list[exp.Query] = []
        for kind in self.kinds:
            found.append(same_ref_twice(self.columnar.facts_table(kind)))
            found += self._dangling(kind)
        return found

    def _dangling(self, kind: str) -> list[exp.Query]:
        """The cases in which a fact of the kind refers to what is not there."""
        fields = self.columnar.rulebook.kinds[kind].fields
        return [
            reference_to_nothing(self.columnar.facts_table(kind), column, self.columnar.facts_table(refers_to))
            for column, name in self.columnar.plan.bases[kind].fields.items()
            if (refers_to := fields[name].refers_to if name in fields else None) is not None
        ]


def _may_name(case: str, data: bytes) -> bool:
    """Whether any row may name its case."""
    return case.encode() in data or b"\\u" in data


def _good_line(line: bytes) -> bytes:
    if not line.strip() or len(line) > MAXIMUM_LINE or _ODD_LINE.search(line):
        return _PLACEHOLDER
    try:
        line.decode()
    except UnicodeDecodeError:
        return _PLACEHOLDER
    return line


def _stated_kinds(rulebook: Rulebook) -> exp.Select:
    """Which kinds any case states facts of."""
    stated = [
        sql.alias(sql.function("BOOL_OR", sql.is_not_null(sql.column(f"raw_{kind}"))), kind) for kind in rulebook.kinds
    ]
    return sql.select(stated, sql.table(CASES))


def _quotes(table: str, among_others: bool) -> exp.Select:
    """How many quotes were counted in a table."""
    query = sql.select([sql.function("SUM", sql.column(QUOTES))], sql.table(table))
    if among_others:
        others = sql.select([sql.column(CASE)], sql.table(_UNSOUND))
        query = query.where(sql.negation(sql.is_in(sql.column(CASE), others)), copy=False)
    return query


def _several_days(table: str) -> exp.Select:
    """The cases whose rows name different days."""
    days = exp.Count(this=exp.Distinct(expressions=[sql.column(AS_OF)]))
    query = sql.select([sql.column(CASE)], sql.table(table)).group_by(sql.column(CASE), copy=False)
    return query.having(sql.binary(exp.GT, days, sql.number(1)), copy=False)
