"""Diagnostics of invalid JSON: the first mistake, its place and its correction."""

from __future__ import annotations

import re

from rulewright.diagnostics import Diagnostic, Span
from rulewright.nodes import MAXIMUM_DEPTH

_GAP = re.compile(r"[ \t\n\r]*")
_STRING = r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*)*'
_TOKEN = re.compile(
    rf'{_STRING}"'
    r"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z_.+-])"
    r"|(?:true|false|null)(?![0-9A-Za-z_])"
    r"|[][{}:,]"
)
_STRING_START = re.compile(_STRING)
_WORD = re.compile(r"[^][{}:,\"\s]{1,40}")
_LINE_FEED = "\n"

#: Words of other languages, and non-JSON numbers, with the JSON word to write instead.
_OTHER_WORDS = {
    **dict.fromkeys(("True", "TRUE", "yes", "Yes", "YES"), "true"),
    **dict.fromkeys(("False", "FALSE", "no", "No", "NO"), "false"),
    **dict.fromkeys(("None", "Null", "NULL", "~", "nil", "undefined"), "null"),
    **dict.fromkeys(("NaN", "-NaN", "Infinity", "-Infinity", "nan", "inf"), "null"),
}


_ENDS, _BEHIND = "the JSON value ends too early", "there is something behind the JSON value"
_CLOSES = "a bracket closes nothing"
#: Message about a second value after the first.
SECOND_VALUE = "a second JSON value begins here"
#: Messages about a line that may be part of a JSON text of several lines.
SEVERAL_LINES = frozenset({_ENDS, _BEHIND, _CLOSES})


def json_mistake(text: str, name: str, first_line: int = 1) -> Diagnostic | None:
    """Return the first mistake in a text that must be one JSON value, or None if it is valid.

    A trailing comma in an object or array is accepted.
    """
    return _Checker(text, name, first_line).check()


class _MistakeError(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Checker:
    """Checks a text token by token, without recursion."""

    def __init__(self, text: str, name: str, first_line: int) -> None:
        self.text = text
        self.name = name
        self.first_line = first_line
        self.position = 0

    def check(self) -> Diagnostic | None:
        try:
            self._value()
        except _MistakeError as error:
            return error.diagnostic
        return None

    def _value(self) -> None:
        open_: list[tuple[str, int]] = []
        self._skip()
        while True:
            self._begin(open_)
            while open_:  # after a value
                kind, start = open_[-1]
                closing = "}" if kind == "{" else "]"
                token = self._peek()
                if token == ",":
                    self._take(token)
                    self._skip()
                    if self._peek() == closing:  # DuckDB accepts a trailing comma, too
                        continue
                    if kind == "{":
                        self._key()
                    break
                if token == closing:
                    self._take(token)
                    self._skip()
                    open_.pop()
                    continue
                raise self._not_closed(token, closing, start)
            if not open_:
                break
        if self.position < len(self.text):
            raise self._behind()

    def _begin(self, open_: list[tuple[str, int]]) -> None:
        """Take the next scalar or empty collection, and every opening bracket and key before it."""
        while True:
            token = self._peek()
            if token is None:
                raise self._no_value(is_outermost=not open_)
            if token in ("{", "["):
                open_.append((token, self.position))
                if len(open_) > MAXIMUM_DEPTH:
                    message = f"objects and arrays nest more than {MAXIMUM_DEPTH} deep"
                    raise self._error(message, "nest them less", code="S005")
                self._take(token)
                self._skip()
                closing = "}" if token == "{" else "]"
                if self._peek() == closing:
                    self._take(closing)
                    self._skip()
                    open_.pop()
                    return
                if token == "{":
                    self._key()
                continue
            if token in ("}", "]", ":", ","):
                is_outside = not open_ and token in "}]"
                raise self._error(_CLOSES if is_outside else f"a value is missing before `{token}`", "write the value")
            self._take(token)
            self._skip()
            return

    def _key(self) -> None:
        token = self._peek()
        if token is None or not token.startswith('"'):
            if token is None and self.position >= len(self.text):
                raise self._ends()
            if self.text.startswith('"', self.position):
                raise self._no_value()
            raise self._error("a key in double quotes is expected here", 'write `"key": value`')
        self._take(token)
        self._skip()
        if self._peek() != ":":
            if self.position >= len(self.text):
                raise self._ends()
            raise self._error("a `:` is missing behind the key", 'write `"key": value`')
        self._take(":")
        self._skip()

    # --- tokens ---

    def _peek(self) -> str | None:
        found = _TOKEN.match(self.text, self.position)
        return None if found is None else found[0]

    def _take(self, token: str) -> None:
        self.position += len(token)

    def _skip(self) -> None:
        found = _GAP.match(self.text, self.position)
        self.position = self.position if found is None else found.end()

    # --- mistakes ---

    def _error(self, message: str, help_: str, position: int | None = None, code: str = "S012") -> _MistakeError:
        return _MistakeError(Diagnostic(code, message, self._span(position), help_))

    def _span(self, position: int | None = None) -> Span:
        place = self.position if position is None else position
        before = self.text.rfind(_LINE_FEED, 0, place) + 1
        return Span(self.name, self.first_line + self.text.count(_LINE_FEED, 0, place), place - before + 1)

    def _ends(self) -> _MistakeError:
        return self._error(_ENDS, "complete it")

    def _not_closed(self, token: str | None, closing: str, start: int) -> _MistakeError:
        if self.position >= len(self.text):
            return self._ends()
        kind = "object" if closing == "}" else "array"
        if token is None and not self.text.startswith('"', self.position):
            return self._no_value()
        return self._error(f"a `,` or `{closing}` is expected here, in the {kind}", f"put a `,` or `{closing}` here")

    def _behind(self) -> _MistakeError:
        if self._peek() in ("{", "["):
            return self._error(SECOND_VALUE, "write each value on a line of its own")
        return self._error(_BEHIND, "remove it, or begin a new line before it")

    def _no_value(self, *, is_outermost: bool = False) -> _MistakeError:
        """Return the mistake at a position where no token begins."""
        text, place = self.text, self.position
        if place >= len(text):
            return self._ends()
        character = text[place]
        if character == '"':
            return self._broken_string(place)
        word = _WORD.match(text, place)
        told = "" if word is None else word[0]
        if told in _OTHER_WORDS:
            help_ = "write a JSON object, or remove the line" if is_outermost else f"write `{_OTHER_WORDS[told]}`"
            return self._error(f"`{told}` is not a JSON value", help_)
        if character == "'":
            return self._error("a single quote begins no JSON string", 'put the text in double quotes: "…"')
        if not character.isprintable():
            message = f"the character U+{ord(character):04X} is not allowed here"
            return self._error(message, "remove it")
        if character in "0123456789+-." and not is_outermost:
            return self._error(f"`{told}` is not a JSON number", "write a number as in 12, -0.5 or 1e6")
        help_ = "write a JSON object" if is_outermost else "put a text in double quotes"
        return self._error("this is not a JSON value", help_)

    def _broken_string(self, place: int) -> _MistakeError:
        found = _STRING_START.match(self.text, place)
        end = place + 1 if found is None else found.end()
        if end >= len(self.text):
            return self._error("this string is not closed", 'end it with `"`', place)
        if self.text[end] == "\\":
            return self._error("this escape is not one of JSON", "write `\\\\` for a backslash", end)
        if self.text[end] == _LINE_FEED:
            help_ = 'end it with `"`; write a line break as `\\n`'
            return self._error("this string is not closed on its line", help_, place)
        message = f"a string may not hold the character U+{ord(self.text[end]):04X} itself"
        return self._error(message, f"write it as `\\u{ord(self.text[end]):04x}`", end)
