"""The rulebooks of the working directory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rulewright.catalogue import has_editions
from rulewright.diagnostics import Diagnostic, Span

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: The folder with a project's rulebooks, or with the editions of its only one.
FOLDER = "rulebook"
_KEY = "rulebook"


def local_rulebooks() -> list[Path] | Diagnostic:
    """Return the rulebooks of the working directory; empty if it has none.

    A configuration file comes first: `rulewright.toml`, or the table `tool.rulewright` of `pyproject.toml`. Next is the
    folder `rulebook`, with editions or with a folder for each rulebook. Last are the editions of the working directory.
    """
    configured = _configured()
    if configured is not None:
        return configured
    folder = Path(FOLDER)
    if has_editions(folder):
        return [folder]
    inside = [path for path in _entries(folder) if has_editions(path)]
    if inside:
        return inside
    here = Path()
    return [here] if has_editions(here) else []


def nothing_here() -> Diagnostic:
    """Return the diagnostic of a folder without rulebooks."""
    return Diagnostic(
        "U036",
        "this folder has no rulebook",
        help=f"name a rulebook, or change to a folder with editions such as {FOLDER}/leave/2024-01-01.yaml",
    )


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _configured() -> list[Path] | Diagnostic | None:
    """Return the rulebooks that a configuration file names; None if no file names any."""
    for name, table in (("rulewright.toml", ()), ("pyproject.toml", ("tool", "rulewright"))):
        file = Path(name)
        if not file.is_file():
            continue
        try:
            found: Any = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            message = f"the file cannot be read: {str(error).lower()}"
            return Diagnostic("U036", message, Span(name), "correct the file, or name a rulebook")
        for key in table:
            found = found.get(key, {}) if isinstance(found, dict) else {}
        if not isinstance(found, dict) or _KEY not in found:
            continue
        return _paths(found[_KEY], name)
    return None


def _paths(value: Any, file: str) -> list[Path] | Diagnostic:
    named = [value] if isinstance(value, str) else value
    if not isinstance(named, list) or not named or not all(isinstance(one, str) and one for one in named):
        help_ = f'write the path of a rulebook, as in `{_KEY} = "rules/leave"`, or a list of paths'
        return Diagnostic("U036", f"`{_KEY}` is no path and no list of paths", Span(file), help_)
    paths = [Path(one) for one in named]
    for path in paths:
        if not path.is_file() and not has_editions(path):
            message = f"`{_KEY}` names `{path}`, where no rulebook is"
            return Diagnostic(
                "U036", message, Span(file), "correct the path: a rulebook is a folder of editions or a file"
            )
    return paths
