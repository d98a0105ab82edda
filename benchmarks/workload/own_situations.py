"""Servers of which no two are in the same situation: `own-situations`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.workload.blocks import BLOCK

#: So many checks a server: the number of a server, in binary and shuffled, is what came of its checks.
CHECKS = 24
#: An odd number, so that the shuffled numbers of 2**24 servers differ.
_SHUFFLE = 11_400_719
READY, NOT_READY = "ready", "not_ready"
RULES = tuple(f"check-{place}" for place in range(CHECKS))


def block(seed: int, number: int) -> Iterator[dict[str, Any]]:
    """The servers of a block."""
    for index in range(number * BLOCK, (number + 1) * BLOCK):
        bits = (index * _SHUFFLE + seed) % 2**CHECKS
        yield {"id": f"s-{index}", **{f"check_{place}": bool(bits >> place & 1) for place in range(CHECKS)}}


def decide(case: dict[str, Any]) -> tuple[list[str], str]:
    """What a server violates: of each check and the two that follow it, the first or both others have to hold."""
    held = [case[f"check_{place}"] for place in range(CHECKS)]
    violated = [
        RULES[place]
        for place in range(CHECKS)
        if not held[place] and not (held[(place + 1) % CHECKS] and held[(place + 2) % CHECKS])
    ]
    return violated, NOT_READY if violated else READY
