"""The nested workload in plain Python, as one writes it by hand: nothing is validated."""

from __future__ import annotations

from benchmarks.peers.case_by_case import Judge, by_case
from benchmarks.workload.nested import decide


def prepare() -> Judge:
    """What judges a file."""
    return by_case(decide, "case")
