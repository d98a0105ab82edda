"""The output of a batch: pieces appended to a partial file, which is renamed when it is complete."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import duckdb

from rulewright.batch.options import OutputFormat
from rulewright.batch.output_paths import Paths
from rulewright.observe import sql

#: The number of rows in each row group of a Parquet file.
_ROWS_IN_GROUP = 122_880
_COPIED_AT_ONCE = 1024 * 1024


class Output:
    """The destination of a batch's records: a file that appears whole or not at all, or standard output.

    The pieces of a Parquet file stay in a folder until all of them exist.
    """

    def __init__(
        self, paths: Paths | None, format_: OutputFormat, types: Mapping[str, str], device: Path | None = None
    ) -> None:
        self._paths = paths
        self._device = device
        self._format = format_
        self._types = types
        self._file: BinaryIO | None = None
        self._rejected: BinaryIO | None = None
        self._pieces: list[Path] = []
        self.written = 0
        self.rejected = 0

    @property
    def _is_parquet(self) -> bool:
        return self._format is OutputFormat.PARQUET

    @property
    def _folder(self) -> Path:
        assert self._paths is not None, "Parquet goes to a file"
        return self._paths.partial

    def begin(self) -> None:
        """Start a new output."""
        if self._paths is None:
            self._file = _standard_output() if self._device is None else self._device.open("wb")
        else:
            self.discard()
            if self._is_parquet:
                self._folder.mkdir()
            else:
                self._file = self._paths.partial.open("wb")
            self._rejected = self._paths.rejected_partial.open("wb")
        self._write_header()

    def go_on(self, written: int, rejected: int) -> None:
        """Resume after this number of bytes of records (or Parquet pieces) and of rejected cases."""
        assert self._paths is not None, "a run to standard output cannot be resumed"
        if self._is_parquet:
            self._folder.mkdir(exist_ok=True)
            self._pieces = sorted(self._folder.glob("*.parquet"))[:written]
            if len(self._pieces) < written:
                raise OSError(f"`{self._folder}` has fewer pieces than its journal says")
            for other in set(self._folder.iterdir()) - set(self._pieces):
                _remove(other)
        else:
            self._file = _cut(self._paths.partial, written)
        self._rejected = _cut(self._paths.rejected_partial, rejected)
        self.written, self.rejected = written, rejected

    def add(self, piece: Path | None, rejected: str) -> None:
        """Add the records and the rejected cases of a chunk."""
        if piece is not None:
            if self._is_parquet:
                target = self._folder / f"{self.written:08}.parquet"
                shutil.move(piece, target)
                _sync(target)
                _sync(self._folder)
                self._pieces.append(target)
                self.written += 1
            else:
                assert self._file is not None, "an output is begun or resumed"
                self.written += piece.stat().st_size
                with piece.open("rb") as file:
                    shutil.copyfileobj(file, self._file, _COPIED_AT_ONCE)
                piece.unlink()
        if rejected and self._rejected is not None:
            data = rejected.encode()
            self._rejected.write(data)
            self.rejected += len(data)

    def add_text(self, text: str) -> None:
        """Add records that are lines of text."""
        assert self._file is not None, "an output is begun or resumed"
        data = text.encode()
        self._file.write(data)
        self.written += len(data)

    def sync(self) -> None:
        """Sync the files, so that added records survive a crash of the machine."""
        for file in (self._file, self._rejected):
            if file is not None:
                file.flush()
                if self._paths is not None:
                    os.fsync(file.fileno())

    def finish(self) -> None:
        """Complete the files, which keep their partial names."""
        if self._is_parquet:
            self._join_pieces()
        self.sync()
        self.close()

    def close(self) -> None:
        """Close the files."""
        if self._paths is None and self._device is None:
            with suppress(OSError):
                sys.stdout.flush()
            return
        for file in (self._file, self._rejected):
            if file is not None:
                with suppress(OSError):  # required data was synced before
                    file.close()

    def discard(self) -> None:
        """Remove the incomplete files of an earlier run."""
        assert self._paths is not None, "there is nothing to take away of standard output"
        for path in (self._paths.partial, self._paths.rejected_partial, self._whole):
            _remove(path)

    def place(self, has_rejected: bool) -> None:
        """Move the files to their places and replace files that were there before."""
        assert self._paths is not None, "standard output is where it is"
        whole = self._whole if self._is_parquet else self._paths.partial
        if has_rejected:
            if self._paths.rejected_partial.exists():
                self._paths.rejected_partial.replace(self._paths.rejected)
        else:
            self._paths.rejected_partial.unlink(missing_ok=True)
            self._paths.rejected.unlink(missing_ok=True)
        if whole.exists():
            if self._paths.output.exists():
                whole.chmod(self._paths.output.stat().st_mode & 0o777)
            whole.replace(self._paths.output)
        if self._is_parquet and self._folder.is_dir():
            shutil.rmtree(self._folder)
        _sync(self._paths.output.parent)

    @property
    def _whole(self) -> Path:
        assert self._paths is not None, "Parquet goes to a file"
        return self._paths.joined

    def _write_header(self) -> None:
        if self._format is OutputFormat.CSV:
            self.add_text(",".join(self._types) + "\n")

    def _join_pieces(self) -> None:
        """Join all pieces into one Parquet file, with one thread: the result must not depend on the size of chunks."""
        names = [str(piece) for piece in sorted(self._folder.glob("*.parquet"))]
        target = sql.string(str(self._whole)).sql(dialect="duckdb")
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_GROUP}"
        with duckdb.connect(self._folder / "joined.duckdb", config={"threads": 1}) as connection:
            # otherwise DuckDB declares columns without nulls as NOT NULL
            connection.execute("SET disabled_optimizers = 'statistics_propagation'")
            # use a table: the bytes of a Parquet file depend on the number of rows per insert
            connection.execute(sql.text(sql.create_table("records", sql.nothing(self._types))))
            if names:
                connection.execute("INSERT INTO records SELECT * FROM read_parquet(?)", [names])
            connection.execute(f"COPY records TO {target} ({options})")
        _sync(self._whole)


def _standard_output() -> BinaryIO:
    if sys.stdout is None:
        raise OSError("it is closed")
    return sys.stdout.buffer


def _remove(path: Path) -> None:
    """Remove a file or a folder, if it exists."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _cut(path: Path, length: int) -> BinaryIO:
    file = path.open("r+b") if path.exists() else path.open("w+b")
    if path.stat().st_size < length:
        file.close()
        raise OSError(f"`{path}` is shorter than its journal says")
    file.truncate(length)
    file.seek(length)
    return file


def _sync(path: Path) -> None:
    """Sync a file, or the names in a folder, so that they survive a crash of the machine."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
