"""Scan of all bytes of a chunk to choose how to read it; a chunk of a plain file is copied during the scan."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from rulewright.batch.blocks import BLOCK_BYTES, Blocks
from rulewright.batch.chunks import MAXIMUM_LINE
from rulewright.batch.field_values import is_surely_text
from rulewright.batch.inputs import InputFormat
from rulewright.batch.long_numbers import long_numbers
from rulewright.batch.spool import MARK, Spooled
from rulewright.batch.storage import write_all, writing_temporary
from rulewright.model.values import MAXIMUM_TEXT

#: Characters that JSON allows in a text but YAML rejects or reads differently, and their first bytes.
CONTROLS = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]")
_CONTROL_STARTS = (b"\xc2", b"\xef\xbf")
_LONE_RETURN = re.compile(rb"\r[^\n]")
#: The number of first lines and of evenly spaced lines to sample for keys; longer lines are not sampled.
_FIRST_LINES, _OTHER_LINES, _LONGEST_SAMPLED = 100, 400, 64 * 1024
_QUOTE, _NEWLINE, _RETURN, _FIRST_NOT_ASCII = ord('"'), ord("\n"), ord("\r"), 0x80
#: A table of bytes: true for a line break, a space or a tab.
_IS_BLANK = np.isin(np.arange(256), np.frombuffer(b"\n \t", np.uint8))
#: Blank rows do not keep a chunk with at most this number of line breaks off the fast path: its table is small.
_FEW_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Sample:
    """The keys in a sample of lines, at any depth.

    `objects` are the top-level keys that hold an object more often than a list. `unsure` are the keys of texts that
    look like another type without their quotes.
    """

    keys: frozenset[str]
    objects: frozenset[str]
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scanned:
    """A chunk in the file from which its lines are read, with the results of its scan.

    A Parquet chunk is read in place: it has no file and no results.

    `is_plain` is true if all readers split its lines alike and none misreads a character. `is_unusual` is true if it
    has characters beyond ASCII or escapes; `has_escapes` is about escapes alone. `has_quotes` is true if CSV cells may
    be quoted. `quotes` is the number of quotes in JSON lines. `is_maybe_rounded` is true if a number may have more
    digits than DuckDB's JSON reader retains. `sample` has the keys of sampled lines, if any is an object.
    `has_blank_lines` is true if a line is empty or begins with white space. Long lines can have a text over the maximum
    length; huge lines are never passed to DuckDB. `may_have_blank_rows` is true if a CSV row may begin with an empty
    cell.
    """

    chunk: Spooled
    is_plain: bool = True
    is_unusual: bool = True
    has_quotes: bool = False
    ends_in_line: bool = True
    has_escapes: bool = True
    quotes: int = 0
    is_maybe_rounded: bool = True
    sample: Sample | None = None
    has_blank_lines: bool = False
    has_long_lines: bool = True
    has_huge_lines: bool = True
    may_have_blank_rows: bool = False

    @property
    def lines(self) -> int:
        """Return the number of lines."""
        return self.chunk.end.line - self.chunk.start.line + (not self.ends_in_line)


class Scanner:
    """Scans one chunk after another; the last chunk of a plain file is copied to a file."""

    def __init__(self, folder: Path, block_bytes: int = BLOCK_BYTES) -> None:
        self._blocks = Blocks(block_bytes)
        self._copy = folder / "chunk"

    def scan(self, chunk: Spooled) -> Scanned:
        """Scan a chunk; raise an OSError if it can no longer be read."""
        if chunk.input.format is InputFormat.PARQUET:
            return Scanned(chunk)
        look = _Look(self._blocks, chunk.input.format is InputFormat.CSV, chunk.input.form.delimiter)
        if chunk.file is not None:
            file = chunk.file
            with file.open("rb", buffering=0) as opened:
                for _ in self._blocks.read(opened, 0, None):
                    look.at_block()
        else:
            file = self._copy
            with writing_temporary(file.parent):
                file.touch()  # overwritten each time: new pages take longer
                copied = file.open("r+b", buffering=0)
            with copied as copy, Path(chunk.input.name).open("rb", buffering=0) as opened:
                start = chunk.start.offset
                if start == 0 and opened.read(len(MARK)) == MARK:
                    start = len(MARK)
                for _ in self._blocks.read(opened, start, chunk.end.offset):
                    with writing_temporary(file.parent):
                        write_all(cast(BinaryIO, copy), self._blocks.block)
                    look.at_block()
                with writing_temporary(file.parent):
                    copy.truncate()
        return look.scanned(replace(chunk, file=file), file)


class _Look:
    """The findings in the blocks of a chunk so far."""

    def __init__(self, blocks: Blocks, is_csv: bool, delimiter: str) -> None:
        separator = delimiter.encode()
        self._blank_starts = (b"\n" + separator, b"\n\n", b"\n\r", b'\n"', b"\n ", b"\n\t")
        self._may_have_blank_rows = False
        self._blocks = blocks
        self._is_csv = is_csv
        self._is_first = True
        self._is_plain = self._is_ascii = self._ends_in_line = True
        self._has_escapes = self._has_delete = self._has_quotes = self._is_maybe_rounded = False
        self._quotes = 0
        self._has_blank_lines = False
        #: The length of the longest line, and of the incomplete line at the end of the last block.
        self._longest = self._begun = 0

    def at_block(self) -> None:
        """Scan the next block."""
        blocks = self._blocks
        self._is_ascii = self._is_ascii and int(blocks.array[blocks.start : blocks.end].max()) < _FIRST_NOT_ASCII
        self._has_escapes = self._has_escapes or blocks.has(b"\\")
        self._has_delete = self._has_delete or blocks.has(b"\x7f")
        if blocks.has(b"\r") and self._matches(_LONE_RETURN):
            self._is_plain = False
        if self._is_csv:
            self._has_quotes = self._has_quotes or blocks.has(b'"')
            if not self._may_have_blank_rows:
                self._may_have_blank_rows = any(map(blocks.has, self._blank_starts))
            breaks = (b"\n\n", b"\n\r\n")
            self._is_plain = self._is_plain and not any(map(blocks.has, (b"\x00", *breaks)))
            if self._is_first and blocks.buffer.startswith((b"\n", b"\r\n"), blocks.start, blocks.end):
                self._is_plain = False
        else:
            starts = () if self._is_ascii else _CONTROL_STARTS
            if (self._has_delete or any(map(blocks.has, starts))) and self._matches(CONTROLS):
                self._is_plain = False
            self._quotes += blocks.count(_QUOTE)
            self._at_lines()
            self._is_maybe_rounded = self._is_maybe_rounded or self._has_long_number()
        self._ends_in_line = blocks.buffer[blocks.end - 1] == ord("\n")
        self._is_first = False

    def scanned(self, chunk: Spooled, file: Path) -> Scanned:
        """Return the results for the chunk in this file."""
        blocks = self._blocks
        ends_in_return = not self._is_first and blocks.buffer[blocks.end - 1] == ord("\r")
        is_json_lines = chunk.input.format is InputFormat.JSON_LINES
        return Scanned(
            chunk,
            is_plain=chunk.is_orderly and self._is_plain and not self._is_first and not ends_in_return,
            is_unusual=self._has_escapes or not self._is_ascii or self._has_delete,
            has_quotes=self._has_quotes,
            ends_in_line=self._ends_in_line,
            has_escapes=self._has_escapes,
            quotes=self._quotes,
            is_maybe_rounded=self._is_maybe_rounded,
            sample=_sample(file) if is_json_lines else None,
            has_blank_lines=self._has_blank_lines,
            has_long_lines=max(self._longest, self._begun) > MAXIMUM_TEXT,
            has_huge_lines=max(self._longest, self._begun) > MAXIMUM_LINE,
            may_have_blank_rows=self._may_have_blank_rows,
        )

    def _at_lines(self) -> None:
        """Measure the lines that end in the block, and check for lines that begin with white space."""
        blocks = self._blocks
        breaks = np.flatnonzero(blocks.array[blocks.start : blocks.end] == _NEWLINE) + blocks.start
        if len(breaks):
            first = self._begun + int(breaks[0]) - blocks.start
            self._longest = max(self._longest, first, int(np.diff(breaks).max(initial=0)) - 1)
            self._begun = blocks.end - 1 - int(breaks[-1])
        else:
            self._begun += blocks.end - blocks.start
        starts = [b"\n", b"\r\n", b" ", b"\t"]
        if self._is_first and any(blocks.buffer.startswith(one, blocks.start, blocks.end) for one in starts):
            self._has_blank_lines = True
        if self._has_blank_lines:
            return
        seen = max(blocks.seen, blocks.start - 2)  # two bytes of the block before
        before = np.flatnonzero(blocks.array[seen : blocks.start] == _NEWLINE) + seen
        breaks = np.concatenate((before, breaks))
        behind, second = (blocks.array[np.minimum(breaks + step, blocks.end - 1)] for step in (1, 2))
        is_inside = breaks + 1 < blocks.end
        is_return = (behind == _RETURN) & (second == _NEWLINE) & (breaks + 2 < blocks.end)
        self._has_blank_lines = bool((is_inside & (_IS_BLANK[behind] | is_return)).any())

    def _matches(self, pattern: re.Pattern[bytes]) -> bool:
        return pattern.search(self._blocks.buffer, self._blocks.seen, self._blocks.end) is not None

    def _has_long_number(self) -> bool:
        """Return true if a number in the block may have too many digits."""
        blocks = self._blocks
        end = blocks.end + -blocks.end % 8 + 16
        blocks.array[blocks.end : end] = 0
        return len(long_numbers(blocks.array[:end], blocks.seen)) > 0


def is_mostly_blank(chunk: Spooled) -> bool:
    """Return true if a table of all rows of a chunk would take too much memory because of its blank rows."""
    data, is_csv = chunk.data, chunk.input.format is InputFormat.CSV
    separator = re.escape(chunk.input.form.delimiter.encode()) if is_csv else b""
    blank = sum(1 for _ in re.finditer(rb'^[ \t"%b]*\r?$' % separator, data, re.MULTILINE))
    return 2 * blank > data.count(b"\n") > _FEW_LINES


def _sample(file: Path) -> Sample | None:
    """Return the keys in lines sampled from the whole file; None if no sampled line is a JSON object."""
    keys: set[str] = set()
    objects: Counter[str] = Counter()
    unsure: set[str] = set()
    found = 0
    for line in _lines_of_sample(file):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found += 1
            _look_into(value, keys, unsure)
            objects.update(key for key, part in value.items() if isinstance(part, dict))
            objects.subtract(key for key, part in value.items() if isinstance(part, list))
    single = frozenset(key for key, more in objects.items() if more > 0)
    return Sample(frozenset(keys), single, frozenset(unsure)) if found else None


def _lines_of_sample(file: Path) -> Iterator[bytes]:
    """Yield the first lines of a file and evenly spaced lines after them, because some keys are rare."""
    with file.open("rb") as opened:
        yield from islice(opened, _FIRST_LINES)
        behind, size = opened.tell(), file.stat().st_size
        for number in range(_OTHER_LINES if size > behind else 0):
            opened.seek(behind + (size - behind) * number // _OTHER_LINES)
            opened.readline(_LONGEST_SAMPLED)
            line = opened.readline(_LONGEST_SAMPLED)
            if line.endswith(b"\n"):
                yield line


def _look_into(value: object, keys: set[str], unsure: set[str]) -> None:
    if isinstance(value, dict):
        keys.update(value)
        for key, part in value.items():
            if not isinstance(part, str):
                _look_into(part, keys, unsure)
            elif not is_surely_text(part):
                unsure.add(key)
    elif isinstance(value, list):
        for part in value:
            _look_into(part, keys, unsure)
