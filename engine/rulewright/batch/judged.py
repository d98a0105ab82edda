"""The results of a unit of work."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rulewright.batch.rejected import Rejected
from rulewright.batch.spool import Spooled
from rulewright.batch.tally import Tally


@dataclass(slots=True)
class Judged:
    """The results of a unit, which `chunk` ends: the file with its records, the rejected rows, the counts.

    `samples` are the cases that may go into a sample, each with the situations of its subjects; `situations` are those
    that the worker met for the first time, each as a number. `extras` are the values of unknown columns that are passed
    through, by the number of the case.
    """

    chunk: Spooled
    piece: Path
    rejected: list[Rejected] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    samples: dict[int, list[str]] = field(default_factory=dict)
    situations: list[int] = field(default_factory=list)
    extras: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
