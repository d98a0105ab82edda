"""Parsing of answers into values, with the line and column of each value for messages."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from io import BytesIO
from typing import TypeAlias, cast

from rulewright.diagnostics import Diagnostic, Span
from rulewright.vendors.display import Json, Path, shown

#: The file name of standard input.
STANDARD_INPUT = "-"
#: Maximum depth of values with a place. Importers read nothing deeper.
_DEEPEST_PLACE = 12
#: Maximum number of digits of an int, well below the limit of Python. Importers read no longer numbers.
_LONGEST_INT = 400
#: Maximum size of an unpacked file: far more than any real list, but a limit for decompression bombs.
_LONGEST_UNPACKED = 1 << 28
#: Maximum number of characters shown of a file in another format.
_LONGEST_START = 40
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x03\x04": "zip",
}
_HTML = "<!doctype html"
_AS_IT_COMES = "save the answer of the call as it comes"
_OF_PYTHON = "python3 -c 'import ast, json, sys; json.dump(ast.literal_eval(sys.stdin.read()), sys.stdout)'"
_SHOW_JSON = "run `terraform show -json > state.json`, and import state.json"
_TERRAFORM_TEXT = re.compile(r"\A# [\w.\[\]\"-]+:[^\n]*\n(resource|data) \"")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_BLANK = re.compile(r"[ \t\r\n]*")
_NOT_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})


#: Returns the line and column of the value at a path, counted from 1, or None if the value has no known place.
AnswerPlaces: TypeAlias = Callable[[Path], "tuple[int, int] | None"]


@dataclass(frozen=True, slots=True)
class VendorAnswer:
    """An answer: the name of its file, its value, and the places of its values."""

    file: str
    value: Json
    place: AnswerPlaces

    def span(self, path: Path) -> Span:
        """Return the place of the value at `path`, or of the nearest enclosing value."""
        for length in range(len(path), -1, -1):
            place = self.place(path[:length])
            if place is not None:
                return Span(self.file, *place)
        return Span(self.file)

    def at(self, step: str | int) -> VendorAnswer:
        """Return the part of the answer at a key or index, as an answer."""
        part = cast("dict[str | int, Json]", self.value)[step]
        return VendorAnswer(self.file, part, lambda path: self.place((step, *path)))

    def members(self) -> list[VendorAnswer]:
        """Return the members of a list as answers, or nothing if the answer is not a list."""
        return [self.at(number) for number in range(len(self.value))] if isinstance(self.value, list) else []


class _JsonPlaces:
    """The places of the values in a JSON text, computed on the first request."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, path: Path) -> tuple[int, int] | None:
        offset = self._offsets.get(path)
        if offset is None:
            return None
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(end.end() for end in re.finditer("\n", self.text))]

    @cached_property
    def _offsets(self) -> dict[Path, int]:
        # the last place of a duplicate key, as json returns its last value
        return dict(_places(self.text))


class _PlacesOfSeveral:
    """The places of the values in a sequence of JSON documents. A path begins with the index of the document."""

    def __init__(self, text: str, starts: list[int]) -> None:
        self.text, self.starts = text, starts
        self.last: tuple[int, _JsonPlaces] | None = None

    def __call__(self, path: Path) -> tuple[int, int] | None:
        if not path:
            return 1, 1
        number = cast(int, path[0])
        start, *later = self.starts[number : number + 2]
        if self.last is None or self.last[0] != number:
            self.last = number, _JsonPlaces(self.text[start : later[0] if later else None])
        place = self.last[1](path[1:])
        if place is None:
            return None
        before = _end("", self.text[:start])
        line, column = place
        return before.line + line - 1, column + (before.column - 1 if line == 1 else 0)


class _NotANumberError(ValueError):
    """The text has NaN or Infinity, which Python's json reads but JSON does not have."""


def read_json(file: str, content: bytes) -> VendorAnswer | Diagnostic:
    """Return the JSON answer in a file, or the diagnostic of an unreadable file."""
    text = decode_text(file, content, "JSON")
    return text if isinstance(text, Diagnostic) else parse_json(file, text)


def decode_text(file: str, content: bytes, form: str) -> str | Diagnostic:
    """Return the text of a file in UTF-8 or UTF-16, possibly compressed by gzip.

    Return a diagnostic if the text cannot be decoded, is empty, or is a page of HTML.
    """
    unpacked = _unpacked(file, content)
    if isinstance(unpacked, Diagnostic):
        return unpacked
    # redirection with `>` in Windows PowerShell writes UTF-16
    encoding = json.detect_encoding(unpacked)
    unpacked = unpacked.removeprefix(BOM_UTF8)
    try:
        text = unpacked.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as error:
        return _not_in(encoding, file, unpacked, error.start)
    if not text.strip():
        return Diagnostic(
            "I002", f"expected {form}, found nothing: the file is empty", Span(file), help="repeat the call"
        )
    if text.lstrip()[: len(_HTML)].lower().startswith(("<html", _HTML)):
        return Diagnostic(
            "I002",
            f"expected {form}, found a page of HTML",
            Span(file),
            help="save what the API answers, not what a browser shows; a page to log in may have come in its place",
        )
    return text


def parse_json(file: str, text: str) -> VendorAnswer | Diagnostic:
    """Return the answer in a JSON text, or a diagnostic. Several documents become a list."""
    try:
        values, starts = _documents(text)
    except _NotANumberError as error:
        place = _end(file, text[: _first(text, _NOT_NUMBERS)])
        return Diagnostic("I002", f"`{error}` is not JSON", place, help=_AS_IT_COMES)
    except json.JSONDecodeError as error:
        return _not_json(file, text, error)
    except RecursionError:
        return Diagnostic("I002", "this JSON is nested too deeply to be read", Span(file), help=_AS_IT_COMES)
    if len(values) == 1:
        return VendorAnswer(file, values[0], _JsonPlaces(text))
    return VendorAnswer(file, values, _PlacesOfSeveral(text, starts))


def _documents(text: str) -> tuple[list[Json], list[int]]:
    """Return the documents of a text, and the offset of each."""
    decoder = json.JSONDecoder(parse_float=_decimal, parse_int=_whole_number, parse_constant=_refuse)
    values: list[Json] = []
    starts: list[int] = []
    end = _blank_until(text, 0)
    while end < len(text) or not values:
        # only an object or array can follow as another document; anything else is an error
        if values and text[end] not in "{[":
            raise json.JSONDecodeError("Extra data", text, end)
        starts.append(end)
        value, end = decoder.raw_decode(text, end)
        values.append(cast(Json, value))
        end = _blank_until(text, end)
    return values, starts


def _blank_until(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    return found.end() if found else start


def _not_json(file: str, text: str, error: json.JSONDecodeError) -> Diagnostic:
    reason = error.msg[:1].lower() + error.msg[1:]
    start = text.lstrip()
    help_ = _AS_IT_COMES
    if start.startswith("<"):
        reason, help_ = "it looks like XML", "ask the API for JSON, as the command `aliyun` does"
    elif start.startswith(("{'", "[{'")):
        reason, help_ = "it looks like a dictionary that Python printed", f"run `{_OF_PYTHON} < FILE > FILE.json`"
    elif _TERRAFORM_TEXT.search(start):
        reason, help_ = (
            "it looks like what `terraform show` prints for people",
            _SHOW_JSON,
        )
    elif error.pos == len(text) - len(start):
        reason = f"it begins with `{shown(start.splitlines()[0], _LONGEST_START)}`"
    elif error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        help_ = "the file ends before the answer does: save the whole answer"
    return Diagnostic("I002", f"this is not JSON: {reason}", Span(file, error.lineno, error.colno), help=help_)


def _unpacked(file: str, content: bytes) -> bytes | Diagnostic:
    packed = next((name for start, name in _PACKED.items() if content.startswith(start)), None)
    if packed is None:
        return content
    if packed != "gzip":
        return Diagnostic("I002", f"this file is compressed by {packed}", Span(file), help="unpack it, or use gzip")
    try:
        with gzip.open(BytesIO(content)) as stream:
            unpacked = stream.read(_LONGEST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = f"this gzip file cannot be unpacked: {shown(str(error)).lower()}"
        return Diagnostic("I002", message, Span(file), help="copy it again: it may be cut short")
    if len(unpacked) > _LONGEST_UNPACKED:
        message = f"this gzip file holds more than {_LONGEST_UNPACKED >> 20} MiB"
        return Diagnostic("I002", message, Span(file), help="import the pages of the answer as files of their own")
    return unpacked


def _end(file: str, before: str) -> Span:
    return Span(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _not_in(encoding: str, file: str, content: bytes, start: int) -> Diagnostic:
    before = content[:start].decode(encoding, "replace")
    name = encoding.upper()[:6].rstrip("-")
    return Diagnostic(
        "I002",
        f"this is not {name}: byte 0x{content[start]:02x}",
        _end(file, before),
        help="save the answer as UTF-8",
    )


def _decimal(digits: str) -> Decimal | str:
    try:
        return Decimal(digits)
    except InvalidOperation:  # the exponent exceeds even decimals: keep a text, which no converter reads as a number
        return digits


def _whole_number(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _refuse(name: str) -> None:
    raise _NotANumberError(name)


def _first(text: str, wanted: frozenset[str]) -> int:
    return next((token.start() for token in _TOKEN.finditer(text) if token[0] in wanted), 0)


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the path and the offset of every value in a valid JSON text."""
    path: list[str | int] = []
    opened: list[str] = []  # the open brackets; each has an element in `path`
    key_comes = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == ":":
            key_comes = False
        elif token == ",":
            key_comes = opened[-1] == "{"
            if not key_comes:
                path[-1] = cast(int, path[-1]) + 1
        elif token in "]}":
            opened.pop()
            path.pop()
            key_comes = False
        elif key_comes:
            path[-1] = cast(str, json.loads(token))
        else:
            if len(path) <= _DEEPEST_PLACE:
                yield tuple(path), match.start()
            if token in "[{":
                opened.append(token)
                path.append(0)
                key_comes = token == "{"
