"""Facts that are a row each: JSON lines, the rows of CSV and of Parquet files, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from rulewright.batch.columns import Unknown, known_columns
from rulewright.batch.counted import (
    TEXTS,
    all_there,
    is_bare,
    number_there,
    quotes_around,
    read_objects,
    reading_types,
    short_texts,
)
from rulewright.batch.facts import (
    DATE_FIELD,
    DEFAULT_DATE,
    END_ROW,
    FIRST_ROW,
    GROUP,
    NAME,
    POINT,
    QUOTES,
    SOUND,
    UNCLEAR,
    Chunked,
    all_become_values,
    fact_columns,
    is_short,
    lines_of,
    looked_for,
    numbered_name,
    parsed_objects,
    plain_objects,
    read_csv,
    variable,
)
from rulewright.batch.rows import AS_OF, CASE, REF, Rows
from rulewright.batch.typing import (
    FROM_BARE_JSON,
    FROM_CELL,
    FROM_COLUMN,
    FROM_JSON,
    FROM_PLAIN_JSON,
    LONG_NUMBER,
    Typing,
    bare_text,
    cell_name,
    in_order,
    is_stated,
    json_name,
    json_text,
    normal,
)
from rulewright.model.rulebook import Field, Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.observe import sql
from rulewright.observe.columns import AS_OF as AS_OF_COLUMN
from rulewright.observe.columns import CASE as CASE_COLUMN
from rulewright.observe.columns import REF as REF_COLUMN
from rulewright.observe.columns import ROW
from rulewright.observe.plan import Base
from rulewright.observe.sql import Sql

#: The column that tells how many keys of a line have become values.
_NUMBER = "number_there"


def rows_of_json(
    chunk: Chunked, rulebook: Rulebook, rows: Rows, base: Base, overriding: bool, unknown: Unknown
) -> exp.Select:
    """The facts of JSON lines that are a fact each; with `overriding` no date of theirs counts."""
    kind = rulebook.kinds[rows.kind]
    columns = looked_for(known_columns(kind, rows), chunk)
    if chunk.is_counted:
        taken = {name: field for name, field in kind.fields.items() if name not in (rows.ref, rows.case, AS_OF)}
        source = read_objects(reading_types(columns, taken, chunk))
        return _rows(chunk, rulebook, rows, base, source, FROM_PLAIN_JSON, [], overriding, columns)
    parsed = parsed_objects(lines_of(chunk), columns, ("line",))
    fields = [field for field in kind.fields.values() if field.may_be_given and field.name in columns]

    def raw(column: str) -> Sql:
        return sql.column(column)

    # a CASE stops at the first branch that holds, where an OR would search each line for everything
    exact = [
        sql.choose(
            (
                sql.negation(sql.function("CONTAINS", sql.coalesce(raw(f"raw_{field.name}"), sql.string("")), POINT)),
                sql.TRUE,
            ),
            (_written(field.name), sql.TRUE),
            otherwise=sql.negation(sql.function("REGEXP_MATCHES", sql.column("line"), sql.string(LONG_NUMBER))),
        )
        for field in fields
        if field.type is FieldType.DECIMAL
    ]
    typing = FROM_JSON if chunk.has_escapes else FROM_PLAIN_JSON
    conditions = [is_short(), *exact]
    return _rows(chunk, rulebook, rows, base, parsed, typing, conditions, overriding, columns, unknown=unknown)


def rows_of_cells(
    chunk: Chunked,
    rulebook: Rulebook,
    rows: Rows,
    base: Base,
    header: Sequence[str],
    overriding: bool,
    unknown: Unknown,
) -> exp.Select:
    """The facts of the rows of a CSV file without its header."""
    arguments: dict[str, str | bool | int] = {
        "delim": chunk.delimiter,
        "quote": '"',
        "escape": '"',
        "null_padding": False,
        "nullstr": "",
    }
    read, conditions = _columns_read(header, rulebook.kinds[rows.kind], rows, unknown)
    cells = [_cell(number) for number in range(len(header))]
    source = sql.select([sql.alias(sql.row_number(), ROW), *read], read_csv(chunk, cells, arguments))
    return _rows(chunk, rulebook, rows, base, source, FROM_CELL, conditions, overriding)


def rows_of_columns(
    chunk: Chunked,
    rulebook: Rulebook,
    rows: Rows,
    base: Base,
    header: Sequence[str],
    overriding: bool,
    unknown: Unknown,
) -> exp.Select:
    """The facts of the rows of a Parquet file that a chunk stands for."""
    first, end = variable(FIRST_ROW, "BIGINT"), variable(END_ROW, "BIGINT")
    number = sql.column("file_row_number")
    read = sql.function("READ_PARQUET", sql.string(chunk.path or ""), sql.named("file_row_number", sql.TRUE))
    columns, conditions = _columns_read(header, rulebook.kinds[rows.kind], rows, unknown)
    by_place = exp.TableAlias(
        this=exp.to_identifier("p"), columns=[exp.to_identifier(_cell(place)) for place in range(len(header))]
    )
    source = sql.select(
        [sql.alias(sql.binary(exp.Add, sql.binary(exp.Sub, number, first), sql.number(1)), ROW), *columns],
        exp.Table(this=read, alias=by_place),
    )
    low, high = sql.binary(exp.GTE, number, first), sql.binary(exp.LT, number, end)
    source = source.where(sql.all_true([low, high]), copy=False)
    return _rows(chunk, rulebook, rows, base, source, FROM_COLUMN, conditions, overriding)


def _cell(number: int) -> str:
    """The name of the cell at a place: those of the columns may differ in nothing but capital letters."""
    return f"c{number}"


def _columns_read(header: Sequence[str], kind: Kind, rows: Rows, unknown: Unknown) -> tuple[list[Sql], list[Sql]]:
    """The columns that are read, and that nothing stands in those that this edition does not know.

    Another edition may know them. With other choices than to reject them it does not matter what stands there.
    """
    known = known_columns(kind, rows)
    read: list[Sql] = []
    conditions: list[Sql] = []
    for number, column in enumerate(header):
        if column in known:
            read.append(sql.alias(sql.column(_cell(number)), f"raw_{column}"))
        elif unknown is Unknown.REJECT:
            read.append(sql.alias(sql.column(_cell(number)), f"other_{number}"))
            conditions.append(sql.is_null(sql.column(f"other_{number}")))
    return read, conditions


def _rows(
    chunk: Chunked,
    rulebook: Rulebook,
    rows: Rows,
    base: Base,
    source: exp.Select,
    typing: Typing,
    conditions: Sequence[Sql],
    overriding: bool,
    keys: Sequence[str] = (),
    unknown: Unknown = Unknown.REJECT,
) -> exp.Select:
    """Rows as facts that are a case each, in the columns of the kind's table and the two of a batch."""
    kind = rulebook.kinds[rows.kind]
    there = {part.alias_or_name for part in source.expressions} - {ROW, "line", "keys"}
    columns = [field for field in kind.fields.values() if field.may_be_given and f"raw_{field.name}" in there]
    fields = {field.name: field for field in columns if field.name not in (rows.ref, rows.case, AS_OF)}
    is_json = bool(keys)
    named = {part: f"raw_{column}" for part, column in ((REF, rows.ref), (CASE, rows.case)) if f"raw_{column}" in there}
    dated = f"raw_{AS_OF}" in there
    is_grouped = chunk.is_grouped and CASE in named
    read: list[Sql] = [sql.star()]
    checked: list[Sql] = [sql.star()]
    values: dict[str, Sql] = {}
    for name, field in (*fields.items(), *((AS_OF, DATE_FIELD) for _ in range(dated))):
        raw = sql.column(f"raw_{name}")
        own = FROM_BARE_JSON if is_bare(name, field, chunk) else typing
        read.append(sql.alias(own.read(field, raw), f"read_{name}"))
        values[name] = own.check(field, raw, sql.column(f"read_{name}"))
    checked += [sql.alias(value, f"value_{name}") for name, value in in_order(values, kind).items()]
    name_of = json_name if is_json else cell_name
    for part, column in named.items():
        raw = sql.column(column)
        if is_bare(column.removeprefix("raw_"), None, chunk):
            text = bare_text(raw)
        else:
            text = json_text(raw, chunk.has_escapes) if is_json else sql.cast(raw, "VARCHAR")
        read.append(sql.alias(normal(text), f"named_{part}"))
        checked.append(sql.alias(name_of(raw, sql.column(f"named_{part}"), chunk.is_unusual), f"name_{part}"))
    typed = sql.select(checked, sql.subquery(sql.select(read, sql.subquery(source, "r")), "v"))
    pairs = {f"raw_{name}": f"value_{name}" for name in (*fields, *([AS_OF] if dated else ()))}
    pairs |= {raw: f"name_{part}" for part, raw in named.items()}
    quotes: Sql = sql.number(0)
    if chunk.is_counted:
        typed = sql.select([sql.star(), sql.alias(number_there(pairs), _NUMBER)], sql.subquery(typed, "n"))
        texts = [*named.values(), *([f"raw_{AS_OF}"] if dated else ())]
        texts += [f"raw_{name}" for name, field in fields.items() if field.type in TEXTS]
        number = sql.column(_NUMBER)
        sound = [sql.binary(exp.GT, number, sql.number(0)), *short_texts(texts), all_there(number, pairs)]
        quotes = quotes_around(number, pairs, [pairs[raw] for raw in texts])
    else:
        sound = [*conditions, *(plain_objects(keys, pairs, unknown) if is_json else all_become_values(pairs))]
    if fields or any(field.may_be_given for field in kind.fields.values()):
        sound.append(_states_field(fields.values(), is_cell=typing is FROM_CELL))
    if not chunk.is_numbered:  # what has no name is called by its line
        sound.append(sql.is_not_null(sql.column(f"name_{REF}")) if REF in named else sql.FALSE)
    if is_grouped:  # a row of a case is called by its place in it, which only the whole case tells
        has_ref = sql.is_not_null(sql.column(f"name_{REF}")) if REF in named else sql.FALSE
        sound.append(sql.any_true([sql.is_null(sql.column(f"raw_{rows.case}")), has_ref]))
    elif CASE in named and is_json:  # which rows belong together is not looked at
        sound.append(sql.is_null(sql.column(f"raw_{rows.case}")))
    unnamed = numbered_name()
    ref = sql.coalesce(sql.column(f"name_{REF}"), unnamed) if REF in named else unnamed
    case_name = sql.coalesce(sql.column(f"name_{CASE}"), ref) if CASE in named else ref
    default = DEFAULT_DATE
    told: dict[str, Sql] = {
        ROW: sql.column(ROW),
        CASE_COLUMN: sql.column(ROW),
        REF_COLUMN: ref,
        AS_OF_COLUMN: sql.coalesce(sql.column("value_as_of"), default) if dated and not overriding else default,
        SOUND: sql.all_true(sound),
        NAME: case_name,
        QUOTES: sql.cast(quotes, "INTEGER"),
    }
    if is_grouped:
        told[GROUP] = sql.column(f"name_{CASE}")
    return sql.select(
        [
            *(sql.alias(part, column) for column, part in told.items()),
            *fact_columns(base, kind, set(fields), lambda other: sql.boolean(other == kind.name)),
        ],
        sql.subquery(typed, "t"),
    )


def _states_field(fields: Iterable[Field], is_cell: bool) -> Sql:
    """Whether a row states any field: a cell of white space states none."""
    stated: list[Sql] = []
    for field in fields:
        value = sql.column(f"value_{field.name}")
        is_text = is_cell and field.type in (FieldType.TEXT, FieldType.REFERENCE)
        there = sql.is_not_null(value)
        stated.append(sql.all_true([there, is_stated(value)]) if is_text else there)
    return sql.any_true(stated) if stated else sql.FALSE


def grouped(rows: exp.Select) -> exp.Select:
    """Rows that name the same case, one after the other, as one case each, by the number of the first of them.

    A row that names none is one itself. One that is not sound may name any: it is of the case before and of that after
    it, as they are read by themselves then, where they are told apart. Rows in the table of those that are unclear are
    not sound.
    """
    row = sql.column(ROW)
    unclear_rows = sql.select([sql.column(ROW)], sql.table(UNCLEAR))
    is_sound = sql.all_true([sql.column(SOUND), sql.negation(sql.is_in(row, unclear_rows))])
    others = [part.alias_or_name for part in rows.expressions if part.alias_or_name != SOUND]
    rows = sql.select([*map(sql.column, others), sql.alias(is_sound, SOUND)], sql.subquery(rows, "s"))
    before = [
        sql.alias(sql.window(exp.Lag(this=sql.column(column)), order=row), f"{column}_before")
        for column in (GROUP, SOUND)
    ]
    named = sql.select([sql.star(), *before], sql.subquery(rows, "g"))
    same = sql.equal(sql.column(f"{GROUP}_before"), sql.column(GROUP))
    unclear = [sql.negation(sql.is_true(sql.column(column))) for column in (SOUND, f"{SOUND}_before")]
    begins = sql.choose((sql.any_true([same, *unclear]), sql.NULL), otherwise=row)
    first = sql.window(exp.Max(this=begins), running=True, order=row)
    number = sql.coalesce(first, sql.number(1))  # before the first row there is nothing to which it could belong
    kept = [part.alias_or_name for part in rows.expressions if part.alias_or_name not in (GROUP, CASE_COLUMN)]
    return sql.select([*map(sql.column, kept), sql.alias(number, CASE_COLUMN)], sql.subquery(named, "g"))


def _written(field: str) -> Sql:
    """Whether a number stands in the line just as it was taken, as `json.dumps` writes it."""
    start = sql.string(f'"{field}": ')
    return sql.function(
        "CONTAINS", sql.column("line"), sql.function("CONCAT", start, sql.column(f"raw_{field}"), sql.string(","))
    )
