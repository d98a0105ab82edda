"""Partition of reactions, within the limits in which durable-rules is exact.

Reactions that read the same properties share a partition. The fewer properties a partition reads, the fewer distinct
messages it gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rulewright.compile.program import (
    MAXIMUM_PROPERTIES,
    MAXIMUM_REACTIONS,
    TARGET_PROPERTIES,
    Partition,
    Reaction,
)

#: Maximum number of groups compared to find the one that adds the fewest properties to a partition.
_COMPARED_GROUPS = 64


def partition_reactions(name: str, heights: Mapping[int, Sequence[Reaction]]) -> tuple[Partition, ...]:
    """Return the reactions as consecutive partitions, from the lowest height up, named after `name`."""
    found = (some for height in sorted(heights) for some in _partitions(heights[height]))
    return tuple(
        Partition(f"{name}-{number}", tuple(_read(reactions)), tuple(reactions))
        for number, reactions in enumerate(found)
    )


def _partitions(reactions: Sequence[Reaction]) -> Iterator[list[Reaction]]:
    """Yield the reactions of each partition of one height."""
    remaining = {number: (group, _read(group)) for number, group in enumerate(_groups(reactions))}
    while remaining:
        chosen, properties = remaining.pop(next(iter(remaining)))
        while len(properties) < TARGET_PROPERTIES:
            new = {
                number: len(read.keys() - properties.keys())
                for number, (group, read) in islice(remaining.items(), _COMPARED_GROUPS)
                if len(chosen) + len(group) <= MAXIMUM_REACTIONS
            }
            best = min(new, key=new.__getitem__, default=None)
            if best is None or len(properties) + new[best] > TARGET_PROPERTIES:
                break
            group, read = remaining.pop(best)
            chosen += group
            properties |= read
        yield chosen


def _groups(reactions: Sequence[Reaction]) -> Iterator[list[Reaction]]:
    """Yield the reactions for each property, split where they exceed a partition."""
    by_name: dict[str, list[Reaction]] = {}
    for reaction in reactions:
        by_name.setdefault(reaction.name, []).append(reaction)
    for alike in by_name.values():
        group: list[Reaction] = []
        for reaction in alike:
            is_full = len(group) >= MAXIMUM_REACTIONS
            if group and (is_full or len(_read([*group, reaction])) > MAXIMUM_PROPERTIES):
                yield group
                group = []
            group.append(reaction)
        yield group


def _read(reactions: Sequence[Reaction]) -> dict[str, None]:
    """Return the properties that reactions read, without duplicates."""
    return {name: None for reaction in reactions for name, _ in reaction.when}
