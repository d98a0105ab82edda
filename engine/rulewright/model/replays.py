"""Decisions that were judged again, as data: what is different now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rulewright.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of what, in which respect, what it was and what it is, as JSON.

    None stands for what is not there, and `Absent` for a value that is none or unknown. `about` is the rule or the
    field, none for a subject or the case as a whole; `kind` and `ref` are empty for the case.
    """

    kind: str
    ref: str
    about: str | None
    what: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision that was judged again.

    `basis` has what judged it that is different, by name, as it was and as it is; a decision can be the same all the
    same. `refused` is why the facts are no longer taken.
    """

    file: str
    case: str
    verdict: str
    basis: Mapping[str, tuple[str, str]]
    changes: tuple[Change, ...]
    refused: tuple[Diagnostic, ...]

    @property
    def same(self) -> bool:
        """Whether the same comes out."""
        return not self.changes and not self.refused
