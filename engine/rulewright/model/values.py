"""Values of facts, the two ways a value can be absent, and truth in three values."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal, Inexact
from enum import Enum
from typing import TypeAlias

#: Whole numbers and decimals carry at most this many significant digits, so that JSON keeps them exactly.
MAXIMUM_DIGITS = 15
#: Decimals carry at most this many digits after the point.
MAXIMUM_DECIMAL_PLACES = 9
#: A text holds at most this many characters.
MAXIMUM_TEXT = 10_000


class FieldType(Enum):
    """The types a field can have; the value is the word a rulebook uses for it."""

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
    """Why there is no value: nobody said (`UNKNOWN`), or it is known that there is none (`NONE`)."""

    UNKNOWN = "unknown"
    NONE = "none"


Known: TypeAlias = str | bool | int | Decimal | date
Value: TypeAlias = Known | Absent


_LOWER_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# The caller's decimal context may round, and a sum over many facts has more digits than any one of them may have.
_EXACTLY = Context(prec=1_000, traps=[Inexact])


def as_data(value: Known) -> str | bool | int | Decimal:
    """Return a value as data without types of dates has it: a date as its text."""
    return value.isoformat() if isinstance(value, date) else value


def normal_form(text: str) -> str:
    """Return a text in Unicode's normal form C, in which all texts are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Return a text with the letters A to Z as a to z, as `ignore_case` compares it."""
    return text.translate(_LOWER_ASCII)


def canonical(value: Known, type_: FieldType) -> Known:
    """The value in the form that all values of its type have: decimals without needless zeros, also where whole."""
    if type_ is FieldType.DECIMAL and isinstance(value, int | Decimal):
        number = _EXACTLY.normalize(Decimal(value))
        if not number:
            return Decimal(0)
        return number if int(number.as_tuple().exponent) <= 0 else _EXACTLY.quantize(number, Decimal(1))
    return int(value) if type_ is FieldType.WHOLE_NUMBER and isinstance(value, Decimal) else value


class Truth(Enum):
    """Kleene's three truth values; the value is the letter that stands for it in a situation."""

    TRUE = "t"
    FALSE = "f"
    UNKNOWN = "u"

    @staticmethod
    def of(value: bool | None) -> Truth:
        """The truth of a yes/no that may be missing."""
        if value is None:
            return Truth.UNKNOWN
        return Truth.TRUE if value else Truth.FALSE

    def __invert__(self) -> Truth:
        if self is Truth.UNKNOWN:
            return self
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's conjunction: false when any is false, else unknown when any is unknown, else true."""
    seen = set(truths)
    if Truth.FALSE in seen:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.TRUE


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's disjunction: true when any is true, else unknown when any is unknown, else false."""
    return ~all_of(~truth for truth in truths)
