"""Converters of times to days in a time zone, and doubts about times."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from rulewright.vendors.conversions import Converted, Converter, Doubt, Stated, Surroundings, Unclear, Unreadable, Value
from rulewright.vendors.display import Json, raw

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?"
    r"(?:Z|([+-])([0-9]{2}):?([0-9]{2}))"
)
_NO_TIME = Unreadable("a time with its zone, such as `2023-09-28T16:00Z`, or milliseconds since 1970")


def day_in(zone: str) -> Converter:
    """Return a converter of a time with a zone, or of milliseconds since 1970, to the day in another zone."""

    def convert(value: Json) -> Converted:
        there = _time_in(zone, value)
        return _NO_TIME if there is None else Stated(there.date(), f"{there:%H:%M} in {zone}")

    return convert


def last_day_in(zone: str) -> Converter:
    """Return a converter of a time to the last day before it in a zone. Midnight gives the previous day."""

    def convert(value: Json) -> Converted:
        there = _time_in(zone, value)
        if there is None:
            return _NO_TIME
        if there.time() == time() and there.date() > date.min:
            return Stated(there.date() - timedelta(days=1), f"24:00 in {zone}")
        return Stated(there.date(), f"{there:%H:%M} in {zone}")

    return convert


def _time_in(zone: str, value: Json) -> datetime | None:
    moment = _moment(value)
    try:
        return moment and moment.astimezone(ZoneInfo(zone))
    except OverflowError:  # the first or last hours of the calendar are placeholders in any zone
        return moment


def _moment(value: Json) -> datetime | None:
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return _EPOCH + timedelta(milliseconds=value)
        match = _TIME.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        fraction, sign, hours, minutes = match.groups()[6:]
        # round up, so that a fraction of any size makes the time later than the full second
        microsecond = max(int(f"{fraction[1:7]:0<6}"), int(fraction.strip(".0") != "")) if fraction else 0
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=zone)
    except (ValueError, OverflowError):  # an invalid day or hour, or beyond the calendar
        return None


def placeholder(value: Value, _: Surroundings) -> Unclear | None:
    """Doubt dates that stand for "none" in real answers: 1970 and before, 2099 and after."""
    if isinstance(value, date) and not 1970 < value.year < 2099:
        return Unclear("is a placeholder and no real time")
    return None


def later_than(start: str, end: str, most_years: int, zone: str) -> Doubt:
    """Return a doubt about an end that is not later than its start, or later by more than `most_years`."""

    def doubt(_: Value, surroundings: Surroundings) -> Unclear | None:
        begun, ended = (_time_in(zone, surroundings.find(key).value) for key in (start, end))
        if begun is None or ended is None or placeholder(begun.date(), surroundings):
            return None
        said = f"{surroundings.find(start).path[-1]} {raw(surroundings.find(start).value)}"
        if ended <= begun:
            return Unclear(f"is not later than {said}")
        if (ended.year - most_years, ended.month, ended.day) > (begun.year, begun.month, begun.day):
            return Unclear(f"is more than {most_years} years after {said}")
        return None

    return doubt


def whole_months_from(start: str, end: str, zone: str) -> Doubt:
    """Return a doubt about a creation day that is midnight, with an expiry whole months later at midnight.

    Its last day is the day before the expiry, so counting by days gives a month less than counting by times.
    """

    def doubt(_: Value, surroundings: Surroundings) -> Unclear | None:
        begun, ended = (_time_in(zone, surroundings.find(key).value) for key in (start, end))
        if begun is None or ended is None or ended <= begun or not begun.time() == ended.time() == time():
            return None
        if ended.day != min(begun.day, monthrange(ended.year, ended.month)[1]):
            return None
        return Unclear("is midnight, as is the expiry: their days are a month less apart than their times")

    return doubt
