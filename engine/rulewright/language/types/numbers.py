"""Whole numbers and decimals, which are exact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import date
from decimal import ROUND_FLOOR, Context, Decimal, Inexact
from itertools import pairwise
from math import ceil, floor

from rulewright.diagnostics import short
from rulewright.language.types.entry import Mismatch, Ordered, Step, ValueType, not_few
from rulewright.language.types.written import NUMBER, mismatch
from rulewright.model.entries import Schema
from rulewright.model.rulebook import Field
from rulewright.model.values import MAXIMUM_DECIMAL_PLACES, MAXIMUM_DIGITS, FieldType, Known, canonical

_WHOLE_EXPECTED, _DECIMAL_EXPECTED = "a whole number", "a number"
_WHOLE = re.compile(r"[-+]?[0-9]+\Z")
_PERCENT = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,20})? ?%\Z")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}([, _'’][0-9]{3}){1,12}(\.[0-9]+)?\Z")
_DECIMAL_COMMA = re.compile(r"[-+]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]+\Z")
_WITH_UNIT = re.compile(r"[$€£¥￥]? ?[-+]?[0-9][0-9.,]*( ?[^\W\d_]+\.?| ?[$€£¥￥])?\Z")
_LEAST_DECIMAL = Decimal(1).scaleb(-MAXIMUM_DECIMAL_PLACES)
# The caller's decimal context may round.
_EXACTLY = Context(prec=1_000, traps=[Inexact])

# --- reading ----------------------------------------------------------------------------------------------------------


def _read_whole(text: str, plain: bool) -> int | Mismatch:
    if not plain or not _WHOLE.match(text):
        return mismatch(text, plain, _WHOLE_EXPECTED, number_help(text, plain, whole=True))
    digits = text.lstrip("+-").lstrip("0") or "0"
    if len(digits) > MAXIMUM_DIGITS:
        return Mismatch(f"a number of {len(digits):,} digits; at most {MAXIMUM_DIGITS} are kept exactly")
    return -int(digits) if text.startswith("-") else int(digits)


def _read_decimal(text: str, plain: bool) -> Decimal | Mismatch:
    """Read a decimal as written, without the zeros that say nothing and without an exponent.

    The digits are counted here: Python's decimal rounds what has too many of them, and fails on a great exponent.
    """
    if not plain or not NUMBER.match(text):
        return mismatch(text, plain, _DECIMAL_EXPECTED, number_help(text, plain))
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


def number_help(written: str, plain: bool, *, whole: bool = False) -> str | None:
    """Return how to write what looks like a number, as in `20%`, `1,632` or `3 months`; none where it is one."""
    text = written.strip()
    if NUMBER.match(text):
        quotes = "" if plain else " without quotes"
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


def _schema(type_: str) -> Callable[[Field], Schema]:
    def schema(declared: Field) -> Schema:
        most = 10**MAXIMUM_DIGITS - 1
        least, greatest = declared.minimum, declared.maximum
        return {
            "type": [type_, "null"],
            "minimum": _json_number(least) if isinstance(least, (int, Decimal)) else -most,
            "maximum": _json_number(greatest) if isinstance(greatest, (int, Decimal)) else most,
        }

    return schema


def _json_number(value: int | Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


# --- values to try ----------------------------------------------------------------------------------------------------


def _whole_tried(declared: Field, operands: Set[Known], day: date, filler: str) -> Sequence[int | Decimal]:
    named = _numbers(operands)
    tried: set[int | Decimal] = set()
    for number in named:
        tried.update((floor(number) - 1, floor(number), ceil(number), ceil(number) + 1))
    return _within(declared, named, tried)


def _decimals_tried(declared: Field, operands: Set[Known], day: date, filler: str) -> Sequence[int | Decimal]:
    named = _numbers(operands)
    tried: set[int | Decimal] = set()
    for number in named:
        tried.update((number - 1, number, number + 1))
    for one, other in pairwise(named):
        tried.add(((Decimal(one) + Decimal(other)) / 2).quantize(_LEAST_DECIMAL, ROUND_FLOOR))
    return _within(declared, named, tried)


def _numbers(operands: Set[Known]) -> list[int | Decimal]:
    return sorted(value for value in operands if isinstance(value, int | Decimal) and not isinstance(value, bool))


def _within(declared: Field, named: Sequence[int | Decimal], tried: set[int | Decimal]) -> list[int | Decimal]:
    least, most = declared.minimum, declared.maximum
    for bound in (least, most):
        if isinstance(bound, int | Decimal):
            tried.add(bound)
    possible = sorted(
        number
        for number in tried or {0}
        if abs(number) < 10**MAXIMUM_DIGITS
        and not (isinstance(least, int | Decimal) and number < least)
        and not (isinstance(most, int | Decimal) and number > most)
    )
    # a value that a rule names says more to its author than one beside it
    return sorted(possible, key=lambda number: number not in named)


def _further(make: type[int] | type[Decimal], declared: Field, numbers: Sequence[int | Decimal]) -> Iterator[Known]:
    for number in (0, *numbers):
        yield from (make(number) - 1, make(number), make(number) + 1)
    yield from (bound for bound in (declared.minimum, declared.maximum) if bound is not None)


def _further_whole(declared: Field, numbers: Sequence[int | Decimal], dates: Sequence[date]) -> Iterator[Known]:
    return _further(int, declared, numbers)


def _further_decimals(declared: Field, numbers: Sequence[int | Decimal], dates: Sequence[date]) -> Iterator[Known]:
    return _further(Decimal, declared, numbers)


# --- order ------------------------------------------------------------------------------------------------------------


def _start(declared: Field | None, day: date) -> Known:
    return (declared and (declared.minimum or declared.maximum)) or 0


def _whole_step(places: int) -> Step:
    return 1


def _decimal_step(places: int) -> Step:
    return Decimal(1).scaleb(-places)


def _moved(before: Known, steps: int, step: Step) -> Known:
    if isinstance(before, int) and isinstance(step, int):
        return before + steps * step
    if isinstance(before, int | Decimal) and isinstance(step, int | Decimal):
        return canonical(
            _EXACTLY.add(Decimal(before), _EXACTLY.multiply(Decimal(steps), Decimal(step))), FieldType.DECIMAL
        )
    raise TypeError(f"{before!r} does not go by steps of {step!r}")


def _is_possible(value: Known) -> bool:
    if isinstance(value, Decimal):
        return sum(_digits(value)) <= MAXIMUM_DIGITS
    return not isinstance(value, int) or abs(value) < 10**MAXIMUM_DIGITS


def _digits(value: Decimal) -> tuple[int, int]:
    """Return the numbers of digits of a decimal before the point and behind it."""
    return max(0, value.adjusted() + 1) if value else 0, max(0, -int(value.as_tuple().exponent))


_INTEGERS = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
)

WHOLE_NUMBER = ValueType(
    type=FieldType.WHOLE_NUMBER,
    expected=_WHOLE_EXPECTED,
    family="number",
    read=_read_whole,
    schema=_schema("integer"),
    sql="BIGINT",
    columns=_INTEGERS,
    tried=_whole_tried,
    every=not_few,
    further=_further_whole,
    ordered=Ordered(_whole_step, _moved, _is_possible, _start),
    synonyms={
        **dict.fromkeys(("integer", "int", "long", "bigint", "int64", "int32"), "write `whole number`"),
        "number": "write `whole number` or `decimal`",
    },
)
DECIMAL = ValueType(
    type=FieldType.DECIMAL,
    expected=_DECIMAL_EXPECTED,
    family="number",
    read=_read_decimal,
    schema=_schema("number"),
    sql=f"DECIMAL(38, {MAXIMUM_DECIMAL_PLACES})",
    columns=(*_INTEGERS, "DECIMAL", "DOUBLE"),
    tried=_decimals_tried,
    every=not_few,
    further=_further_decimals,
    ordered=Ordered(_decimal_step, _moved, _is_possible, _start),
    synonyms={
        **dict.fromkeys(("float", "double", "real", "numeric", "float64", "percent", "percentage"), "write `decimal`"),
        **dict.fromkeys(("money", "currency", "amount", "price"), "write `decimal`, and add a `unit` such as CNY"),
    },
)

TYPES = (WHOLE_NUMBER, DECIMAL)
