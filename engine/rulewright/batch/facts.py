"""The facts of a chunk as tables: what is plainly good is typed in SQL, and whatever is not is marked.

A mark (`sound` is false) does not say that a case is wrong, only that it has to be read value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlglot import exp

from rulewright.batch.rows import AS_OF, CASE, REF, Rows
from rulewright.batch.typing import (
    FROM_CELL,
    FROM_COLUMN,
    FROM_JSON,
    LONG_NUMBER,
    Typing,
    cell_name,
    date_of,
    json_name,
    json_text,
)
from rulewright.model.rulebook import Field, Kind, Rulebook
from rulewright.model.values import MAXIMUM_TEXT, FieldType
from rulewright.observe import sql
from rulewright.observe.columns import AS_OF as AS_OF_COLUMN
from rulewright.observe.columns import CASE as CASE_COLUMN
from rulewright.observe.columns import REF as REF_COLUMN
from rulewright.observe.columns import ROW, listed_column
from rulewright.observe.plan import Base
from rulewright.observe.sql import Sql

#: Whether a fact is plainly good, and the name of its case, beside what the observation reads.
SOUND, NAME = "sound", "case_name"
#: What rows name as their case, while they are being grouped by it.
GROUP = "case_group"
#: The table of the cases of a chunk, where they are not the rows themselves.
CASES, LINES, PARSED = "cases", "lines", "parsed"

_DELIMITER = "\x01"
_Arguments: TypeAlias = "Mapping[str, str | bool | int]"
_DATE = Field("as_of", FieldType.DATE, "as_of")


#: The variables of the database that tell of a chunk: what cases without a name are called, behind which line it
#: begins, and the day of cases without a date.
STEM, LINES_BEFORE, DAY = "stem", "lines_before", "day"
#: The same of a Parquet file: its first row, and the one behind its last.
FIRST_ROW, END_ROW = "first_row", "end_row"


@dataclass(frozen=True, slots=True)
class Chunked:
    """What the statements that read a chunk depend on, beside the variables that tell of it.

    `path` is the Parquet file that holds it, none where the variable `file` names it. `is_unusual` says that there are
    characters beyond plain ASCII, `is_doubtful` that some line may be no JSON, `is_grouped` that rows may name the case
    that they are of, `is_numbered` that each row is a line. `keys` are all keys that are looked for in JSON, where not
    all that are known are.
    """

    path: str | None
    is_unusual: bool = False
    is_doubtful: bool = False
    is_grouped: bool = False
    is_numbered: bool = True
    keys: frozenset[str] | None = None


def _variable(name: str, type_: str) -> Sql:
    return sql.cast(sql.function("GETVARIABLE", sql.string(name)), type_)


_DEFAULT_DATE = _variable(DAY, "DATE")


def _numbered_name() -> Sql:
    line = sql.binary(exp.Add, sql.column(ROW), _variable(LINES_BEFORE, "BIGINT"))
    return sql.function("CONCAT", _variable(STEM, "VARCHAR"), sql.string("-"), line)


# --- rows of one kind ---------------------------------------------------------------------------------------------


def rows_of_json(chunk: Chunked, rulebook: Rulebook, rows: Rows, base: Base, overriding: bool) -> exp.Select:
    """The facts of JSON lines that are a fact each; with `overriding` no date of theirs counts."""
    kind = rulebook.kinds[rows.kind]
    columns = _looked_for(_known(kind, rows), chunk)
    parsed = _parsed(_lines(chunk), columns, ("line",))
    fields = [field for field in kind.fields.values() if field.may_be_given and field.name in columns]

    def raw(column: str) -> Sql:
        return sql.column(column)

    # a CASE stops at the first branch that holds, where an OR would search each line for everything
    exact = [
        sql.choose(
            (
                sql.negation(sql.function("CONTAINS", sql.coalesce(raw(f"raw_{field.name}"), sql.string("")), _POINT)),
                sql.TRUE,
            ),
            (_written(field.name), sql.TRUE),
            otherwise=sql.negation(sql.function("REGEXP_MATCHES", sql.column("line"), sql.string(LONG_NUMBER))),
        )
        for field in fields
        if field.type is FieldType.DECIMAL
    ]
    return _rows(chunk, rulebook, rows, base, parsed, FROM_JSON, [_has_known_keys(columns), *exact], overriding)


def rows_of_cells(
    chunk: Chunked, rulebook: Rulebook, rows: Rows, base: Base, header: Sequence[str], overriding: bool
) -> exp.Select:
    """The facts of the rows of a CSV file without its header."""
    arguments: dict[str, str | bool | int] = {
        "delim": ",",
        "quote": '"',
        "escape": '"',
        "null_padding": False,
        "nullstr": "",
    }
    cells = [(f"c{number}", f"raw_{column}") for number, column in enumerate(header)]
    source = sql.select(
        [sql.alias(sql.row_number(), ROW), *(sql.alias(sql.column(cell), raw) for cell, raw in cells)],
        _read_csv([cell for cell, _ in cells], arguments),
    )
    return _rows(chunk, rulebook, rows, base, source, FROM_CELL, [], overriding)


def rows_of_columns(
    chunk: Chunked,
    rulebook: Rulebook,
    rows: Rows,
    base: Base,
    header: Sequence[str],
    overriding: bool,
) -> exp.Select:
    """The facts of the rows of a Parquet file that a chunk stands for."""
    first, end = _variable(FIRST_ROW, "BIGINT"), _variable(END_ROW, "BIGINT")
    number = sql.column("file_row_number")
    read = sql.function("READ_PARQUET", sql.string(chunk.path or ""), sql.named("file_row_number", sql.TRUE))
    source = sql.select(
        [
            sql.alias(sql.binary(exp.Add, sql.binary(exp.Sub, number, first), sql.number(1)), ROW),
            *(sql.alias(sql.column(column), f"raw_{column}") for column in header),
        ],
        read,
    )
    low, high = sql.binary(exp.GTE, number, first), sql.binary(exp.LT, number, end)
    source = source.where(sql.all_true([low, high]), copy=False)
    return _rows(chunk, rulebook, rows, base, source, FROM_COLUMN, [], overriding)


def _looked_for(names: Iterable[str], chunk: Chunked) -> list[str]:
    """The names among these that are looked for: those that some lines have, if that was looked at."""
    return [name for name in names if chunk.keys is None or name in chunk.keys]


def _known(kind: Kind, rows: Rows) -> list[str]:
    fields = [field.name for field in kind.fields.values() if field.may_be_given]
    return list(dict.fromkeys([rows.ref, rows.case, AS_OF, *fields]))


def _rows(
    chunk: Chunked,
    rulebook: Rulebook,
    rows: Rows,
    base: Base,
    source: exp.Select,
    typing: Typing,
    conditions: Sequence[Sql],
    overriding: bool,
) -> exp.Select:
    """Rows as facts that are a case each, in the columns of the kind's table and the two of a batch."""
    kind = rulebook.kinds[rows.kind]
    there = {part.alias_or_name for part in source.expressions} - {ROW, "line", "keys"}
    fields = {
        field.name: field for field in kind.fields.values() if field.may_be_given and f"raw_{field.name}" in there
    }
    named = {part: f"raw_{column}" for part, column in ((REF, rows.ref), (CASE, rows.case)) if f"raw_{column}" in there}
    dated = f"raw_{AS_OF}" in there
    is_grouped = chunk.is_grouped and CASE in named
    read: list[Sql] = [sql.star()]
    checked: list[Sql] = [sql.star()]
    for name, field in (*fields.items(), *((AS_OF, _DATE) for _ in range(dated))):
        raw = sql.column(f"raw_{name}")
        read.append(sql.alias(typing.read(field, raw), f"read_{name}"))
        checked.append(sql.alias(typing.check(field, raw, sql.column(f"read_{name}")), f"value_{name}"))
    name_of = json_name if typing is FROM_JSON else cell_name
    for part, column in named.items():
        raw = sql.column(column)
        read.append(sql.alias(json_text(raw) if typing is FROM_JSON else sql.cast(raw, "VARCHAR"), f"named_{part}"))
        checked.append(sql.alias(name_of(raw, sql.column(f"named_{part}"), chunk.is_unusual), f"name_{part}"))
    typed = sql.select(checked, sql.subquery(sql.select(read, sql.subquery(source, "r")), "v"))
    sound = [
        *conditions,
        *(_unless_stated(f"raw_{name}", f"value_{name}") for name in fields),
        *(_unless_stated(raw, f"name_{part}") for part, raw in named.items()),
    ]
    if dated:
        sound.append(_unless_stated(f"raw_{AS_OF}", "value_as_of"))
    if not chunk.is_numbered and REF in named:  # what has no name is called by its line
        sound.append(sql.is_not_null(sql.column(f"name_{REF}")))
    if is_grouped:  # a row of a case is called by its place in it, which only the whole case tells
        sound.append(
            sql.any_true([sql.is_null(sql.column(f"raw_{rows.case}")), sql.is_not_null(sql.column(f"name_{REF}"))])
        )
    elif CASE in named and typing is FROM_JSON:  # which rows belong together is not looked at
        sound.append(sql.is_null(sql.column(f"raw_{rows.case}")))
    unnamed = _numbered_name()
    ref = sql.coalesce(sql.column(f"name_{REF}"), unnamed) if REF in named else unnamed
    case_name = sql.coalesce(sql.column(f"name_{CASE}"), ref) if CASE in named else ref
    default = _DEFAULT_DATE
    told: dict[str, Sql] = {
        ROW: sql.column(ROW),
        CASE_COLUMN: sql.column(ROW),
        REF_COLUMN: ref,
        AS_OF_COLUMN: sql.coalesce(sql.column("value_as_of"), default) if dated and not overriding else default,
        SOUND: sql.all_true(sound),
        NAME: case_name,
    }
    if is_grouped:
        told[GROUP] = sql.column(f"raw_{rows.case}")
    return sql.select(
        [
            *(sql.alias(part, column) for column, part in told.items()),
            *_fact_columns(base, kind, set(fields), lambda other: sql.boolean(other == kind.name)),
        ],
        sql.subquery(typed, "t"),
    )


def grouped(rows: exp.Select) -> exp.Select:
    """Rows that name the same case, one after the other, as one case each; a row that names none is one itself."""
    before = sql.window(exp.Lag(this=sql.column(GROUP)))
    named = sql.select([sql.star(), sql.alias(before, "group_before")], sql.subquery(rows, "g"))
    begins = sql.choose(
        (sql.equal(sql.column("group_before"), sql.column(GROUP)), sql.number(0)), otherwise=sql.number(1)
    )
    number = sql.cast(sql.window(exp.Sum(this=begins), running=True), "BIGINT")
    kept = [part.alias_or_name for part in rows.expressions if part.alias_or_name not in (GROUP, CASE_COLUMN)]
    return sql.select([*map(sql.column, kept), sql.alias(number, CASE_COLUMN)], sql.subquery(named, "g"))


# --- cases of several kinds, a line each --------------------------------------------------------------------------


def cases_of_json(chunk: Chunked, rulebook: Rulebook, overriding: bool) -> exp.Select:
    """The cases of JSON lines: name, date, and what each states of each kind, as JSON."""
    columns = [CASE, AS_OF, *rulebook.kinds]
    parsed = _parsed(_lines(chunk), columns, ("line",))
    decimals = any(
        field.type is FieldType.DECIMAL and field.may_be_given
        for kind in rulebook.kinds.values()
        for field in kind.fields.values()
    )
    read = [sql.alias(json_text(sql.column(f"raw_{part}")), f"read_{part}") for part in (CASE, AS_OF)]
    name = json_name(sql.column(f"raw_{CASE}"), sql.column(f"read_{CASE}"), chunk.is_unusual)
    typed = sql.select(
        [sql.star(), sql.alias(name, "name_case"), sql.alias(date_of(sql.column(f"read_{AS_OF}")), "value_as_of")],
        sql.subquery(sql.select([sql.star(), *read], sql.subquery(parsed, "r")), "v"),
    )
    sound = [
        _has_known_keys(columns),
        _unless_stated(f"raw_{CASE}", "name_case"),
        _unless_stated(f"raw_{AS_OF}", "value_as_of"),
        sql.any_true([sql.is_not_null(sql.column(f"raw_{kind}")) for kind in rulebook.kinds]),
    ]
    if decimals:
        sound.append(sql.negation(sql.function("REGEXP_MATCHES", sql.column("line"), sql.string(LONG_NUMBER))))
    default = _DEFAULT_DATE
    return sql.select(
        [
            sql.alias(sql.column(ROW), CASE_COLUMN),
            sql.alias(sql.coalesce(sql.column("name_case"), _numbered_name()), NAME),
            sql.alias(default if overriding else sql.coalesce(sql.column("value_as_of"), default), AS_OF_COLUMN),
            sql.alias(sql.all_true(sound), SOUND),
            *(sql.column(f"raw_{kind}") for kind in rulebook.kinds),
        ],
        sql.subquery(typed, "t"),
    )


def facts_of_cases(chunk: Chunked, rulebook: Rulebook, kind_name: str, base: Base) -> exp.Select:
    """The facts of one kind of the cases that stand in a table."""
    kind = rulebook.kinds[kind_name]
    raw = sql.column(f"raw_{kind_name}")
    listed = sql.function("STARTS_WITH", raw, sql.string("["))
    items = sql.choose(
        (listed, sql.function("JSON_TRANSFORM", raw, sql.string('["JSON"]'))),
        otherwise=sql.function("LIST_VALUE", sql.cast(raw, "JSON")),
    )
    others = list(base.listed)
    found = sql.select(
        [
            sql.column(CASE_COLUMN),
            sql.column(AS_OF_COLUMN),
            sql.alias(listed, "is_listed"),
            sql.alias(items, "items"),
            *(
                sql.alias(sql.is_not_null(sql.column(f"raw_{other}")), column)
                for column, other in zip(others, base.listed.values(), strict=True)
            ),
        ],
        sql.table(CASES),
    ).where(sql.is_not_null(raw), copy=False)
    kept = [CASE_COLUMN, AS_OF_COLUMN, "is_listed", *others]
    unnested = sql.select(
        [
            *map(sql.column, kept),
            sql.alias(sql.function("UNNEST", sql.column("items")), "item"),
            sql.alias(sql.function("GENERATE_SUBSCRIPTS", sql.column("items"), sql.number(1)), "place"),
        ],
        sql.subquery(found, "f"),
    )
    given = {field.name: field for field in kind.fields.values() if field.may_be_given}
    columns = list(dict.fromkeys([REF, *_looked_for(given, chunk)]))
    numbered = sql.select(
        [sql.star(), sql.alias(sql.row_number(), ROW), sql.alias(sql.column("item"), "line")],
        sql.subquery(unnested, "u"),
    )
    parsed = _parsed(numbered, columns, ("item", "place", *kept))
    fields = {name: field for name, field in given.items() if name in columns}
    read: list[Sql] = [sql.star(), sql.alias(json_text(sql.column(f"raw_{REF}")), "named_ref")]
    checked: list[Sql] = [
        sql.star(),
        sql.alias(json_name(sql.column(f"raw_{REF}"), sql.column("named_ref"), chunk.is_unusual), "name_ref"),
    ]
    for name, field in fields.items():
        raw_value = sql.column(f"raw_{name}")
        read.append(sql.alias(FROM_JSON.read(field, raw_value), f"read_{name}"))
        checked.append(sql.alias(FROM_JSON.check(field, raw_value, sql.column(f"read_{name}")), f"value_{name}"))
    typed = sql.select(checked, sql.subquery(sql.select(read, sql.subquery(parsed, "p")), "v"))
    numbered_ref = sql.function("CONCAT", sql.string(f"{kind_name}-"), sql.column("place"))
    default = sql.choose((sql.column("is_listed"), numbered_ref), otherwise=sql.string(kind_name))
    sound = [
        sql.is_not_null(sql.column("item")),
        _has_known_keys(columns),
        _unless_stated(f"raw_{REF}", "name_ref"),
        *(_unless_stated(f"raw_{name}", f"value_{name}") for name in fields),
    ]
    return sql.select(
        [
            sql.column(ROW),
            sql.column(CASE_COLUMN),
            sql.alias(sql.coalesce(sql.column("name_ref"), default), REF_COLUMN),
            sql.column(AS_OF_COLUMN),
            sql.alias(sql.is_true(sql.all_true(sound)), SOUND),
            *_fact_columns(base, kind, set(fields), lambda other: sql.column(listed_column(other))),
        ],
        sql.subquery(typed, "t"),
    )


def same_ref_twice(table: str) -> exp.Select:
    """The cases in which two facts of a kind have one ref."""
    query = sql.select([sql.column(CASE_COLUMN)], sql.table(table))
    repeated = sql.binary(exp.GT, exp.Count(this=exp.Star()), sql.number(1))
    return query.group_by(sql.column(CASE_COLUMN), sql.column(REF_COLUMN), copy=False).having(repeated, copy=False)


def reference_to_nothing(table: str, column: str, target: str) -> exp.Select:
    """The cases in which a fact refers to one that is not there."""
    query = sql.select([sql.column(CASE_COLUMN, "a")], sql.table(table, "a"))
    same = [
        sql.equal(sql.column(CASE_COLUMN, "b"), sql.column(CASE_COLUMN, "a")),
        sql.equal(sql.column(REF_COLUMN, "b"), sql.column(column, "a")),
    ]
    query.set("joins", [exp.Join(this=sql.table(target, "b"), side="ANTI", on=sql.all_true(same))])
    return query.where(sql.is_not_null(sql.column(column, "a")), copy=False)


# --- parts --------------------------------------------------------------------------------------------------------


_POINT = sql.string(".")


def _fact_columns(base: Base, kind: Kind, stated: Iterable[str], is_listed: Callable[[str], Sql]) -> list[Sql]:
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


def _lines(chunk: Chunked) -> exp.Select:
    arguments: dict[str, str | bool | int] = {
        "delim": _DELIMITER,
        "quote": "",
        "escape": "",
        "max_line_size": 8 * 1024 * 1024,
    }
    line: Sql = sql.column("line")
    if chunk.is_doubtful:
        line = sql.choose((sql.function("JSON_VALID", line), line), otherwise=sql.string("[]"))
    return sql.select([sql.alias(sql.row_number(), ROW), sql.alias(line, "line")], _read_csv(["line"], arguments))


def _parsed(lines: exp.Select, columns: Sequence[str], kept: Sequence[str]) -> exp.Select:
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


def _has_known_keys(columns: Sequence[str]) -> Sql:
    """Whether a line is a short object with none but these keys, and none of them twice."""
    is_object = sql.function("STARTS_WITH", sql.column("line"), sql.string("{"))
    is_short = sql.binary(exp.LTE, sql.function("STRLEN", sql.column("line")), sql.number(MAXIMUM_TEXT))
    stated = [sql.cast(sql.is_not_null(sql.column(f"raw_{column}")), "INTEGER") for column in columns]
    keys = sql.column("keys")
    number = sql.function("LEN", keys)
    known = sql.function("LIST_VALUE", *map(sql.string, columns))
    # a key may hold null, which is not stated
    careful = sql.all_true(
        [
            sql.equal(sql.function("LEN", sql.function("LIST_DISTINCT", keys)), number),
            sql.function("LIST_HAS_ALL", known, keys),
        ]
    )
    same = sql.equal(number, sql.balanced(exp.Add, stated))
    return sql.all_true([is_object, is_short, sql.choose((same, sql.TRUE), otherwise=careful)])


def _unless_stated(raw: str, value: str) -> Sql:
    """Whether something that stands in the file has become a value."""
    return sql.any_true([sql.is_null(sql.column(raw)), sql.is_not_null(sql.column(value))])


def _written(field: str) -> Sql:
    """Whether a number stands in the line just as it was taken, as `json.dumps` writes it."""
    start = sql.string(f'"{field}": ')
    return sql.function(
        "CONTAINS", sql.column("line"), sql.function("CONCAT", start, sql.column(f"raw_{field}"), sql.string(","))
    )


def _read_csv(columns: Sequence[str], arguments: _Arguments) -> Sql:
    types = sql.structure({column: sql.string("VARCHAR") for column in columns})
    options = {"header": False, "auto_detect": False, "parallel": False, **arguments}
    return sql.function(
        "READ_CSV",
        _variable("file", "VARCHAR"),
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
