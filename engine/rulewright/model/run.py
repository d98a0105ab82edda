"""The identity of a run: when it ran, by which version, with which arguments, on which inputs, and their account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rulewright.diagnostics import Diagnostic

#: A report shows so many diagnostics of rejected rows, and the number of the others.
MOST_REJECTS = 20


@dataclass(frozen=True, slots=True)
class RunInput:
    """An input with its size in bytes and its SHA-256; both are none if it could not be read to its end."""

    name: str
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The account of the rows: read = evaluated + rejected + skipped, the latter by reason (a plural noun).

    `cases` is the number of evaluated cases, `unread` that of the inputs that could not be read to the end.
    """

    read: int = 0
    evaluated: int = 0
    rejected: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0
    cases: int = 0

    @property
    def is_complete(self) -> bool:
        """Return True if all rows of all inputs were evaluated."""
        return not (self.rejected or self.unread or any(self.skipped.values()))


@dataclass(frozen=True, slots=True)
class Run:
    """A run. Its times are true, or those of SOURCE_DATE_EPOCH.

    `rejects` are the diagnostics of the first rejected rows, `more_rejects` is the number of the others.
    `allows_rejects` is true if `--allow-rejected` takes so many.
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
