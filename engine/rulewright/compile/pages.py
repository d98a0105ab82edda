"""Reactions in pages that stay inside the envelope in which durable-rules is exact.

Reactions that read the same properties stand together: the fewer properties a page reads, the fewer are the messages
that it is ever asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rulewright.compile.program import (
    MAXIMUM_PROPERTIES_PER_PAGE,
    MAXIMUM_REACTIONS_PER_PAGE,
    PROPERTIES_PER_PAGE,
    Page,
    Reaction,
)

#: So many groups of reactions are looked at for the one that adds the least to a page.
_LOOKED_AT = 64


def pages_of(name: str, heights: Mapping[int, Sequence[Reaction]]) -> tuple[Page, ...]:
    """The reactions by height, as pages that follow each other; each has a name that begins with this one."""
    found = (some for height in sorted(heights) for some in _together(heights[height]))
    return tuple(
        Page(f"{name}-{number}", tuple(_read(reactions)), tuple(reactions)) for number, reactions in enumerate(found)
    )


def _together(reactions: Sequence[Reaction]) -> Iterator[list[Reaction]]:
    """The reactions of each page of one height."""
    remaining = {number: (group, _read(group)) for number, group in enumerate(_groups(reactions))}
    while remaining:
        chosen, properties = remaining.pop(next(iter(remaining)))
        while len(properties) < PROPERTIES_PER_PAGE:
            new = {
                number: len(read.keys() - properties.keys())
                for number, (group, read) in islice(remaining.items(), _LOOKED_AT)
                if len(chosen) + len(group) <= MAXIMUM_REACTIONS_PER_PAGE
            }
            best = min(new, key=new.__getitem__, default=None)
            if best is None or len(properties) + new[best] > PROPERTIES_PER_PAGE:
                break
            group, read = remaining.pop(best)
            chosen += group
            properties |= read
        yield chosen


def _groups(reactions: Sequence[Reaction]) -> Iterator[list[Reaction]]:
    """The reactions that are about the same property, cut where they are too many for a page."""
    by_name: dict[str, list[Reaction]] = {}
    for reaction in reactions:
        by_name.setdefault(reaction.name, []).append(reaction)
    for alike in by_name.values():
        group: list[Reaction] = []
        for reaction in alike:
            is_full = len(group) >= MAXIMUM_REACTIONS_PER_PAGE
            if group and (is_full or len(_read([*group, reaction])) > MAXIMUM_PROPERTIES_PER_PAGE):
                yield group
                group = []
            group.append(reaction)
        yield group


def _read(reactions: Sequence[Reaction]) -> dict[str, None]:
    """The properties that reactions read, each once."""
    return {name: None for reaction in reactions for name, _ in reaction.when}
