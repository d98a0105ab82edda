"""Values and truths in JSON, and escaping of characters that are unsafe in JSON texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from rulewright.model.values import MAXIMUM_DIGITS, Absent, Truth, Value, as_data

Json: TypeAlias = "str | bool | int | float | Mapping[str, Json] | Sequence[Json] | None"

# JSON allows these characters in strings, but they break lines, terminals or encoders.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")

TRUTHS: Mapping[Truth | None, bool | None] = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None, None: None}


def json_value(value: Value) -> Json:
    """Return a value as JSON. None and unknown become null."""
    if isinstance(value, Absent):
        return None
    data = as_data(value)
    if isinstance(data, bool | str):
        return data
    # a sum can have more digits than a fact, and readers of JSON would round it as a number
    if isinstance(data, int):
        return data if abs(data) < 10**MAXIMUM_DIGITS else str(data)
    return _decimal(data)


def _decimal(value: Decimal) -> float | str:
    number = float(value)
    return number if Decimal(repr(number)) == value else format(value, "f")


def escape_unusual(written: str) -> str:
    """Return JSON with escapes for characters that break lines, terminals or encoders."""
    if written.isascii() and "\x7f" not in written:  # most JSON is, and needs no search
        return written
    return _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
