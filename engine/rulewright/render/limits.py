"""Limits for a user's templates: run time, memory and size of the page."""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn, cast

from jinja2.sandbox import ImmutableSandboxedEnvironment

from rulewright.diagnostics import Diagnostic

_MB = 1024 * 1024
#: The environment variable that sets how many seconds the templates of a page may run.
SECONDS = "RULEWRIGHT_TEMPLATE_SECONDS"
_DEFAULT_SECONDS = 60
#: Maximum size of a page. Browsers do not open larger pages in reasonable time.
PAGE_BYTES = 256 * _MB
#: Maximum memory of the templates, beyond the memory of the program: several times the largest page.
MEMORY_BYTES = 2_048 * _MB
#: Maximum number of characters or items after repeating a text or a list.
_REPEATED = 10_000_000
#: Maximum exponent of a power.
_EXPONENT = 1_000
#: Seconds after the time limit until the system kills a process that has not ended.
_GRACE = 5
#: Factor from the time limit to a limit of elapsed time, for busy machines.
_BUSY = 20
_READ_AT_ONCE = 1 * _MB


class LimitError(Exception):
    """A template reached a limit."""


@dataclass(frozen=True, slots=True)
class Limited:
    """The result of a function under limits: its value, or the diagnostic of the limit it reached."""

    value: Any = None
    diagnostic: Diagnostic | None = None


def seconds_allowed() -> int:
    """Return how many seconds the templates of a page may run."""
    text = os.environ.get(SECONDS, "")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= 1_000_000 else _DEFAULT_SECONDS


def too_long() -> str:
    """Return the message about templates that have run too long."""
    return f"the templates ran for {seconds_allowed():,} seconds and did not end"


TOO_MUCH_MEMORY = f"the templates need more than {MEMORY_BYTES // _MB:,} MB of memory"
TOO_LARGE = f"the page is larger than {PAGE_BYTES // _MB:,} MB"


def joined(parts: Iterable[str]) -> str:
    """Return the parts of a page as one text. Raise LimitError if it is too large or takes too long."""
    found: list[str] = []
    size, end = 0, time.monotonic() + _BUSY * seconds_allowed()
    for part in parts:
        found.append(part)
        size += len(part)
        if size > PAGE_BYTES:
            raise LimitError(TOO_LARGE)
        if time.monotonic() > end:
            raise LimitError(too_long())
    return "".join(found)


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox whose operators cannot create huge values."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Return the result of an operator. Raise LimitError if it would be too large."""
        if operator == "*":
            for one, times in ((left, right), (right, left)):
                if isinstance(one, (str, bytes, list, tuple)) and isinstance(times, int):
                    size = len(one) * times
                    if size > _REPEATED:
                        raise LimitError(f"`*` would make {size:,} characters or items, and the limit is {_REPEATED:,}")
        if operator == "**" and isinstance(right, int) and right > _EXPONENT:
            raise LimitError(f"the exponent {right:,} is above the limit of {_EXPONENT:,}")
        return super().call_binop(context, operator, left, right)


def run_limited(make: Callable[[], object]) -> Limited:
    """Return the result of a function that runs in a separate process, which the system ends at the limits.

    Without `fork` (on Windows), the function runs in this process, and only its own checks apply.
    """
    if not hasattr(os, "fork"):
        return Limited(make())
    reading, writing = os.pipe()
    sys.stdout.flush() if sys.stdout is not None else None
    process = os.fork()
    if process == 0:
        os.close(reading)
        _run_and_end(make, writing)
    os.close(writing)
    try:
        data, is_whole = _read(reading)
    finally:
        os.close(reading)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)  # it has written its result, or must be stopped
        _, status = os.waitpid(process, 0)
    if data and is_whole:
        with suppress(pickle.UnpicklingError, EOFError):
            return cast(Limited, pickle.loads(data))  # the data comes from this program
    ran_too_long = not is_whole or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL))
    return Limited(diagnostic=limit_reached(too_long() if ran_too_long else TOO_MUCH_MEMORY))


def limit_reached(message: str) -> Diagnostic:
    """Return the diagnostic of a limit that templates reached."""
    if message == too_long():
        help_ = f"shorten the loops of the template, or set {SECONDS} to more seconds"
    else:
        help_ = "write less in the template, or check fewer cases at once"
    return Diagnostic("U034", message, help=help_)


def _run_and_end(make: Callable[[], object], writing: int) -> NoReturn:
    """Run the function under limits, write its result and exit, without the clean-up of the parent process."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        restore = _set_limits()
        try:
            result = Limited(make())
        except MemoryError:
            result = Limited(diagnostic=limit_reached(TOO_MUCH_MEMORY))
        restore()
        with os.fdopen(writing, "wb") as file:
            pickle.dump(result, file)
        os._exit(0)
    finally:
        os._exit(1)


def _set_limits() -> Callable[[], None]:
    """Set the limits of this process; return a function that lifts the memory limit."""
    import resource  # noqa: PLC0415  missing on Windows

    def out_of_time(number: int, frame: FrameType | None) -> None:
        raise LimitError(too_long())

    signal.signal(signal.SIGXCPU, out_of_time)
    seconds = seconds_allowed()
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + _GRACE))
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
            wanted = int(file.read().split()[0]) * resource.getpagesize() + MEMORY_BYTES
        most = min(one for one in (wanted, soft, hard) if one != resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    except (OSError, ValueError):  # the system has no information about the memory of the process
        return lambda: None
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _read(reading: int) -> tuple[bytes, bool]:
    """Return the output of the process, and whether it ended within the time limit."""
    parts: list[bytes] = []
    end = time.monotonic() + _BUSY * seconds_allowed()
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return b"".join(parts), False
        part = os.read(reading, _READ_AT_ONCE)
        if not part:
            return b"".join(parts), True
        parts.append(part)
