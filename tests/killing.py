"""A process that runs commands in forks of itself and has them killed in the middle, so that each starts at once.

It reads a line of JSON for each run: the words of the command, and either the `step` at which it is killed (the call
that changes files, counted from 0, before which it is) or the seconds `after` which it is. It answers with the signal
that ended the run, or with none and its exit status, and with how many steps it took.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from commands import environment

#: The calls that change what is on the disk.
STEPS = ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir")


@dataclass(frozen=True)
class Ended:
    """How a run ended: by which signal, or with which exit status, and how many steps it took."""

    signal: int | None
    status: int | None
    steps: int


@dataclass(frozen=True)
class Killer:
    """Runs commands that are killed."""

    asked: IO[str]
    answers: IO[str]

    def run(self, *words: str | Path, step: int | None = None, after: float | None = None) -> Ended:
        """Run a command, killed before a step or after some seconds if it is not at its end by then."""
        self.asked.write(json.dumps({"words": [str(word) for word in words], "step": step, "after": after}) + "\n")
        self.asked.flush()
        return Ended(**json.loads(self.answers.readline()))


@contextmanager
def killer() -> Iterator[Killer]:
    """The process, as long as it is needed."""
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        yield Killer(process.stdin, process.stdout)
        process.stdin.close()


def _count_steps(step: int | None, counted: int) -> None:
    """Write how many steps were taken to a file descriptor, and be killed before one of them."""
    taken = 0

    def counting(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted_call(*arguments: Any, **options: Any) -> Any:
            nonlocal taken
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            taken += 1
            os.pwrite(counted, str(taken).encode(), 0)
            return call(*arguments, **options)

        return counted_call

    for name in STEPS:
        setattr(os, name, counting(getattr(os, name)))


def _run(words: list[str], step: int | None, after: float | None, counted: int) -> None:
    from rulewright.command.app import app  # noqa: PLC0415

    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    os.dup2(1, 2)
    _count_steps(step, counted)
    if after is not None:
        signal.setitimer(signal.ITIMER_REAL, after)  # whose signal ends a process at once
    try:
        app(words)
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 70)
    except BaseException:
        os._exit(70)


def _main() -> None:
    import rulewright.command.batch  # noqa: F401, PLC0415  so that it is there in each fork

    for line in sys.stdin:
        asked = json.loads(line)
        counted = os.memfd_create("steps")
        child = os.fork()
        if child == 0:
            _run(asked["words"], asked["step"], asked["after"], counted)
        _, status = os.waitpid(child, 0)
        by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        steps = int(os.pread(counted, 20, 0) or b"0")
        os.close(counted)
        answer = {"signal": by, "status": None if by else os.WEXITSTATUS(status), "steps": steps}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _main()
