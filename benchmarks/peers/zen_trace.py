"""GoRules ZEN with the trace that tells how it came to its answer."""

from __future__ import annotations

from benchmarks.peers.case_by_case import Judge, by_case
from benchmarks.peers.zen_engine import judge


def prepare() -> Judge:
    """What judges a file."""
    return by_case(judge(traced=True))
