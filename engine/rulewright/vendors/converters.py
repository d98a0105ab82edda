"""Converters that importers share: how a value of an answer is read as a fact, and what may speak against it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rulewright.model.hosts import host_name
from rulewright.vendors.conversions import Converted, Converter, Doubt, Stated, Surroundings, Unclear, Unreadable, Value
from rulewright.vendors.keys import found_key
from rulewright.vendors.texts import Json, raw

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")
#: Whatever the vendor may call one: wildcards, underscores and Chinese among it; no addresses of pages.
_DOMAIN = re.compile(r"[^\s/:@\\?#]{1,255}")
_YES_NO = {"true": True, "false": False}
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
