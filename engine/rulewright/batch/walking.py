"""Search for the files that names refer to: a file itself, the fact files of a folder, the matches of a glob."""

# ruff: noqa: PTH112, PTH116, PTH118  strings, as the user wrote them: a Path drops `./`, and takes its time for 100,000 files

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import TypeAlias

from rulewright.batch.identity import Identity, identity_of
from rulewright.diagnostics import Diagnostic, Severity, Span, cut
from rulewright.read.documents import STANDARD_INPUT

#: The endings of files and folders that a batch writes beside its output; folders are read without them.
OWN_ENDINGS = (".rejected.jsonl", ".partial")
_ENDINGS_HELP = (
    "fact files end in .yaml, .yml, .json, .jsonl, .ndjson, .csv, .parquet, all but the last also with .gz or .zst"
)

_SEPARATORS = r"[/\\]" if os.altsep else "/"

#: Special files, by their type.
_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
#: A message names at most this many entries of a folder.
_SHOWN = 5

Found: TypeAlias = "str | Diagnostic"


@dataclass(frozen=True, slots=True)
class _Listing:
    """The contents of a folder: fact files, folders below, links to folders, and diagnostics."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def is_left_out(name: str) -> bool:
    """Return True if a folder leaves out a file or folder of this name, though it could be read."""
    return name.startswith(".") or name.lower().endswith(OWN_ENDINGS)


class Finder:
    """Finds the files that names refer to; each folder is searched once, even if several names and links lead to it."""

    def __init__(self, is_fact_file: Callable[[str], bool]) -> None:
        self._is_fact_file = is_fact_file
        self._seen: set[Identity] = set()

    def find(self, names: Sequence[str]) -> Iterator[Found]:
        """Yield the names of files in order, and a diagnostic for each name without a file."""
        for name in names:
            yield from self._behind(name)

    def _behind(self, name: str) -> Iterator[Found]:
        if name == STANDARD_INPUT:
            yield name
            return
        try:
            if os.path.isdir(name):
                yield from self._in_folder(name)
            elif not os.path.lexists(name) and glob.has_magic(name):
                yield from self._matching(name)
            else:
                yield name
        except (OSError, ValueError) as error:
            yield cannot_open(name, error)

    def _in_folder(self, top: str) -> Iterator[Found]:
        if (identity := identity_of(top)) in self._seen:
            return
        whole = self._look_through(top, identity)
        if not whole.files and not any(one.severity is Severity.ERROR for one in whole.diagnostics):
            yield Diagnostic("U006", f"the folder `{top}` has no fact files", Span(top), _ENDINGS_HELP)
        yield from sorted(whole.files)
        yield from whole.diagnostics

    def _look_through(self, top: str, identity: Identity | None) -> _Listing:
        """Return the contents of a folder at any depth; a file gets a name without links, if there is one."""
        whole = _Listing()
        waiting, links = [(top, identity)], list[str]()
        while waiting or links:
            if not waiting:
                link = links.pop(0)
                waiting.append((link, identity_of(link)))
            folder, identity = waiting.pop()
            if identity is not None and identity in self._seen:
                continue
            if identity is not None:
                self._seen.add(identity)
            listing = self._listing(folder)
            whole.files.extend(listing.files)
            whole.diagnostics.extend(listing.diagnostics)
            waiting += [(one, identity_of(one)) for one in listing.folders]
            links += listing.links
        return whole

    def _listing(self, folder: str) -> _Listing:
        listing = _Listing()
        skipped: dict[str, list[str]] = {}
        try:
            with os.scandir(folder) as opened:
                entries = sorted(opened, key=lambda entry: entry.name)
        except OSError as error:
            listing.diagnostics.append(cannot_open(folder, error, "folder"))
            return listing
        for entry in entries:
            self._sort(entry, listing, skipped)
        listing.diagnostics.extend(_left_out(folder, reason, names) for reason, names in skipped.items())
        return listing

    def _sort(self, entry: os.DirEntry[str], listing: _Listing, skipped: dict[str, list[str]]) -> None:
        is_fact_file = self._is_fact_file(entry.name)
        try:
            mode = entry.stat().st_mode
        except OSError as error:  # a broken or circular link
            if not entry.name.startswith(".") and (is_fact_file or "." not in entry.name):
                listing.diagnostics.append(cannot_open(entry.path, error))
            return
        is_folder = stat.S_ISDIR(mode)
        if not is_folder and not is_fact_file:
            return
        if is_left_out(entry.name):
            reason = "hidden" if entry.name.startswith(".") else "written by an earlier run"
            skipped.setdefault(reason, []).append(entry.name)
        elif is_folder:
            (listing.links if entry.is_symlink() else listing.folders).append(entry.path)
        elif stat.S_ISREG(mode):
            listing.files.append(entry.path)
        else:
            listing.diagnostics.append(_not_a_file(entry.path, mode))

    def _matching(self, pattern: str) -> Iterator[Found]:
        matches: list[str] = []
        problems: list[Diagnostic] = []
        for found in Glob().expand(pattern):
            if isinstance(found, Diagnostic):
                problems.append(found)
                continue
            try:
                mode = os.stat(found).st_mode
            except OSError as error:
                problems.append(cannot_open(found, error))
                continue
            if stat.S_ISREG(mode):
                matches.append(found)
            elif not stat.S_ISDIR(mode):
                problems.append(_not_a_file(found, mode))
        if not matches and not problems:
            problems.append(Diagnostic("U006", f"nothing matches `{pattern}`", Span(pattern), "check the pattern"))
        yield from sorted(matches)
        yield from problems


class Glob:
    """Expands patterns like `glob` of the standard library, but reports folders that it cannot open."""

    def expand(self, pattern: str) -> Iterator[Found]:
        """Yield the files and folders that match, and diagnostics of unreadable folders."""
        drive, path = os.path.splitdrive(pattern)
        parts = [part for part in re.split(_SEPARATORS, path) if part]
        root = drive + (path[:1] if re.match(_SEPARATORS, path) else "")
        yield from self._expand(root, tuple(parts))

    def _expand(self, folder: str, parts: tuple[str, ...]) -> Iterator[Found]:
        if not parts:
            yield folder
            return
        part, *rest = parts
        if part == "**":
            yield from self._at_any_depth(folder, tuple(rest))
        elif not glob.has_magic(part):
            name = os.path.join(folder, part)
            if os.path.lexists(name):
                yield from self._expand(name, tuple(rest))
        else:
            for entry in self._entries(folder):
                if isinstance(entry, Diagnostic):
                    yield entry
                elif _matches(entry.name, part) and (not rest or _is_folder(entry)):
                    yield from self._expand(os.path.join(folder, entry.name), tuple(rest))

    def _at_any_depth(self, top: str, rest: tuple[str, ...]) -> Iterator[Found]:
        """Expand the rest of a pattern in a folder and all folders below it, each once, those reached by links last."""
        seen: set[Identity | None] = set()
        waiting, links = [top], list[str]()
        while waiting or links:
            folder = waiting.pop() if waiting else links.pop(0)
            identity = identity_of(folder or ".")
            if identity in seen:
                continue
            seen.add(identity)
            yield from self._expand(folder, rest or ("*",))
            for entry in self._entries(folder):
                if isinstance(entry, Diagnostic):
                    yield entry
                elif not entry.name.startswith(".") and _is_folder(entry):
                    (links if entry.is_symlink() else waiting).append(os.path.join(folder, entry.name))

    def _entries(self, folder: str) -> list[os.DirEntry[str]] | list[Diagnostic]:
        try:
            with os.scandir(folder or ".") as opened:
                return sorted(opened, key=lambda entry: entry.name)
        except NotADirectoryError:
            return []
        except OSError as error:
            return [cannot_open(folder or ".", error, "folder")]


def _matches(name: str, pattern: str) -> bool:
    return fnmatch(name, pattern) and (not name.startswith(".") or pattern.startswith("."))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        return entry.is_dir()
    return False


def _left_out(folder: str, reason: str, names: Sequence[str]) -> Diagnostic:
    """Return the diagnostic of skipped entries of a folder."""
    shown = ", ".join(f"`{cut(name)}`" for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    help_ = "name them to read them: a folder leaves them out"
    return Diagnostic("U035", f"not read, because {reason}: {shown}{more}", Span(folder), help_)


def _not_a_file(name: str, mode: int) -> Diagnostic:
    """Return the diagnostic of a special file found in a folder or by a glob, which could block the run."""
    kinds = {
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    kind = kinds.get(stat.S_IFMT(mode), "no regular file")
    help_ = "name it to read it: folders and globs read regular files only"
    return Diagnostic("U035", f"not read: this is {kind}", Span(name), help_)


def cannot_open(name: str, error: Exception, kind: str = "file") -> Diagnostic:
    """Return the diagnostic of a file or folder that cannot be opened."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return Diagnostic("S001", f"the {kind} cannot be read: {reason}", Span(name), "check the name and your rights")
