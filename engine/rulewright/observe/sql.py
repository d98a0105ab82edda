"""Builders of SQL queries as expression trees, so that no SQL is concatenated as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

# re-exported, so that modules that build queries need only this module
from rulewright.language.sql import (
    EXACT as EXACT,
    FALSE as FALSE,
    NULL as NULL,
    TRUE as TRUE,
    Sql as Sql,
    all_true as all_true,
    any_true as any_true,
    balanced as balanced,
    binary as binary,
    cast as cast,
    choose as choose,
    coalesce as coalesce,
    column as column,
    equal as equal,
    folded as folded,
    function as function,
    is_not_null as is_not_null,
    is_null as is_null,
    is_true as is_true,
    literal as literal,
    name as name,
    negation as negation,
    not_false as not_false,
    number as number,
    one_of as one_of,
    string as string,
    type_ as type_,
)


def named(text: str, part: Sql) -> Sql:
    """Return a named argument of a table function."""
    return exp.EQ(this=exp.to_identifier(text), expression=part)


def structure(parts: Mapping[str, Sql]) -> Sql:
    """Return a constant struct."""
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(key), expression=part) for key, part in parts.items()]
    )


def star() -> Sql:
    """Return all columns."""
    return exp.Star()


def window(part: Sql, *, running: bool = False, by: Sql | None = None, order: Sql | None = None) -> Sql:
    """Return a window function over rows in their order or in that of `order`, partitioned by `by`.

    With `running`, the frame ends at the current row.
    """
    spec = (
        exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW") if running else None
    )
    ordered = None if order is None else exp.Order(expressions=[exp.Ordered(this=order)])
    return exp.Window(this=part, partition_by=[] if by is None else [by], order=ordered, spec=spec)


def create_view(text: str, query: Sql) -> Sql:
    """Return the statement that creates or replaces a temporary view."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=table(text), kind="VIEW", expression=query, replace=True, properties=temporary)


def alias(part: Sql, text: str) -> Sql:
    """Return an expression with a column name."""
    if isinstance(part, exp.Column) and part.name == text:
        return part
    return exp.Alias(this=part, alias=name(text))


def all_of(table: str) -> Sql:
    """Return all columns of a table."""
    return exp.Column(this=exp.Star(), table=name(table))


def table(text: str, alias_: str | None = None) -> exp.Table:
    """Return a table reference with an optional alias."""
    return exp.Table(this=name(text), alias=None if alias_ is None else exp.TableAlias(this=name(alias_)))


def subquery(query: exp.Query, alias_: str) -> exp.Subquery:
    """Return a subquery with an alias."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=name(alias_)))


def select(columns: Iterable[Sql], source: Sql) -> exp.Select:
    """Return a query of columns from a table or subquery."""
    return exp.select(*columns, copy=False).from_(source, copy=False)


def union(queries: Sequence[exp.Query]) -> exp.Query:
    """Return the union of queries, with duplicates."""
    together = queries[0]
    for query in queries[1:]:
        together = exp.Union(this=together, expression=query, distinct=False)
    return together


def create_table(text: str, query: Sql) -> Sql:
    """Return the statement that creates or replaces a temporary table with the rows of a query."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=table(text), kind="TABLE", expression=query, replace=True, properties=temporary)


def nothing(types: Mapping[str, str]) -> exp.Select:
    """Return a query without rows, with columns of these SQL types."""
    columns = [alias(cast(NULL, type_text), column_name) for column_name, type_text in types.items()]
    return exp.select(*columns, copy=False).limit(0, copy=False)


def from_lists(types: Mapping[str, str]) -> exp.Select:
    """Return a query with a column for each parameter, which is a list of its values."""
    lists = [exp.Cast(this=exp.Placeholder(), to=type_(f"{type_text}[]")) for type_text in types.values()]
    unnested = [alias(function("UNNEST", part), column_name) for column_name, part in zip(types, lists, strict=True)]
    return exp.select(*unnested, copy=False)


def insert(text: str, query: exp.Query) -> Sql:
    """Return the statement that inserts the rows of a query into a table."""
    return exp.Insert(this=table(text), expression=query)


def text(query: Sql, dialect: str = "duckdb") -> str:
    """Return the SQL text of a tree; the call may change the tree."""
    return query.sql(dialect=dialect, copy=False)
