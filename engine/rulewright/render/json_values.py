"""Values and truths as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from rulewright.model.values import MAXIMUM_DIGITS, Absent, Truth, Value

Json: TypeAlias = "str | bool | int | float | Mapping[str, Json] | Sequence[Json] | None"

TRUTHS: Mapping[Truth | None, bool | None] = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None, None: None}


def json_value(value: Value) -> Json:
    """A value as JSON; null for none and for what is unknown."""
    if isinstance(value, Absent):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | str):
        return value
    # a sum can have more digits than a fact: as a number it would be rounded by whoever reads it
    if isinstance(value, int):
        return value if abs(value) < 10**MAXIMUM_DIGITS else str(value)
    return _decimal(value)


def _decimal(value: Decimal) -> float | str:
    number = float(value)
    return number if Decimal(repr(number)) == value else format(value, "f")
