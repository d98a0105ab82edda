"""Facts of cases that are a line of JSON each, kind by kind, as tables."""

from __future__ import annotations

from sqlglot import exp

from rulewright.batch.counted import (
    TEXTS,
    all_there,
    is_bare,
    number_there,
    parts_of,
    quotes_around,
    read_objects,
    reading_types,
    short_texts,
    structure_type,
)
from rulewright.batch.facts import (
    CASES,
    DATE_FIELD,
    DEFAULT_DATE,
    NAME,
    QUOTES,
    SOUND,
    Chunked,
    fact_columns,
    is_short,
    lines_of,
    looked_for,
    numbered_name,
    parsed_objects,
    plain_objects,
)
from rulewright.batch.rows import AS_OF, CASE, REF
from rulewright.batch.typing import (
    FROM_BARE_JSON,
    FROM_JSON,
    FROM_PLAIN_JSON,
    LONG_NUMBER,
    bare_text,
    date_of,
    in_order,
    json_name,
    json_text,
    normal,
)
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType
from rulewright.observe import sql
from rulewright.observe.columns import AS_OF as AS_OF_COLUMN
from rulewright.observe.columns import CASE as CASE_COLUMN
from rulewright.observe.columns import REF as REF_COLUMN
from rulewright.observe.columns import ROW, listed_column
from rulewright.observe.plan import Base
from rulewright.observe.sql import Sql

#: The column that tells how many keys of an object have become values.
_NUMBER = "number_there"


def stated_column_of(kind: str) -> str:
    """The column that tells whether a case states anything of a kind, so that this need not be looked for in it."""
    return f"states_{kind}"


def cases_of_json(chunk: Chunked, rulebook: Rulebook, overriding: bool) -> exp.Select:
    """The cases of JSON lines: name, date, and what each states of each kind, as JSON."""
    columns = [CASE, AS_OF, *rulebook.kinds]
    kinds = list(rulebook.kinds)
    if chunk.is_counted:
        kinds = [kind for kind in kinds if chunk.keys is None or kind in chunk.keys]
        types = reading_types((CASE, AS_OF), {AS_OF: DATE_FIELD}, chunk)
        types |= {kind: structure_type(_types(chunk, rulebook, kind), kind not in chunk.single) for kind in kinds}
        parsed = read_objects(types)
    else:
        parsed = parsed_objects(lines_of(chunk), columns, ("line",))
    decimals = any(
        field.type is FieldType.DECIMAL and field.may_be_given
        for kind in rulebook.kinds.values()
        for field in kind.fields.values()
    )
    texts = {part: json_text(sql.column(f"raw_{part}"), chunk.has_escapes) for part in (CASE, AS_OF)}
    if is_bare(CASE, None, chunk):
        texts[CASE] = bare_text(sql.column(f"raw_{CASE}"))
    if is_bare(AS_OF, DATE_FIELD, chunk):
        texts[AS_OF] = sql.column(f"raw_{AS_OF}")
    read = [sql.alias(normal(text), f"read_{part}") for part, text in texts.items()]
    name = json_name(sql.column(f"raw_{CASE}"), sql.column(f"read_{CASE}"), chunk.is_unusual)
    typed = sql.select(
        [sql.star(), sql.alias(name, "name_case"), sql.alias(date_of(sql.column(f"read_{AS_OF}")), "value_as_of")],
        sql.subquery(sql.select([sql.star(), *read], sql.subquery(parsed, "r")), "v"),
    )
    stated = [sql.is_not_null(sql.column(f"raw_{kind}")) for kind in kinds]
    pairs = {f"raw_{CASE}": "name_case", f"raw_{AS_OF}": "value_as_of"}
    pairs |= {f"raw_{kind}": f"raw_{kind}" for kind in kinds}
    quotes: Sql = sql.number(0)
    if chunk.is_counted:
        number = number_there(pairs)
        sound = [*short_texts([f"raw_{CASE}"]), all_there(number, pairs), sql.any_true(stated)]
        quotes = quotes_around(number, pairs, ["name_case", "value_as_of"])
    else:
        sound = [*plain_objects(columns, pairs), sql.any_true(stated)]
        if decimals:
            sound.append(sql.negation(sql.function("REGEXP_MATCHES", sql.column("line"), sql.string(LONG_NUMBER))))
    default = DEFAULT_DATE
    return sql.select(
        [
            sql.alias(sql.column(ROW), CASE_COLUMN),
            sql.alias(sql.coalesce(sql.column("name_case"), numbered_name()), NAME),
            sql.alias(default if overriding else sql.coalesce(sql.column("value_as_of"), default), AS_OF_COLUMN),
            sql.alias(sql.all_true(sound), SOUND),
            sql.alias(sql.cast(quotes, "INTEGER"), QUOTES),
            *(
                sql.column(f"raw_{kind}") if kind in kinds else sql.alias(sql.cast(sql.NULL, "VARCHAR"), f"raw_{kind}")
                for kind in rulebook.kinds
            ),
            *(
                sql.alias(
                    sql.is_not_null(sql.column(f"raw_{kind}")) if kind in kinds else sql.FALSE, stated_column_of(kind)
                )
                for kind in rulebook.kinds
            ),
        ],
        sql.subquery(typed, "t"),
    )


def _types(chunk: Chunked, rulebook: Rulebook, kind_name: str) -> dict[str, str]:
    """The keys that are looked for in the facts of a kind, and in what types they are read."""
    given = {field.name: field for field in rulebook.kinds[kind_name].fields.values() if field.may_be_given}
    names = list(dict.fromkeys([REF, *looked_for(list(given), chunk)]))
    return reading_types(names, {name: field for name, field in given.items() if name != REF}, chunk)


def facts_of_cases(chunk: Chunked, rulebook: Rulebook, kind_name: str, base: Base) -> exp.Select:
    """The facts of one kind of the cases that stand in a table."""
    kind = rulebook.kinds[kind_name]
    raw = sql.column(f"raw_{kind_name}")
    listed, items = _items(chunk, kind_name, raw)
    others = list(base.listed)
    found = sql.select(
        [
            sql.column(CASE_COLUMN),
            sql.column(AS_OF_COLUMN),
            sql.alias(listed, "is_listed"),
            sql.alias(items, "items"),
            *(
                sql.alias(sql.column(stated_column_of(other)), column)
                for column, other in zip(others, base.listed.values(), strict=True)
            ),
        ],
        sql.table(CASES),
    ).where(sql.is_not_null(raw), copy=False)
    kept = [CASE_COLUMN, AS_OF_COLUMN, "is_listed", *others]
    given = {field.name: field for field in kind.fields.values() if field.may_be_given}
    types = _types(chunk, rulebook, kind_name)
    columns = list(types)
    if kind_name in chunk.single:  # one by itself, which is no list of one
        places = [sql.alias(sql.column("items"), "item"), sql.alias(sql.number(1), "place")]
    else:
        places = [
            sql.alias(sql.function("UNNEST", sql.column("items")), "item"),
            sql.alias(sql.function("GENERATE_SUBSCRIPTS", sql.column("items"), sql.number(1)), "place"),
        ]
    unnested = sql.subquery(sql.select([*map(sql.column, kept), *places], sql.subquery(found, "f")), "u")
    item, number_of_row = sql.column("item"), sql.alias(sql.row_number(), ROW)
    if chunk.is_counted:
        told = [
            number_of_row,
            sql.alias(sql.is_not_null(item), "is_there"),
            sql.column("place"),
            *map(sql.column, kept),
        ]
        parsed = sql.select([*told, *parts_of(item, types)], unnested)
    else:
        numbered = sql.select([sql.star(), number_of_row, sql.alias(item, "line")], unnested)
        parsed = parsed_objects(numbered, columns, ("item", "place", *kept))
    fields = {name: field for name, field in given.items() if name in columns}
    typing = FROM_JSON if chunk.has_escapes else FROM_PLAIN_JSON
    raw_ref = sql.column(f"raw_{REF}")
    named = bare_text(raw_ref) if is_bare(REF, None, chunk) else json_text(raw_ref, chunk.has_escapes)
    read: list[Sql] = [sql.star(), sql.alias(normal(named), "named_ref")]
    checked: list[Sql] = [
        sql.star(),
        sql.alias(json_name(raw_ref, sql.column("named_ref"), chunk.is_unusual), "name_ref"),
    ]
    values: dict[str, Sql] = {}
    for name, field in fields.items():
        raw_value = sql.column(f"raw_{name}")
        own = FROM_BARE_JSON if is_bare(name, field, chunk) else typing
        read.append(sql.alias(own.read(field, raw_value), f"read_{name}"))
        values[name] = own.check(field, raw_value, sql.column(f"read_{name}"))
    checked += [sql.alias(value, f"value_{name}") for name, value in in_order(values, kind).items()]
    typed = sql.select(checked, sql.subquery(sql.select(read, sql.subquery(parsed, "p")), "v"))
    numbered_ref = sql.function("CONCAT", sql.string(f"{kind_name}-"), sql.column("place"))
    default = sql.choose((sql.column("is_listed"), numbered_ref), otherwise=sql.string(kind_name))
    pairs = {f"raw_{REF}": "name_ref", **{f"raw_{name}": f"value_{name}" for name in fields}}
    quotes: Sql = sql.number(0)
    if chunk.is_counted:
        typed = sql.select([sql.star(), sql.alias(number_there(pairs), _NUMBER)], sql.subquery(typed, "n"))
        number = sql.column(_NUMBER)
        texts = [REF, *(name for name, field in fields.items() if field.type in TEXTS)]
        raws = [f"raw_{name}" for name in texts]
        # DuckDB makes an object without any key of what is none
        is_object = sql.binary(exp.GT, number, sql.number(0))
        sound = [sql.column("is_there"), is_object, *short_texts(raws), all_there(number, pairs)]
        quotes = quotes_around(number, pairs, [pairs[raw] for raw in raws])
    else:
        sound = [sql.is_not_null(item), is_short(), *plain_objects(columns, pairs)]
    return sql.select(
        [
            sql.column(ROW),
            sql.column(CASE_COLUMN),
            sql.alias(sql.coalesce(sql.column("name_ref"), default), REF_COLUMN),
            sql.column(AS_OF_COLUMN),
            sql.alias(sql.is_true(sql.all_true(sound)), SOUND),
            sql.alias(sql.cast(quotes, "INTEGER"), QUOTES),
            *fact_columns(base, kind, set(fields), lambda other: sql.column(listed_column(other))),
        ],
        sql.subquery(typed, "t"),
    )


def _items(chunk: Chunked, kind_name: str, raw: Sql) -> tuple[Sql, Sql]:
    """Whether the facts of a kind stand in a list, and what holds them."""
    if chunk.is_counted:
        return sql.boolean(kind_name not in chunk.single), raw
    listed = sql.function("STARTS_WITH", raw, sql.string("["))
    several = sql.function("JSON_TRANSFORM", raw, sql.string('["JSON"]'))
    return listed, sql.choose((listed, several), otherwise=sql.function("LIST_VALUE", sql.cast(raw, "JSON")))


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
