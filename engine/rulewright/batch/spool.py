"""Chunks on their way to the workers: each in a file of its own, in memory where the machine has a folder for that."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from itertools import islice
from pathlib import Path

from rulewright.batch.chunks import Chunk, DamagedInputError, Position
from rulewright.batch.inputs import Input, InputFormat
from rulewright.diagnostics import Diagnostic

_MARK = b"\xef\xbb\xbf"
_MEMORY = Path("/dev/shm")
#: Characters that JSON takes in a text and YAML does not, or as something else, and how these begin.
CONTROLS = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]")
_CONTROL_STARTS = (b"\x7f", b"\xc2", b"\xef\xbf")
#: So many lines are looked at for their keys.
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen in the first lines: the keys at any depth, and those that hold lists, and objects, at the top."""

    keys: frozenset[str]
    lists: frozenset[str]
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Spooled:
    """A chunk in a file: the rows of a Parquet file, which has none, are read where they are.

    `columns` are those of a CSV or Parquet file. `is_plain` says that its lines are lines to everybody; `is_unusual`
    that there are characters beyond plain ASCII, or escapes, which `has_escapes` tells alone; `has_quotes` that a cell
    may be in quotes. `sample` tells of the first JSON lines, where these are objects. `damage` is told of an input that
    cannot be read on, behind its chunks.
    """

    input: Input
    start: Position
    end: Position
    columns: tuple[str, ...]
    file: Path | None
    is_plain: bool = True
    is_unusual: bool = True
    has_quotes: bool = False
    ends_in_line: bool = True
    has_escapes: bool = True
    sample: Sample | None = None
    damage: Diagnostic | None = None

    @property
    def data(self) -> bytes:
        """All its bytes."""
        return b"" if self.file is None else self.file.read_bytes()

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.end.line - self.start.line + (not self.ends_in_line)

    def remove(self) -> None:
        """Take the file away."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


class Spool:
    """Puts chunks into files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def put(self, chunk: Chunk, columns: Sequence[str]) -> Spooled:
        """Put a chunk into a file, and look at what it is made of."""
        if chunk.input.format is InputFormat.PARQUET:
            return Spooled(chunk.input, chunk.start, chunk.end, tuple(columns), None)
        parts = _without_mark(chunk)
        self._number += 1
        file = self._folder / f"chunk-{self._number}"
        with file.open("wb") as opened:
            opened.writelines(parts)
        is_csv = chunk.input.format is InputFormat.CSV
        is_ascii = all(map(bytes.isascii, parts))
        if not is_ascii:  # a character may stand in two parts
            parts = (b"".join(parts),)
        has_escapes = any(b"\\" in part for part in parts)
        return Spooled(
            chunk.input,
            chunk.start,
            chunk.end,
            tuple(columns),
            file,
            is_plain=chunk.is_orderly and bool(parts) and all(_is_plain(part, is_csv) for part in parts),
            is_unusual=has_escapes or not is_ascii or any(b"\x7f" in part for part in parts),
            has_quotes=is_csv and any(b'"' in part for part in parts),
            ends_in_line=not parts or parts[-1].endswith(b"\n"),
            has_escapes=has_escapes,
            sample=_sample(parts) if chunk.input.format is InputFormat.JSON_LINES else None,
        )


def damaged(error: DamagedInputError) -> Spooled:
    """What stands for the rest of an input that cannot be read on."""
    return Spooled(error.source, Position(), Position(), (), None, damage=error.diagnostic)


def _without_mark(chunk: Chunk) -> tuple[bytes, ...]:
    if chunk.start.offset == 0 and chunk.parts and chunk.parts[0].startswith(_MARK):
        return (chunk.parts[0][len(_MARK) :], *chunk.parts[1:])
    return chunk.parts


def _sample(parts: Sequence[bytes]) -> Sample | None:
    """What is seen in the first lines; nothing where some of them is no JSON object."""
    keys: set[str] = set()
    lists: set[str] = set()
    objects: set[str] = set()
    try:
        for line in islice(BytesIO(parts[0] if parts else b""), _LOOKED_AT):
            value = json.loads(line)
            if not isinstance(value, dict):
                return None
            keys |= _keys(value)
            lists.update(key for key, part in value.items() if isinstance(part, list))
            objects.update(key for key, part in value.items() if isinstance(part, dict))
    except (ValueError, RecursionError):
        return None
    return Sample(frozenset(keys), frozenset(lists), frozenset(objects))


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


def _is_plain(part: bytes, is_csv: bool) -> bool:
    """Whether DuckDB is given these lines as they are; what is wrong beyond that it says itself."""
    if b"\r" in part and part.count(b"\r") != part.count(b"\r\n"):
        return False
    if not is_csv:
        starts = _CONTROL_STARTS[:1] if part.isascii() else _CONTROL_STARTS
        return not any(start in part for start in starts) or CONTROLS.search(part) is None
    return not (b"\x00" in part or part.startswith((b"\n", b"\r\n")) or b"\n\n" in part or b"\n\r\n" in part)


def temporary_folder(needed: int, output: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A folder for so many bytes: in memory, where there is enough of it, and on the disk else.

    What a run to the same output that was killed has left there goes.
    """
    places = [_MEMORY, Path(tempfile.gettempdir())]
    prefix = "rulewright-"
    if output is not None:
        prefix += blake2b(str(output).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest() + "-"
        for left in (left for place in places for left in place.glob(f"{prefix}*")):
            shutil.rmtree(left, ignore_errors=True)
    in_memory = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 2 * needed
    return tempfile.TemporaryDirectory(prefix=prefix, dir=places[0] if in_memory else places[1])
