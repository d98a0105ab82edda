"""Builders of SQL expressions for both dialects; the entries of the language import this module when they build SQL.

An expression can occur several times in a tree: nothing changes it after it is built, so it need not be copied.
"""

from __future__ import annotations

import string as letters
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from sqlglot import exp

from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, Known

#: sqlglot's base class of everything in a query.
Sql = exp.Expr

TRUE: Sql = exp.true()
FALSE: Sql = exp.false()
NULL: Sql = exp.Null()

#: The type of all calculated numbers, whole numbers too: next to a type without decimal places, DuckDB would round.
#: One digit is reserved for the result of an operation, for which Spark would otherwise drop a decimal place.
EXACT = f"DECIMAL(37, {MAXIMUM_DECIMAL_PLACES})"

# The expressions that need no parentheses inside another expression.
_CLOSED = (exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Cast, exp.Anonymous, exp.Coalesce, exp.Case)


def name(text: str) -> exp.Identifier:
    """Build a quoted identifier."""
    return exp.to_identifier(text, quoted=True)


def column(text: str, table: str | None = None) -> exp.Column:
    """Build a quoted column."""
    return exp.column(text, table=table, quoted=True)


def number(value: int) -> Sql:
    """Build the literal of a whole number."""
    return exp.Literal.number(value)


def string(value: str) -> Sql:
    """Build the literal of a text."""
    return exp.Literal.string(value)


def literal(value: Known) -> Sql:
    """Build the literal of a value from a fact or a rulebook."""
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
    """Return a type by its name in DuckDB."""
    return exp.DataType.build(text, dialect="duckdb")


def cast(part: Sql, to: str) -> Sql:
    """Build a cast to another type."""
    return exp.Cast(this=part, to=type_(to))


def _closed(part: Sql) -> Sql:
    return part if isinstance(part, _CLOSED) else exp.Paren(this=part)


def balanced(kind: type[exp.Binary], parts: Sequence[Sql]) -> Sql:
    """Join parts as a balanced tree: a chain of thousands of parts would be too deep for SQL parsers."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return binary(kind, balanced(kind, parts[:middle]), balanced(kind, parts[middle:]))


def all_true(parts: Sequence[Sql]) -> Sql:
    """Build SQL's AND, which follows Kleene's logic; true for no parts."""
    return balanced(exp.And, parts) if parts else TRUE


def any_true(parts: Sequence[Sql]) -> Sql:
    """Build SQL's OR, which follows Kleene's logic; false for no parts."""
    return balanced(exp.Or, parts) if parts else FALSE


def negation(part: Sql) -> Sql:
    """Build SQL's NOT, which follows Kleene's logic."""
    return exp.Not(this=_closed(part))


def is_null(part: Sql) -> Sql:
    """Build the test that a part is null; the test itself is never null."""
    return exp.Is(this=_closed(part), expression=NULL)


def is_not_null(part: Sql) -> Sql:
    """Build the test that a part is not null; the test itself is never null."""
    return negation(is_null(part))


def not_false(part: Sql) -> Sql:
    """Build the test that a part is true or unknown; the test itself is never null."""
    return coalesce(part, TRUE)


def is_true(part: Sql) -> Sql:
    """Build the test that a part is true and not unknown; the test itself is never null."""
    return coalesce(part, FALSE)


def coalesce(*parts: Sql) -> Sql:
    """Build the first part that is not null."""
    return exp.Coalesce(this=parts[0], expressions=list(parts[1:])) if len(parts) > 1 else parts[0]


def choose(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """Build the value of the first branch whose condition is true."""
    cases = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=cases, default=otherwise)


def one_of(part: Sql, options: Sequence[Sql]) -> Sql:
    """Build the test that a value is one of the options."""
    return exp.In(this=_closed(part), expressions=list(options))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """Build a comparison or an operation of two parts, each in parentheses if it needs them."""
    return kind(this=_closed(left), expression=_closed(right))


def equal(left: Sql, right: Sql) -> Sql:
    """Build the test that two parts are equal."""
    return binary(exp.EQ, left, right)


def function(text: str, *parts: Sql) -> Sql:
    """Build a call of a function with the same name in DuckDB and Spark."""
    return exp.Anonymous(this=text, expressions=list(parts))


def folded(part: Sql) -> Sql:
    """Build a text with A to Z in lower case, which is the same in every dialect and locale."""
    return function("TRANSLATE", part, string(letters.ascii_uppercase), string(letters.ascii_lowercase))
