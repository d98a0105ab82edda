"""The ways to read a chunk in columns, and the columns of all tables of facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rulewright.batch.duckdb_sql import name, no_rows, string, structure
from rulewright.batch.field_values import ANY_TEXTS, Texts
from rulewright.model.rulebook import Field, Kind
from rulewright.model.values import FieldType
from rulewright.observe.columns import ROW
from rulewright.observe.plan import Base

#: The columns of the validity of a fact and of its case's name, in addition to the observed columns. The exact path
#: reads facts again that are not certainly valid.
VALID, NAME = "valid", "case_name"
#: The column of the number of quotes around the values that were read, if they are counted.
QUOTES = "quotes"
#: The column of the case name in a row, during grouping.
GROUP = "case_group"
#: The table of the rows that are invalid for another program, during grouping.
UNCLEAR = "unclear_rows"
#: The table of the cases of a chunk, unless each row is a case.
CASES = "cases"

DATE_FIELD = Field("as_of", FieldType.DATE, "as_of")

#: The variables of the database that describe a chunk: its file, the default name of cases, the number of lines before
#: it, and the default date of cases. For Parquet, there are also its first row and the row after its last.
FILE, STEM, LINES_BEFORE, DAY = "file", "stem", "lines_before", "day"
FIRST_ROW, END_ROW = "first_row", "end_row"
VARIABLES = {
    FILE: "VARCHAR",
    STEM: "VARCHAR",
    LINES_BEFORE: "BIGINT",
    DAY: "DATE",
    FIRST_ROW: "BIGINT",
    END_ROW: "BIGINT",
}


@dataclass(frozen=True, slots=True)
class ByQuotes:
    """The way to read JSON if lines are proved by the number of their quotes: see `counted_json`.

    `keys` are the keys to read; None means all known keys. The kinds in `single` have one fact outside of a list; all
    other kinds have lists. The texts of the keys in `written` are read with their quotes; None means all keys.
    `has_long_texts` is true if a text may exceed the maximum length.
    """

    keys: frozenset[str] | None = None
    single: frozenset[str] = frozenset()
    written: frozenset[str] | None = frozenset()
    has_long_texts: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The choices that determine the statements for reading a chunk, besides the variables that describe it.

    `path` is the Parquet file of the chunk; None if the variable `file` names the file. `is_grouped` is true if rows
    may name their case, `is_numbered` if each row is one line. JSON lines are proved `by_quotes`, or by their keys if
    it is None. `delimiter` separates the cells of a CSV file. `is_rewritten` is true for a rewritten copy of a CSV
    file.
    """

    path: str | None = None
    texts: Texts = ANY_TEXTS
    is_grouped: bool = False
    is_numbered: bool = True
    by_quotes: ByQuotes | None = None
    delimiter: str = ","
    is_rewritten: bool = False

    @property
    def keys(self) -> frozenset[str] | None:
        """Return the keys to read in JSON; None for all known keys."""
        return None if self.by_quotes is None else self.by_quotes.keys

    @property
    def single(self) -> frozenset[str]:
        """Return the kinds that certainly have one fact outside of a list."""
        return frozenset() if self.by_quotes is None else self.by_quotes.single


def variable(text: str) -> str:
    """Return the expression for a variable that describes a chunk."""
    return f"CAST(GETVARIABLE({string(text)}) AS {VARIABLES[text]})"


def numbered_name() -> str:
    """Return the default name of a case: its file and its line."""
    return f"CONCAT({variable(STEM)}, '-', {name(ROW)} + {variable(LINES_BEFORE)})"


def fact_columns(base: Base, kind: Kind, given: Iterable[str], is_listed: Callable[[str], str]) -> dict[str, str]:
    """Return the columns of a kind's table: its values, and flags for the kinds that the case lists."""
    columns: dict[str, str] = {}
    there = set(given)
    for column, type_ in base.table.types.items():
        field = base.fields.get(column)
        if field is not None and field in kind.fields:
            columns[column] = name(f"value_{field}") if field in there else f"CAST(NULL AS {type_})"
        elif column in base.listed:
            columns[column] = is_listed(base.listed[column])
        elif field is not None:  # the verdict of a kind without requirements
            columns[column] = "'not_applicable'"
    return columns


def all_become_values(pairs: Mapping[str, str]) -> list[str]:
    """Return the conditions that no non-null raw value in `pairs` became a null value."""
    return [f"({name(raw)} IS NULL OR {name(value)} IS NOT NULL)" for raw, value in pairs.items()]


def read_csv(columns: Sequence[str], reading: Reading) -> str:
    """Return the SQL source of the cells of a chunk, each as text."""
    arguments = {
        "columns": structure(dict.fromkeys(columns, "'VARCHAR'")),
        "header": "FALSE",
        "auto_detect": "FALSE",
        "parallel": "FALSE",
        "delim": string(reading.delimiter),
        "quote": "'\"'",
        "escape": "'\"'",
        "null_padding": "FALSE",
        "nullstr": "''",
    }
    if reading.is_rewritten:  # otherwise DuckDB also searches cells for line ends to detect them
        arguments["new_line"] = "'\\n'"
    return f"READ_CSV({variable(FILE)}, {', '.join(f'{key} = {part}' for key, part in arguments.items())})"


def empty_facts(base: Base) -> str:
    """Return a query without rows, with the columns of a kind's table."""
    return no_rows(base.table.types)
