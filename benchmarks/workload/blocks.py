"""Cases in blocks, each with a source of chance of its own: so files are made in parallel, and are heads of others."""

from __future__ import annotations

import json
import multiprocessing
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.workload import Workload

BLOCK = 10_000


def source_of(seed: int, number: int) -> Random:
    """The source of chance of a block."""
    return Random(f"{seed} {number}")


def write_cases(workload: Workload, cases: int, path: Path, seed: int) -> None:
    """Write so many cases as JSON Lines; a shorter file of the same seed is the head of a longer one."""
    blocks = range(-(-cases // BLOCK))
    context = multiprocessing.get_context("spawn")
    with path.open("wb") as file, context.Pool() as pool:
        left = cases
        for lines in pool.imap(partial(_lines, workload, seed), blocks):
            file.writelines(lines[:left])
            left -= len(lines)


def _lines(workload: Workload, seed: int, number: int) -> list[bytes]:
    lines = [json.dumps(case).encode() + b"\n" for case in workload.block(seed, number)]
    if workload.spoil is None:
        return lines
    return [workload.spoil(index, line) for index, line in enumerate(lines, start=number * BLOCK)]


def copy_head(path: Path, cases: int, head: Path) -> None:
    """Copy the first cases of a file."""
    with path.open("rb") as file, head.open("wb") as copy:
        copy.writelines(islice(file, cases))
