"""Units of work: one chunk of a large file, or the whole contents of several small files; and the results of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from rulewright.batch.rejected import Rejected
from rulewright.batch.spool import Spooled
from rulewright.batch.tally import Tally

#: The chunks that a worker judges at once, in their order.
Unit: TypeAlias = tuple[Spooled, ...]

#: A file of at most this many bytes is judged together with others, case by case: below that, the statements that
#: judge a chunk in columns take longer than its cases.
SMALL_BYTES = 16 * 1024
#: A unit holds at most this many bytes and files, so that every process gets its share and a journal its lines.
MAXIMUM_BYTES_IN_UNIT, MAXIMUM_FILES_IN_UNIT = 128 * 1024, 512


def in_units(chunks: Iterable[Spooled]) -> Iterator[Unit]:
    """Yield chunks in units, in their order; only chunks whose bytes are held in memory are put together."""
    unit: list[Spooled] = []
    size = 0
    for chunk in chunks:
        held = chunk.held
        if unit and (held is None or size + len(held) > MAXIMUM_BYTES_IN_UNIT or len(unit) == MAXIMUM_FILES_IN_UNIT):
            yield tuple(unit)
            unit, size = [], 0
        if held is None:
            yield (chunk,)
        else:
            unit.append(chunk)
            size += len(held)
    if unit:
        yield tuple(unit)


@dataclass(slots=True)
class UnitResults:
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
