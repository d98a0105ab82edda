"""Where the rulebooks, templates and pages that come with the program are."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder(name: str) -> Path:
    """Return a folder that comes with the program: the installed one, or in a checkout its own.

    The folders are `rulebook`, `templates` and `docs/diagnostics`.
    """
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent.parent / name


def shipped_rulebooks() -> list[str]:
    """Return the names of the rulebooks that come with the program."""
    return sorted(folder.name for folder in shipped_folder("rulebook").iterdir() if folder.is_dir())
