"""Rejected cases: the mistakes in each with their positions, and the rows as in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rulewright.batch.raw import RawRows
from rulewright.batch.records import dump
from rulewright.batch.tally import Tally
from rulewright.diagnostics import Diagnostic
from rulewright.json_values import escape_unusual

#: The maximum number of characters of a case's rows, of a header, and of kept values in a reject. A row of a usual
#: table has a few hundred, and a file of a million rejects must remain small enough to open.
MAXIMUM_RAW = 65_536
#: The maximum number of mistakes to write for one case: a line of JSON can have hundreds of thousands of unknown keys,
#: and each mistake repeats the row.
MAXIMUM_MISTAKES = 100
#: The replacement of an undecodable byte.
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected case: its number in the chunk, its line, its name if known, and the reasons.

    `rows` is the number of its rows, or 0 for a file that cannot be read at all.
    """

    number: int
    line: int
    case: str | None
    diagnostics: tuple[Diagnostic, ...]
    rows: int = 1
    raw: RawRows | None = None

    def tally(self) -> Tally:
        """Return the tally of this one case, counted under the code of its first mistake."""
        codes = Counter(one.code for one in self.diagnostics[:1])
        return Tally(codes=codes, rejected=1, rejected_rows=self.rows, unread=int(self.rows == 0))

    def lines(self) -> str:
        """Return a line of JSON for each mistake, each with the rows of the case."""
        rows = _rows_of(self.raw)
        return "".join(escape_unusual(dump({**told, **rows})) + "\n" for told in self.told())

    def told(self) -> list[dict[str, str | int | None]]:
        """Return the place, code, message and help of each mistake; the last also has the number of unlisted ones."""
        told = [_told(self, diagnostic) for diagnostic in self.diagnostics[:MAXIMUM_MISTAKES]]
        if len(self.diagnostics) > MAXIMUM_MISTAKES:
            told[-1]["not_listed"] = len(self.diagnostics) - MAXIMUM_MISTAKES
        return told


def _told(rejected: Rejected, diagnostic: Diagnostic) -> dict[str, str | int | None]:
    span = diagnostic.span
    return {
        "file": None if span is None else span.file,
        "line": rejected.line if span is None else span.line,
        "column": None if span is None else span.column,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "case": rejected.case,
    }


def _rows_of(raw: RawRows | None) -> dict[str, Any]:
    """Return the JSON values of a case's rows; `row_complete` is false if any of them is truncated."""
    if raw is None:
        return {"row": None, "row_line": None, "row_complete": True, "header": None, "kept": []}
    row, is_whole = _bounded("\n".join(raw.texts))
    header, is_whole_header = _bounded(raw.header or "")
    kept, are_all = _bounded_kept(raw.kept)
    return {
        "row": row,
        "row_line": raw.line,
        "row_complete": is_whole and is_whole_header and are_all,
        "header": None if raw.header is None else header,
        "kept": kept,
    }


def _bounded(text: str) -> tuple[str, bool]:
    """Return a text truncated to the maximum, with undecodable bytes replaced, and true if it is unchanged."""
    bounded = "".join(_REPLACEMENT if "\ud800" <= one <= "\udfff" else one for one in text[:MAXIMUM_RAW])
    return bounded, bounded == text


def _bounded_kept(kept: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    found: list[dict[str, Any]] = []
    size = 0
    for values in kept:
        size += len(dump(values))
        if size > MAXIMUM_RAW:
            return found, False
        found.append(values)
    return found, True


def in_order(rejected: Iterable[Rejected]) -> list[Rejected]:
    """Return the rejected cases in the order of their chunk."""
    return sorted(rejected, key=lambda one: one.number)
