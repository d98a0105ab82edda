"""Write errors, which name the file or folder and are distinct from errors of inputs."""

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

#: The prefix of the name of a run's folder for temporary files.
PREFIX = "rulewright-"
#: The system errors that can prevent writing.
_REASONS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO)
_CHECK = "check the folder, its space and your rights"


class WriteError(Exception):
    """Raised if a file or folder cannot be written; not an OSError, which would look like an unreadable input."""

    def __init__(self, named: str, reason: str, help_: str) -> None:
        super().__init__(named, reason, help_)  # all arguments, so that the exception can be pickled
        self.named = named
        self.reason = reason
        self.help = help_

    def diagnostic(self, *, can_resume: bool) -> Diagnostic:
        """Return the diagnostic of the failure."""
        help_ = self.help + ("; then use --resume to continue" if can_resume else "")
        return Diagnostic("U005", f"{self.named} cannot be written: {self.reason}", help=help_)


@contextmanager
def writing(place: Path | str, help_: str = _CHECK) -> Iterator[None]:
    """Convert write errors of a file or folder to a WriteError; a text names the place in words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except file_errors("IOException", "FatalException") as error:
        named = place if isinstance(place, str) else f"`{place}`"
        raise WriteError(named, _reason(error), help_) from error


@contextmanager
def writing_temporary(folder: Path) -> Iterator[None]:
    """Convert write errors of a temporary file in this folder to a WriteError."""
    # name the parent: the folder of the run is removed before the message is read
    above = next((one.parent for one in (folder, *folder.parents) if one.name.startswith(PREFIX)), folder)
    named = f"the folder for temporary files `{above}`"
    with writing(named, "free space there, or set TMPDIR to a folder with more"):
        yield


def file_errors(*names: str) -> tuple[type[Exception], ...]:
    """Return OSError and the named exceptions of DuckDB; without names, all of DuckDB's exceptions."""
    duckdb = sys.modules.get("duckdb")  # slow to import, and without the import nothing can raise its errors
    return (OSError,) if duckdb is None else (OSError, *(getattr(duckdb, name) for name in names or ("Error",)))


def write_all(file: BinaryIO, data: memoryview) -> None:
    """Write all bytes to an unbuffered file, which may accept only a part when its disk is nearly full."""
    while data:
        data = data[file.write(data) :]


def _reason(error: Exception) -> str:
    """Return the system's reason for a failure, which DuckDB quotes in a longer text."""
    known = (os.strerror(number) for number in _REASONS)
    return next((reason.lower() for reason in known if reason in str(error)), None) or reason_of(error)
