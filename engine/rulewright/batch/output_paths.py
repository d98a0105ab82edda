"""Paths of the files that a batch writes beside its output."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of a batch: the output, the rejected cases, the partial file of each, and the journal."""

    output: Path

    @property
    def partial(self) -> Path:
        """Return the partial file of the output."""
        return self._beside(".partial")

    @property
    def joined(self) -> Path:
        """Return the file into which the pieces of a Parquet file are joined."""
        return self._beside(".partial.whole")

    @property
    def rejected(self) -> Path:
        """Return the file of rejected cases."""
        return self._beside(".rejected.jsonl")

    @property
    def rejected_partial(self) -> Path:
        """Return the partial file of rejected cases."""
        return self._beside(".rejected.jsonl.partial")

    @property
    def journal(self) -> Path:
        """Return the journal."""
        return self._beside(".journal")

    def _beside(self, ending: str) -> Path:
        return self.output.with_name(self.output.name + ending)
