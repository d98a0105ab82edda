"""What facts in rows and facts in cases have in common: how a chunk is read, and when a fact is plainly good.

Whether it is stands in `sound`. That it is not does not say that a case is wrong, only that it has to be read value by
value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlglot import exp

from rulewright.batch.columns import Unknown
from rulewright.model.rulebook import Field, Kind
from rulewright.model.values import MAXIMUM_TEXT, FieldType
from rulewright.observe import sql
from rulewright.observe.columns import ROW
from rulewright.observe.plan import Base
from rulewright.observe.sql import Sql

#: Whether a fact is plainly good, and the name of its case, beside what the observation reads.
SOUND, NAME = "sound", "case_name"
#: How many quotes of the file stand around what was taken from it, where that is counted.
QUOTES = "quotes"

#: What rows name as their case, while they are being grouped by it.
GROUP = "case_group"
#: The table of the rows that another program does not take for sound, while rows are being grouped.
UNCLEAR = "unclear_rows"

#: The table of the cases of a chunk, where they are not the rows themselves.
CASES, LINES, PARSED = "cases", "lines", "parsed"

_DELIMITER = "\x01"

Arguments: TypeAlias = "Mapping[str, str | bool | int]"

DATE_FIELD = Field("as_of", FieldType.DATE, "as_of")

#: The variables of the database that tell of a chunk: what cases without a name are called, behind which line it
#: begins, and the day of cases without a date.
STEM, LINES_BEFORE, DAY = "stem", "lines_before", "day"

#: The same of a Parquet file: its first row, and the one behind its last.
FIRST_ROW, END_ROW = "first_row", "end_row"


@dataclass(frozen=True, slots=True)
class Chunked:
    """What the statements that read a chunk depend on, beside the variables that tell of it.

    `path` is the Parquet file that holds it, none where the variable `file` names it. `is_unusual` says that there are
    characters beyond plain ASCII, `has_escapes` that some may be escaped, `is_doubtful` that some line may be no JSON,
    `is_grouped` that rows may name the case that they are of, `is_numbered` that each row is a line. `keys` are all
    keys that are looked for in JSON, where not all that are known are. `is_counted` says that the quotes will be
    counted, and that all kinds stand in lists but those of which one fact stands by itself, `single`; the texts of keys
    in `as_written` are read with their quotes then, those of all keys where it is none. `delimiter` separates the cells
    of a CSV file.
    """

    path: str | None
    is_unusual: bool = False
    has_escapes: bool = False
    is_doubtful: bool = False
    is_grouped: bool = False
    is_numbered: bool = True
    keys: frozenset[str] | None = None
    is_counted: bool = False
    single: frozenset[str] = frozenset()
    as_written: frozenset[str] | None = None
    delimiter: str = ","


def variable(name: str, type_: str) -> Sql:
    """A variable that tells of a chunk."""
    return sql.cast(sql.function("GETVARIABLE", sql.string(name)), type_)


DEFAULT_DATE = variable(DAY, "DATE")


def numbered_name() -> Sql:
    """What a case without a name is called: by its file and its line."""
    line = sql.binary(exp.Add, sql.column(ROW), variable(LINES_BEFORE, "BIGINT"))
    return sql.function("CONCAT", variable(STEM, "VARCHAR"), sql.string("-"), line)


def looked_for(names: Sequence[str], chunk: Chunked) -> list[str]:
    """The names among these that are looked for: those that some lines have, if that was looked at; one at least."""
    return [name for name in names if chunk.keys is None or name in chunk.keys] or list(names[:1])


POINT = sql.string(".")


def fact_columns(base: Base, kind: Kind, stated: Iterable[str], is_listed: Callable[[str], Sql]) -> list[Sql]:
    """The columns of a kind's table: the values, and which kinds the case lists."""
    columns: list[Sql] = []
    there = set(stated)
    for column in base.table.types:
        field = base.fields.get(column)
        if field is not None and field in kind.fields:
            value = sql.column(f"value_{field}") if field in there else sql.cast(sql.NULL, base.table.types[column])
            columns.append(sql.alias(value, column))
        elif column in base.listed:
            columns.append(sql.alias(is_listed(base.listed[column]), column))
        elif field is not None:  # the verdict of a kind that no requirement is about
            columns.append(sql.alias(sql.string("not_applicable"), column))
    return columns


def lines_of(chunk: Chunked) -> exp.Select:
    """The lines of a chunk, numbered."""
    arguments: dict[str, str | bool | int] = {
        "delim": _DELIMITER,
        "quote": "",
        "escape": "",
        "max_line_size": 8 * 1024 * 1024,
    }
    line: Sql = sql.column("line")
    if chunk.is_doubtful:
        line = sql.choose((sql.function("JSON_VALID", line), line), otherwise=sql.string("[]"))
    return sql.select([sql.alias(sql.row_number(), ROW), sql.alias(line, "line")], read_csv(chunk, ["line"], arguments))


def parsed_objects(lines: exp.Select, columns: Sequence[str], kept: Sequence[str]) -> exp.Select:
    """JSON objects with what each of some keys holds, as JSON, and all their keys."""
    shape = "{" + ",".join(f'"{column}":"JSON"' for column in columns) + "}"
    line = sql.column("line")
    found = sql.select(
        [
            *(sql.column(column) for column in dict.fromkeys([ROW, *kept, "line"])),
            sql.alias(sql.function("JSON_KEYS", line), "keys"),
            sql.alias(sql.function("JSON_TRANSFORM", line, sql.string(shape)), "parts"),
        ],
        sql.subquery(lines, "l"),
    )

    def part(column: str) -> Sql:
        return sql.cast(sql.function("STRUCT_EXTRACT", sql.column("parts"), sql.string(column)), "VARCHAR")

    return sql.select(
        [
            *(sql.column(column) for column in dict.fromkeys([ROW, *kept, "line"])),
            sql.column("keys"),
            *(sql.alias(part(column), f"raw_{column}") for column in columns),
        ],
        sql.subquery(found, "f"),
    )


def plain_objects(columns: Sequence[str], pairs: Mapping[str, str], unknown: Unknown = Unknown.REJECT) -> list[Sql]:
    """Whether a line is an object with none but these keys, none of them twice, all of whose parts become values.

    Other keys do not matter where unknown ones are not rejected.

    It is where there are as many values as keys; where there are not, a key may still hold null, which is not stated.
    """
    is_object = sql.function("STARTS_WITH", sql.column("line"), sql.string("{"))
    keys = sql.column("keys")
    number = sql.function("LEN", keys)
    known = sql.function("LIST_VALUE", *map(sql.string, columns))
    careful = sql.all_true(
        [
            sql.equal(sql.function("LEN", sql.function("LIST_DISTINCT", keys)), number),
            *([sql.function("LIST_HAS_ALL", known, keys)] if unknown is Unknown.REJECT else []),
            *all_become_values(pairs),
        ]
    )
    values = [sql.cast(sql.is_not_null(sql.column(value)), "INTEGER") for value in pairs.values()]
    same = sql.equal(number, sql.balanced(exp.Add, values))
    return [is_object, sql.choose((same, sql.TRUE), otherwise=careful)]


def is_short() -> Sql:
    """Whether no text in a line can be longer than a text may be."""
    return sql.binary(exp.LTE, sql.function("STRLEN", sql.column("line")), sql.number(MAXIMUM_TEXT))


def all_become_values(pairs: Mapping[str, str]) -> list[Sql]:
    """Whether all that stands in the file has become values."""
    return [_unless_stated(raw, value) for raw, value in pairs.items()]


def _unless_stated(raw: str, value: str) -> Sql:
    """Whether something that stands in the file has become a value."""
    return sql.any_true([sql.is_null(sql.column(raw)), sql.is_not_null(sql.column(value))])


def read_csv(chunk: Chunked, columns: Sequence[str], arguments: Arguments) -> Sql:
    """The cells of the rows of a chunk, each a text."""
    types = sql.structure({column: sql.string("VARCHAR") for column in columns})
    options = {"header": False, "auto_detect": False, "parallel": False, **arguments}
    if chunk.is_doubtful:  # and then written with these ends, which DuckDB would look for in cells, too
        options["new_line"] = r"\n"
    return sql.function(
        "READ_CSV",
        variable("file", "VARCHAR"),
        sql.named("columns", types),
        *(sql.named(name, _constant(value)) for name, value in options.items()),
    )


def _constant(value: str | bool | int) -> Sql:
    if isinstance(value, bool):
        return sql.boolean(value)
    return sql.number(value) if isinstance(value, int) else sql.string(value)


def empty_facts(base: Base) -> exp.Select:
    """No facts, in the columns of a kind's table."""
    return sql.nothing(base.table.types)
