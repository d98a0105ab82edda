"""Cache of rulebooks without mistakes: empty files, named by a digest, in the user's cache folder.

Linting is the slowest step of loading a rulebook. The digest covers the bytes of the rulebook, the paths, sizes and
times of the engine's files, and the versions of Python and Jinja2. So an entry never goes stale, and it has no content
that could be read or run.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from rulewright.installed import installed_version

#: The environment variable that names another folder. An empty value turns the cache off.
FOLDER = "RULEWRIGHT_CACHE"
#: Maximum number of entries. Every edit of a rulebook adds one.
MAXIMUM_ENTRIES = 1_000


def is_valid(data: bytes) -> bool:
    """Return True if a rulebook with these bytes was linted before and has no mistake."""
    entry = _entry(data)
    return entry is not None and entry.is_file()


def note_valid(data: bytes) -> None:
    """Record that a rulebook with these bytes has no mistake. Do nothing if the folder is not writable."""
    entry = _entry(data)
    if entry is None:
        return
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        entries = list(entry.parent.iterdir())
        if len(entries) >= MAXIMUM_ENTRIES:
            for old in sorted(entries, key=lambda one: one.stat().st_mtime)[: MAXIMUM_ENTRIES // 2]:
                old.unlink()
        entry.touch()


def _entry(data: bytes) -> Path | None:
    folder = _folder()
    if folder is None:
        return None
    return folder / hashlib.sha256(_engine() + data).hexdigest()


def _folder() -> Path | None:
    named = os.environ.get(FOLDER)
    if named is not None:
        return Path(named) if named else None
    above = {"win32": os.environ.get("LOCALAPPDATA"), "darwin": "~/Library/Caches"}.get(
        sys.platform, os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    )
    with suppress(RuntimeError):  # the user has no home folder
        folder = Path(above or "").expanduser()
        return folder / "rulewright" / "valid-rulebooks" if folder.is_absolute() else None
    return None


@cache
def _engine() -> bytes:
    """Return a digest of the paths, sizes and times of the engine's files, and of the versions it runs with."""
    digest = hashlib.sha256(f"{sys.version} {installed_version('jinja2', 'jinja2')}".encode())
    pending = [str(Path(__file__).parent)]
    while pending:
        with os.scandir(pending.pop()) as found:
            for one in sorted(found, key=lambda each: each.name):
                if one.is_dir(follow_symlinks=False):
                    if one.name != "__pycache__":
                        pending.append(one.path)
                elif one.name.endswith(".py"):
                    about = one.stat()
                    digest.update(f"{one.path} {about.st_size} {about.st_mtime_ns}\n".encode("utf-8", "replace"))
    return digest.digest()
