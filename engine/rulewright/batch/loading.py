"""Filling a database with the facts of a chunk, and telling which cases have to be read by themselves."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import duckdb
from sqlglot import exp

from rulewright.batch.apart import Apart
from rulewright.batch.chunks import MAXIMUM_LINE
from rulewright.batch.columnar import SET_APART, Columnar
from rulewright.batch.facts import (
    DAY,
    END_ROW,
    FIRST_ROW,
    LINES_BEFORE,
    SOUND,
    STEM,
    UNCLEAR,
    Chunked,
)
from rulewright.batch.facts_tables import FactsTables, are_many
from rulewright.batch.inputs import InputFormat
from rulewright.batch.one_pass import OnePass
from rulewright.batch.options import Options
from rulewright.batch.rows import may_name, read_csv_rows
from rulewright.batch.scanning import CONTROLS, Scanned
from rulewright.batch.spool import Spooled
from rulewright.batch.storage import writing_temporary
from rulewright.observe import sql
from rulewright.observe.columns import AS_OF, CASE, ROW

#: What stands in place of a line that DuckDB is not given; no object, so it is read by itself.
_PLACEHOLDER = b"[]\n"
_ODD_LINE = re.compile(rb"[\x00\x01\r]|" + CONTROLS.pattern)
_NOT_FOR_DUCKDB = re.compile("[\x00\udc80-\udcff]")


class Loader:
    """Fills the tables of one program's database with the facts of chunks, one chunk after the other."""

    def __init__(self, columnar: Columnar, options: Options, folder: Path) -> None:
        self.columnar = columnar
        self.options = options
        self.tables = FactsTables(columnar, options)
        self.is_grouped = False
        self._one_pass = OnePass(self.tables)
        self._apart = Apart(self.tables)
        self._mended = folder / "mended"
        self._broken: list[int] = []

    @property
    def kinds(self) -> list[str]:
        """The kinds of which the chunk may have facts."""
        return self.tables.kinds

    @property
    def is_counted(self) -> bool:
        """Whether the chunk was read in one pass, with all its quotes accounted for."""
        return self.tables.chunked.is_counted

    @property
    def has_cases(self) -> bool:
        """Whether a case can have several facts."""
        return not self.tables.is_rows or self.is_grouped

    def load(self, scanned: Scanned) -> None:
        """Read the facts of a chunk and observe them."""
        chunk = scanned.chunk
        self._broken = []
        self.columnar.list_of(UNCLEAR, ROW, "BIGINT", [])
        self._tell(chunk)
        rows = self.options.rows
        is_parquet = chunk.input.format is InputFormat.PARQUET
        self.is_grouped = rows is not None and rows.case in chunk.columns
        chunked = Chunked(
            chunk.input.name if is_parquet else None,
            is_unusual=scanned.is_unusual,
            has_escapes=scanned.has_escapes,
            is_grouped=self.is_grouped,
            keys=None if scanned.sample is None else scanned.sample.keys,
            delimiter=chunk.input.form.delimiter,
        )
        if scanned.sample is not None and chunk.input.format is InputFormat.JSON_LINES:
            self._point_to(self._without_blank_lines(scanned))
            unproved = self._one_pass.read(scanned, scanned.sample, chunked)
            if unproved is not None:
                self._broken = unproved
                return
        self._load_by_keys(scanned, chunked)

    def _load_by_keys(self, scanned: Scanned, chunked: Chunked) -> None:
        """Read the facts of a chunk in a way that takes longer, and takes any rows and lines."""
        chunk = scanned.chunk
        is_csv, is_parquet = (chunk.input.format is one for one in (InputFormat.CSV, InputFormat.PARQUET))
        if is_parquet or (scanned.is_plain and not scanned.has_blank_lines):
            self._point_to(chunk.file)
            try:
                self.tables.load(chunk, chunked)
            except (duckdb.Error, UnicodeDecodeError):  # the latter in place of an error that quotes a line
                if is_parquet:
                    raise
                # some line is no JSON, or some row has too many cells
            else:
                whole = is_parquet or self.tables.seen.rows == scanned.lines
                if is_csv and not whole:  # so some have line breaks in them
                    self.tables.load(chunk, replace(chunked, is_numbered=False))
                if is_csv or whole:
                    self._look_closer(scanned, chunked)
                    return
        mended = [self._good_rows(chunk)] if is_csv else map(_good_line, _lines(chunk.data))
        with writing_temporary(self._mended.parent), self._mended.open("wb") as file:
            file.writelines(mended)
        self._point_to(self._mended)
        chunked = replace(
            chunked,
            is_doubtful=True,
            is_unusual=True,
            has_escapes=True,
            is_numbered=not scanned.has_quotes,
            delimiter=",",
        )
        self.tables.load(chunk, chunked)
        self._look_closer(scanned, chunked)

    def unsound_rows(self) -> set[int]:
        """The rows of the chunk that are not plainly good."""
        query = sql.select([sql.column(ROW)], sql.table(self.tables.table))
        is_unsound = sql.negation(sql.is_true(sql.column(SOUND)))
        return {row for (row,) in self.tables.run("unsound rows", lambda: query.where(is_unsound, copy=False))}

    def load_grouped(self, scanned: Scanned, unclear: set[int]) -> None:
        """Read the chunk once more, with rows of which several can be of one case, some of them for another program."""
        if self.is_counted:
            chunked = replace(self.tables.chunked, is_counted=False, has_escapes=scanned.has_escapes, as_written=None)
            self._broken = []
            self._load_by_keys(scanned, chunked)
        self.columnar.list_of(UNCLEAR, ROW, "BIGINT", sorted(unclear))
        self.is_grouped = True
        self.tables.load(scanned.chunk, replace(self.tables.chunked, is_grouped=True, keys=None))

    def _without_blank_lines(self, scanned: Scanned) -> Path | None:
        """Return the file of a chunk, or a copy in which something stands in each blank line, as DuckDB skips these."""
        if not scanned.has_blank_lines:
            return scanned.chunk.file
        data = b"\n" + scanned.chunk.data
        for blank in (b"\n\n", b"\n\r\n") * 2:
            data = data.replace(blank, b"\n" + _PLACEHOLDER)
        with writing_temporary(self._mended.parent):
            self._mended.write_bytes(data[1:])
        return self._mended

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

    def _look_closer(self, scanned: Scanned, chunked: Chunked) -> None:
        """Read JSON lines once more where some of them name the case that they are of, or have keys of their own."""
        rows, chunk = self.options.rows, scanned.chunk
        if chunk.input.format is not InputFormat.JSON_LINES:
            return
        unsound = sum(one.unsound for one in self.tables.all_seen)
        self.is_grouped = unsound > 0 and rows is not None and may_name(rows.case, [chunk.data])
        if self.is_grouped or (chunked.keys is not None and are_many(unsound, scanned)):
            self.tables.load(chunk, replace(chunked, is_grouped=self.is_grouped, keys=None))

    def _good_rows(self, chunk: Spooled) -> bytes:
        """The rows of a chunk as DuckDB reads them, an empty one for each that is not good."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        data, header = chunk.data.decode("utf-8", "surrogateescape"), chunk.columns
        delimiter = chunk.input.form.delimiter
        rows = read_csv_rows(data, chunk.input.name, chunk.start.line, len(header), delimiter)
        for number, row in enumerate(rows, start=1):
            cells = [cell for cell, _, _, _ in row.cells]
            is_good = row.wrong is None and cells and not any(_NOT_FOR_DUCKDB.search(cell) for cell in cells)
            if not is_good:
                self._broken.append(number)
            writer.writerow(cells if is_good else [""] * len(header))
        return text.getvalue().encode()

    def days(self) -> list[date]:
        """The days on which the cases of the chunk are judged."""
        if (day := self._only_day()) is not None:
            return [day]
        query = sql.select([sql.column(AS_OF)], sql.table(self.tables.table)).distinct(copy=False)
        return sorted(day for (day,) in self.tables.run("days", lambda: query))

    def apart(self, days: Sequence[date] | None) -> dict[int, tuple[int, int]]:
        """The cases that are to be read by themselves: the first and the last row of each.

        Of the results those remain that are judged on these days, all of them if none are given.
        """
        if days is not None:
            self.columnar.restrict(self.kinds, days)
        return self._apart.find(self.is_grouped, self._broken, days)

    def evaluated_rows(self, has_apart: bool) -> int:
        """How many rows of the chunk are of cases that are evaluated in columns."""
        query = sql.select([exp.Count(this=exp.Star())], sql.table(self.tables.table))
        apart = sql.select([sql.column(CASE)], sql.table(SET_APART))
        if has_apart:
            query = query.where(sql.negation(sql.is_in(sql.column(CASE), apart)), copy=False)
        ((number,),) = self.tables.run(("evaluated rows", self.tables.table, has_apart), lambda: query)
        return int(number)

    def _only_day(self) -> date | None:
        seen = self.tables.seen
        return seen.first if seen.first == seen.last else None

    def judged_days(self, days: Sequence[date] | None, has_apart: bool) -> list[date]:
        """The days, all or those among some, on which cases are judged that are not set apart."""
        if days is None and not has_apart and (day := self._only_day()) is not None:
            return [day]
        apart = sql.select([sql.column(CASE)], sql.table(SET_APART))
        others = sql.negation(sql.is_in(sql.column(CASE), apart))
        query = sql.select([sql.column(AS_OF)], sql.table(self.tables.table)).where(others, copy=False)
        found = self.tables.run(("judged days", self.tables.table), lambda: query.distinct(copy=False))
        return sorted(day for (day,) in found)


def _lines(data: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        yield data[start:end]
        start = end + 1


def _good_line(line: bytes) -> bytes:
    """A line as DuckDB reads it, with its end: itself, or one that stands for a line that DuckDB is not given."""
    line = line.removesuffix(b"\r")
    if not line.strip() or len(line) > MAXIMUM_LINE or _ODD_LINE.search(line):
        return _PLACEHOLDER
    try:
        line.decode()
    except UnicodeDecodeError:
        return _PLACEHOLDER
    return line + b"\n"
