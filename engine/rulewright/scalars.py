"""Typed values from scalars as written: no coercion, and what came and what was expected where it does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from typing_extensions import assert_never

from rulewright.diagnostics import did_you_mean
from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, MAXIMUM_DIGITS, MAXIMUM_TEXT, FieldType, Known, normal_form
from rulewright.nodes import DateNode
from rulewright.source import ListNode, MappingNode, Node, ScalarNode, short

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_YES = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE"})
_NO = frozenset({"no", "No", "NO", "false", "False", "FALSE"})
_BOOLEAN = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_WHOLE = re.compile(r"[-+]?[0-9]+\Z")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_OTHER_NUMBER = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_PERCENT = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,20})? ?%\Z")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}([, _'’][0-9]{3}){1,12}(\.[0-9]+)?\Z")
_DECIMAL_COMMA = re.compile(r"[-+]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]+\Z")
_WITH_UNIT = re.compile(r"[$€£¥￥]? ?[-+]?[0-9][0-9.,]*( ?[^\W\d_]+\.?| ?[$€£¥￥])?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_OTHER_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?([T ].*)?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a node is no value of a type, and the way out."""

    message: str
    help: str | None = None
    outside_choices: bool = False


def is_null(node: Node) -> bool:
    """Whether a node is YAML's or JSON's null, which states nothing."""
    return isinstance(node, ScalarNode) and node.plain and node.text in _NULL


def describe(node: Node) -> str:
    """What a node is, in a few words, for a message that says what came."""
    match node:
        case MappingNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case ScalarNode(text, plain):
            quoted = short(text, 40)
            if not plain:
                return f'the text "{quoted}"'
            if text in _NULL:
                return "nothing"
            if text in _BOOLEAN:
                return f"the yes/no `{quoted}`"
            if _NUMBER.match(text) or _OTHER_NUMBER.match(text):
                return f"the number `{quoted}`"
            return f"`{quoted}`"


def typed_value(node: Node, type_: FieldType, choices: Mapping[str, str] | None = None) -> Known | Mismatch:
    """The value of a node for a type, or why it is none.

    A text field takes what YAML 1.2 calls a string (so `no`, the country, is a text), a yes/no field the plain words
    yes, no, true and false, a number field plain numbers, a date field `YYYY-MM-DD`.
    """
    if not isinstance(node, ScalarNode):
        return Mismatch(f"{describe(node)} stands where {_EXPECTED[type_]} is expected")
    match type_:
        case FieldType.TEXT | FieldType.REFERENCE:
            return _text(node, type_)
        case FieldType.CHOICE:
            value = _text(node, type_)
            if isinstance(value, str) and choices is not None and value not in choices:
                return Mismatch(
                    f"`{short(value)}` is not one of the choices", did_you_mean(value, choices), outside_choices=True
                )
            return value
        case FieldType.YES_NO:
            if node.plain and node.text in _YES:
                return True
            if node.plain and node.text in _NO:
                return False
            return _mismatch(node, type_, "write yes or no, without quotes")
        case FieldType.WHOLE_NUMBER | FieldType.DECIMAL:
            return _number(node, type_)
        case FieldType.DATE:
            return _date(node)
        case _:
            assert_never(type_)


_EXPECTED = {
    FieldType.TEXT: "a text",
    FieldType.REFERENCE: "the ref of another fact",
    FieldType.CHOICE: "a choice",
    FieldType.YES_NO: "yes or no",
    FieldType.WHOLE_NUMBER: "a whole number",
    FieldType.DECIMAL: "a number",
    FieldType.DATE: "a date (YYYY-MM-DD)",
}


def _mismatch(node: ScalarNode, type_: FieldType, help_: str | None = None) -> Mismatch:
    return Mismatch(f"{describe(node)} stands where {_EXPECTED[type_]} is expected", help_)


def _text(node: ScalarNode, type_: FieldType) -> str | Mismatch:
    text = normal_form(node.text)
    if isinstance(node, DateNode):
        return _mismatch(node, type_, f'write it as a text: "{text}"')
    if node.plain and (text in _NULL or text in _BOOLEAN or _NUMBER.match(text) or _OTHER_NUMBER.match(text)):
        return _mismatch(node, type_, f'put it in quotes: "{short(text, 40)}"' if text not in _NULL else None)
    if len(text) > MAXIMUM_TEXT:
        return Mismatch(f"a text of {len(text):,} characters; at most {MAXIMUM_TEXT:,} are taken")
    if "\x00" in text:
        return Mismatch("the text has the character U+0000 in it, which cannot be kept")
    return text


def _number(node: ScalarNode, type_: FieldType) -> int | Decimal | Mismatch:
    if not node.plain:
        return _mismatch(node, type_, number_help(node, type_))
    if type_ is FieldType.WHOLE_NUMBER:
        if not _WHOLE.match(node.text):
            return _mismatch(node, type_, number_help(node, type_))
        digits = node.text.lstrip("+-").lstrip("0") or "0"
        if len(digits) > MAXIMUM_DIGITS:
            return Mismatch(f"a number of {len(digits):,} digits; at most {MAXIMUM_DIGITS} are kept exactly")
        return -int(digits) if node.text.startswith("-") else int(digits)
    if not _NUMBER.match(node.text):
        return _mismatch(node, type_, number_help(node, type_))
    return _decimal(node.text)


def number_help(node: ScalarNode, type_: FieldType = FieldType.DECIMAL) -> str | None:
    """Return how to write what looks like a number, as in `20%`, `1,632` or `3 months`; none where it is one."""
    text = node.text.strip()
    whole = type_ is FieldType.WHOLE_NUMBER
    if _NUMBER.match(text):
        quotes = "" if node.plain else " without quotes"
        if whole and not _WHOLE.match(text):
            return f"write a whole number{quotes}"
        return f"write the number{quotes}" if quotes else None
    if _PERCENT.match(text):
        number = Decimal(text.rstrip("% "))
        points = f"`{number:f}` where the field counts percent"
        return f"write {points}" if whole else f"write `{number.scaleb(-2).normalize():f}` for a share, or {points}"
    if _GROUPED.match(text):
        joined = re.sub("[, _'’]", "", text)
        if whole or text.count(",") != 1 or "." in text:
            return f"write `{joined}`, without separators"
        return f"write `{joined}`, or `{text.replace(',', '.')}` if the comma is the decimal point"
    if _DECIMAL_COMMA.match(text):
        return f"write `{text.replace('.', '').replace(',', '.')}`, with a decimal point"
    if _WITH_UNIT.match(text):
        return "write the number alone, in the unit of the field"
    return "write a number in digits, as in 3"


def _decimal(text: str) -> Decimal | Mismatch:
    """The decimal of a number as written, without the zeros that say nothing and without an exponent.

    The digits are counted here: Python's decimal rounds what has too many of them, and fails on a great exponent.
    """
    mantissa, _, exponent = text.lower().lstrip("+-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    if not significant:
        return Decimal(0)
    shift = int(exponent or 0) if len(exponent) <= 6 else None
    if shift is not None:
        places = max(0, len(fraction) - shift - (len(digits) - len(significant)))
        before_point = len(digits) - len(fraction) + shift
        if max(before_point, 0) + places <= MAXIMUM_DIGITS and places <= MAXIMUM_DECIMAL_PLACES:
            number = int(significant) * (-1 if text.startswith("-") else 1)
            return Decimal(f"{Decimal(number).scaleb(before_point - len(significant)):f}")
    return Mismatch(
        f"`{short(text, 40)}` has more digits than are kept exactly: "
        f"{MAXIMUM_DIGITS} in all, {MAXIMUM_DECIMAL_PLACES} after the point"
    )


def _date(node: ScalarNode) -> date | Mismatch:
    if not _DATE.match(node.text):
        return _mismatch(node, FieldType.DATE, _date_help(node.text))
    try:
        return date(int(node.text[:4]), int(node.text[5:7]), int(node.text[8:]))
    except ValueError:
        return Mismatch(f"`{node.text}` is not a day of the calendar")


def _date_help(text: str) -> str:
    """Return how to write a date that has its year first, or an example of the form."""
    found = _OTHER_DATE.match(text.strip())
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
