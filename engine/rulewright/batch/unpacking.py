"""Inputs as streams of unpacked bytes; a damaged input is read up to the damage."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from rulewright.batch.csv_form import CsvForm, converted
from rulewright.batch.inputs import MAGIC, Compression, Input
from rulewright.read.documents import STANDARD_INPUT


class DamagedFrameError(Exception):
    """Raised for a frame of a zstd file that the library cannot unpack."""


#: The number of bytes to unpack at once; for zstd, the number of packed bytes, each of which can become thousands.
_BLOCK, _PACKED_BLOCK = 256 * 1024, 4 * 1024
_LONGEST_MAGIC = max(map(len, MAGIC))
_DAMAGED = (OSError, EOFError, zlib.error, DamagedFrameError)


class Stream:
    """The bytes of an input; `damage` is the reason if they end too early."""

    def __init__(self, raw: BinaryIO | _Unpacked) -> None:
        self._unpacked = raw if isinstance(raw, _Unpacked) else None
        self.file: BinaryIO = io.BufferedReader(raw, _BLOCK) if isinstance(raw, _Unpacked) else raw

    @property
    def damage(self) -> Exception | None:
        """Return the error that ended the bytes; None if there is none so far."""
        return None if self._unpacked is None else self._unpacked.damage

    def skip(self, offset: int) -> bool:
        """Skip `offset` bytes; return false if there are fewer."""
        if self._unpacked is None:
            self.file.seek(offset)
            return True
        while offset:
            read = len(self.file.read(min(offset, _BLOCK)))
            if not read:
                return False
            offset -= read
        return True


class Opener:
    """Opens inputs any number of times; standard input, pipes and devices only once."""

    def __init__(self) -> None:
        self._streams: dict[str, _Unpacked] = {}
        self._raw: dict[str, _Rejoined] = {}

    def start(self, source: Input, number: int) -> bytes:
        """Return the first bytes of an input without consuming them."""
        if source.is_stream:
            return self._stream(source).start(number)
        with self.open(source) as stream:
            data = stream.file.read(number)
            if not data and stream.damage is not None:
                raise OSError(reason_of(stream.damage)) from stream.damage
            return data

    @contextmanager
    def open(self, source: Input) -> Iterator[Stream]:
        """Open an input from its beginning; a CSV file is converted to UTF-8."""
        with self._open(source) as stream:
            yield _converted(stream, source.form) if source.form.is_converted else stream

    @contextmanager
    def _open(self, source: Input) -> Iterator[Stream]:
        if source.is_stream:
            yield Stream(self._stream(source))
            return
        with Path(source.name).open("rb") as file:
            is_packed = source.compression is not Compression.NONE
            yield Stream(_Unpacked(_reader(file, source.compression)) if is_packed else file)

    def _stream(self, source: Input) -> _Unpacked:
        """Return the unpacked stream of an input that is opened only once; its first bytes show the compression."""
        if source.name not in self._streams:
            standard = None if sys.stdin is None else sys.stdin.buffer
            if source.name != STANDARD_INPUT:
                file: BinaryIO = Path(source.name).open("rb")  # noqa: SIM115  closed at its end
            elif standard is None:
                raise OSError("standard input is closed")
            else:
                file = standard
            start = file.read(_LONGEST_MAGIC)
            compression = next((one for magic, one in MAGIC.items() if start.startswith(magic)), Compression.NONE)
            raw = self._raw[source.name] = _Rejoined(start, file, closes=file is not standard)
            rejoined = cast(BinaryIO, io.BufferedReader(raw, _BLOCK))
            self._streams[source.name] = _Unpacked(_reader(rejoined, compression))
        return self._streams[source.name]

    def stream_identity(self, source: Input) -> tuple[int | None, str | None]:
        """Return the size and the SHA-256 of a stream that was read to its end, else (None, None)."""
        raw = self._raw.get(source.name)
        if raw is None or not raw.is_at_end:
            return None, None
        return raw.size, raw.sha256.hexdigest()


class _Rejoined(io.RawIOBase):
    """A file with its first bytes, already read, put back; it can be closed at its end.

    `size` and `sha256` cover the bytes read so far.
    """

    def __init__(self, start: bytes, file: BinaryIO, *, closes: bool) -> None:
        self._start = start
        self._file = file
        self._closes = closes
        self.sha256 = hashlib.sha256()
        self.size = 0
        self.is_at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer is one of bytes here
        data = self._start or (b"" if self._file.closed else self._file.read(len(buffer)))
        self._start = b""
        self.sha256.update(data)
        self.size += len(data)
        self.is_at_end = not data
        if not data and self._closes:
            self._file.close()
        buffer[: len(data)] = data
        return len(data)


def _converted(stream: Stream, form: CsvForm) -> Stream:
    """Return the stream of a CSV file as UTF-8, with the damage of the original stream."""
    blocks = converted(stream.file, form, lambda: stream.damage)
    return Stream(_Unpacked(lambda: next(blocks, b"")))


class _Unpacked(io.RawIOBase):
    """The bytes that a function returns block by block, up to its first failure."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._next = read
        self._block = memoryview(b"")
        self.damage: Exception | None = None

    def start(self, number: int) -> bytes:
        """Return the first bytes without consuming them, before any other read."""
        while len(self._block) < number and (block := self._read()):
            self._block = memoryview(bytes(self._block) + block)
        return bytes(self._block[:number])

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer is one of bytes here
        if not self._block:
            self._block = memoryview(self._read())
        number = min(len(buffer), len(self._block))
        buffer[:number] = self._block[:number]
        self._block = self._block[number:]
        return number

    def _read(self) -> bytes:
        if self.damage is None:
            try:
                return self._next()
            except _DAMAGED as error:
                self.damage = error
        return b""


def _reader(file: BinaryIO, compression: Compression) -> Callable[[], bytes]:
    match compression:
        case Compression.GZIP:
            unpacked = gzip.GzipFile(fileobj=file, mode="rb")
            return lambda: unpacked.read1(_BLOCK)
        case Compression.ZSTANDARD:
            blocks = _frames(file)
            return lambda: next(blocks, b"")
        case Compression.NONE:
            return lambda: file.read(_BLOCK)


def _frames(file: BinaryIO) -> Iterator[bytes]:
    """Yield the content of the frames of a zstd file one by one, because the library does not report truncation."""
    import zstandard  # noqa: PLC0415  most inputs are not packed so

    packed = b""
    frame = None
    while packed or (packed := file.read(_PACKED_BLOCK)):
        frame = frame or zstandard.ZstdDecompressor().decompressobj()
        try:
            block = frame.decompress(packed)
        except zstandard.ZstdError as error:
            raise DamagedFrameError(str(error)) from error
        packed = frame.unused_data if frame.eof else b""
        frame = None if frame.eof else frame
        if block:
            yield block
    if frame is not None:
        raise EOFError("the file ends in the middle")


def reason_of(error: Exception) -> str:
    """Return a short reason for a failure to read."""
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error) or type(error).__name__).splitlines()[0].rstrip(".").lower()
