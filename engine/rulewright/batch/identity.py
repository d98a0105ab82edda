"""Identities of files: two names of the same file are equal, even through links and before the file exists."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from rulewright.read.documents import STANDARD_INPUT

#: The device and inode of a file. A missing file has the device and inode of its folder, and its name.
Identity: TypeAlias = tuple[int, int, str]


def identity_of(name: str) -> Identity | None:
    """Return the identity of an existing file or folder, or of standard input; None if there is no such file."""
    with suppress(OSError, ValueError):
        is_standard = name == STANDARD_INPUT and sys.stdin is not None
        return _of_status(os.fstat(sys.stdin.fileno()) if is_standard else os.stat(name), name)  # noqa: PTH116  faster
    return None


def identity_to_be(path: Path) -> Identity | None:
    """Return the identity of a file that a command writes, which may not be there yet; None if it cannot be written."""
    real = Path(os.path.realpath(path))
    found = identity_of(str(real))
    if found is not None:
        return found
    folder = identity_of(str(real.parent))
    return None if folder is None else (*folder[:2], _folded(real.name))


def _of_status(status: os.stat_result, name: str) -> Identity:
    # some network file systems have no inodes: there, only the path identifies a file
    return (status.st_dev, status.st_ino, "") if status.st_ino else (0, 0, _folded(os.path.realpath(name)))


def _folded(name: str) -> str:
    """Return a name as the file systems of this machine usually compare it."""
    return name.casefold() if sys.platform in ("darwin", "win32") else name
