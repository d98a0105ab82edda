"""The flat workload in plain Python that gathers a thousand answers before it writes them; nothing is validated.

That is how one often writes it, and slower than to write each at once, as what orjson gives is kept for a while.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from benchmarks.peers.case_by_case import Judge
from benchmarks.workload.flat import decide

_AT_ONCE = 1_000


def prepare() -> Judge:
    """What judges a file."""
    return _judge


def _judge(source: Path, output: Path) -> None:
    gathered: list[bytes] = []
    with source.open("rb") as lines, output.open("wb") as results:
        for line in lines:
            case = orjson.loads(line)
            violated, verdict = decide(case)
            gathered.append(orjson.dumps({"case": case["id"], "verdict": verdict, "violated": violated}))
            if len(gathered) == _AT_ONCE:
                results.write(b"\n".join(gathered) + b"\n")
                gathered.clear()
        if gathered:
            results.write(b"\n".join(gathered) + b"\n")
