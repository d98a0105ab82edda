"""The fast path for JSON Lines: a chunk is read in columns, and each line is proved to be read completely.

Unproved lines go to the exact path, so that they do not slow down the others. `json_columns` describes the proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from rulewright.batch.chunks import MAXIMUM_LINE
from rulewright.batch.duckdb_sql import name
from rulewright.batch.facts_tables import FactsTables
from rulewright.batch.line_index import LineIndex, index_lines
from rulewright.batch.reading import QUOTES, VALID, ByQuotes, Reading
from rulewright.batch.rows import may_name
from rulewright.batch.scanning import Sample, Scanned
from rulewright.batch.storage import writing_temporary
from rulewright.model.values import FieldType
from rulewright.observe.columns import CASE

#: The number of consecutive chunks without proof by quotes after which the loader stops trying it.
_TRIED = 2
#: The maximum number of lines for the exact path, as a number or one in this many, before another way is tried.
_FEW = 50
#: If more than one line in this many is unproved, the next chunk is read by all keys.
_RARE = 300
#: The replacement of a line withheld from DuckDB: it is not an object, so the exact path reads the line.
_PLACEHOLDER = b"[]"
_SPACES = re.compile(rb"^[ \t\r]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LoadedLines:
    """The lines for the exact path that the fast path considers valid, and whether rows name cases."""

    unproved: list[int]
    is_grouped: bool = False


class JsonLoader:
    """Loads chunks of JSON Lines one after another, and adapts the way of reading to the chunks before."""

    def __init__(self, tables: FactsTables, folder: Path) -> None:
        self.tables = tables
        self._rewritten = folder / "rewritten.jsonl"
        #: The number of consecutive chunks without proof by quotes; then flags for varying keys and varying texts.
        self._failures = 0
        self._wants_all_keys = self._wants_quotes = False

    def load(self, scanned: Scanned, reading: Reading) -> LoadedLines | None:
        """Read a chunk and observe its facts; return None if only the exact path can read it."""
        self._point_to(self._file_for_duckdb(scanned))
        for load in (self._load_by_quotes, self._load_by_keys):
            try:
                loaded = load(scanned, reading)
            except (duckdb.Error, UnicodeDecodeError):  # raised for an error message with undecodable text
                continue
            if loaded is not None:
                return loaded
        return None

    def load_grouped(self, scanned: Scanned, reading: Reading) -> LoadedLines:
        """Read a chunk again by the keys of its lines, with rows grouped into cases."""
        return self._read_by_keys(scanned, reading, is_grouped=True)

    # --- by quotes ---

    def _load_by_quotes(self, scanned: Scanned, reading: Reading) -> LoadedLines | None:
        """Load a chunk by quotes; return None if many lines are unproved or rows may name cases."""
        sample, rows = scanned.sample, self.tables.options.rows
        if sample is None or self._failures >= _TRIED or (rows is not None and rows.case in sample.keys):
            return None
        self._failures += 1
        for way in self._ways(scanned, sample):
            self.tables.load(scanned.chunk, replace(reading, by_quotes=way))
            if not self._has_all_rows(scanned):
                break
            unproved = self._unproved(scanned, way)
            if unproved is not None:
                self._failures = 0
                # this many lines suggest a key that the sampled lines do not have
                self._wants_all_keys = self._wants_all_keys or len(unproved) * _RARE > scanned.lines
                return LoadedLines(unproved)
            self._wants_quotes = self._wants_quotes or way.written is not None
            self._wants_all_keys = self._wants_all_keys or way.keys is not None
        return None

    def _ways(self, scanned: Scanned, sample: Sample) -> Iterator[ByQuotes]:
        """Yield the ways to read a chunk: by the sampled keys, then by all keys and with all quotes."""
        single = frozenset() if self.tables.is_rows else sample.objects
        keys = None if self._wants_all_keys else sample.keys
        written = None if self._wants_quotes else sample.unsure
        yield ByQuotes(keys, single, written, scanned.has_long_lines)
        if keys is not None or written is not None:
            yield ByQuotes(None, single, None, scanned.has_long_lines)

    def _unproved(self, scanned: Scanned, way: ByQuotes) -> list[int] | None:
        tables, rows = self.tables, self.tables.options.rows
        has_long_numbers = scanned.is_maybe_rounded and self._reads_decimals(way.keys)
        has_odd = scanned.has_escapes or not scanned.is_plain
        is_valid = not any(one.invalid for one in tables.all_counts)
        is_proved = scanned.quotes == sum(one.quotes for one in tables.all_counts)
        if is_valid and is_proved and not has_long_numbers and not has_odd:
            return []
        index = self._index(scanned, has_escapes=scanned.has_escapes, has_long_numbers=has_long_numbers)
        quotes, invalid = self._quotes(len(index.ends))
        unproved = index.odd.union((np.flatnonzero(quotes != index.quotes) + 1).tolist())
        exact = unproved | invalid
        if _are_many(len(exact), scanned) or (rows is not None and may_name(rows.case, map(index.line, exact))):
            return None
        return sorted(unproved)

    def _quotes(self, lines: int) -> tuple[npt.NDArray[np.int64], set[int]]:
        """Return the number of counted quotes in each line, and the lines with anything invalid."""
        tables = self.tables
        counted = np.zeros(lines, np.int64)
        invalid: set[int] = set()
        columns = f"{name(CASE)}, {name(QUOTES)}, COALESCE({name(VALID)}, FALSE)"
        for table in tables.names:
            numbers, quotes, valid = tables.columnar.database.arrays(f"SELECT {columns} FROM {name(table)}")
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

    # --- by keys ---

    def _load_by_keys(self, scanned: Scanned, reading: Reading) -> LoadedLines | None:
        rows = self.tables.options.rows
        names_cases = rows is not None and scanned.sample is not None and rows.case in scanned.sample.keys
        loaded = self._read_by_keys(scanned, reading, is_grouped=names_cases)
        if not self._has_all_rows(scanned):
            return None
        if rows is not None and not names_cases and self._may_name_cases(scanned, rows.case, loaded.unproved):
            return self._read_by_keys(scanned, reading, is_grouped=True)
        return loaded

    def _read_by_keys(self, scanned: Scanned, reading: Reading, *, is_grouped: bool) -> LoadedLines:
        self.tables.load(scanned.chunk, replace(reading, by_quotes=None, is_grouped=is_grouped))
        if scanned.is_plain:
            return LoadedLines([], is_grouped)
        index = self._index(scanned, has_escapes=False, has_long_numbers=False)
        return LoadedLines(sorted(index.odd), is_grouped)

    def _may_name_cases(self, scanned: Scanned, key: str, unproved: list[int]) -> bool:
        tables = self.tables
        invalid = {case for (case,) in tables.columnar.database.run(tables.invalid(tables.table))}
        if not invalid and not unproved:
            return False
        index = self._index(scanned, has_escapes=False, has_long_numbers=False)
        return may_name(key, map(index.line, invalid.union(unproved)))

    # --- files ---

    def _point_to(self, file: Path) -> None:
        """Point the statements to this file; they read a variable, so that each is prepared only once."""
        self.tables.columnar.database.run("SET VARIABLE file = ?", [str(file)])

    def _has_all_rows(self, scanned: Scanned) -> bool:
        return self.tables.counts.rows == scanned.lines

    def _index(self, scanned: Scanned, *, has_escapes: bool, has_long_numbers: bool) -> LineIndex:
        assert scanned.chunk.file is not None, "lines are read from a file"
        return index_lines(
            scanned.chunk.file,
            has_escapes=has_escapes,
            has_controls=not scanned.is_plain,
            has_long_numbers=has_long_numbers,
        )

    def _file_for_duckdb(self, scanned: Scanned) -> Path:
        """Return the file of a chunk, or a copy with a placeholder for each line that DuckDB skips or rejects."""
        assert scanned.chunk.file is not None, "lines are read from a file"
        if not (scanned.has_blank_lines or scanned.has_huge_lines):
            return scanned.chunk.file
        data = b"\n" + scanned.chunk.data
        for blank in (b"\n\n", b"\n\r\n") * 2:
            data = data.replace(blank, b"\n" + _PLACEHOLDER + b"\n")
        data = _SPACES.sub(_PLACEHOLDER, data[1:])
        if scanned.has_huge_lines:
            lines = data.split(b"\n")
            data = b"\n".join(line if len(line) <= MAXIMUM_LINE else _PLACEHOLDER for line in lines)
        with writing_temporary(self._rewritten.parent):
            self._rewritten.write_bytes(data)
        return self._rewritten


def _are_many(lines: int, scanned: Scanned) -> bool:
    """Return true if the number of unproved lines makes another way in columns faster."""
    return lines > max(_FEW, scanned.lines // _FEW)
