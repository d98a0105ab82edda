"""Commands as processes of their own, with what they took.

What starts them stays small: a process begins with the peak of memory of the one that it was started by.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_UNIT_OF_PEAK = 1 if sys.platform == "darwin" else 1024
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Process:
    """What a process took: seconds from start to end and on all cores, the peak of its memory in bytes, what it
    printed."""

    wall: float
    cpu: float
    peak: int
    output: str
    errors: str


class FailedError(Exception):
    """A command that is measured ended otherwise than it should."""


def measure(command: Sequence[str], good: Sequence[int] = (0,)) -> Process:
    """Run a command to its end; `good` are the exit statuses of success."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, cwd=_ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        told = errors.read()
        if process.returncode not in good:
            raise FailedError(f"`{' '.join(command)}` ended with {process.returncode}:\n{told}")
        return Process(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _UNIT_OF_PEAK, output.read(), told)


def cores() -> int:
    """How many cores there are for a process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """The machine, in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{_processor()}, {cores()} cores, {memory / 2**30:.0f} GB, {platform.system()} {platform.release()}"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def version_of(distribution: str | None) -> str:
    """The version of a distribution; that of Python for none."""
    return f"Python {platform.python_version()}" if distribution is None else metadata.version(distribution)
