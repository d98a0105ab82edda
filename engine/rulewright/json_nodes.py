"""Fast conversion of ordinary JSON to the nodes that the YAML parser would build."""

from __future__ import annotations

import json
import re

from rulewright.diagnostics import Span
from rulewright.nodes import MAXIMUM_DEPTH, MAXIMUM_NODES, Entry, ListNode, MappingNode, Node, ScalarNode

# Tabs, and characters that YAML rejects, counts as no column (U+FEFF) or treats as line ends (U+0085, U+2028, U+2029).
_UNUSUAL = re.compile("[^\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_GAP = r"[ \n\r]*"
_STRING = r'"([^"\\\n\r]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\n\r]*)*)"'
_PLAIN = r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)"
_BEGIN = re.compile(rf"{_GAP}(?=[\[{{])")
_END = re.compile(rf"{_GAP}\Z")
_VALUE = rf"{_GAP}(?:(?:{_STRING}|{_PLAIN}){_GAP}([,\]}}])|(?=[\[{{]))"
_ITEM = re.compile(_VALUE)
# YAML requires the colon on the line of its key. `_LONGEST_KEY` ensures that it is also near enough.
_ENTRY = re.compile(rf"{_GAP}{_STRING} {{0,20}}:{_VALUE}")
_SCALAR = re.compile(rf"[ \t\n\r]*((?:{_STRING})|(?:{_PLAIN}))[ \t\n\r]*\Z")
_NEXT = re.compile(rf"{_GAP}([,\]}}])")
_LINE_BREAK = re.compile(r"\r\n?|\n")

# Offset of a scalar's text from the scalar.
_AT_ONCE, _BEHIND_QUOTE = (0, 0), (0, 1)
#: YAML allows 1,024 characters before the colon.
_LONGEST_KEY = 1_000


class _UnusualError(Exception):
    """The text has something that ordinary JSON does not have."""


def json_node(text: str, name: str, first_line: int = 1) -> Node | None:
    """Return the node of a JSON object or array, exactly as the YAML parser builds it.

    Return None for any other text and for unusual JSON: duplicate keys, characters that YAML rejects or interprets
    differently, surrogates, tabs, very long keys, too much depth, or too many nodes.
    """
    begin = _BEGIN.match(text)
    if begin is None or _UNUSUAL.search(text) or _may_have_too_many_nodes(text):
        return None
    reader = _Reader(text, name, first_line)
    try:
        node, position = reader.collection(begin.end(), 1)
    except _UnusualError:
        return None
    return node if _END.match(text, position) else None


def json_scalar(text: str, name: str, first_line: int = 1) -> ScalarNode | None:
    """Return the node of a JSON string, number, `true`, `false` or `null`; None for any other text."""
    found = _SCALAR.match(text)
    if found is None:
        return None
    line_start = text.rfind("\n", 0, found.start(1)) + 1
    span = Span(name, first_line + text.count("\n", 0, line_start), found.start(1) - line_start + 1)
    if not found[1].startswith('"'):
        return ScalarNode(found[1], True, span)
    return ScalarNode(_SURROGATE.sub("\ufffd", json.loads(found[1])), False, span)


def _may_have_too_many_nodes(text: str) -> bool:
    # each node but the first follows one of these characters
    return len(text) > MAXIMUM_NODES and sum(map(text.count, ",:[{")) >= MAXIMUM_NODES


class _Reader:
    """Reads the nodes of a text from its beginning to its end."""

    def __init__(self, text: str, name: str, first_line: int) -> None:
        self.text = text
        self.name = name
        self.line = first_line
        # one position before the line, so that its first column is 1
        self.before_line = -1
        self._line_ends = iter([*(found.end() for found in _LINE_BREAK.finditer(text)), len(text) + 1])
        self.line_end = next(self._line_ends)

    def span(self, position: int) -> Span:
        """Return the place of a position. Positions must be requested in ascending order."""
        while position >= self.line_end:
            self.before_line = self.line_end - 1
            self.line_end = next(self._line_ends)
            self.line += 1
        return Span(self.name, self.line, position - self.before_line)

    def collection(self, position: int, depth: int) -> tuple[Node, int]:
        """Return the object or array that begins at a position, and the position after it."""
        if depth > MAXIMUM_DEPTH:
            raise _UnusualError
        return self._mapping(position, depth) if self.text[position] == "{" else self._list(position, depth)

    def _mapping(self, position: int, depth: int) -> tuple[Node, int]:
        place, text, match = self.span(position), self.text, _ENTRY.match
        entries: dict[str, Entry] = {}
        closing, position = self._first(position + 1)
        while closing == ",":
            found = match(text, position)
            if found is None:
                raise _UnusualError
            written, quoted, plain, closing = found.groups()
            position = found.end()
            key = self._quoted(written, found.start(1))
            if len(written) > _LONGEST_KEY or key.text in entries:
                raise _UnusualError
            value: Node
            if quoted is not None:
                value = self._quoted(quoted, found.start(2))
            elif plain is not None:
                value = ScalarNode(plain, True, self.span(found.start(3)), content_after=_AT_ONCE)
            else:
                value, position = self.collection(position, depth + 1)
                closing, position = self._next(position)
            entries[key.text] = Entry(key, value)
        if closing != "}":
            raise _UnusualError
        return MappingNode(tuple(entries.values()), place), position

    def _list(self, position: int, depth: int) -> tuple[Node, int]:
        place, text, match = self.span(position), self.text, _ITEM.match
        items: list[Node] = []
        closing, position = self._first(position + 1)
        while closing == ",":
            found = match(text, position)
            if found is None:
                raise _UnusualError
            quoted, plain, closing = found.groups()
            position = found.end()
            item: Node
            if quoted is not None:
                item = self._quoted(quoted, found.start(1))
            elif plain is not None:
                item = ScalarNode(plain, True, self.span(found.start(2)), content_after=_AT_ONCE)
            else:
                item, position = self.collection(position, depth + 1)
                closing, position = self._next(position)
            items.append(item)
        if closing != "]":
            raise _UnusualError
        return ListNode(tuple(items), place), position

    def _quoted(self, written: str, position: int) -> ScalarNode:
        """Return the node of a string, given its text between the quotes and the position of that text."""
        place = self.span(position - 1)
        if "\\" not in written:
            return ScalarNode(written, False, place, content_after=_BEHIND_QUOTE if written else None)
        text: str = json.loads(f'"{written}"')
        if _SURROGATE.search(text):
            raise _UnusualError
        # an escaped text such as `\\` may still begin with its own value
        return ScalarNode(text, False, place, content_after=_BEHIND_QUOTE if written.startswith(text) else None)

    def _first(self, position: int) -> tuple[str, int]:
        """Return the closing bracket of an empty collection, or a comma; and the position after it."""
        found = _NEXT.match(self.text, position)
        if found is None:
            return ",", position
        if found[1] == ",":
            raise _UnusualError
        return found[1], found.end()

    def _next(self, position: int) -> tuple[str, int]:
        """Return the comma or bracket after an object or array, and the position after it."""
        found = _NEXT.match(self.text, position)
        if found is None:
            raise _UnusualError
        return found[1], found.end()
