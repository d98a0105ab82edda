"""The time between two dates, in whole months and in days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from rulewright.language.groups import DATES
from rulewright.model.entries import Function, Move, Sql
from rulewright.model.values import FieldType, Known


def _date(value: Known) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no date")
    return value


def _months_between(operands: Sequence[Known]) -> int:
    """Return the largest number of months such that the first date plus that number is not after the second.

    A date plus months is the last day of a month that is too short for its day.
    """
    first, second = map(_date, operands)
    months = (second.year - first.year) * 12 + second.month - first.month
    day_reached = min(first.day, monthrange(second.year, second.month)[1])
    return months - 1 if second.day < day_reached else months


def _months_between_sql(operands: Sequence[Sql]) -> Sql:
    from sqlglot import exp  # noqa: PLC0415  # a single case does not need it

    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot

    first, second = operands
    part = sql.function
    years = sql.binary(exp.Sub, part("YEAR", second), part("YEAR", first))
    months = sql.binary(exp.Sub, part("MONTH", second), part("MONTH", first))
    whole = sql.binary(exp.Add, sql.binary(exp.Mul, years, sql.number(12)), months)
    due = sql.function("LEAST", part("DAY", first), part("DAY", part("LAST_DAY", second)))
    short = sql.binary(exp.LT, part("DAY", second), due)
    return sql.cast(sql.binary(exp.Sub, whole, sql.choose((short, sql.number(1)), otherwise=sql.number(0))), "BIGINT")


def _days_between(operands: Sequence[Known]) -> int:
    first, second = map(_date, operands)
    return (second - first).days


def _days_between_sql(operands: Sequence[Sql]) -> Sql:
    from sqlglot import exp  # noqa: PLC0415  # a single case does not need it

    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot

    first, second = operands
    return sql.cast(exp.DateDiff(this=second, expression=first, unit=exp.var("DAY")), "BIGINT")


def _months_at_most(magnitudes: Sequence[int]) -> int:
    return 9_999 * 12


def _days_at_most(magnitudes: Sequence[int]) -> int:
    return 9_999 * 366


MONTHS_BETWEEN = Function(
    key="months_between",
    about="Whole calendar months from the first date to the second.",
    operands=DATES,
    calculate=_months_between,
    sql=_months_between_sql,
    moves=(Move.DOWN, Move.UP),
    magnitude=_months_at_most,
    most=2,
    result=FieldType.WHOLE_NUMBER,
    unit="month",
    synonyms=("months", "month_diff"),
)
DAYS_BETWEEN = Function(
    key="days_between",
    about="Days from the first date to the second.",
    operands=DATES,
    calculate=_days_between,
    sql=_days_between_sql,
    moves=(Move.DOWN, Move.UP),
    magnitude=_days_at_most,
    most=2,
    result=FieldType.WHOLE_NUMBER,
    unit="day",
    synonyms=("days", "date_diff", "datediff"),
)

FUNCTIONS: tuple[Function, ...] = (MONTHS_BETWEEN, DAYS_BETWEEN)
