"""The types of fields: how each reads a scalar, and how its values are returned.

A type never converts a scalar of another type. In JSON as in YAML, quotes make a text: `"3"` is no number.
A scalar that Python code states as a `bool`, a number or a `date` is taken as that value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

from oracle.loading import Bare
from oracle.values import Absent, Known, Value

_NULL = ("", "~", "null", "Null", "NULL")
_YES = ("yes", "Yes", "YES", "true", "True", "TRUE")
_NO = ("no", "No", "NO", "false", "False", "FALSE")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def is_null(node: Any) -> bool:
    """Return whether a node is YAML's null, which states nothing."""
    return node is None or (isinstance(node, Bare) and node in _NULL)


def text(node: Any) -> str:
    """Read a text. Texts are compared in Unicode's normal form C."""
    if not isinstance(node, str):
        raise TypeError(f"{node!r} is not a text")
    return unicodedata.normalize("NFC", str(node))


def yes_no(node: Any) -> bool:
    """Read a yes/no: yes, no, true or false without quotes."""
    if isinstance(node, bool):
        return node
    if not isinstance(node, Bare) or node not in _YES + _NO:
        raise TypeError(f"{node!r} is not a yes/no")
    return node in _YES


def number(node: Any) -> Fraction:
    """Read a number exactly as it is written."""
    if isinstance(node, (int, Decimal)) and not isinstance(node, bool):
        return Fraction(node)
    if not is_number(node):
        raise TypeError(f"{node!r} is not a number")
    return Fraction(Decimal(node))


def is_number(node: Any) -> bool:
    """Return whether a node is a number without quotes."""
    if isinstance(node, (int, Decimal)):
        return not isinstance(node, bool)
    return isinstance(node, Bare) and _NUMBER.fullmatch(node) is not None


def day(node: Any) -> date:
    """Read a date as year, month and day, with or without quotes."""
    if isinstance(node, date):
        return node
    found = _DATE.fullmatch(node)
    if found is None:
        raise TypeError(f"{node!r} is not a date")
    return date(int(found[1]), int(found[2]), int(found[3]))


TYPES: Mapping[str, Callable[[Any], Known]] = {
    "text": text,
    "choice": text,
    "reference": text,
    "yes/no": yes_no,
    "whole number": number,
    "decimal": number,
    "date": day,
}


def read_like(node: Any, other: Known) -> Known:
    """Read a scalar as a value of the type that another value has."""
    if isinstance(other, bool):
        return yes_no(node)
    if isinstance(other, Fraction):
        return number(node)
    return day(node) if isinstance(other, date) else text(node)


# --- returned values --------------------------------------------------------------------------------------------------

#: More digits than any sum in a test has. A number that has more is an error, not a rounded number.
_EXACT = Context(prec=5_000, traps=[Inexact])


def returned(value: Value, type_: str) -> str | bool | int | Decimal | date | Absent:
    """Return a value of a field as plain Python.

    A whole number is an `int`, a decimal is a `Decimal` without zeros at its end.
    """
    if not isinstance(value, Fraction):
        return value
    if type_ == "whole number":
        if value.denominator != 1:
            raise TypeError(f"{value} is not a whole number")
        return int(value)
    exact = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    digits = format(exact, "f")
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)


# --- host names -------------------------------------------------------------------------------------------------------


def host_name(name: str) -> str:
    """Return the one form of a host name: small letters, readable labels, no blanks around it, no dot at its end.

    Full-width letters and dots are the ordinary ones.
    """
    plain = unicodedata.normalize("NFKC", name).strip().lower().replace("。", ".")
    labels = unicodedata.normalize("NFC", plain).split(".")
    return ".".join(_readable(label) for label in labels).rstrip(".")


def _readable(label: str) -> str:
    """Return the readable form of a label in Punycode. A label that no readable label has stays as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        readable = label[4:].encode("ascii").decode("punycode")
        written_again = "xn--" + readable.encode("punycode").decode("ascii")
    except UnicodeError:
        return label
    is_label = (
        written_again == label
        and not readable.isascii()
        and readable.isprintable()
        and "." not in readable
        and unicodedata.normalize("NFKC", readable).lower() == readable
    )
    return readable if is_label else label
