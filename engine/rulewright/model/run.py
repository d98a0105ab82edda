"""The identity of a run: its times, version, arguments and inputs, and the counts of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rulewright.diagnostics import Diagnostic

#: Maximum number of rejected rows whose diagnostics a report shows; it counts the others.
MOST_REJECTS = 20


@dataclass(frozen=True, slots=True)
class RunInput:
    """An input with its size in bytes and its SHA-256; both are None if it was not read to its end."""

    name: str
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of the rows: read = evaluated + rejected + skipped.

    `skipped` counts rows by reason, a plural noun. `cases` is the number of evaluated cases. `unread` is the number of
    inputs that could not be read to the end.
    """

    read: int = 0
    evaluated: int = 0
    rejected: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0
    cases: int = 0

    @property
    def is_complete(self) -> bool:
        """Return whether all rows of all inputs were evaluated."""
        return not (self.rejected or self.unread or any(self.skipped.values()))


@dataclass(frozen=True, slots=True)
class Run:
    """A run, with its actual times or those of SOURCE_DATE_EPOCH.

    `rejects` are the diagnostics of the first rejected rows; `more_rejects` is the number of the others.
    `allows_rejects` is true if the limit of `--allow-rejected` permits the number of rejected rows.
    """

    started: datetime
    ended: datetime
    version: str
    arguments: tuple[str, ...] = ()
    inputs: tuple[RunInput, ...] = ()
    counts: Counts = field(default_factory=Counts)
    rejects: tuple[Diagnostic, ...] = ()
    more_rejects: int = 0
    allows_rejects: bool = False
