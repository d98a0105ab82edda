"""Reading JSON in one pass, where all the quotes of a chunk turn out to be accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import duckdb
from sqlglot import exp

from rulewright.batch.facts import QUOTES, Chunked
from rulewright.batch.facts_tables import FactsTables, are_many
from rulewright.batch.rows import may_name
from rulewright.batch.scanning import Sample, Scanned
from rulewright.model.values import FieldType
from rulewright.observe import sql
from rulewright.observe.columns import CASE

#: After so many chunks that could not be read in one pass it is not tried again.
_TRIED = 2
#: The table of the cases whose quotes are not counted.
_UNSOUND = "unsound_cases"


class OnePass:
    """Reads chunks in one pass, until too many one after the other could not be."""

    def __init__(self, tables: FactsTables) -> None:
        self.tables = tables
        #: How many chunks one after the other could not be read in one pass; whether the keys vary, and the texts.
        self._failures = 0
        self._wants_all_keys = self._wants_quotes = False

    def read(self, scanned: Scanned, sample: Sample, chunked: Chunked) -> bool:
        """Read a chunk in one pass; whether nothing turned out to be left out or converted by that."""
        if scanned.has_escapes or sample.lists & sample.objects or self._failures >= _TRIED:
            return False
        counted = replace(chunked, is_counted=True, single=sample.objects if not self.tables.is_rows else frozenset())
        try:
            for way in self._ways(counted, sample):
                self.tables.load(scanned.chunk, way)
                unsound = sum(one.unsound for one in self.tables.all_seen)
                if way.as_written is not None and are_many(unsound, scanned):
                    self._wants_quotes = True  # some texts begin like something else, which the first ones did not
                    continue
                if self.tables.seen.rows == scanned.lines and self._is_accounted_for(scanned, way.keys):
                    self._failures = 0
                    return True
                if way.keys is not None:
                    self._wants_all_keys = True  # some line has a key that the first ones did not have
        except (duckdb.Error, UnicodeDecodeError):  # some line is no such object
            pass
        self._failures += 1
        return False

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

    def _is_accounted_for(self, scanned: Scanned, keys: frozenset[str] | None) -> bool:
        """Whether all quotes of the chunk stand around what was taken, but for cases that are read by themselves."""
        tables, rows = self.tables, self.tables.options.rows
        if scanned.is_maybe_rounded and self._reads_decimals(keys):
            return False
        if not any(one.unsound for one in tables.all_seen):
            return scanned.quotes == sum(one.quotes for one in tables.all_seen)
        unsound = {
            case for name in tables.names for (case,) in tables.run(("unsound", name), partial(tables.unsound, name))
        }
        if are_many(len(unsound), scanned):
            return False
        lines = scanned.chunk.data.split(b"\n")
        apart = b"\n".join(lines[case - 1] for case in unsound)
        if rows is not None and may_name(rows.case, apart):
            return False
        tables.columnar.list_of(_UNSOUND, CASE, "BIGINT", sorted(unsound))
        sums = (tables.run(("quotes", name), partial(_quotes, name))[0][0] for name in tables.names)
        return scanned.quotes - apart.count(b'"') == sum(number or 0 for number in sums)

    def _reads_decimals(self, keys: frozenset[str] | None) -> bool:
        kinds = self.tables.columnar.rulebook.kinds
        return any(
            field.type is FieldType.DECIMAL and field.may_be_given and (keys is None or field.name in keys)
            for kind in self.tables.kinds
            for field in kinds[kind].fields.values()
        )


def _quotes(table: str) -> exp.Select:
    """How many quotes were counted in a table, but for the cases of which something is not sound."""
    others = sql.select([sql.column(CASE)], sql.table(_UNSOUND))
    query = sql.select([sql.function("SUM", sql.column(QUOTES))], sql.table(table))
    return query.where(sql.negation(sql.is_in(sql.column(CASE), others)), copy=False)
