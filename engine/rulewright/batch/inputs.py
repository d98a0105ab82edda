"""Which files are read, and as what: names, folders and globs to inputs in a settled order."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath

from rulewright.batch.csv_form import PLAIN, CsvForm
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
    """How a file is packed, by the ending of its name."""

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
#: How packed files begin.
MAGIC = {b"\x1f\x8b": Compression.GZIP, b"\x28\xb5\x2f\xfd": Compression.ZSTANDARD}


@dataclass(frozen=True, slots=True)
class Input:
    """A file that is read, as the user named it.

    `size` in bytes and `modified` in nanoseconds tell whether it is still the same; both are 0 for a stream: standard
    input, a pipe or a device, which can be opened once, and of which nothing is known before that.
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
        """What cases are called by that have no name of their own."""
        return "case" if self.name == STANDARD_INPUT else PurePath(self.name).name.split(".")[0] or "case"


def find_inputs(names: Sequence[str], format_: InputFormat | None) -> tuple[list[Input], list[Diagnostic]]:
    """The inputs behind the names, each once, and what is wrong with the names.

    The files of a folder are those with a known ending, in the order of their names, and so are those of a glob.
    """
    inputs: dict[str, Input] = {}
    diagnostics: list[Diagnostic] = []
    for name in names:
        for found in _expanded(name):
            if isinstance(found, Diagnostic):
                diagnostics.append(found)
                continue
            if found in inputs:
                continue
            made = _input(found, format_)
            if isinstance(made, Diagnostic):
                diagnostics.append(made)
            else:
                inputs[found] = made
    return list(inputs.values()), diagnostics


def format_of(name: str) -> tuple[InputFormat | None, Compression]:
    """The format and the compression that the ending of a name tells."""
    path = PurePath(name)
    compression = next((one for one in Compression if one.value and path.suffix == one.value), Compression.NONE)
    if compression is not Compression.NONE:
        path = path.with_suffix("")
    return ENDINGS.get(path.suffix.lower()), compression


def _expanded(name: str) -> Iterator[str | Diagnostic]:
    if name == STANDARD_INPUT:
        yield name
        return
    path = Path(name)
    try:
        if path.is_dir():
            yield from _or_nothing(
                sorted(str(one) for one in path.rglob("*") if one.is_file() and format_of(one.name)[0] is not None),
                f"the folder `{name}` has no fact files",
                "fact files end in " + ", ".join(ENDINGS) + ", each also with .gz or .zst",
                name,
            )
            return
        if not path.exists() and glob.has_magic(name):
            found = sorted(one for one in glob.iglob(name, recursive=True) if Path(one).is_file())  # noqa: PTH207  as the user wrote it
            yield from _or_nothing(found, f"nothing matches `{name}`", "check the pattern", name)
            return
    except (OSError, ValueError) as error:
        yield _unreadable(name, error)
        return
    yield name


def _or_nothing(found: Iterable[str], message: str, help_: str, name: str) -> Iterator[str | Diagnostic]:
    empty = True
    for one in found:
        empty = False
        yield one
    if empty:
        yield Diagnostic("U006", message, Span(name), help_)


def _input(name: str, wanted: InputFormat | None) -> Input | Diagnostic:
    told, compression = format_of(name)
    if name == STANDARD_INPUT and wanted is InputFormat.PARQUET:
        help_ = "write it to a file first: a Parquet file is read from its end"
        return Diagnostic("U006", "Parquet cannot be read from standard input", Span(name), help_)
    if name == STANDARD_INPUT:
        return Input(name, wanted or InputFormat.YAML, Compression.NONE, is_stream=True)
    try:
        if not Path(name).is_file() and Path(name).exists():  # opened once, as what is read of it is gone
            if (wanted or told) is InputFormat.PARQUET:
                help_ = "write it to a file first: a Parquet file is read from its end"
                return Diagnostic("U006", "Parquet cannot be read from a pipe", Span(name), help_)
            return Input(name, wanted or told or InputFormat.YAML, compression, is_stream=True)
        with Path(name).open("rb") as file:
            status = os.fstat(file.fileno())
            if compression is Compression.NONE:
                compression = next((one for start, one in MAGIC.items() if file.peek(4).startswith(start)), compression)
    except (OSError, ValueError) as error:
        return _unreadable(name, error)
    format_ = wanted or told or InputFormat.YAML
    if format_ is InputFormat.PARQUET and compression is not Compression.NONE:
        help_ = "unpack it first: Parquet packs its columns itself"
        return Diagnostic("U006", f"`{name}` is a Parquet file inside of a packed one", Span(name), help_)
    return Input(name, format_, compression, status.st_size, status.st_mtime_ns)


def _unreadable(name: str, error: Exception) -> Diagnostic:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return Diagnostic("S001", f"the file cannot be read: {reason}", Span(name), "check the name and your rights")


def input_format(word: str | None) -> InputFormat | Diagnostic | None:
    """The format that `--input` names; none where it is left out."""
    words = {one.value: one for one in InputFormat}
    if word is None:
        return None
    return words.get(word) or Diagnostic("U006", f"`{word}` is no format of fact files", help=did_you_mean(word, words))
