"""How a chunk is read in columns, and the columns that all tables of facts have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rulewright.batch.duckdb_sql import name, no_rows, string, structure
from rulewright.batch.field_values import ANY_TEXTS, Texts
from rulewright.model.rulebook import Field, Kind
from rulewright.model.values import FieldType
from rulewright.observe.columns import ROW
from rulewright.observe.plan import Base

#: Whether a fact is certainly valid, and the name of its case, beside what the observation reads. A fact that is not
#: certainly valid is read again by the exact path.
VALID, NAME = "valid", "case_name"
#: How many quotes of the file stand around what was taken from it, where that is counted.
QUOTES = "quotes"
#: What rows name as their case, while they are being grouped by it.
GROUP = "case_group"
#: The table of the rows that another program does not take for valid, while rows are being grouped.
UNCLEAR = "unclear_rows"
#: The table of the cases of a chunk, where they are not the rows themselves.
CASES = "cases"

DATE_FIELD = Field("as_of", FieldType.DATE, "as_of")

#: The variables of the database that tell of a chunk: its file, what cases without a name are called, the number of
#: lines before it, the day of cases without a date, and, of a Parquet file, its first row and the one behind its last.
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
    """How JSON is read where each line is proved by the number of its quotes: see `counted_json`.

    `keys` are all keys that are looked for, all known ones where it is none. All kinds stand in lists but those in
    `single`, of which one fact stands by itself. The texts of keys in `written` are read with their quotes, those of
    all keys where it is none. `has_long_texts` says that a text may be longer than a text may be.
    """

    keys: frozenset[str] | None = None
    single: frozenset[str] = frozenset()
    written: frozenset[str] | None = frozenset()
    has_long_texts: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What the statements that read a chunk depend on, beside the variables that tell of it.

    `path` is the Parquet file that holds it, none where the variable `file` names it. `is_grouped` says that rows may
    name the case that they are of, `is_numbered` that each row is a line. JSON lines are proved `by_quotes`, or by
    their keys where it is none. `delimiter` separates the cells of a CSV file, which may have been rewritten.
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
        """Return all keys that are looked for in JSON; none where all that are known are."""
        return None if self.by_quotes is None else self.by_quotes.keys

    @property
    def single(self) -> frozenset[str]:
        """Return the kinds of which one fact stands by itself, where that is certain."""
        return frozenset() if self.by_quotes is None else self.by_quotes.single


def variable(text: str) -> str:
    """Return the value of a variable that tells of a chunk."""
    return f"CAST(GETVARIABLE({string(text)}) AS {VARIABLES[text]})"


def numbered_name() -> str:
    """Return the name of a case without one: its file and its line."""
    return f"CONCAT({variable(STEM)}, '-', {name(ROW)} + {variable(LINES_BEFORE)})"


def fact_columns(base: Base, kind: Kind, given: Iterable[str], is_listed: Callable[[str], str]) -> dict[str, str]:
    """Return the columns of a kind's table: the values, and which kinds the case lists."""
    columns: dict[str, str] = {}
    there = set(given)
    for column, type_ in base.table.types.items():
        field = base.fields.get(column)
        if field is not None and field in kind.fields:
            columns[column] = name(f"value_{field}") if field in there else f"CAST(NULL AS {type_})"
        elif column in base.listed:
            columns[column] = is_listed(base.listed[column])
        elif field is not None:  # the verdict of a kind that no requirement is about
            columns[column] = "'not_applicable'"
    return columns


def all_become_values(pairs: Mapping[str, str]) -> list[str]:
    """Return the conditions that all that stands in the file, under `pairs`, has become values."""
    return [f"({name(raw)} IS NULL OR {name(value)} IS NOT NULL)" for raw, value in pairs.items()]


def read_csv(columns: Sequence[str], reading: Reading) -> str:
    """Return the source of the cells of the rows of a chunk, each a text."""
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
    if reading.is_rewritten:  # with these ends, which DuckDB would look for in cells, too
        arguments["new_line"] = "'\\n'"
    return f"READ_CSV({variable(FILE)}, {', '.join(f'{key} = {part}' for key, part in arguments.items())})"


def empty_facts(base: Base) -> str:
    """Return the query of no facts, in the columns of a kind's table."""
    return no_rows(base.table.types)
