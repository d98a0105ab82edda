"""Refuse outputs that would replace what a command reads, or one another, before anything is opened."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path

from rulewright.batch.identity import Identity, identity_of, identity_to_be
from rulewright.batch.inputs import has_fact_ending, is_read_in_folder
from rulewright.batch.output_paths import Paths
from rulewright.batch.walking import Finder, is_left_out
from rulewright.catalogue import Editions, find_rulebook
from rulewright.diagnostics import Diagnostic
from rulewright.read.documents import STANDARD_INPUT

#: The name for standard output, as in other commands.
_STANDARD_OUTPUT = "-"
_AWAY = "name another file, outside of the folders that are read"


@dataclass(frozen=True, slots=True)
class Output:
    """A file or folder that a command writes, and the option that names it.

    `is_batch` is true if a batch writes partial files, rejected rows and a journal beside it. `is_folder` is true if
    the command adds files to it. `may_replace_input` is true if the command is meant to replace its input.
    """

    option: str
    name: str | None
    is_batch: bool = False
    is_folder: bool = False
    may_replace_input: bool = False


@dataclass(frozen=True, slots=True)
class _Written:
    """An output path, and its description in messages."""

    path: Path
    words: str
    identity: Identity | None
    output: Output


def find_clashes(
    outputs: Sequence[Output],
    reads: Sequence[str] = (),
    *,
    rulebook: str | None = None,
    folders: Sequence[str | None] = (),
    are_facts: bool = False,
) -> list[Diagnostic]:
    """Return a diagnostic for each output that would replace an input or another output.

    `reads` are the input files; with `are_facts` they may be folders and globs. The command also reads the `rulebook`
    and the `folders` of templates.
    """
    nameless = [output.option for output in outputs if output.name == ""]
    if nameless:
        return [Diagnostic("U033", f"{one} names no file", help="write a name after it") for one in nameless]
    written = [one for output in outputs for one in _written(output)]
    to_stdout = any(output.name in (None, _STANDARD_OUTPUT) for output in outputs)
    if not written and not to_stdout:
        return []
    read = _Read(reads, rulebook, folders, are_facts=are_facts)
    wrong = [message for message in map(read.refusal, written) if message is not None]
    if to_stdout and (name := read.standard_output()) is not None:
        help_ = "redirect standard output to another file"
        wrong.append(Diagnostic("U031", f"standard output goes to `{name}`, which is an input", help=help_))
    wrong += _same(written)
    return list(dict.fromkeys(wrong or _foreign(outputs)))


def _written(output: Output) -> Iterator[_Written]:
    if output.name in (None, _STANDARD_OUTPUT):
        return
    try:
        # a batch follows links of its output, and writes its other files beside the link's target
        real = Path(os.path.realpath(output.name))
        if real.exists() and not real.is_file() and not real.is_dir():
            return  # writing to a device or pipe replaces nothing
        paths = [Path(output.name)]
        if output.is_batch:
            beside = Paths(real)
            paths += [beside.partial, beside.rejected, beside.rejected_partial, beside.journal, beside.joined]
        for number, path in enumerate(paths):
            named = f"{output.option} `{output.name}`"
            words = named if number == 0 else f"`{path.name}`, which is written beside {named},"
            yield _Written(path, words, identity_to_be(path), output)
    except (OSError, ValueError):
        return  # the name is reported when the file is written


class _Read:
    """The files that a command reads, by identity, and the folders that it searches for them."""

    def __init__(
        self, reads: Sequence[str], rulebook: str | None, folders: Sequence[str | None], *, are_facts: bool
    ) -> None:
        files = list(Finder(has_fact_ending).find(reads)) if are_facts else list(reads)
        self._inputs = {
            identity: name for name in files if isinstance(name, str) and (identity := identity_of(name)) is not None
        }
        self._folders = {
            identity: name
            for name in reads
            if are_facts and name != STANDARD_INPUT and _is_folder(name) and (identity := identity_of(name)) is not None
        }
        self._others: dict[Identity, str] = {}
        self._add(_rulebook_files(rulebook), "a file of the rulebook")
        for folder in folders:
            self._add([] if folder is None else _files_below(folder), "a template")
        # an output that replaces a whole folder may replace inputs in it
        self._above: dict[Identity, str] = {}
        for folder, name in {os.path.dirname(name): name for name in self._inputs.values()}.items():  # noqa: PTH120
            for above in (Path(os.path.realpath(folder or ".")), *Path(os.path.realpath(folder or ".")).parents):
                if (identity := identity_of(str(above))) is not None:
                    self._above.setdefault(identity, name)
        self._patterns = [name for name in reads if are_facts and glob.has_magic(name) and not os.path.lexists(name)]

    def _add(self, files: Iterable[str], role: str) -> None:
        for name in files:
            if (identity := identity_of(name)) is not None:
                self._others.setdefault(identity, f"{role}: `{name}`")

    def refusal(self, written: _Written) -> Diagnostic | None:
        """Return the diagnostic of a path that must not be written; None if it may be written."""
        identity, words, output = written.identity, written.words, written.output
        if identity is None:
            return None
        if identity in self._others:
            return Diagnostic("U031", f"{words} would replace {self._others[identity]}", help=_AWAY)
        if output.may_replace_input:
            return None
        if identity in self._inputs:
            return Diagnostic("U031", f"{words} would replace the input `{self._inputs[identity]}`", help=_AWAY)
        if identity in self._above and not output.is_folder:
            message = f"{words} would replace the folder of the input `{self._above[identity]}`"
            return Diagnostic("U031", message, help=_AWAY)
        source = self._next_source(written)
        if source is None:
            return None
        message = f"{words} lies in the input `{source}`, so the next run would read it"
        return Diagnostic("U031", message, help=_AWAY)

    def _next_source(self, written: _Written) -> str | None:
        """Return the input folder or glob through which the next run would read this output."""
        real = Path(os.path.realpath(written.path))
        if not written.output.is_folder and not is_read_in_folder(real.name):
            return None
        inside = real
        while not is_left_out(inside.name) and inside != inside.parent:
            folder = inside if written.output.is_folder else inside.parent
            if (name := self._folders.get(identity_of(str(folder)) or (-1, -1, ""))) is not None:
                return name
            inside = inside.parent
        parts = Path(os.path.abspath(written.path)).parts  # noqa: PTH100  links stay as the user wrote them
        return next((one for one in self._patterns if _fits(parts, Path(os.path.abspath(one)).parts)), None)  # noqa: PTH100

    def standard_output(self) -> str | None:
        """Return the name of the input that standard output is redirected to; None if there is none."""
        with suppress(OSError, ValueError, AttributeError):
            status = os.fstat(sys.stdout.fileno())
            if stat.S_ISREG(status.st_mode):
                return self._inputs.get((status.st_dev, status.st_ino, ""))
        return None


def _same(written: Sequence[_Written]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each pair of outputs with the same file."""
    for number, one in enumerate(written):
        for other in written[:number]:
            if one.identity is not None and one.identity == other.identity:
                message = f"{one.words} and {other.words} are the same file"
                yield Diagnostic("U031", message, help="name a file of its own for each output")


def _foreign(outputs: Sequence[Output]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each folder of partial results with foreign files."""
    for output in outputs:
        if not output.is_batch or output.name in (None, _STANDARD_OUTPUT):
            continue
        with suppress(OSError, ValueError):
            paths = Paths(Path(os.path.realpath(output.name)))
            help_ = "move it away, or name another output"
            if paths.partial.is_dir() and not paths.partial.is_symlink():
                other = next((one for one in paths.partial.iterdir() if one.suffix != ".parquet"), None)
                if other is not None:
                    message = f"`{paths.partial}` would be removed, and it holds `{other.name}`"
                    yield Diagnostic("U031", message, help=help_)


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        return False


def _rulebook_files(named: str | None) -> list[str]:
    found = None if named is None else _found(named)
    if found is None:
        return []
    if found.single is not None:
        return [str(found.single)]
    folders = {file.parent for file in found.files.values()}
    return [str(file) for folder in folders for file in folder.iterdir()]


def _found(named: str) -> Editions | None:
    try:
        found = find_rulebook(named)
    except (OSError, ValueError):
        return None
    return None if isinstance(found, Diagnostic) else found


#: The maximum number of template files to examine, so that `--templates /` ends soon.
_MOST_TEMPLATES = 10_000


def _files_below(folder: str) -> list[str]:
    with suppress(OSError, ValueError):
        return [str(one) for one in islice(Path(folder).rglob("*"), _MOST_TEMPLATES) if one.is_file()]
    return []


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return True if a glob matches a path."""
    if not pattern:
        return not parts
    first, *rest = pattern
    if first == "**":
        return any(_fits(parts[number:], rest or ("*",)) for number in range(len(parts)))
    return bool(parts) and fnmatch(parts[0], first) and _fits(parts[1:], rest)
