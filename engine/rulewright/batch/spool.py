"""Chunks for the workers: left in place in a plain file, or each in a temporary file.

Temporary files are in memory if the machine has a folder for that.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from rulewright.batch.chunks import SHORTER, Chunk, DamagedInputError, Position
from rulewright.batch.inputs import Input, InputFormat
from rulewright.batch.storage import PREFIX, writing, writing_temporary
from rulewright.batch.unpacking import reason_of
from rulewright.diagnostics import Diagnostic

MARK = b"\xef\xbb\xbf"
_MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Spooled:
    """A chunk in a temporary file, or without a file if it is read from its input.

    `columns` are the columns of a CSV or Parquet file. `is_orderly` is true if each quote in a CSV chunk begins or ends
    a cell. `damage` is the diagnostic of an input that cannot be read any further, after its chunks. `rows` is the
    number of rows, counted when the input is cut. `too_long` is the size in bytes of a line that exceeds the maximum;
    such a chunk stands for that line, without its bytes. `extra` are the columns whose values are passed through to the
    records. `held` has the bytes of a small file, which needs no temporary file.
    """

    input: Input
    start: Position
    end: Position
    columns: tuple[str, ...]
    file: Path | None
    is_orderly: bool = True
    damage: Diagnostic | None = None
    rows: int = 0
    too_long: int | None = None
    extra: tuple[str, ...] = ()
    held: bytes | None = None

    @property
    def data(self) -> bytes:
        """Return all bytes, or none for Parquet; raise an OSError if the input can no longer be read."""
        if self.held is not None:
            return self.held
        if self.file is not None:
            return self.file.read_bytes()
        if self.input.format is InputFormat.PARQUET or self.damage is not None or self.too_long is not None:
            return b""
        with Path(self.input.name).open("rb") as file:
            file.seek(self.start.offset)
            data = file.read(self.end.offset - self.start.offset)
        if self.start.offset + len(data) < self.end.offset:
            raise OSError(SHORTER)
        return data if self.start.offset else data.removeprefix(MARK)

    def remove(self) -> None:
        """Delete the temporary file."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


@contextmanager
def reading(chunk: Spooled) -> Iterator[None]:
    """Convert an OSError while a chunk is read to a DamagedInputError."""
    try:
        yield
    except OSError as error:
        raise DamagedInputError(chunk.input, chunk.start, reason_of(error)) from error


class Spool:
    """Writes the bytes of chunks to files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def put(self, chunk: Chunk, columns: Sequence[str], extra: Sequence[str] = (), held_bytes: int = 0) -> Spooled:
        """Write the bytes of a chunk to a file, or hold them in memory if there are at most `held_bytes`."""
        file = held = None
        if chunk.parts is not None and sum(map(len, chunk.parts)) <= held_bytes:
            held = b"".join(_without_mark(chunk.start, chunk.parts))
        elif chunk.parts is not None:
            self._number += 1
            file = self._folder / f"chunk-{self._number}"
            with writing_temporary(self._folder), file.open("wb") as opened:
                opened.writelines(_without_mark(chunk.start, chunk.parts))
        return Spooled(
            chunk.input,
            chunk.start,
            chunk.end,
            tuple(columns),
            file,
            chunk.is_orderly,
            rows=chunk.rows,
            too_long=chunk.too_long,
            extra=tuple(extra),
            held=held,
        )


def damaged(error: DamagedInputError) -> Spooled:
    """Return the chunk that represents the unreadable rest of an input."""
    return Spooled(error.source, Position(), Position(), (), None, damage=error.diagnostic)


def _without_mark(start: Position, parts: Sequence[bytes]) -> Sequence[bytes]:
    return (parts[0].removeprefix(MARK), *parts[1:]) if parts and start.offset == 0 else parts


def temporary_folder(needed: int, output: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """Create a folder for `needed` bytes: in memory if there is enough, else on disk.

    Remove folders left by a killed run with the same output. Raise a WriteError if no folder can be created.
    """
    with writing("a folder for temporary files", "set TMPDIR to a folder that you can write to"):
        places = [_MEMORY, Path(tempfile.gettempdir())]
    prefix = PREFIX
    if output is not None:
        prefix += blake2b(str(output).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest() + "-"
        for left in (left for place in places for left in place.glob(f"{prefix}*")):
            shutil.rmtree(left, ignore_errors=True)
    in_memory = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 2 * needed
    place = places[0] if in_memory else places[1]
    with writing_temporary(place):
        return tempfile.TemporaryDirectory(prefix=prefix, dir=place, ignore_cleanup_errors=True)
