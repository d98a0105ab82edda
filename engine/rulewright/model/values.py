"""Values of facts, the two ways a value can be absent, and three-valued truth."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal, Inexact
from enum import Enum
from typing import TypeAlias

#: Maximum number of significant digits of a number, so that JSON keeps it exactly.
MAXIMUM_DIGITS = 15
#: Maximum number of digits after the decimal point.
MAXIMUM_DECIMAL_PLACES = 9
#: Maximum number of characters in a text.
MAXIMUM_TEXT = 10_000


class FieldType(Enum):
    """The types of fields; each value is the word for the type in a rulebook."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes/no"
    WHOLE_NUMBER = "whole number"
    DECIMAL = "decimal"
    DATE = "date"
    REFERENCE = "reference"


NUMBERS = frozenset({FieldType.WHOLE_NUMBER, FieldType.DECIMAL})
ORDERED = NUMBERS | {FieldType.DATE}


class Absent(Enum):
    """The reason why there is no value: nobody stated it (`UNKNOWN`), or it is known to be none (`NONE`)."""

    UNKNOWN = "unknown"
    NONE = "none"


Known: TypeAlias = str | bool | int | Decimal | date
Value: TypeAlias = Known | Absent


_LOWER_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# The caller's decimal context may round, and a sum over many facts can have more digits than one fact.
_EXACTLY = Context(prec=1_000, traps=[Inexact])


def as_data(value: Known) -> str | bool | int | Decimal:
    """Return a value as data without date types: a date becomes its text."""
    return value.isoformat() if isinstance(value, date) else value


def normal_form(text: str) -> str:
    """Return a text in Unicode normal form C, in which all texts are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Return a text with A to Z in lower case, as `ignore_case` compares it."""
    return text.translate(_LOWER_ASCII)


def canonical(value: Known, type_: FieldType) -> Known:
    """Return the canonical form of a value of a type; a decimal has no trailing zeros."""
    if type_ is FieldType.DECIMAL and isinstance(value, int | Decimal):
        number = _EXACTLY.normalize(Decimal(value))
        if not number:
            return Decimal(0)
        return number if int(number.as_tuple().exponent) <= 0 else _EXACTLY.quantize(number, Decimal(1))
    return int(value) if type_ is FieldType.WHOLE_NUMBER and isinstance(value, Decimal) else value


class Truth(Enum):
    """Kleene's three truth values; each value is its letter in a signature."""

    TRUE = "t"
    FALSE = "f"
    UNKNOWN = "u"

    @staticmethod
    def of(value: bool | None) -> Truth:
        """Return the truth of a bool, or unknown for None."""
        if value is None:
            return Truth.UNKNOWN
        return Truth.TRUE if value else Truth.FALSE

    def __invert__(self) -> Truth:
        if self is Truth.UNKNOWN:
            return self
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return Kleene's conjunction: false if any is false, else unknown if any is unknown, else true."""
    seen = set(truths)
    if Truth.FALSE in seen:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.TRUE


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return Kleene's disjunction: true if any is true, else unknown if any is unknown, else false."""
    return ~all_of(~truth for truth in truths)
