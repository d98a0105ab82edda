"""The order of numbers and dates; the words differ, the comparators are the same."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from rulewright.language import operands
from rulewright.language.groups import DATES, NUMBERS
from rulewright.model.entries import Comparator, Keyword, Move, Operator, Sql

_RISING, _FALLING = (Move.UP, Move.DOWN), (Move.DOWN, Move.UP)


def _compared_sql(name: str, left: Sql, right: Sql) -> Sql:
    from sqlglot import exp  # noqa: PLC0415  # a single case does not need it

    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot

    return sql.binary(getattr(exp, name), left, right)


def _order(
    number: Keyword,
    day: Keyword,
    holds: Callable[[Any, Any], bool],
    sql_name: str,
    moves: tuple[Move, Move],
    inverse: str,
) -> Comparator:
    return Comparator(
        key=number.word,
        keywords=(number, day),
        schema=operands.VALUE,
        holds=holds,
        sql=partial(_compared_sql, sql_name),
        moves=moves,
        boundaries=operands.itself,
        inverse=inverse,
    )


def _keywords(number: str, about: str, day: str, about_day: str, *synonyms: str, rank: int) -> tuple[Keyword, Keyword]:
    return (
        Keyword(number, about, NUMBERS, synonyms=synonyms),
        Keyword(day, about_day, DATES, synonyms=synonyms, rank=rank),
    )


AT_LEAST = _order(
    *_keywords(
        "at_least",
        "This number or more.",
        "on_or_after",
        "Not before this date.",
        *(">=", "gte", "ge", "min", "minimum", "greater_or_equal", "greater_than_or_equal", "from", "≥"),
        rank=4,
    ),
    holds=operator.ge,
    sql_name="GTE",
    moves=_RISING,
    inverse="less_than",
)
AT_MOST = _order(
    *_keywords(
        "at_most",
        "This number or less.",
        "on_or_before",
        "Not after this date.",
        *("<=", "lte", "le", "max", "maximum", "less_or_equal", "less_than_or_equal", "until", "≤", "=<"),
        rank=3,
    ),
    holds=operator.le,
    sql_name="LTE",
    moves=_FALLING,
    inverse="more_than",
)
MORE_THAN = _order(
    *_keywords(
        "more_than",
        "More than this number.",
        "after",
        "After this date.",
        *(">", "gt", "greater", "greater_than", "above", "over", "later_than", "exceeds"),
        rank=2,
    ),
    holds=operator.gt,
    sql_name="GT",
    moves=_RISING,
    inverse="at_most",
)
LESS_THAN = _order(
    *_keywords(
        "less_than",
        "Less than this number.",
        "before",
        "Before this date.",
        *("<", "lt", "less", "below", "under", "smaller_than", "earlier_than"),
        rank=1,
    ),
    holds=operator.lt,
    sql_name="LT",
    moves=_FALLING,
    inverse="at_least",
)

OPERATORS: tuple[Operator, ...] = (AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN)
