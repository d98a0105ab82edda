"""Values of facts: valid ones convert to their field's type, and all others are left to the exact path.

The exact path reads invalid and unusual values one by one with the reader of single cases.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache

from pyspark.sql import Column, functions as F
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegralType,
    NullType,
    StringType,
)
from typing_extensions import assert_never

from rulewright.model.hosts import PLAIN_HOST_NAME, PUNYCODE
from rulewright.model.rulebook import Field
from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, MAXIMUM_DIGITS, MAXIMUM_TEXT, FieldType
from rulewright.spark.builders import every, nothing, sure

_DECIMAL = f"decimal(38,{MAXIMUM_DECIMAL_PLACES})"
_MOST = 10**MAXIMUM_DIGITS
#: The VARIANT types of numbers with few enough digits, without trailing zeros.
_SHORT_DECIMALS = [
    f"DECIMAL({digits},{places})"
    for digits in range(1, MAXIMUM_DIGITS + 1)
    for places in range(min(digits, MAXIMUM_DECIMAL_PLACES) + 1)
]
_DATE_LOOK = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_ASCII = r"\A[\x00-\x7f]*\z"
#: The decomposition of a composed character has two characters.
_PAIR = 2
#: Characters that are certainly not white space.
_INK = r"[!-~\u4e00-\u9fff]"

#: Spark types of the values of each field type.
VALUE_TYPES = {
    FieldType.TEXT: "string",
    FieldType.CHOICE: "string",
    FieldType.REFERENCE: "string",
    FieldType.YES_NO: "boolean",
    FieldType.WHOLE_NUMBER: "bigint",
    FieldType.DECIMAL: _DECIMAL,
    FieldType.DATE: "date",
}
#: Types to cast a column to, in messages; text for field types left out.
CASTS = {
    FieldType.YES_NO: "BOOLEAN",
    FieldType.WHOLE_NUMBER: "BIGINT",
    FieldType.DECIMAL: "DECIMAL(15, 2), or as many places as it has,",
    FieldType.DATE: "DATE",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of a field, null if there is none; `is_fast` is false for values left to the exact path.

    `is_fast` is never null.
    """

    value: Column
    is_fast: Column


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value of JSON: a VARIANT, with the name of its type and its text."""

    variant: Column
    type: Column
    text: Column


def json_cell(came: JsonValue, expected: FieldType) -> Cell:
    """Return a JSON value as a value of a field type."""
    stated = came.type.isNotNull() & (came.type != "VOID")

    def as_(type_: str) -> Column:
        return F.try_variant_get(came.variant, "$", type_)

    def cell(fits: Column, value: Column) -> Cell:
        return _cell(stated, fits, value)

    match expected:
        case FieldType.TEXT | FieldType.CHOICE | FieldType.REFERENCE:
            return cell(came.type == "STRING", came.text)
        case FieldType.YES_NO:
            return cell(came.type == "BOOLEAN", as_("boolean"))
        case FieldType.WHOLE_NUMBER:
            number = as_("bigint")
            return cell((came.type == "BIGINT") & (F.abs(number) < _MOST), number)
        case FieldType.DECIMAL:
            # a number with an exponent is a binary float, which is left to the exact path
            short = came.type.isin(*_SHORT_DECIMALS) | ((came.type == "BIGINT") & (F.abs(as_("bigint")) < _MOST))
            return cell(short, as_(_DECIMAL))
        case FieldType.DATE:
            return cell((came.type == "STRING") & came.text.rlike(_DATE_LOOK), came.text.try_cast("date"))
        case _:
            assert_never(expected)


def typed_cell(value: Column, came: DataType, expected: FieldType) -> Cell:
    """Return a value of a typed column, whose type fits, as a value of a field type."""
    stated = value.isNotNull()
    if isinstance(came, NullType):
        return no_cell(expected)
    if expected is FieldType.WHOLE_NUMBER:
        number = value.try_cast("bigint")
        return _cell(stated, F.abs(number) < _MOST, number)
    if expected is FieldType.DECIMAL:
        number = value.try_cast(_DECIMAL)
        # a binary float stands for its shortest decimal form; with so few digits that form is unique
        same = number.cast(came) == value
        # a DECIMAL(38, 9) is always written with all its places
        digits = F.rtrim(F.rtrim(F.abs(number).cast("string"), F.lit("0")), F.lit("."))
        count = F.length(F.regexp_replace(digits, r"\A0\.|\.", ""))
        return _cell(stated, same & (F.abs(number) < _MOST) & (count <= MAXIMUM_DIGITS), number)
    return _cell(stated, F.lit(True), value.cast(VALUE_TYPES[expected]))


def no_cell(expected: FieldType) -> Cell:
    """Return the cell of a missing value."""
    return Cell(nothing(VALUE_TYPES[expected]), F.lit(True))


def takes(came: DataType, expected: FieldType) -> bool:
    """Return whether a column type fits a field type; a text fits no date, and a number fits no text."""
    if isinstance(came, NullType):
        return True
    match expected:
        case FieldType.TEXT | FieldType.CHOICE | FieldType.REFERENCE:
            return isinstance(came, StringType)
        case FieldType.YES_NO:
            return isinstance(came, BooleanType)
        case FieldType.WHOLE_NUMBER:
            return isinstance(came, IntegralType) or (isinstance(came, DecimalType) and came.scale == 0)
        case FieldType.DECIMAL:
            return isinstance(came, IntegralType | DecimalType | DoubleType)
        case FieldType.DATE:
            return isinstance(came, DateType)
        case _:
            assert_never(expected)


def name_cell(cell: Cell) -> Cell:
    """Return a text as a name, which must not be blank."""
    return Cell(cell.value, cell.is_fast & sure(_is_text(cell.value) & cell.value.rlike(_INK) | cell.value.isNull()))


def date_cell(cell: Cell) -> Cell:
    """Return a date of the calendar; Spark also has a year 0."""
    return Cell(cell.value, cell.is_fast & sure((F.year(cell.value) >= 1) | cell.value.isNull()))


def field_cell(field: Field, cell: Cell) -> Cell:
    """Return a value restricted to those that the field allows."""
    value = cell.value
    match field.type:
        case FieldType.REFERENCE:
            return name_cell(cell)
        case FieldType.DATE:
            cell = date_cell(cell)
        case FieldType.TEXT:
            cell = Cell(value, cell.is_fast & sure(_is_text(value) | value.isNull()))
            if field.host_name:
                is_fast = value.rlike(rf"\A{PLAIN_HOST_NAME}\z") & ~value.contains(PUNYCODE)
                cell = Cell(value, cell.is_fast & sure(is_fast | value.isNull()))
        case FieldType.CHOICE:
            cell = Cell(value, cell.is_fast & sure(value.isin(*field.choices) | value.isNull()))
        case FieldType.YES_NO | FieldType.WHOLE_NUMBER | FieldType.DECIMAL:
            pass
        case _:
            assert_never(field.type)
    bounds = [] if field.minimum is None else [value >= F.lit(field.minimum)]
    bounds += [] if field.maximum is None else [value <= F.lit(field.maximum)]
    return Cell(value, cell.is_fast & sure(every(bounds) | value.isNull())) if bounds else cell


def _is_text(value: Column) -> Column:
    return (
        (F.length(value) <= MAXIMUM_TEXT) & ~value.contains("\x00") & (value.rlike(_ASCII) | ~value.rlike(_denormal()))
    )


@cache
def _denormal() -> str:
    """Return a pattern for characters that may break normal form C, alone or after certain others."""
    second = {
        chr(int(parts[1], 16))
        for code in range(sys.maxunicode + 1)
        if len(parts := unicodedata.decomposition(chr(code)).split()) == _PAIR and not parts[0].startswith("<")
    }
    jamo = range(0x1161, 0x11C3)  # vowels and finals of Hangul compose by arithmetic, not by a table
    doubtful = [
        code
        for code in range(0x80, sys.maxunicode + 1)
        if chr(code) in second
        or code in jamo
        or unicodedata.combining(chr(code))
        or (not 0xD800 <= code < 0xE000 and unicodedata.normalize("NFC", chr(code)) != chr(code))
    ]
    spans: list[list[int]] = []
    for code in doubtful:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "[" + "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in spans) + "]"


def _cell(stated: Column, fits: Column, value: Column) -> Cell:
    fits = sure(fits & value.isNotNull())
    return Cell(F.when(stated & fits, value), ~sure(stated) | fits)
