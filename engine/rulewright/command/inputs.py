"""What commands read: files and standard input, and dates."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

from rulewright.catalogue import cannot_be_read, read_bytes
from rulewright.diagnostics import Diagnostic
from rulewright.read.documents import STANDARD_INPUT

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def read_input(name: str) -> bytes | Diagnostic:
    """The bytes of a file or of standard input, or why they cannot be read."""
    if name != STANDARD_INPUT:
        return read_bytes(Path(name))
    if sys.stdin is None:
        return cannot_be_read(name, "standard input is closed")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        return cannot_be_read(name, error.strerror or str(error))


def read_date(text: str | None, option: str) -> date | Diagnostic | None:
    """The date of an option; none where it is left out."""
    if text is None:
        return None
    if _DATE.match(text):  # Python knows other ways to write a date, which a case file does not
        with suppress(ValueError):
            return date.fromisoformat(text)
    return Diagnostic("U004", f"`{text}` after {option} is not a date", help="write it as 2023-09-28")
