"""What commands share: reading files, telling diagnostics, writing a file whole."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rulewright.catalogue import read_bytes
from rulewright.diagnostics import Diagnostic
from rulewright.read.cases import STANDARD_INPUT
from rulewright.render.clean import clean

#: Cases without a date of their own are judged on today's date there.
TIME_ZONE = ZoneInfo("Asia/Shanghai")


def read_input(name: str) -> bytes | Diagnostic:
    """The bytes of a file or of standard input, or why they cannot be read."""
    return sys.stdin.buffer.read() if name == STANDARD_INPUT else read_bytes(Path(name))


def today() -> date:
    """Today's date where the rulebooks' documents are in force."""
    return datetime.now(TIME_ZONE).date()


def read_date(text: str | None, option: str) -> date | Diagnostic | None:
    """The date of an option; none where it is left out."""
    if text is None:
        return None
    try:
        if len(text) == len("2023-09-28"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    return Diagnostic("U004", f"`{text}` after {option} is not a date", help="write it as 2023-09-28")


def tell(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics on standard error, without what a terminal would obey."""
    for diagnostic in diagnostics:
        print("\n".join(clean(line) for line in str(diagnostic).split("\n")), file=sys.stderr)


def write_output(text: str, output: str | None) -> Diagnostic | None:
    """Write a text to standard output or whole to a file; why not, where that fails."""
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return None
    path = Path(output)
    temporary: str | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = file.name
            file.write(text if text.endswith("\n") else text + "\n")
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        return Diagnostic("U005", f"`{output}` cannot be written: {reason}", help="check the folder and your rights")
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
