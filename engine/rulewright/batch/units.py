"""Units of work: one chunk of a large file, or the whole contents of several small files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from rulewright.batch.spool import Spooled

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
