"""Scalars as they are written: what YAML 1.2 takes for null, a yes/no or a number, and how messages describe them."""

from __future__ import annotations

import re

from rulewright.diagnostics import short
from rulewright.language.types.entry import Mismatch

NULL = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEAN = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
OTHER_NUMBER = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")


def describe_scalar(text: str, plain: bool) -> str:
    """Describe a scalar in a few words, for a message that says what was found."""
    quoted = short(text, 40)
    if not plain:
        return f'the text "{quoted}"'
    if text in NULL:
        return "nothing"
    if text in BOOLEAN:
        return f"the yes/no `{quoted}`"
    if NUMBER.match(text) or OTHER_NUMBER.match(text):
        return f"the number `{quoted}`"
    return f"`{quoted}`"


def mismatch(text: str, plain: bool, expected: str, help_: str | None = None) -> Mismatch:
    """Return the mismatch of a scalar that is not what was expected."""
    return Mismatch(f"{describe_scalar(text, plain)} stands where {expected} is expected", help_)
