"""The form of a CSV file: its separator, its encoding and its header, and the bytes of the file in UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rulewright.diagnostics import Diagnostic

UTF_8 = "utf-8"
COMMA = ","
#: The separators that are recognized; `--delimiter` takes any other.
RECOGNIZED = (COMMA, ";", "\t", "|")
SEPARATOR_NAMES = {"comma": COMMA, "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}

#: Byte order marks, the longer ones first: that of UTF-16 begins that of UTF-32.
MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Encodings that can write a separator or a line break in several ways, so that the end of a row is uncertain.
_NOT_FOR_FILES = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem")
#: The number of bytes to decode at once.
_BLOCK = 256 * 1024
_BROKEN = "rulewright.broken"


@dataclass(frozen=True, slots=True)
class CsvForm:
    """The form of a CSV file.

    `mark` is the number of bytes of its byte order mark. `returns` is true if carriage returns alone end its rows.
    `header` is the text of its header, without the mark and the last line break.
    """

    delimiter: str = COMMA
    encoding: str = UTF_8
    mark: int = 0
    returns: bool = False
    header: str = ""

    @property
    def is_converted(self) -> bool:
        """Return true if the bytes of the file must be converted before they are cut into rows."""
        return self.encoding != UTF_8 or self.returns


PLAIN = CsvForm()


def converted(file: BinaryIO, form: CsvForm, damage: Callable[[], Exception | None]) -> Iterator[bytes]:
    """Yield the bytes of a file in UTF-8, without its byte order mark and with line feeds at the ends of its rows.

    An undecodable byte stays as it is, so that the reader of its row reports it.
    """
    decoder = _decoder(form.encoding)
    is_begun = False
    while True:
        data = file.read(_BLOCK)
        if not data and (broken := damage()) is not None:
            raise broken
        text = decoder.decode(data if is_begun else data[form.mark :], final=not data)
        is_begun = True
        if form.returns:
            text = text.replace("\r", "\n")
        if text:
            yield text.encode(UTF_8, "surrogateescape")
        if not data:
            return


def decoded(data: bytes, encoding: str) -> str:
    """Decode bytes; each undecodable byte becomes a lone surrogate."""
    return _decoder(encoding).decode(data)


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding == UTF_8 else _BROKEN)


def _keep_byte(error: UnicodeError) -> tuple[str, int]:
    """Replace undecodable bytes with one lone surrogate."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = max(error.object[error.start : error.end], default=0)
    return chr(0xDC00 + (broken if broken >= 0x80 else 0xFF)), error.end


codecs.register_error(_BROKEN, _keep_byte)


def read_encoding(text: str | None) -> str | Diagnostic | None:
    """Return the name of the encoding in `--encoding`; None if the option is omitted."""
    if text is None:
        return None
    try:
        found = codecs.lookup(text)
        is_text = found.name not in _NOT_FOR_FILES and found.incrementaldecoder is not None and "a".encode(text) != b""
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        help_ = "name one as in --encoding gb18030; utf-8, utf-16-le, big5, shift_jis and cp1252 are others"
        return Diagnostic("U025", f"`{text}` after --encoding is no known encoding of texts", help=help_)
    return UTF_8 if found.name == "utf-8-sig" else found.name


def read_delimiter(text: str | None) -> str | Diagnostic | None:
    """Return the separator in `--delimiter`; None if the option is omitted."""
    if text is None:
        return None
    character = SEPARATOR_NAMES.get(text.lower(), text)
    if len(character) == 1 and character.isascii() and character not in ' "\r\n\0._-' and not character.isalnum():
        return character
    help_ = (
        "name one character, as in --delimiter ';' or --delimiter tab; no letter, digit, space, quote, `.`, `-` or `_`"
    )
    return Diagnostic("U025", f"`{text}` after --delimiter cannot separate cells", help=help_)


_SEP = re.compile(r'"?sep=([^\r\n"])"?(?:\r\n|\n|\r|\Z)', re.IGNORECASE)


def named_separator(text: str) -> tuple[str, int] | None:
    """Return the separator in a first line `sep=;`, and the length of the line; None if there is no such line."""
    found = _SEP.match(text)
    return None if found is None else (found.group(1), found.end())


def encoding_of(start: bytes) -> tuple[str, int]:
    """Return the encoding of a file, detected from its first bytes, and the length of its mark; UTF-8 by default."""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    head = start[: 4096 - len(start) % 2] if len(start) < 4096 else start[:4096]
    for zeros, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        number = head[zeros::2].count(0)
        # most of a header is ASCII, and no text has a zero byte in each of its other bytes
        if 10 * number >= 6 * len(head[zeros::2]) > 0 and not head[1 - zeros :: 2].count(0):
            return encoding, 0
    return UTF_8, 0


#: The encodings to try for a header that is not UTF-8, those with the most characters first.
_TRIED = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1252")


def not_utf_8(line: bytes) -> tuple[str, str]:
    """Return the message and the help for a header that is not UTF-8."""
    try:
        line.decode(UTF_8)
        place = 0
    except UnicodeDecodeError as error:
        place = error.start
    shown = []
    for encoding in _TRIED:
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.isprintable() or text.replace("\t", "").isprintable():
            shown.append(f"--encoding {encoding} reads `{text[:24]}`")
    message = f"the header is not UTF-8: its byte {place + 1} is 0x{line[place]:02X}"
    if not shown:
        return message, "name the encoding with --encoding, or save the file as UTF-8"
    return message, f"name the encoding: {', '.join(shown)}"
