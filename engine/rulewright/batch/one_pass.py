"""The fast path for JSON Lines: a chunk is read in one pass, and each line is proved by the number of its quotes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import duckdb
import numpy as np
import numpy.typing as npt
from sqlglot import exp

from rulewright.batch.facts import QUOTES, SOUND, Chunked
from rulewright.batch.facts_tables import FactsTables, are_many
from rulewright.batch.line_index import index_lines
from rulewright.batch.rows import may_name
from rulewright.batch.scanning import Sample, Scanned
from rulewright.model.values import FieldType
from rulewright.observe import sql
from rulewright.observe.columns import CASE

#: After so many chunks that could not be read in one pass it is not tried again.
_TRIED = 2


class OnePass:
    """Reads chunks in one pass, until too many one after the other could not be."""

    def __init__(self, tables: FactsTables) -> None:
        self.tables = tables
        #: How many chunks one after the other could not be read in one pass; whether the keys vary, and the texts.
        self._failures = 0
        self._wants_all_keys = self._wants_quotes = False

    def read(self, scanned: Scanned, sample: Sample, chunked: Chunked) -> list[int] | None:
        """Read a chunk in one pass, and return the lines that the exact path has to read beside those not valid.

        None where these are so many that another way is faster, or some of them may name cases of several lines.
        """
        if self._failures >= _TRIED:
            return None
        single = sample.objects if not self.tables.is_rows else frozenset[str]()
        counted = replace(chunked, is_counted=True, has_escapes=False, single=single)
        try:
            for way in self._ways(counted, sample):
                self.tables.load(scanned.chunk, way)
                if self.tables.seen.rows != scanned.lines:
                    break  # some lines are blank
                unsound = sum(one.unsound for one in self.tables.all_seen)
                if way.as_written is not None and are_many(unsound, scanned):
                    self._wants_quotes = True  # some texts begin like something else, which the first ones did not
                    continue
                unproved = self._unproved(scanned, way.keys)
                if unproved is not None:
                    self._failures = 0
                    return unproved
                if way.keys is not None:
                    self._wants_all_keys = True  # many lines have a key that the sampled ones did not have
        except (duckdb.Error, UnicodeDecodeError):  # a line that is longer than DuckDB takes
            pass
        self._failures += 1
        return None

    def _ways(self, counted: Chunked, sample: Sample) -> Iterator[Chunked]:
        """The ways in which a chunk is read, one after the other, each for what those before may have missed."""
        bare = replace(counted, keys=sample.keys, as_written=sample.unsure)
        if not self._wants_all_keys and not self._wants_quotes:
            yield bare
        if not self._wants_all_keys and self._wants_quotes:
            yield replace(bare, as_written=None)
        if not self._wants_quotes:
            yield replace(bare, keys=None)
        if self._wants_quotes:
            yield replace(counted, keys=None)

    def _unproved(self, scanned: Scanned, keys: frozenset[str] | None) -> list[int] | None:
        """Return the lines of which not all quotes stand around what was taken, or that have something odd."""
        tables, rows = self.tables, self.tables.options.rows
        has_long_numbers = scanned.is_maybe_rounded and self._reads_decimals(keys)
        has_odd = scanned.has_escapes or not scanned.is_plain
        is_valid = not any(one.unsound for one in tables.all_seen)
        is_proved = scanned.quotes == sum(one.quotes for one in tables.all_seen)
        if is_valid and is_proved and not has_long_numbers and not has_odd:
            return []
        assert scanned.chunk.file is not None, "lines are read from a file"
        index = index_lines(scanned.chunk.file, has_odd=has_odd, has_long_numbers=has_long_numbers)
        quotes, invalid = self._quotes(len(index.ends))
        unproved = index.odd.union((np.flatnonzero(quotes != index.quotes) + 1).tolist())
        apart = unproved | invalid
        if are_many(len(apart), scanned):
            return None
        if rows is not None and may_name(rows.case, map(index.line, apart)):
            return None
        return sorted(unproved)

    def _quotes(self, lines: int) -> tuple[npt.NDArray[np.int64], set[int]]:
        """Return the quotes that were counted in each line, and the lines of which something is not valid."""
        tables = self.tables
        counted = np.zeros(lines, np.int64)
        invalid: set[int] = set()
        for name in tables.names:
            query = tables.statement(("quotes", name), partial(_quotes, name))
            numbers, quotes, valid = tables.columnar.database.arrays(query)
            np.add.at(counted, numbers - 1, quotes)
            invalid.update(numbers[~valid.astype(bool)].tolist())
        return counted, invalid

    def _reads_decimals(self, keys: frozenset[str] | None) -> bool:
        kinds = self.tables.columnar.rulebook.kinds
        return any(
            field.type is FieldType.DECIMAL and field.may_be_given and (keys is None or field.name in keys)
            for kind in self.tables.kinds
            for field in kinds[kind].fields.values()
        )


def _quotes(table: str) -> exp.Select:
    """Return the query of the quotes that were counted in a table, and of the cases with something not valid."""
    is_valid = sql.function("COALESCE", sql.column(SOUND), sql.FALSE)
    return sql.select([sql.column(CASE), sql.column(QUOTES), is_valid], sql.table(table))
