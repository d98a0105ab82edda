"""Builders of SQL expressions that both dialects take; the entries of the language load this module when they build.

A part may stand in several places of a tree: nothing changes it once it is built, and what is read often need not be
copied as often.
"""

from __future__ import annotations

import string as letters
from collections.abc import Sequence
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


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """A comparison or an operation of two parts, each in parentheses where it needs them."""
    return kind(this=_closed(left), expression=_closed(right))


def equal(left: Sql, right: Sql) -> Sql:
    """Whether two parts are equal."""
    return binary(exp.EQ, left, right)


def function(text: str, *parts: Sql) -> Sql:
    """A function that DuckDB and Spark call by the same name."""
    return exp.Anonymous(this=text, expressions=list(parts))


def folded(part: Sql) -> Sql:
    """Build the text with A to Z as a to z, which is the same in every dialect and language."""
    return function("TRANSLATE", part, string(letters.ascii_uppercase), string(letters.ascii_lowercase))
