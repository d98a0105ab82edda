"""Results of replayed decisions, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rulewright.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between a decision and its replay, with both values as JSON.

    None stands for a missing value and `Absent` for a value that is none or unknown. `about` is the rule or the field,
    and None for a subject or the whole case. `kind` and `ref` are empty for the case.
    """

    kind: str
    ref: str
    about: str | None
    what: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replay:
    """A replayed decision.

    `basis` maps each changed part of the rulebook's or the program's identity to its old and new form. The decision can
    be the same even so. `refused` has the errors if the facts are no longer valid.
    """

    file: str
    case: str
    verdict: str
    basis: Mapping[str, tuple[str, str]]
    changes: tuple[Change, ...]
    refused: tuple[Diagnostic, ...]

    @property
    def same(self) -> bool:
        """Return whether the replay gives the recorded decision."""
        return not self.changes and not self.refused
