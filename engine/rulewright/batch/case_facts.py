"""Facts of cases that are a line of JSON each, kind by kind, as tables."""

from __future__ import annotations

from sqlglot import exp

from rulewright.batch.facts import (
    CASES,
    DEFAULT_DATE,
    NAME,
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
    FROM_JSON,
    FROM_PLAIN_JSON,
    LONG_NUMBER,
    date_of,
    json_name,
    json_text,
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


def cases_of_json(chunk: Chunked, rulebook: Rulebook, overriding: bool) -> exp.Select:
    """The cases of JSON lines: name, date, and what each states of each kind, as JSON."""
    columns = [CASE, AS_OF, *rulebook.kinds]
    parsed = parsed_objects(lines_of(chunk), columns, ("line",))
    decimals = any(
        field.type is FieldType.DECIMAL and field.may_be_given
        for kind in rulebook.kinds.values()
        for field in kind.fields.values()
    )
    texts = {part: json_text(sql.column(f"raw_{part}"), chunk.is_unusual) for part in (CASE, AS_OF)}
    read = [sql.alias(text, f"read_{part}") for part, text in texts.items()]
    name = json_name(sql.column(f"raw_{CASE}"), sql.column(f"read_{CASE}"), chunk.is_unusual)
    typed = sql.select(
        [sql.star(), sql.alias(name, "name_case"), sql.alias(date_of(sql.column(f"read_{AS_OF}")), "value_as_of")],
        sql.subquery(sql.select([sql.star(), *read], sql.subquery(parsed, "r")), "v"),
    )
    stated = [sql.is_not_null(sql.column(f"raw_{kind}")) for kind in rulebook.kinds]
    pairs = {f"raw_{CASE}": "name_case", f"raw_{AS_OF}": "value_as_of"}
    pairs |= {f"raw_{kind}": f"raw_{kind}" for kind in rulebook.kinds}
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
    columns = list(dict.fromkeys([REF, *looked_for(list(given), chunk)]))
    numbered = sql.select(
        [sql.star(), sql.alias(sql.row_number(), ROW), sql.alias(sql.column("item"), "line")],
        sql.subquery(unnested, "u"),
    )
    parsed = parsed_objects(numbered, columns, ("item", "place", *kept))
    fields = {name: field for name, field in given.items() if name in columns}
    typing = FROM_JSON if chunk.is_unusual else FROM_PLAIN_JSON
    read: list[Sql] = [sql.star(), sql.alias(json_text(sql.column(f"raw_{REF}"), chunk.is_unusual), "named_ref")]
    checked: list[Sql] = [
        sql.star(),
        sql.alias(json_name(sql.column(f"raw_{REF}"), sql.column("named_ref"), chunk.is_unusual), "name_ref"),
    ]
    for name, field in fields.items():
        raw_value = sql.column(f"raw_{name}")
        read.append(sql.alias(typing.read(field, raw_value), f"read_{name}"))
        checked.append(sql.alias(typing.check(field, raw_value, sql.column(f"read_{name}")), f"value_{name}"))
    typed = sql.select(checked, sql.subquery(sql.select(read, sql.subquery(parsed, "p")), "v"))
    numbered_ref = sql.function("CONCAT", sql.string(f"{kind_name}-"), sql.column("place"))
    default = sql.choose((sql.column("is_listed"), numbered_ref), otherwise=sql.string(kind_name))
    pairs = {f"raw_{REF}": "name_ref", **{f"raw_{name}": f"value_{name}" for name in fields}}
    sound = [sql.is_not_null(sql.column("item")), is_short(), *plain_objects(columns, pairs)]
    return sql.select(
        [
            sql.column(ROW),
            sql.column(CASE_COLUMN),
            sql.alias(sql.coalesce(sql.column("name_ref"), default), REF_COLUMN),
            sql.column(AS_OF_COLUMN),
            sql.alias(sql.is_true(sql.all_true(sound)), SOUND),
            *fact_columns(base, kind, set(fields), lambda other: sql.column(listed_column(other))),
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
