"""An answer as bytes turned into values, with the line and column of each value at hand for messages."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TypeAlias, cast

from rulewright.diagnostics import Diagnostic, Span
from rulewright.importers.texts import Json, Path, shown

#: How a file is named that was read from standard input.
STANDARD_INPUT = "-"
#: Values nested deeper than this have no place of their own: nothing an importer reads is so deep.
_DEEPEST_PLACE = 12
#: Python refuses to turn more digits than some thousands into an int; no number that is read is near this long.
_LONGEST_INT = 400
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_NOT_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})


#: The line and the column of the value at a path, counted from 1, or None where the value has no place of its own.
Places: TypeAlias = Callable[[Path], "tuple[int, int] | None"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One file of an answer: its name, what it says, and where it says it."""

    file: str
    value: Json
    place: Places

    def span(self, path: Path) -> Span:
        """The place of the value at `path`, or of the nearest value around it."""
        for length in range(len(path), -1, -1):
            place = self.place(path[:length])
            if place is not None:
                return Span(self.file, *place)
        return Span(self.file)


class _JsonPlaces:
    """The places of the values in a JSON text, looked for when the first is asked for."""

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
        # a key that comes twice has its last place, as json gives its last value
        return dict(_places(self.text))


class _NotANumberError(ValueError):
    """Python's json reads NaN and Infinity, which are not JSON."""


def read_json(file: str, content: bytes) -> Answer | Diagnostic:
    """The JSON answer in a file, or what keeps the file from being read."""
    text = decoded(file, content, "JSON")
    return text if isinstance(text, Diagnostic) else parse_json(file, text)


def decoded(file: str, content: bytes, form: str) -> str | Diagnostic:
    """The text of a file that is to be UTF-8 and not empty."""
    content = content.removeprefix(BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(file, content, error.start)
    if not text.strip():
        return Diagnostic("I002", f"expected {form}, found nothing: the file is empty", Span(file))
    return text


def parse_json(file: str, text: str) -> Answer | Diagnostic:
    """The answer that a text of JSON is, or why it is none."""
    try:
        value = json.loads(text, parse_float=_decimal, parse_int=_whole_number, parse_constant=_refuse)
    except _NotANumberError as error:
        return Diagnostic("I002", f"`{error}` is not JSON", _end(file, text[: _first(text, _NOT_NUMBERS)]))
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        return Diagnostic("I002", f"this is not JSON: {shown(reason)}", Span(file, error.lineno, error.colno))
    except RecursionError:
        return Diagnostic("I002", "this JSON is nested too deeply to be read", Span(file))
    return Answer(file, cast(Json, value), _JsonPlaces(text))


def _end(file: str, before: str) -> Span:
    return Span(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _not_utf8(file: str, content: bytes, start: int) -> Diagnostic:
    before = content[:start].decode("utf-8")
    # what `>` of Windows PowerShell writes is the usual reason
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    return Diagnostic(
        "I002",
        f"this is not UTF-8: byte 0x{content[start]:02x}" + (", the start of UTF-16" if utf16 else ""),
        _end(file, before),
        help="save the answer as UTF-8",
    )


def _decimal(digits: str) -> Decimal | str:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent beyond what even decimals hold: it stays text, which no number is read from
        return digits


def _whole_number(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _refuse(name: str) -> None:
    raise _NotANumberError(name)


def _first(text: str, wanted: frozenset[str]) -> int:
    return next((token.start() for token in _TOKEN.finditer(text) if token[0] in wanted), 0)


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """The path and the offset of every value in a text that is known to be JSON."""
    path: list[str | int] = []
    opened: list[str] = []  # the brackets around the token, each with its key or number on the path
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
