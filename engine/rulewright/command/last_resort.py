"""The last resort: every unexpected failure ends in one coded message and exit status 2."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from rulewright.diagnostics import Diagnostic

#: Exit statuses of failure and interrupt. A failure must not end with 1, which means that a case is not ready.
AT_FAULT, INTERRUPTED = 2, 130
#: Environment variable for tracebacks of failures.
DEBUG = "RULEWRIGHT_DEBUG"
#: Texts of errors in libraries and Python that are caused by a lack of memory.
_WORDS_OF_NO_MEMORY = ("Cannot allocate memory", "failed to map segment", "can't start new thread")
#: Printed if a diagnostic cannot be printed.
_NO_MEMORY, _NOT_TOLD = b"U032 there is not enough memory\n", b"U032 rulewright failed, and cannot tell why\n"


class _TerminatedError(BaseException):
    """The process received SIGTERM; unwinding removes temporary files."""


def run_guarded(command: Callable[[], object]) -> None:
    """Run a command line and end the process with its exit status in every case."""
    #: DuckDB reports every signal during a query as "Query interrupted"
    received: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt if number == signal.SIGINT else _TerminatedError

    with suppress(ValueError, AttributeError):  # not in the main thread, or a platform without the signal
        signal.signal(signal.SIGTERM, end)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else SIGINT is ignored, as by nohup
            signal.signal(signal.SIGINT, end)
    status = _status_of(command, received)
    _flush()
    sys.exit(status)


def _status_of(command: Callable[[], object], received: Sequence[int]) -> int | str | None:
    try:
        command()
    except SystemExit as ended:
        return ended.code
    except BaseException as error:
        if received:
            return _end_by(received[0])
        if isinstance(error, KeyboardInterrupt):
            return INTERRUPTED
        _report(error)
        return AT_FAULT
    return 0


def _end_by(number: int) -> int:
    """Return the exit status of an interrupted run; after SIGTERM, end by the signal, as other programs do."""
    if number == signal.SIGTERM:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
    return INTERRUPTED


def _report(error: BaseException) -> None:
    if os.environ.get(DEBUG):
        with suppress(Exception):
            traceback.print_exception(error)
    try:
        from rulewright.command.outputs import report_diagnostics  # noqa: PLC0415  loaded before, if there is memory for it

        report_diagnostics([failure(error)])
    except Exception as another:
        with suppress(OSError):
            os.write(2, _NO_MEMORY if is_out_of_memory(another) else _NOT_TOLD)


def failure(error: BaseException) -> Diagnostic:
    """Return the diagnostic of an unexpected failure."""
    if is_out_of_memory(error):
        help_ = "use fewer processes (--jobs 1), check fewer files at once, or give the process more memory"
        return Diagnostic("U032", "there is not enough memory", help=help_)
    if isinstance(error, OSError) and error.strerror:
        named = f"`{error.filename}`" if error.filename else "a file"
        message = f"{named} cannot be opened, read or written: {error.strerror.lower()}"
        if error.errno in (errno.EMFILE, errno.ENFILE):
            help_ = "allow more open files (`ulimit -n 1024`), or use fewer processes (--jobs 1)"
        else:
            help_ = "check the disk, the folder for temporary files (TMPDIR) and your rights"
        return Diagnostic("U005", message, help=help_)
    reason = str(error).strip().split("\n")[0][:200]
    message = f"rulewright failed: {type(error).__name__}" + (f": {reason}" if reason else "")
    help_ = "this is a defect: set RULEWRIGHT_DEBUG=1 to see the traceback, and report it"
    return Diagnostic("U032", message, help=help_)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether Python, the database or the system ran out of memory."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, ImportError | RuntimeError):  # libraries that cannot be loaded, threads that cannot start
        return any(words in str(error) for words in _WORDS_OF_NO_MEMORY)
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException"


def _flush() -> None:
    """Flush the streams; a closed reader must not change the exit status at the end of Python."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
