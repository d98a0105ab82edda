"""Reactions in pages and rulesets that stay inside the envelope in which durable-rules is exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulewright.compile.program import (
    MAXIMUM_PROPERTIES_PER_PAGE,
    MAXIMUM_REACTIONS_PER_PAGE,
    MAXIMUM_REACTIONS_PER_RULESET,
    Page,
    Reaction,
    Ruleset,
)


def rulesets_of(name: str, heights: Mapping[int, Sequence[Reaction]]) -> tuple[Ruleset, ...]:
    """The reactions by height, as pages that follow each other and rulesets of a size that can be compiled."""
    rulesets: list[Ruleset] = []
    group: list[Page] = []
    size = 0
    for page in _pages(heights):
        if group and size + len(page.reactions) > MAXIMUM_REACTIONS_PER_RULESET:
            rulesets.append(Ruleset(f"{name}-{len(rulesets)}", tuple(group)))
            group, size = [], 0
        group.append(page)
        size += len(page.reactions)
    if group:
        rulesets.append(Ruleset(f"{name}-{len(rulesets)}", tuple(group)))
    return tuple(rulesets)


def _pages(heights: Mapping[int, Sequence[Reaction]]) -> list[Page]:
    pages: list[Page] = []
    for height in sorted(heights):
        chosen: list[Reaction] = []
        properties: dict[str, None] = {}
        for reaction in heights[height]:
            more = [name for name, _ in reaction.when if name not in properties]
            full = len(chosen) >= MAXIMUM_REACTIONS_PER_PAGE
            if chosen and (full or len(properties) + len(more) > MAXIMUM_PROPERTIES_PER_PAGE):
                pages.append(Page(f"page{len(pages)}", tuple(properties), tuple(chosen)))
                chosen, properties = [], {}
                more = [name for name, _ in reaction.when]
            chosen.append(reaction)
            properties.update(dict.fromkeys(more))
        pages.append(Page(f"page{len(pages)}", tuple(properties), tuple(chosen)))
    return pages
