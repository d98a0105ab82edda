"""Converters that importers share: how a value of an answer is read as a fact, and what may speak against it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from rulewright.model.hosts import host_name
from rulewright.vendors.keys import found_key
from rulewright.vendors.tables import Converted, Converter, Doubt, Stated, Surroundings, Unclear, Unreadable, Value
from rulewright.vendors.texts import Json, raw

#: The vendor counts subscriptions in this zone: they end at midnight there.
CHINA = "Asia/Shanghai"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?"
    r"(?:Z|([+-])([0-9]{2}):?([0-9]{2}))"
)
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")
#: Whatever the vendor may call one: wildcards, underscores and Chinese among it; no addresses of pages.
_DOMAIN = re.compile(r"[^\s/:@\\?#]{1,255}")
_YES_NO = {"true": True, "false": False}
_NO_TIME = Unreadable("a time with its zone, such as `2023-09-28T16:00Z`, or milliseconds since 1970")
_NO_REASONS = Unreadable("a list of reasons")
#: Values that say there is none, where something else would say what there is.
_NOTHING: tuple[Json, ...] = (0, "0", [], {})


def text(value: Json) -> Converted:
    """A text of printable characters, as it is."""
    # what does not print has no business in an identifier, and would mislead whoever reads the file
    if isinstance(value, str) and value.isprintable():
        return Stated(value)
    return Unreadable("a text of printable characters")


def choice(of: Mapping[str, Value], otherwise: str = "", ignore_case: bool = False) -> Converter:
    """A converter from the vendor's words to ours; `otherwise` says of any other word why it leaves the fact open."""

    def convert(value: Json) -> Converted:
        if ignore_case and isinstance(value, str):
            value = next((word for word in of if word.lower() == value.lower()), value)
        if isinstance(value, str) and value in of:
            return Stated(of[value])
        if isinstance(value, str) and otherwise:
            return Unclear(otherwise)
        return Unreadable("a text" if otherwise else " or ".join(f"`{word}`" for word in of))

    return convert


def starting(start: str, value: Value, otherwise: str) -> Converter:
    """A converter from the vendor's words that begin so; `otherwise` says of any other why it leaves the fact open."""

    def convert(word: Json) -> Converted:
        if not isinstance(word, str):
            return Unreadable("a text")
        return Stated(value) if word.startswith(start) else Unclear(otherwise)

    return convert


def coded(of: Mapping[int, Stated | Unclear], otherwise: str = "") -> Converter:
    """A converter from the vendor's numbers to what each stands for; `otherwise` as for words."""

    def convert(value: Json) -> Converted:
        number = whole_number(value)
        if not isinstance(number, Stated) or not isinstance(number.value, int):
            return number
        if number.value in of:
            return of[number.value]
        return Unclear(otherwise) if otherwise else Unreadable(f"one of {', '.join(str(known) for known in of)}")

    return convert


def never_clear(why: str) -> Converter:
    """A converter for what is told to the reader and settles nothing."""
    return lambda _: Unclear(why)


def domain(value: Json) -> Converted:
    """A domain name in one form for all of its spellings, as `host_name` has it."""
    name = host_name(value) if isinstance(value, str) else ""
    return Stated(name) if _DOMAIN.fullmatch(name) and name.isprintable() else Unreadable("a domain name")


def yes_no(value: Json) -> Converted:
    """A yes/no that comes as a boolean or, in older answers, as the text `True` or `False`."""
    if isinstance(value, bool):
        return Stated(value)
    if isinstance(value, str) and value.lower() in _YES_NO:
        return Stated(_YES_NO[value.lower()])
    return Unreadable("`true` or `false`")


def whole_number(value: Json) -> Converted:
    """A whole number that comes as a number or, in older answers, as a text of digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Stated(value)
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return Stated(int(value))
    return Unreadable("a whole number")


def more_than_zero(value: Json) -> Converted:
    """Whether a number of something that can be bought is more than zero."""
    number = whole_number(value)
    if not isinstance(number, Stated):
        return number
    if isinstance(number.value, int) and number.value < 0:
        return Unclear("is below zero, which is no amount")
    return Stated(number.value != 0)


def day_in_china(value: Json) -> Converted:
    """The day in Asia/Shanghai of a time that says its zone, or of milliseconds since 1970."""
    there = _in_china(value)
    return _NO_TIME if there is None else Stated(there.date(), f"{there:%H:%M} in {CHINA}")


def last_day_in_china(value: Json) -> Converted:
    """The last day in Asia/Shanghai before a time, as `day_in_china`; midnight ends the day before it."""
    there = _in_china(value)
    if there is None:
        return _NO_TIME
    if there.time() == time() and there.date() > date.min:
        return Stated(there.date() - timedelta(days=1), f"24:00 in {CHINA}")
    return Stated(there.date(), f"{there:%H:%M} in {CHINA}")


def _in_china(value: Json) -> datetime | None:
    moment = _moment(value)
    try:
        return moment and moment.astimezone(ZoneInfo(CHINA))
    except OverflowError:  # the first or last hours of the calendar: a placeholder, whatever the zone
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
        # any part of a second is later than the second, however small
        microsecond = max(int(f"{fraction[1:7]:0<6}"), int(fraction.strip(".0") != "")) if fraction else 0
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=zone)
    except (ValueError, OverflowError):  # no such day or hour, or beyond the calendar
        return None


def placeholder(value: Value, _: Surroundings) -> Unclear | None:
    """A doubt about dates that stand for "none" in real answers: 1970 and before, 2099 and after."""
    if isinstance(value, date) and not 1970 < value.year < 2099:
        return Unclear("is a placeholder and no real time")
    return None


def later_than(start: str, end: str, most_years: int) -> Doubt:
    """A doubt about the time at a key that is not later than that at another, or later by more than so many years."""

    def doubt(_: Value, surroundings: Surroundings) -> Unclear | None:
        begun, ended = (_in_china(surroundings.find(key).value) for key in (start, end))
        if begun is None or ended is None or placeholder(begun.date(), surroundings):
            return None
        said = f"{surroundings.find(start).path[-1]} {raw(surroundings.find(start).value)}"
        if ended <= begun:
            return Unclear(f"is not later than {said}")
        if (ended.year - most_years, ended.month, ended.day) > (begun.year, begun.month, begun.day):
            return Unclear(f"is more than {most_years} years after {said}")
        return None

    return doubt


def whole_months_from(start: str, end: str) -> Doubt:
    """A doubt about a day of creation from which a month less would be counted, by days, than there is by the clock.

    That is so of whole months from midnight to midnight, of which the last day is the one before.
    """

    def doubt(_: Value, surroundings: Surroundings) -> Unclear | None:
        begun, ended = (_in_china(surroundings.find(key).value) for key in (start, end))
        if begun is None or ended is None or ended <= begun or not begun.time() == ended.time() == time():
            return None
        if ended.day != min(begun.day, monthrange(ended.year, ended.month)[1]):
            return None
        return Unclear("is midnight, as is the expiry: their days are a month less apart than their times")

    return doubt


def locked(value: Json) -> Converted:
    """Whether anything stands among the reasons of a lock: texts, or objects with a text each."""
    reasons = _reasons(value)
    return _NO_REASONS if reasons is None else Stated(bool(reasons))


def lock_reason(value: Json) -> Converted:
    """The reasons of a lock in one text."""
    reasons = _reasons(value)
    if reasons is None:
        return _NO_REASONS
    return Stated(", ".join(reasons)) if reasons else Unclear("names none")


def _reasons(value: Json) -> list[str] | None:
    """The reasons in a list of texts or objects, or in the object around it."""
    if isinstance(value, str):
        return [value] if value.strip() and value.isprintable() else None if value.strip() else []
    if isinstance(value, dict):
        key = found_key(value, "LockReason")
        return _reasons(value[key]) if key is not None and value[key] is not None else []
    if not isinstance(value, list):
        return None
    found = [_reasons(one) for one in value]
    return None if None in found else list(dict.fromkeys(reason for one in found for reason in one or ()))


def unclear_beside(stated: Value, key: str, members: Sequence[str], what: str, but: str) -> Doubt:
    """A doubt about one value of a fact while something else is there, or may be, that could count as well.

    It is there when one of the `members` of `key` is neither blank nor zero.
    """

    def doubt(value: Value, surroundings: Surroundings) -> Unclear | Unreadable | None:
        if value != stated:
            return None
        whole = surroundings.find(key)
        if whole.says_nothing:
            return Unclear(f"comes without {whole.path[-1]}: there may be {what}, {but}")
        if not isinstance(whole.value, dict):
            return Unreadable("an object", whole)
        found = [surroundings.find(f"{key}.{member}") for member in members]
        there = [one for one in found if not one.says_nothing and one.value not in _NOTHING]
        if not there:
            return None
        said = ", ".join(f"{one.path[-1]} {raw(one.value)}" for one in there)
        return Unclear(f"stands beside {what} ({said}), {but}")

    return doubt


def settles_only(value: Value, why: str) -> Doubt:
    """A doubt about every value of a fact but one."""
    return lambda stated, _: None if stated == value else Unclear(why)


def only_while(key: str, why: str) -> Doubt:
    """A doubt about a value that counts only while the yes/no at another key is true."""

    def doubt(_: Value, surroundings: Surroundings) -> Unclear | Unreadable | None:
        found = surroundings.find(key)
        if found.says_nothing:
            return Unclear(f"comes without {found.path[-1]}, {why}")
        true = yes_no(found.value)
        if isinstance(true, Unreadable):
            return Unreadable(true.expected, found)
        return None if true == Stated(True) else Unclear(f"comes with {found.path[-1]} {raw(found.value)}, {why}")

    return doubt
