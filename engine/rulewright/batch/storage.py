"""Errors of writing: each names the file or folder that cannot be written, and none looks like a bad input."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rulewright.batch.unpacking import reason_of
from rulewright.diagnostics import Diagnostic

#: How the name of the folder for the temporary files of a run begins.
PREFIX = "rulewright-"
#: The reasons of the system for which a file cannot be written.
_REASONS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO)
_CHECK = "check the folder, its space and your rights"


class WriteError(Exception):
    """A file or folder that the run cannot write. It is no OSError, so that nobody takes it for an unreadable input."""

    def __init__(self, named: str, reason: str, help_: str) -> None:
        super().__init__(named, reason, help_)  # all of them, as it crosses processes
        self.named = named
        self.reason = reason
        self.help = help_

    def diagnostic(self, *, can_resume: bool) -> Diagnostic:
        """Return the diagnostic of the failure."""
        help_ = self.help + ("; then use --resume to continue" if can_resume else "")
        return Diagnostic("U005", f"{self.named} cannot be written: {self.reason}", help=help_)


@contextmanager
def writing(place: Path | str, help_: str = _CHECK) -> Iterator[None]:
    """Raise a WriteError for whatever fails while this file or folder is written; a text names it in words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except file_errors("IOException", "FatalException") as error:
        named = place if isinstance(place, str) else f"`{place}`"
        raise WriteError(named, _reason(error), help_) from error


@contextmanager
def writing_temporary(folder: Path) -> Iterator[None]:
    """Raise a WriteError for whatever fails while a temporary file in this folder is written."""
    # the folder of the run is gone when somebody reads the message
    above = next((one.parent for one in (folder, *folder.parents) if one.name.startswith(PREFIX)), folder)
    named = f"the folder for temporary files `{above}`"
    with writing(named, "free space there, or set TMPDIR to a folder with more"):
        yield


def file_errors(*names: str) -> tuple[type[Exception], ...]:
    """Return the exceptions of files: the system's, and those of DuckDB by these names, all where none is named."""
    duckdb = sys.modules.get("duckdb")  # it takes its time to load, and raises nothing before
    return (OSError,) if duckdb is None else (OSError, *(getattr(duckdb, name) for name in names or ("Error",)))


def write_all(file: BinaryIO, data: memoryview) -> None:
    """Write all bytes to a file without a buffer, which takes a part of them when its disk is nearly full."""
    while data:
        data = data[file.write(data) :]


def _reason(error: Exception) -> str:
    """Return the system's reason of a failure, which DuckDB quotes inside of a longer text."""
    known = (os.strerror(number) for number in _REASONS)
    return next((reason.lower() for reason in known if reason in str(error)), None) or reason_of(error)
