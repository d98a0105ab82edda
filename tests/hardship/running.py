"""Run commands in forks of this process, so that each starts at once, under limits and signals."""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import duckdb  # noqa: F401  loaded once, for all forks

from rulewright.command.app import run

#: A command that runs longer hangs.
_SECONDS = 120
#: The files beside a trial's own that hold what a command printed.
OUT, ERR = ".stdout", ".stderr"


@dataclass(frozen=True)
class Hardship:
    """The conditions under which a command runs.

    `limits` are resource limits by number; `signal` is sent `after` seconds, if the command still runs then.
    """

    limits: Mapping[int, int] = field(default_factory=dict)
    signal: int | None = None
    after: float = 0.0
    temporary: str | None = None


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int | None
    signal: int | None
    out: str
    err: str
    is_hanging: bool = False


def attempt(
    words: Sequence[str], folder: Path, hardship: Hardship = Hardship(), stdin: Path | int | None = None
) -> Ended:
    """Run a command in a folder under hardship."""
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        _become(words, folder, hardship, stdin)
    status, is_hanging = _wait(process, hardship)
    with suppress(ProcessLookupError):  # processes that outlive the command
        os.killpg(process, signal.SIGKILL)
    out, err = (
        (folder / name).read_text("utf-8", "replace") if (folder / name).exists() else "" for name in (OUT, ERR)
    )
    if os.WIFSIGNALED(status):
        return Ended(None, os.WTERMSIG(status), out, err, is_hanging)
    return Ended(os.WEXITSTATUS(status), None, out, err, is_hanging)


def _wait(process: int, hardship: Hardship) -> tuple[int, bool]:
    started, is_sent = time.monotonic(), hardship.signal is None
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return status, False
        passed = time.monotonic() - started
        if not is_sent and hardship.signal is not None and passed >= hardship.after:
            os.kill(process, hardship.signal)
            is_sent = True
        if passed > _SECONDS:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            return os.waitpid(process, 0)[1], True
        time.sleep(0.002)


def _become(words: Sequence[str], folder: Path, hardship: Hardship, stdin: Path | int | None) -> NoReturn:
    """Become the command in this process, which ends with it."""
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        source = os.open(os.devnull if stdin is None else stdin, os.O_RDONLY) if not isinstance(stdin, int) else stdin
        for number, file in enumerate((source, _new(folder / OUT), _new(folder / ERR))):
            os.dup2(file, number)
        os.closerange(3, 256)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(number, mode, closefd=False, errors="surrogateescape" if number == 0 else "backslashreplace")
            for number, mode in enumerate("rww")
        )
        tempfile.tempdir = hardship.temporary
        for name, limit in hardship.limits.items():
            resource.setrlimit(name, (limit, limit))
        sys.argv = ["rulewright", *words]
        run()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 98
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
    finally:
        os._exit(code)


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
