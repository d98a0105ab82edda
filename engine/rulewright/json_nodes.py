"""Ordinary JSON straight to nodes, many times faster than by way of the YAML parser, which says the same of it."""

from __future__ import annotations

import json
import re

from rulewright.diagnostics import Span
from rulewright.nodes import MAXIMUM_DEPTH, MAXIMUM_NODES, Entry, ListNode, MappingNode, Node, ScalarNode

# What YAML refuses, counts as no column (U+FEFF) or takes for the end of a line (U+0085, U+2028, U+2029), and tabs.
_UNUSUAL = re.compile("[^\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_GAP = r"[ \n\r]*"
_STRING = r'"([^"\\\n\r]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\n\r]*)*)"'
_PLAIN = r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)"
_BEGIN = re.compile(rf"{_GAP}(?=[\[{{])")
_END = re.compile(rf"{_GAP}\Z")
_VALUE = rf"{_GAP}(?:(?:{_STRING}|{_PLAIN}){_GAP}([,\]}}])|(?=[\[{{]))"
_ITEM = re.compile(_VALUE)
# YAML wants the colon of a key on its line; `_LONGEST_KEY` sees to it that it is near enough, too.
_ENTRY = re.compile(rf"{_GAP}{_STRING} {{0,20}}:{_VALUE}")
_SCALAR = re.compile(rf"[ \t\n\r]*((?:{_STRING})|(?:{_PLAIN}))[ \t\n\r]*\Z")
_NEXT = re.compile(rf"{_GAP}([,\]}}])")
_LINE_BREAK = re.compile(r"\r\n?|\n")

# Where the text of a scalar begins, seen from the scalar.
_AT_ONCE, _BEHIND_QUOTE = (0, 0), (0, 1)
#: YAML takes 1,024 characters up to the colon.
_LONGEST_KEY = 1_000


class _UnusualError(Exception):
    """Something is not as in ordinary JSON."""


def json_node(text: str, name: str, first_line: int = 1) -> Node | None:
    """The node of a text that is one JSON object or array, just as the YAML parser gives it.

    None for anything else and for whatever is out of the ordinary: a key that stands there twice, characters that YAML
    does not allow or has another meaning for, half characters, tabs, very long keys, too much depth or too many nodes.
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
    """Return the node of a text that is a JSON string, number, `true`, `false` or `null` by itself; none for others."""
    found = _SCALAR.match(text)
    if found is None:
        return None
    line_start = text.rfind("\n", 0, found.start(1)) + 1
    span = Span(name, first_line + text.count("\n", 0, line_start), found.start(1) - line_start + 1)
    if not found[1].startswith('"'):
        return ScalarNode(found[1], True, span)
    return ScalarNode(_SURROGATE.sub("\ufffd", json.loads(found[1])), False, span)


def _may_have_too_many_nodes(text: str) -> bool:
    # each node but the first stands behind one of these
    return len(text) > MAXIMUM_NODES and sum(map(text.count, ",:[{")) >= MAXIMUM_NODES


class _Reader:
    """Reads the nodes of a text from its beginning to its end."""

    def __init__(self, text: str, name: str, first_line: int) -> None:
        self.text = text
        self.name = name
        self.line = first_line
        # one position before the line, so that its first column is 1; and where the next line begins
        self.before_line = -1
        self._line_ends = iter([*(found.end() for found in _LINE_BREAK.finditer(text)), len(text) + 1])
        self.line_end = next(self._line_ends)

    def span(self, position: int) -> Span:
        """The place of a position, which is not before those that were asked for."""
        while position >= self.line_end:
            self.before_line = self.line_end - 1
            self.line_end = next(self._line_ends)
            self.line += 1
        return Span(self.name, self.line, position - self.before_line)

    def collection(self, position: int, depth: int) -> tuple[Node, int]:
        """The object or array that begins at a position, and the position behind it."""
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
        """The node of a string between its quotes, which begins at a position."""
        place = self.span(position - 1)
        if "\\" not in written:
            return ScalarNode(written, False, place, content_after=_BEHIND_QUOTE if written else None)
        text: str = json.loads(f'"{written}"')
        if _SURROGATE.search(text):
            raise _UnusualError
        # a text of backslashes stands there as it is, though it goes on
        return ScalarNode(text, False, place, content_after=_BEHIND_QUOTE if written.startswith(text) else None)

    def _first(self, position: int) -> tuple[str, int]:
        """What stands behind an opening bracket: what closes it at once, or a comma for the first part of it."""
        found = _NEXT.match(self.text, position)
        if found is None:
            return ",", position
        if found[1] == ",":
            raise _UnusualError
        return found[1], found.end()

    def _next(self, position: int) -> tuple[str, int]:
        """What stands behind an object or array, and the position behind that."""
        found = _NEXT.match(self.text, position)
        if found is None:
            raise _UnusualError
        return found[1], found.end()
