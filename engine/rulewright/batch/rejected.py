"""Cases that could not be judged: what is wrong with each, with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rulewright.batch.records import dump
from rulewright.batch.tally import Tally
from rulewright.diagnostics import Diagnostic
from rulewright.render.json import escape_unusual


@dataclass(frozen=True, slots=True)
class Rejected:
    """A case that was rejected: its number in the chunk, its line, its name if it is known, and the reasons.

    `rows` is the number of its rows, or 0 for a file that cannot be read at all.
    """

    number: int
    line: int
    case: str | None
    diagnostics: tuple[Diagnostic, ...]
    rows: int = 1

    def tally(self) -> Tally:
        """What it counts: one, by the first thing that is wrong."""
        codes = Counter(one.code for one in self.diagnostics[:1])
        return Tally(codes=codes, rejected=1, rejected_rows=self.rows, unread=int(self.rows == 0))

    def lines(self) -> str:
        """A line of JSON for each thing that is wrong."""
        return "".join(escape_unusual(dump(told)) + "\n" for told in self.told())

    def told(self) -> list[dict[str, str | int | None]]:
        """What is told of each thing that is wrong: its place, its code, its message and the way out."""
        return [_told(self, diagnostic) for diagnostic in self.diagnostics]


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


def in_order(rejected: Iterable[Rejected]) -> list[Rejected]:
    """The rejected cases in the order of their chunk."""
    return sorted(rejected, key=lambda one: one.number)
