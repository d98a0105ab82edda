"""Small builders of SQL expression trees, so that nothing is ever pasted together as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlglot import exp

from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, Known

#: sqlglot's own base class of all that can stand in a query.
Sql = exp.Expr

TRUE: Sql = exp.true()
FALSE: Sql = exp.false()


def null() -> Sql:
    """NULL."""
    return exp.Null()


def column(name: str, table: str | None = None) -> exp.Column:
    """A column, quoted."""
    return exp.column(name, table=table, quoted=True)


def number(value: int) -> Sql:
    """A whole number."""
    return exp.Literal.number(value)


def literal(value: Known) -> Sql:
    """A value of a fact or of a rulebook."""
    match value:
        case bool():
            return exp.Boolean(this=value)
        case int():
            return exp.Literal.number(value)
        case Decimal():
            return exp.cast(exp.Literal.string(f"{value:f}"), f"DECIMAL(38, {MAXIMUM_DECIMAL_PLACES})")
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
        case _:
            return exp.Literal.string(value)


def _balanced(kind: type[exp.Connector], parts: Sequence[Sql]) -> Sql:
    """The parts joined as a balanced tree: a chain of thousands would go too deep for SQL parsers."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _balanced(kind, parts[:middle]), _balanced(kind, parts[middle:])
    return kind(this=exp.Paren(this=left), expression=exp.Paren(this=right))


def all_true(parts: Sequence[Sql]) -> Sql:
    """SQL's AND, which is Kleene's; true for no part."""
    return _balanced(exp.And, parts) if parts else TRUE.copy()


def any_true(parts: Sequence[Sql]) -> Sql:
    """SQL's OR, which is Kleene's; false for no part."""
    return _balanced(exp.Or, parts) if parts else FALSE.copy()


def negation(part: Sql) -> Sql:
    """SQL's NOT, which is Kleene's."""
    return exp.Not(this=exp.Paren(this=part))


def is_null(part: Sql) -> Sql:
    """Whether there is no value; never null itself."""
    return exp.Is(this=exp.Paren(this=part), expression=exp.Null())


def is_not_null(part: Sql) -> Sql:
    """Whether there is a value; never null itself."""
    return exp.Not(this=is_null(part))


def not_false(part: Sql) -> Sql:
    """Whether it is true or unknown; never null itself."""
    return coalesce(part, TRUE.copy())


def is_true(part: Sql) -> Sql:
    """Whether it is true, and not unknown; never null itself."""
    return coalesce(part, FALSE.copy())


def coalesce(*parts: Sql) -> Sql:
    """The first of the parts that is not null."""
    return exp.Coalesce(this=parts[0], expressions=list(parts[1:]))


def choose(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """The value of the first branch whose condition is true."""
    cases = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=cases, default=otherwise)


def one_of(part: Sql, options: Sequence[Sql]) -> Sql:
    """Whether a value is one of the options."""
    return exp.In(this=exp.Paren(this=part), expressions=list(options))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """A comparison or an operation of two parts, each in parentheses."""
    return kind(this=exp.Paren(this=left), expression=exp.Paren(this=right))


def function(name: str, *parts: Sql) -> Sql:
    """A function that DuckDB and Spark call by the same name."""
    return exp.Anonymous(this=name, expressions=list(parts))


def alias(part: Sql, name: str) -> Sql:
    """An expression under the name of a column."""
    return exp.alias_(part, name, quoted=True)


def text(query: Sql, dialect: str = "duckdb") -> str:
    """The SQL text of a tree."""
    return query.sql(dialect=dialect)
