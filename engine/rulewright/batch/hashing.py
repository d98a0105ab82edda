"""The sizes and SHA-256 of inputs, computed while they are read where that is possible."""

from __future__ import annotations

import hashlib
import os
from io import FileIO
from pathlib import Path

from rulewright.batch.inputs import Compression, Input, InputFormat
from rulewright.batch.unpacking import Opener
from rulewright.model.run import RunInput

_BLOCK = 1024 * 1024


class InputHashes:
    """Hashes inputs; a plain file is hashed as its chunks finish, while its bytes are still in memory."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._open: dict[str, _Hashed] = {}

    def advance(self, source: Input, offset: int) -> None:
        """Hash an input up to an offset, if offsets in the input are offsets in the file."""
        is_packed = source.compression is not Compression.NONE or source.format is InputFormat.PARQUET
        if not (source.is_stream or is_packed or source.form.is_converted):
            self._hash(source, offset)

    def finish(self, source: Input) -> RunInput:
        """Return the identity of an input; without a hash if it cannot be read, or has changed since it was found."""
        if source.is_stream:
            size, sha256 = self._opener.stream_identity(source)
            return RunInput(source.name, size, sha256)
        hashed = self._hash(source, None)
        self._open.pop(source.name, None)
        if hashed is None:
            return RunInput(source.name, None, None)
        return RunInput(source.name, hashed.size, hashed.sha256.hexdigest())

    def _hash(self, source: Input, end: int | None) -> _Hashed | None:
        hashed = self._open.setdefault(source.name, _Hashed())
        try:
            with Path(source.name).open("rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                if (status.st_size, status.st_mtime_ns) != (source.size, source.modified):
                    return None
                hashed.read(file, end)
        except OSError:
            return None
        return hashed


class _Hashed:
    """The hash of the beginning of a file."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()
        self.size = 0

    def read(self, file: FileIO, end: int | None) -> None:
        """Continue the hash to an offset, or to the end of the file."""
        file.seek(self.size)
        while end is None or self.size < end:
            block = file.read(_BLOCK if end is None else min(_BLOCK, end - self.size))
            if not block:
                return
            self.sha256.update(block)
            self.size += len(block)
