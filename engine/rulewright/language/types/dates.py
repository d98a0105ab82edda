"""Dates."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from rulewright.language import operands as schemas
from rulewright.language.types.entry import Mismatch, Ordered, Step, ValueType, not_few
from rulewright.language.types.written import mismatch
from rulewright.model.entries import Schema
from rulewright.model.rulebook import DateStep, Field
from rulewright.model.values import FieldType, Known

_EXPECTED = "a date (YYYY-MM-DD)"
_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_OTHER = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?([T ].*)?\Z", re.DOTALL)
_DAY = timedelta(days=1)


def _read(text: str, plain: bool) -> date | Mismatch:
    if not _WRITTEN.match(text):
        return mismatch(text, plain, _EXPECTED, _help(text))
    try:
        return date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        return Mismatch(f"`{text}` is not a day of the calendar")


def _help(text: str) -> str:
    """Return how to write a date that has its year first, or an example of the form."""
    found = _OTHER.match(text.strip())
    if found:
        written = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
        if _is_day(written):
            return f"write it as {written}" + (", without a time" if found[4] else "")
    return "write year, month and day, as in 2023-09-28"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _schema(declared: Field) -> Schema:
    return {"anyOf": [schemas.DATE, {"type": "null"}]}


def tried_dates(operands: Set[Known], least: date | None, most: date | None) -> list[date]:
    """Return the dates of tests and their neighbours within bounds, those of tests first."""
    named = sorted(value for value in operands if isinstance(value, date))
    tried = {bound for bound in (least, most) if bound is not None}
    for value in named:
        tried.add(value)
        if value > date.min:
            tried.add(value - _DAY)
        if value < date.max:
            tried.add(value + _DAY)
    possible = [value for value in sorted(tried) if (least or value) <= value <= (most or value)]
    return sorted(possible, key=lambda value: value not in named)


def _tried(declared: Field, operands: Set[Known], day: date, filler: str) -> Sequence[date]:
    least = declared.minimum if isinstance(declared.minimum, date) else None
    most = declared.maximum if isinstance(declared.maximum, date) else None
    return tried_dates(operands, least, most) or [least or most or day]


def _further(declared: Field, numbers: Sequence[int | Decimal], dates: Sequence[date]) -> Iterator[date]:
    """Yield dates around the given ones, as many months from them as the numbers say."""
    for day in dates:
        yield day
        for number in numbers:
            for months in (int(number), -int(number)):
                with suppress(OverflowError, ValueError):
                    there = _months_later(day, months)
                    yield from (there, there - _DAY)
        yield from (day + _DAY if day < date.max else day, day - _DAY if day > date.min else day)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29):
        with suppress(ValueError):
            return date(year, month + 1, last)
    return date(year, month + 1, 28)


def _least_step(places: int) -> Step:
    return DateStep.DAY


def _moved(before: Known, steps: int, step: Step) -> Known:
    if not isinstance(before, date) or not isinstance(step, DateStep):
        raise TypeError(f"{before!r} does not go by steps of {step!r}")
    if step is DateStep.DAY:
        return before + timedelta(days=steps)
    months = before.year * 12 + before.month - 1 + steps * (1 if step is DateStep.MONTH else 12)
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("beyond the calendar")
    return date(year, month + 1, min(before.day, monthrange(year, month + 1)[1]))


def _is_possible(value: Known) -> bool:
    return True


def _start(declared: Field | None, day: date) -> Known:
    return (declared and (declared.minimum or declared.maximum)) or day


DATE = ValueType(
    type=FieldType.DATE,
    expected=_EXPECTED,
    family="date",
    read=_read,
    schema=_schema,
    sql="DATE",
    columns=("DATE",),
    tried=_tried,
    every=not_few,
    further=_further,
    ordered=Ordered(_least_step, _moved, _is_possible, _start),
    synonyms=dict.fromkeys(("datetime", "timestamp", "day"), "write `date`; a time of day cannot be declared"),
)

TYPES = (DATE,)
