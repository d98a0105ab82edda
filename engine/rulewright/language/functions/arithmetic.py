"""Sums, differences, the greatest and the least."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import partial, reduce
from typing import Any, TypeAlias

from rulewright.language.groups import NUMBERS, NUMBERS_OR_DATES
from rulewright.model.entries import Function, Move, Sql
from rulewright.model.values import Known

Number: TypeAlias = int | Decimal

# The caller's decimal context may round; a sum over many facts has more digits than any one of them may have.
_EXACTLY = Context(prec=1_000, traps=[Inexact, InvalidOperation])


def _number(value: Known) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is no number")
    return value


def _added(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return _EXACTLY.add(left, right)


def _plus(operands: Sequence[Known]) -> Known:
    return reduce(_added, map(_number, operands))


def _plus_sql(operands: Sequence[Sql]) -> Sql:
    """Build the sum as a balanced tree in which each part has room for what is added to it."""
    from sqlglot import exp  # noqa: PLC0415  # a single case does not need it

    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot

    if len(operands) == 1:
        return operands[0]
    middle = len(operands) // 2
    halves = (operands[:middle], operands[middle:])
    return sql.binary(exp.Add, *(sql.cast(_plus_sql(half), sql.EXACT) for half in halves))


def _minus(operands: Sequence[Known]) -> Known:
    left, right = map(_number, operands)
    return _added(left, right.copy_negate() if isinstance(right, Decimal) else -right)


def _minus_sql(operands: Sequence[Sql]) -> Sql:
    from sqlglot import exp  # noqa: PLC0415  # a single case does not need it

    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot

    return sql.binary(exp.Sub, *(sql.cast(value, sql.EXACT) for value in operands))


def _maximum(operands: Sequence[Any]) -> Known:
    found: Known = max(operands)
    return found


def _minimum(operands: Sequence[Any]) -> Known:
    found: Known = min(operands)
    return found


def _extreme_sql(name: str, operands: Sequence[Sql]) -> Sql:
    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot, which a single case does not need

    # both dialects pass over nulls in these two functions, and here one null makes the whole unknown
    known = sql.all_true([sql.is_not_null(value) for value in operands])
    return sql.choose((known, sql.function(name, *operands)))


PLUS = Function(
    key="plus",
    about="The sum of these.",
    operands=NUMBERS,
    calculate=_plus,
    sql=_plus_sql,
    moves=(Move.UP,),
    magnitude=sum,
    synonyms=("add", "+", "total"),
)
MINUS = Function(
    key="minus",
    about="The first less the second.",
    operands=NUMBERS,
    calculate=_minus,
    sql=_minus_sql,
    moves=(Move.UP, Move.DOWN),
    magnitude=sum,
    most=2,
    synonyms=("subtract", "-", "difference"),
)
MAXIMUM = Function(
    key="maximum",
    about="The greatest of these.",
    operands=NUMBERS_OR_DATES,
    calculate=_maximum,
    sql=partial(_extreme_sql, "GREATEST"),
    moves=(Move.UP,),
    magnitude=max,
    synonyms=("max", "greatest", "largest"),
)
MINIMUM = Function(
    key="minimum",
    about="The least of these.",
    operands=NUMBERS_OR_DATES,
    calculate=_minimum,
    sql=partial(_extreme_sql, "LEAST"),
    moves=(Move.UP,),
    magnitude=max,
    synonyms=("min", "least", "smallest"),
)

FUNCTIONS: tuple[Function, ...] = (PLUS, MINUS, MAXIMUM, MINIMUM)
