"""Converters and doubts that importers share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rulewright.model.hosts import host_name
from rulewright.vendors.conversions import Converted, Converter, Doubt, Stated, Surroundings, Unclear, Unreadable, Value
from rulewright.vendors.display import Json, raw
from rulewright.vendors.key_spellings import find_key

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")
#: Permissive on purpose: vendors allow wildcards, underscores and Chinese domains. Only URLs are rejected.
_DOMAIN = re.compile(r"[^\s/:@\\?#]{1,255}")
_YES_NO = {"true": True, "false": False}
_NO_REASONS = Unreadable("a list of reasons")
#: Values that say that there is nothing.
_NOTHING: tuple[Json, ...] = (0, "0", [], {})


def text(value: Json) -> Converted:
    """Convert a text of printable characters without change."""
    # a control character would mislead readers of the file, and no identifier needs one
    if isinstance(value, str) and value.isprintable():
        return Stated(value)
    return Unreadable("a text of printable characters")


def choice(of: Mapping[str, Value], otherwise: str = "", ignore_case: bool = False) -> Converter:
    """Return a converter from words to values. For other words, `otherwise` says why the fact stays open."""

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
    """Return a converter from words with a prefix. For other words, `otherwise` says why the fact stays open."""

    def convert(word: Json) -> Converted:
        if not isinstance(word, str):
            return Unreadable("a text")
        return Stated(value) if word.startswith(start) else Unclear(otherwise)

    return convert


def coded(of: Mapping[int, Stated | Unclear], otherwise: str = "") -> Converter:
    """Return a converter from the vendor's numbers to results. For other numbers, `otherwise` is the reason."""

    def convert(value: Json) -> Converted:
        number = whole_number(value)
        if not isinstance(number, Stated) or not isinstance(number.value, int):
            return number
        if number.value in of:
            return of[number.value]
        return Unclear(otherwise) if otherwise else Unreadable(f"one of {', '.join(str(known) for known in of)}")

    return convert


def never_clear(why: str) -> Converter:
    """Return a converter that never states a fact, and always gives the same reason."""
    return lambda _: Unclear(why)


def domain(value: Json) -> Converted:
    """Convert a domain name to the normal form of `host_name`."""
    name = host_name(value) if isinstance(value, str) else ""
    return Stated(name) if _DOMAIN.fullmatch(name) and name.isprintable() else Unreadable("a domain name")


def yes_no(value: Json) -> Converted:
    """Convert a boolean or, in older answers, the text `True` or `False`."""
    if isinstance(value, bool):
        return Stated(value)
    if isinstance(value, str) and value.lower() in _YES_NO:
        return Stated(_YES_NO[value.lower()])
    return Unreadable("`true` or `false`")


def whole_number(value: Json) -> Converted:
    """Convert a whole number or, in older answers, a text of digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Stated(value)
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return Stated(int(value))
    return Unreadable("a whole number")


def more_than_zero(value: Json) -> Converted:
    """Convert an amount to whether it is more than zero."""
    number = whole_number(value)
    if not isinstance(number, Stated):
        return number
    if isinstance(number.value, int) and number.value < 0:
        return Unclear("is below zero, which is no amount")
    return Stated(number.value != 0)


def locked(value: Json) -> Converted:
    """Convert the reasons of a lock to whether there are any."""
    reasons = _reasons(value)
    return _NO_REASONS if reasons is None else Stated(bool(reasons))


def lock_reason(value: Json) -> Converted:
    """Convert the reasons of a lock to one text."""
    reasons = _reasons(value)
    if reasons is None:
        return _NO_REASONS
    return Stated(", ".join(reasons)) if reasons else Unclear("names none")


def _reasons(value: Json) -> list[str] | None:
    """Return the reasons in a list of texts or objects, or in an object with such a list; None if unreadable."""
    if isinstance(value, str):
        return [value] if value.strip() and value.isprintable() else None if value.strip() else []
    if isinstance(value, dict):
        key = find_key(value, "LockReason")
        return _reasons(value[key]) if key is not None and value[key] is not None else []
    if not isinstance(value, list):
        return None
    found = [_reasons(one) for one in value]
    return None if None in found else list(dict.fromkeys(reason for one in found for reason in one or ()))


def unclear_beside(stated: Value, key: str, members: Sequence[str], what: str, but: str) -> Doubt:
    """Return a doubt about one value of a fact beside something else that might also count.

    The doubt applies if one of the `members` of `key` is neither blank nor zero, or if `key` is missing.
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
    """Return a doubt about every value of a fact but one."""
    return lambda stated, _: None if stated == value else Unclear(why)


def only_while(key: str, why: str) -> Doubt:
    """Return a doubt about a value that only counts while the yes/no at another key is true."""

    def doubt(_: Value, surroundings: Surroundings) -> Unclear | Unreadable | None:
        found = surroundings.find(key)
        if found.says_nothing:
            return Unclear(f"comes without {found.path[-1]}, {why}")
        true = yes_no(found.value)
        if isinstance(true, Unreadable):
            return Unreadable(true.expected, found)
        return None if true == Stated(True) else Unclear(f"comes with {found.path[-1]} {raw(found.value)}, {why}")

    return doubt
