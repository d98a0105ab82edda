"""Small builders of SQL expression trees, so that nothing is ever pasted together as text.

A part may stand in several places of a tree: nothing changes it once it is built, and what is read often need not be
copied as often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from sqlglot import exp

from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, Known

#: sqlglot's own base class of all that can stand in a query.
Sql = exp.Expr

TRUE: Sql = exp.true()
FALSE: Sql = exp.false()
NULL: Sql = exp.Null()

#: All numbers that are calculated, whole ones too: next to a type without decimal places DuckDB would round the others.
#: One digit is left for what two of them come to: Spark would make room for it by dropping a decimal place.
EXACT = f"DECIMAL(37, {MAXIMUM_DECIMAL_PLACES})"

# What needs no parentheses inside of another expression.
_CLOSED = (exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Cast, exp.Anonymous, exp.Coalesce, exp.Case)


def name(text: str) -> exp.Identifier:
    """A name, quoted."""
    return exp.to_identifier(text, quoted=True)


def column(text: str, table: str | None = None) -> exp.Column:
    """A column, quoted."""
    return exp.column(text, table=table, quoted=True)


def number(value: int) -> Sql:
    """A whole number."""
    return exp.Literal.number(value)


def string(value: str) -> Sql:
    """A text."""
    return exp.Literal.string(value)


def literal(value: Known) -> Sql:
    """A value of a fact or of a rulebook."""
    match value:
        case bool():
            return exp.Boolean(this=value)
        case int():
            return number(value)
        case Decimal():
            return cast(string(f"{value:f}"), EXACT)
        case date():
            return cast(string(value.isoformat()), "DATE")
        case _:
            return string(value)


@cache
def type_(text: str) -> exp.DataType:
    """A type by its name in DuckDB."""
    return exp.DataType.build(text, dialect="duckdb")


def cast(part: Sql, to: str) -> Sql:
    """A part as another type."""
    return exp.Cast(this=part, to=type_(to))


def _closed(part: Sql) -> Sql:
    return part if isinstance(part, _CLOSED) else exp.Paren(this=part)


def balanced(kind: type[exp.Binary], parts: Sequence[Sql]) -> Sql:
    """The parts joined as a balanced tree: a chain of thousands would go too deep for SQL parsers."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return binary(kind, balanced(kind, parts[:middle]), balanced(kind, parts[middle:]))


def all_true(parts: Sequence[Sql]) -> Sql:
    """SQL's AND, which is Kleene's; true for no part."""
    return balanced(exp.And, parts) if parts else TRUE


def any_true(parts: Sequence[Sql]) -> Sql:
    """SQL's OR, which is Kleene's; false for no part."""
    return balanced(exp.Or, parts) if parts else FALSE


def negation(part: Sql) -> Sql:
    """SQL's NOT, which is Kleene's."""
    return exp.Not(this=_closed(part))


def is_null(part: Sql) -> Sql:
    """Whether there is no value; never null itself."""
    return exp.Is(this=_closed(part), expression=NULL)


def is_not_null(part: Sql) -> Sql:
    """Whether there is a value; never null itself."""
    return negation(is_null(part))


def not_false(part: Sql) -> Sql:
    """Whether it is true or unknown; never null itself."""
    return coalesce(part, TRUE)


def is_true(part: Sql) -> Sql:
    """Whether it is true, and not unknown; never null itself."""
    return coalesce(part, FALSE)


def coalesce(*parts: Sql) -> Sql:
    """The first of the parts that is not null."""
    return exp.Coalesce(this=parts[0], expressions=list(parts[1:])) if len(parts) > 1 else parts[0]


def choose(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """The value of the first branch whose condition is true."""
    cases = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=cases, default=otherwise)


def one_of(part: Sql, options: Sequence[Sql]) -> Sql:
    """Whether a value is one of the options."""
    return exp.In(this=_closed(part), expressions=list(options))


def is_in(part: Sql, query: exp.Select) -> Sql:
    """Whether something is among the values of a query with one column."""
    return exp.In(this=part, query=exp.Subquery(this=query))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """A comparison or an operation of two parts, each in parentheses where it needs them."""
    return kind(this=_closed(left), expression=_closed(right))


def equal(left: Sql, right: Sql) -> Sql:
    """Whether two parts are equal."""
    return binary(exp.EQ, left, right)


def function(text: str, *parts: Sql) -> Sql:
    """A function that DuckDB and Spark call by the same name."""
    return exp.Anonymous(this=text, expressions=list(parts))


def named(text: str, part: Sql) -> Sql:
    """An argument of a table function by its name."""
    return exp.EQ(this=exp.to_identifier(text), expression=part)


def boolean(value: bool) -> Sql:
    """True or false."""
    return TRUE if value else FALSE


def structure(parts: Mapping[str, Sql]) -> Sql:
    """A constant structure of named parts."""
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(key), expression=part) for key, part in parts.items()]
    )


def star() -> Sql:
    """All columns."""
    return exp.Star()


def window(part: Sql, *, running: bool = False, by: Sql | None = None, order: Sql | None = None) -> Sql:
    """A function over the rows in the order in which they come, or in that of `order`, among those with the same `by`.

    `running` takes those up to the row.
    """
    spec = (
        exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW") if running else None
    )
    ordered = None if order is None else exp.Order(expressions=[exp.Ordered(this=order)])
    return exp.Window(this=part, partition_by=[] if by is None else [by], order=ordered, spec=spec)


def row_number() -> Sql:
    """The number of a row, from 1."""
    return window(exp.RowNumber())


def create_view(text: str, query: Sql) -> Sql:
    """Give a query a name, in place of any of that name."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=table(text), kind="VIEW", expression=query, replace=True, properties=temporary)


def alias(part: Sql, text: str) -> Sql:
    """An expression under the name of a column."""
    if isinstance(part, exp.Column) and part.name == text:
        return part
    return exp.Alias(this=part, alias=name(text))


def all_of(table: str) -> Sql:
    """All columns of a table."""
    return exp.Column(this=exp.Star(), table=name(table))


def table(text: str, alias_: str | None = None) -> exp.Table:
    """A table by its name, under an alias."""
    return exp.Table(this=name(text), alias=None if alias_ is None else exp.TableAlias(this=name(alias_)))


def subquery(query: exp.Query, alias_: str) -> exp.Subquery:
    """A query in place of a table, under an alias."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=name(alias_)))


def select(columns: Iterable[Sql], source: Sql) -> exp.Select:
    """A query of columns from a table or subquery."""
    return exp.select(*columns, copy=False).from_(source, copy=False)


def union(queries: Sequence[exp.Query]) -> exp.Query:
    """The rows of several queries, one after the other."""
    together = queries[0]
    for query in queries[1:]:
        together = exp.Union(this=together, expression=query, distinct=False)
    return together


def create_table(text: str, query: Sql) -> Sql:
    """Make a temporary table of what a query gives, in place of any of that name."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=table(text), kind="TABLE", expression=query, replace=True, properties=temporary)


def nothing(types: Mapping[str, str]) -> exp.Select:
    """No rows, in columns of these SQL types."""
    columns = [alias(cast(NULL, type_text), column_name) for column_name, type_text in types.items()]
    return exp.select(*columns, copy=False).limit(0, copy=False)


def from_lists(types: Mapping[str, str]) -> exp.Select:
    """A query that gives a column for each of its parameters, which are lists."""
    lists = [exp.Cast(this=exp.Placeholder(), to=type_(f"{type_text}[]")) for type_text in types.values()]
    unnested = [alias(function("UNNEST", part), column_name) for column_name, part in zip(types, lists, strict=True)]
    return exp.select(*unnested, copy=False)


def insert(text: str, query: exp.Query) -> Sql:
    """Add to a table what a query gives."""
    return exp.Insert(this=table(text), expression=query)


def text(query: Sql, dialect: str = "duckdb") -> str:
    """The SQL text of a tree, which is not to be used any more."""
    return query.sql(dialect=dialect, copy=False)
