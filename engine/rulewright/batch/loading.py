"""Loads the facts of a chunk into a database, and finds the cases for the exact path."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import duckdb

from rulewright.batch.columnar import EXACT_CASES, Columnar
from rulewright.batch.duckdb_sql import name
from rulewright.batch.exact_cases import ExactCases
from rulewright.batch.facts_tables import FactsTables
from rulewright.batch.field_values import ANY_TEXTS, Texts
from rulewright.batch.inputs import InputFormat
from rulewright.batch.json_loading import JsonLoader
from rulewright.batch.options import Options
from rulewright.batch.reading import DAY, END_ROW, FILE, FIRST_ROW, LINES_BEFORE, STEM, UNCLEAR, VALID, Reading
from rulewright.batch.rows import read_csv_rows
from rulewright.batch.scanning import Scanned
from rulewright.batch.spool import Spooled
from rulewright.batch.storage import writing_temporary
from rulewright.observe.columns import AS_OF, CASE, ROW

_NOT_FOR_DUCKDB = re.compile("[\x00\udc80-\udcff]")


class Loader:
    """Fills the tables of one program's database with the facts of chunks, one chunk after the other."""

    def __init__(self, columnar: Columnar, options: Options, folder: Path) -> None:
        self.columnar = columnar
        self.options = options
        self.tables = FactsTables(columnar, options)
        self.is_grouped = False
        self._json = JsonLoader(self.tables, folder)
        self._exact = ExactCases(self.tables)
        self._rewritten = folder / "rewritten.csv"
        self._unread: list[int] = []

    @property
    def kinds(self) -> list[str]:
        """Return the kinds with possible facts in the chunk."""
        return self.tables.kinds

    @property
    def is_proved_by_quotes(self) -> bool:
        """Return true if the lines of the chunk were proved by their quotes, the fastest way."""
        return self.tables.reading.by_quotes is not None

    @property
    def has_cases(self) -> bool:
        """Return true if a case can have several facts."""
        return not self.tables.is_rows or self.is_grouped

    def load(self, scanned: Scanned) -> bool:
        """Read the facts of a chunk and observe them; return false if only the exact path can read it."""
        chunk = scanned.chunk
        self._unread = []
        self.columnar.list_of(UNCLEAR, ROW, "BIGINT", [])
        self._set_variables(chunk)
        match chunk.input.format:
            case InputFormat.JSON_LINES:
                loaded = self._json.load(scanned, _reading(scanned))
                if loaded is None:
                    return False
                self._unread, self.is_grouped = loaded.unproved, loaded.is_grouped
            case InputFormat.CSV:
                self._load_csv(scanned)
            case _:
                self.is_grouped = self._has_case_column(chunk)
                reading = Reading(path=chunk.input.name, is_grouped=self.is_grouped)
                self.tables.load(chunk, reading)
        return True

    def invalid_rows(self) -> set[int]:
        """Return the rows of the chunk that the fast path cannot validate."""
        is_invalid = f"NOT COALESCE({name(VALID)}, FALSE)"
        query = f"SELECT {name(ROW)} FROM {name(self.tables.table)} WHERE {is_invalid}"
        return {row for (row,) in self.columnar.database.run(query)}.union(self._unread)

    def load_grouped(self, scanned: Scanned, unclear: set[int]) -> None:
        """Read the chunk again with rows grouped into cases; `unclear` are the rows invalid for any program."""
        self.columnar.list_of(UNCLEAR, ROW, "BIGINT", sorted(unclear))
        self.is_grouped = True
        if scanned.chunk.input.format is InputFormat.JSON_LINES:
            self._unread = self._json.load_grouped(scanned, _reading(scanned)).unproved
        else:
            self.tables.load(scanned.chunk, replace(self.tables.reading, is_grouped=True))

    def _set_variables(self, chunk: Spooled) -> None:
        """Set the variables that describe a chunk."""
        day = (self.options.as_of or self.options.today).isoformat()
        for variable, value in (
            (FILE, str(chunk.file)),
            (STEM, chunk.input.stem),
            (LINES_BEFORE, chunk.start.line - 1),
            (DAY, day),
            (FIRST_ROW, chunk.start.offset),
            (END_ROW, chunk.end.offset),
        ):
            self.columnar.database.run(f"SET VARIABLE {variable} = ?", [value])

    def _has_case_column(self, chunk: Spooled) -> bool:
        rows = self.options.rows
        return rows is not None and rows.case in chunk.columns

    # --- CSV ---

    def _load_csv(self, scanned: Scanned) -> None:
        chunk = scanned.chunk
        self.is_grouped = self._has_case_column(chunk)
        reading = replace(_reading(scanned), is_grouped=self.is_grouped, delimiter=chunk.input.form.delimiter)
        if scanned.is_plain and not scanned.has_blank_lines:
            try:
                self.tables.load(chunk, reading)
            except (duckdb.Error, UnicodeDecodeError):
                pass  # some row has too many cells
            else:
                if self.tables.counts.rows != scanned.lines:  # some rows contain line breaks
                    self.tables.load(chunk, replace(reading, is_numbered=False))
                return
        with writing_temporary(self._rewritten.parent):
            self._rewritten.write_bytes(self._rewritten_rows(chunk))
        self.columnar.database.run(f"SET VARIABLE {FILE} = ?", [str(self._rewritten)])
        is_numbered = not scanned.has_quotes
        self.tables.load(
            chunk, replace(reading, is_rewritten=True, texts=ANY_TEXTS, is_numbered=is_numbered, delimiter=",")
        )

    def _rewritten_rows(self, chunk: Spooled) -> bytes:
        """Return the rows of a chunk in a form that DuckDB can read, with an empty row for each unreadable row."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        data, header = chunk.data.decode("utf-8", "surrogateescape"), chunk.columns
        delimiter = chunk.input.form.delimiter
        rows = read_csv_rows(data, chunk.input.name, chunk.start.line, len(header), delimiter)
        for number, row in enumerate(rows, start=1):
            cells = [cell for cell, _, _, _ in row.cells]
            is_good = row.wrong is None and cells and not any(_NOT_FOR_DUCKDB.search(cell) for cell in cells)
            if not is_good:
                self._unread.append(number)
            writer.writerow(cells if is_good else [""] * len(header))
        return text.getvalue().encode()

    # --- cases and days ---

    def days(self) -> list[date]:
        """Return the days on which the cases of the chunk are evaluated."""
        if (day := self._only_day()) is not None:
            return [day]
        query = f"SELECT DISTINCT {name(AS_OF)} FROM {name(self.tables.table)}"
        return sorted(day for (day,) in self.columnar.database.run(query))

    def exact_cases(self, days: Sequence[date] | None) -> dict[int, tuple[int, int]]:
        """Return the first and last row of each case for the exact path, by case number.

        If days are given, remove the results of other days.
        """
        if days is not None:
            self.columnar.restrict(self.kinds, days)
        return self._exact.find(self.is_grouped, self._unread, days)

    def evaluated_rows(self, has_exact: bool) -> int:
        """Return the number of rows of cases on the fast path."""
        query = f"SELECT COUNT(*) FROM {name(self.tables.table)}"
        if has_exact:
            query += f" WHERE {_is_not_exact()}"
        ((number,),) = self.columnar.database.run(query)
        return int(number)

    def _only_day(self) -> date | None:
        counts = self.tables.counts
        return counts.first if counts.first == counts.last else None

    def evaluated_days(self, days: Sequence[date] | None, has_exact: bool) -> list[date]:
        """Return the days on which cases of the fast path are evaluated, restricted to `days` if given."""
        if days is None and not has_exact and (day := self._only_day()) is not None:
            return [day]
        query = f"SELECT DISTINCT {name(AS_OF)} FROM {name(self.tables.table)} WHERE {_is_not_exact()}"
        return sorted(day for (day,) in self.columnar.database.run(query))


def _reading(scanned: Scanned) -> Reading:
    return Reading(texts=Texts(are_ascii=not scanned.is_unusual, have_escapes=scanned.has_escapes))


def _is_not_exact() -> str:
    return f"NOT {name(CASE)} IN (SELECT {name(CASE)} FROM {name(EXACT_CASES)})"
