"""Input files found from names, folders and globs, in a fixed order, with the format of each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath

from rulewright.batch.csv_form import PLAIN, CsvForm
from rulewright.batch.identity import Identity, identity_of
from rulewright.batch.walking import Finder, cannot_open, is_left_out
from rulewright.diagnostics import Diagnostic, Span, did_you_mean
from rulewright.read.documents import STANDARD_INPUT


class InputFormat(Enum):
    """The formats of fact files; the value is the word that `--input` takes."""

    YAML = "yaml"
    JSON = "json"
    JSON_LINES = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Compression(Enum):
    """The compression of a file, by the ending of its name."""

    NONE = ""
    GZIP = ".gz"
    ZSTANDARD = ".zst"


#: The formats by the ending of a name, without that of a compression.
ENDINGS = {
    ".yaml": InputFormat.YAML,
    ".yml": InputFormat.YAML,
    ".json": InputFormat.JSON,
    ".jsonl": InputFormat.JSON_LINES,
    ".ndjson": InputFormat.JSON_LINES,
    ".csv": InputFormat.CSV,
    ".tsv": InputFormat.CSV,
    ".parquet": InputFormat.PARQUET,
}
#: The first bytes of packed files.
MAGIC = {b"\x1f\x8b": Compression.GZIP, b"\x28\xb5\x2f\xfd": Compression.ZSTANDARD}


@dataclass(frozen=True, slots=True)
class Input:
    """An input file under the name that the user gave.

    `size` in bytes and `modified` in nanoseconds show if the file has changed. Both are 0 for a stream: standard input,
    a pipe or a device, which can be opened only once.
    """

    name: str
    format: InputFormat
    compression: Compression
    size: int = 0
    modified: int = 0
    form: CsvForm = PLAIN

    is_stream: bool = False

    @property
    def stem(self) -> str:
        """Return the default name of cases; undecodable bytes of the file name are replaced."""
        stem = "case" if self.name == STANDARD_INPUT else PurePath(self.name).name.split(".")[0] or "case"
        return stem.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def find_inputs(names: Sequence[str], format_: InputFormat | None) -> tuple[list[Input], list[Diagnostic]]:
    """Return the inputs that the names refer to, each file once, and the diagnostics of unreadable names.

    A file with several names (through links, folders or globs) is read under the first name.
    """
    found = list(_each(names, format_))
    diagnostics = [one for one in found if isinstance(one, Diagnostic)]
    return [one for one in found if isinstance(one, Input)], list(dict.fromkeys(diagnostics))


def find_first_input(names: Sequence[str]) -> tuple[Input | None, list[Diagnostic]]:
    """Return the first input that the names refer to, and the diagnostics of the names before it."""
    diagnostics: list[Diagnostic] = []
    for found in _each(names, None):
        if isinstance(found, Input):
            return found, diagnostics
        diagnostics.append(found)
    return None, list(dict.fromkeys(diagnostics))


def _each(names: Sequence[str], format_: InputFormat | None) -> Iterator[Input | Diagnostic]:
    seen: set[Identity | str] = set()
    for found in Finder(has_fact_ending).find(names):
        if isinstance(found, Diagnostic):
            yield found
            continue
        key = identity_of(found) or found
        if key in seen:
            continue
        made = _input(found, format_)
        if isinstance(made, Input):
            seen.add(key)
        yield made


def is_utf_8(name: str) -> bool:
    """Return True if a file name is UTF-8; DuckDB opens no other file."""
    return not any("\udc80" <= one <= "\udcff" for one in name)


def has_fact_ending(name: str) -> bool:
    """Return True if a file of this name is read when its folder is named."""
    return format_of(name)[0] is not None


def is_read_in_folder(name: str) -> bool:
    """Return True if a file of this name is read when a folder above it is named."""
    return has_fact_ending(name) and not is_left_out(name)


def format_of(name: str) -> tuple[InputFormat | None, Compression]:
    """Return the format and the compression for the ending of a name, in upper or lower case."""
    path = PurePath(name)
    ending = path.suffix.lower()
    compression = next((one for one in Compression if one.value and ending == one.value), Compression.NONE)
    if compression is not Compression.NONE:
        path = path.with_suffix("")
    return ENDINGS.get(path.suffix.lower()), compression


def _input(name: str, wanted: InputFormat | None) -> Input | Diagnostic:
    told, compression = format_of(name)
    if name == STANDARD_INPUT and wanted is InputFormat.PARQUET:
        help_ = "write it to a file first: a Parquet file is read from its end"
        return Diagnostic("U006", "Parquet cannot be read from standard input", Span(name), help_)
    if name == STANDARD_INPUT:
        return Input(name, wanted or InputFormat.YAML, Compression.NONE, is_stream=True)
    try:
        if not Path(name).is_file() and Path(name).exists():  # opened once, because bytes can be read from it only once
            if (wanted or told) is InputFormat.PARQUET:
                help_ = "write it to a file first: a Parquet file is read from its end"
                return Diagnostic("U006", "Parquet cannot be read from a pipe", Span(name), help_)
            return Input(name, wanted or told or InputFormat.YAML, compression, is_stream=True)
        with Path(name).open("rb") as file:
            status = os.fstat(file.fileno())
            if compression is Compression.NONE:
                compression = next((one for start, one in MAGIC.items() if file.peek(4).startswith(start)), compression)
    except (OSError, ValueError) as error:
        return cannot_open(name, error)
    format_ = wanted or told or InputFormat.YAML
    if format_ is InputFormat.PARQUET and compression is not Compression.NONE:
        help_ = "unpack it first: Parquet packs its columns itself"
        return Diagnostic("U006", f"`{name}` is a Parquet file inside of a packed one", Span(name), help_)
    if format_ is InputFormat.PARQUET and not is_utf_8(name):
        help_ = "rename it, or name a link to it"
        return Diagnostic("U006", "a Parquet file cannot be read if its name is not UTF-8", Span(name), help_)
    return Input(name, format_, compression, status.st_size, status.st_mtime_ns)


def input_format(word: str | None) -> InputFormat | Diagnostic | None:
    """Return the format in `--input`; None if the option is omitted."""
    words = {one.value: one for one in InputFormat}
    if word is None:
        return None
    return words.get(word) or Diagnostic("U006", f"`{word}` is no format of fact files", help=did_you_mean(word, words))
