"""Units of work: one chunk of a large file, or the whole contents of several small files; and the results of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from rulewright.batch.rejected import Rejected
from rulewright.batch.spool import Spooled
from rulewright.batch.tally import Tally

#: The chunks that a worker evaluates at once, in order.
Unit: TypeAlias = tuple[Spooled, ...]

#: The maximum size in bytes of a file evaluated together with others, case by case. For smaller files, the statements
#: of the fast path take longer than the cases.
SMALL_BYTES = 16 * 1024
#: The maximum number of bytes and files in a unit, so that every process and the journal get work regularly.
MAXIMUM_BYTES_IN_UNIT, MAXIMUM_FILES_IN_UNIT = 128 * 1024, 512


def in_units(chunks: Iterable[Spooled]) -> Iterator[Unit]:
    """Yield chunks in units, in order; only chunks with bytes in memory are combined."""
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
    """The results of a unit, whose last chunk is `chunk`: the file of its records, the rejected rows, the counts.

    `samples` has the cases that may go into a sample, each with the situations of its subjects. `situations` has hashes
    of the situations that are new to the worker. `extras` has the passed-through values of unknown columns by case
    number.
    """

    chunk: Spooled
    piece: Path
    rejected: list[Rejected] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    samples: dict[int, list[str]] = field(default_factory=dict)
    situations: list[int] = field(default_factory=list)
    extras: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
