"""Outputs of commands: diagnostics, standard output, and files that are written completely or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rulewright.diagnostics import Diagnostic
from rulewright.render.clean import clean

if TYPE_CHECKING:
    from rich.console import Console

#: Name of standard output, as in other commands.
STANDARD_OUTPUT = "-"
#: Error handler for characters that cannot be encoded, which names of files can have.
_NO_TEXT = "backslashreplace"
#: Width of a text outside a terminal, and maximum width in a terminal.
_WIDTH, _WIDEST = 100, 120


def report_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics on standard error, without control characters for a terminal."""
    for diagnostic in diagnostics:
        remark("\n".join(clean(line) for line in str(diagnostic).split("\n")))


def remark(text: str) -> None:
    """Print a line on standard error, unless it is closed."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, file=sys.stderr)


class _Letters(StringIO):
    """A text buffer with an encoding, from which a console determines the available characters."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]  # read-only here
        return self._encoding


def text_console(output: str | None) -> tuple[Console, StringIO]:
    """Return a console for an output and its buffer, so that the output gets all or nothing."""
    from rich.console import Console  # noqa: PLC0415  start-up time: for texts only

    to_terminal = is_standard(output) and sys.stdout is not None and sys.stdout.isatty()
    width = min(Console().width, _WIDEST) if to_terminal else _WIDTH
    encoding = sys.stdout.encoding if is_standard(output) and sys.stdout is not None else "utf-8"
    buffer = _Letters(encoding)
    return Console(file=buffer, force_terminal=to_terminal, width=width, highlight=False), buffer


def is_standard(output: str | None) -> bool:
    """Return whether an output is standard output."""
    return output is None or output == STANDARD_OUTPUT


def write_output(text: str, output: str | None, *, for_people: bool = False) -> Diagnostic | None:
    """Write a text to standard output, or completely to a file; return the error if that fails.

    Without `for_people`, the text is UTF-8 on every output, except for a terminal.
    """
    whole = text if text.endswith("\n") else text + "\n"
    try:
        if output is None or is_standard(output):
            _write_standard(whole, for_people)
        else:
            _write_file(whole, Path(os.path.realpath(output)))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        named = "standard output" if output is None or is_standard(output) else f"`{output}`"
        return Diagnostic(
            "U005", f"{named} cannot be written: {reason}", help="check the folder, its space and your rights"
        )
    return None


def _write_standard(text: str, for_people: bool) -> None:
    if sys.stdout is None:
        raise OSError("it is closed")
    try:
        # as bytes: text streams use other encodings and line ends on other machines
        if for_people or sys.stdout.isatty():
            data = text.encode(sys.stdout.encoding, "replace")
        else:
            data = text.encode("utf-8", _NO_TEXT)
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except OSError as error:
        # the rest of the buffer must not fail again at the end of Python
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # a closed reader needs no more output
            raise


def stage_output(text: str, output: str) -> Callable[[], None]:
    """Write a text beside the file that it replaces; return a function that moves it there.

    Raises OSError. For standard output and devices, the returned function writes the text.
    """
    whole = text if text.endswith("\n") else text + "\n"
    if is_standard(output):
        return partial(_write_standard, whole, for_people=False)
    path = Path(os.path.realpath(output))
    return partial(_write_device, whole, path) if _is_device(path) else _stage_file(whole, path)


def _write_file(text: str, path: Path) -> None:
    if _is_device(path):
        _write_device(text, path)
    else:
        _stage_file(text, path)()


def _is_device(path: Path) -> bool:
    """Return whether a path is a device or a pipe, which no file can replace."""
    return path.exists() and not path.is_file()


def _write_device(text: str, path: Path) -> None:
    with path.open("w", encoding="utf-8", errors=_NO_TEXT, newline="\n") as file:
        file.write(text)


def _stage_file(text: str, path: Path) -> Callable[[], None]:
    temporary: str | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            errors=_NO_TEXT,
            newline="\n",
            dir=path.parent,
            prefix=".rulewright-",
            delete=False,
        ) as file:
            temporary = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
    except BaseException:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise
    return partial(_move, Path(temporary), path)


def _move(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
