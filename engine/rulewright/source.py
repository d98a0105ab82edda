"""Nodes of YAML and JSON source text, with each scalar as written and its line and column.

The vocabulary decides how to read a scalar: `no` may be a text or a yes/no. So scalars stay texts here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from unicodedata import is_normalized

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic, Related, Span, short
from rulewright.json_nodes import json_node, json_scalar
from rulewright.json_syntax import json_mistake
from rulewright.model.values import normal_form
from rulewright.nodes import (
    MAXIMUM_BYTES,
    MAXIMUM_DEPTH,
    MAXIMUM_NODES,
    Entry,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
)
from rulewright.syntax_errors import LINE_BREAK, span_at, syntax_error
from rulewright.yaml_events import UnlikeError, exact_events, fast_events

__all__ = [
    "Entry",
    "ListNode",
    "MappingNode",
    "Node",
    "ScalarNode",
    "decode",
    "read_authored",
    "read_json",
    "read_nodes",
    "short",
    "too_many_bytes",
    "yaml_nodes",
]


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been reached."""

    span: Span
    is_mapping: bool
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1


class _RefusalError(Exception):
    """Carries the diagnostic that ends the reading of a document."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def too_many_bytes(number: int, span: Span) -> Diagnostic:
    """Return the diagnostic of a document or line that is too long."""
    message = f"this document or line has {number:,} bytes: the maximum is {MAXIMUM_BYTES:,}"
    return Diagnostic("S006", message, span, "split it into several")


def decode(data: bytes, name: str, first_line: int = 1) -> str | Diagnostic:
    """Return the text of UTF-8 bytes, or the diagnostic of the first byte that is not UTF-8, with its place."""
    if len(data) > MAXIMUM_BYTES:
        return too_many_bytes(len(data), Span(name, first_line))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        return Diagnostic(
            "S002",
            f"the byte 0x{data[error.start]:02X} is not UTF-8",
            span_at(before, len(before), name, first_line),
            help="save the file as UTF-8",
        )


def read_nodes(data: bytes, name: str, first_line: int = 1) -> tuple[list[Node], list[Diagnostic]]:
    """Return the documents of a YAML stream as nodes, and its diagnostics. JSON is read as YAML.

    A syntax error ends the stream. Documents before it are returned; empty documents are left out.
    """
    text = decode(data, name, first_line)
    if isinstance(text, Diagnostic):
        return [], [text]
    ordinary = json_node(text, name, first_line)
    return yaml_nodes(text, name, first_line) if ordinary is None else ([ordinary], [])


def read_authored(data: bytes, name: str) -> tuple[list[Node], list[Diagnostic]]:
    """Return the documents of a rulebook, its tests or a translation, with keys in Unicode normal form C.

    Keys are normalized because choices and table keys are texts, too.
    """
    nodes, diagnostics = read_nodes(data, name)
    if is_normalized("NFC", data.decode("utf-8", "replace")) and b"\\" not in data:  # a backslash may begin an escape
        return nodes, diagnostics
    return [_with_normal_keys(node, diagnostics) for node in nodes], diagnostics


def _with_normal_keys(node: Node, diagnostics: list[Diagnostic]) -> Node:
    match node:
        case ScalarNode():
            return node
        case ListNode(items):
            return replace(node, items=tuple([_with_normal_keys(item, diagnostics) for item in items]))
        case MappingNode(entries):
            found: dict[str, Entry] = {}
            for entry in entries:
                key = replace(entry.key, text=normal_form(entry.key.text))
                if key.text in found:
                    diagnostics.append(_key_twice(key, found[key.text]))
                else:
                    found[key.text] = Entry(key, _with_normal_keys(entry.value, diagnostics))
            return replace(node, entries=tuple(found.values()))
        case _:
            assert_never(node)


def _key_twice(key: ScalarNode, first: Entry) -> Diagnostic:
    related = (Related("the first is", first.key.span),)
    return Diagnostic(
        "S010", f"the key `{short(key.text)}` stands here twice", key.span, "keep one of the two", related
    )


def read_json(data: bytes, name: str, first_line: int = 1) -> tuple[Node | None, list[Diagnostic]]:
    """Return the node of one JSON value, or JSON-specific diagnostics."""
    text = decode(data, name, first_line)
    if isinstance(text, Diagnostic):
        return None, [text]
    ordinary = None if "\r" in text else json_node(text, name, first_line)
    if ordinary is not None:
        return ordinary, []
    mistake = json_mistake(text, name, first_line)
    if mistake is not None:
        return None, [mistake]
    # valid JSON may contain tabs and returns as white space; a return does not end a line here
    text = text.replace("\t", " ").replace("\r", " ")
    ordinary = json_node(text, name, first_line)
    if ordinary is not None:
        return ordinary, []
    scalar = json_scalar(text, name, first_line)
    if scalar is not None:
        return scalar, []
    # valid JSON with a duplicate key or an unusual character: the YAML parser reads it the same way
    nodes, wrong = yaml_nodes(text, name, first_line)
    return (nodes[0] if nodes and not wrong else None), wrong


def yaml_nodes(text: str, name: str, first_line: int) -> tuple[list[Node], list[Diagnostic]]:
    """Return the documents of a YAML text and its diagnostics."""
    composer = _Composer(text, name, first_line)
    try:
        composer.read(fast_events(text))
    except UnlikeError:
        composer = _Composer(text, name, first_line)
        _read_exactly(composer)
    return composer.documents, composer.diagnostics


def _read_exactly(composer: _Composer) -> None:
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415  slow to import, and few texts need it

    try:
        composer.read(exact_events(composer.text))
    except (YAMLError, ValueError, OverflowError) as error:
        composer.diagnostics.append(syntax_error(error, composer.text, composer.name, composer.first_line))


class _Composer:
    """Builds nodes from parser events without recursion, so that Python's recursion limit does not apply."""

    def __init__(self, text: str, name: str, first_line: int) -> None:
        self.text = text
        self.name = name
        self.first_line = first_line
        self.documents: list[Node] = []
        self.diagnostics: list[Diagnostic] = []
        self.anchors: dict[str, tuple[Node, int, int]] = {}
        self.nodes = 0

    def read(self, events: Iterator[Any]) -> None:
        """Read the documents of an event stream. A refusal ends the reading and adds its diagnostic."""
        try:
            self._read(events)
        except _RefusalError as refused:
            self.diagnostics.append(refused.diagnostic)

    def _read(self, events: Iterator[Any]) -> None:
        stack: list[_Open] = []
        root: Node | None = None
        lines = LINE_BREAK.split(self.text)
        for event in events:
            span = self._span(event.start_mark)
            match type(event).__name__:
                case "DocumentStartEvent":
                    self.anchors, self.nodes, root = {}, 0, None
                case "DocumentEndEvent":
                    if root is not None and not _is_empty(root):
                        self.documents.append(root)
                case "MappingStartEvent" | "SequenceStartEvent" as started:
                    self._refuse_tag(event, span)
                    self._refuse_depth(len(stack) + 1, span)
                    stack.append(_Open(span, started == "MappingStartEvent", event.anchor))
                case "ScalarEvent":
                    self._refuse_tag(event, span)
                    after = self._content_after(event, lines)
                    scalar = ScalarNode(self._text(event.value, span), not event.style, span, content_after=after)
                    root = self._add(stack, scalar, 1, 0, event.anchor)
                case "AliasEvent":
                    if event.anchor not in self.anchors:
                        message = f"the alias `*{event.anchor}` stands for nothing before it"
                        raise _RefusalError(Diagnostic("S007", message, span, "write out what it stands for"))
                    self._refuse_depth(len(stack) + self.anchors[event.anchor][2], span)
                    root = self._add(stack, *self.anchors[event.anchor], None, span)
                case "MappingEndEvent" | "SequenceEndEvent":
                    done = stack.pop()
                    root = self._add(stack, self._close(done), done.size, done.height, done.anchor)
                case _:
                    pass

    def _span(self, mark: Any) -> Span:
        return Span(self.name, mark.line + self.first_line, mark.column + 1)

    def _text(self, value: str, span: Span) -> str:
        try:  # JSON writes characters beyond U+FFFF as two escapes, which YAML reads as two surrogates
            return value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            diagnostic = Diagnostic(
                "S002", "an escape in this text is half a character", span, "write the character itself"
            )
            self.diagnostics.append(diagnostic)
            return value.encode("utf-8", "replace").decode()

    def _content_after(self, event: Any, lines: list[str]) -> tuple[int, int] | None:
        """Return the offset of a scalar's text from its node, or None if the text is not verbatim in the file."""
        start, end, value = event.start_mark, event.end_mark, event.value
        if not value:
            return None
        if event.style == "|":
            first = next((line for line in lines[start.line + 1 : end.line + 1] if line.strip()), "")
            indent = len(first) - len(first.lstrip(" "))
            body = (line[indent:] for line in islice(lines, start.line + 1, None))
            if all(line == next(body, None) for line in value.rstrip("\n").split("\n")):
                return 1, indent - start.column
            return None
        quotes = 1 if event.style else 0
        column = start.column + quotes
        if event.style == ">" or lines[start.line][column : column + len(value)] != value:
            return None
        return 0, quotes

    def _refuse_depth(self, depth: int, span: Span) -> None:
        if depth > MAXIMUM_DEPTH:
            raise _RefusalError(
                Diagnostic("S005", f"mappings and lists nest more than {MAXIMUM_DEPTH} deep", span, "nest them less")
            )

    def _refuse_tag(self, event: Any, span: Span) -> None:
        if event.tag is not None:
            tag = short(str(event.tag).replace("tag:yaml.org,2002:", "!!"))
            diagnostic = Diagnostic("S009", f"the tag `{tag}` is not allowed", span, help="leave the tag out")
            self.diagnostics.append(diagnostic)

    def _add(
        self,
        stack: list[_Open],
        node: Node,
        size: int,
        height: int,
        anchor: str | None,
        alias_span: Span | None = None,
    ) -> Node:
        self.nodes += size
        if self.nodes > MAXIMUM_NODES:
            raise _RefusalError(
                Diagnostic(
                    "S007",
                    f"the document has more than {MAXIMUM_NODES:,} nodes, aliases counted",
                    alias_span or node.span,
                    help="write out what the aliases repeat, or split the document",
                )
            )
        if anchor is not None:
            self.anchors[anchor] = (node, size, height)
        if stack:
            stack[-1].children.append(node)
            stack[-1].size += size
            stack[-1].height = max(stack[-1].height, height + 1)
        return node

    def _close(self, done: _Open) -> Node:
        self.nodes -= done.size - 1
        if not done.is_mapping:
            return ListNode(tuple(done.children), done.span)
        entries: dict[str, Entry] = {}
        for key, value in zip(done.children[::2], done.children[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                if isinstance(key, MappingNode) and len(done.children) == 2:
                    help_ = "put a text that begins with `{{` in quotes"
                    self.diagnostics.append(Diagnostic("S009", "`{{` begins no text here", done.span, help_))
                    return ScalarNode("", plain=False, span=done.span)
                self.diagnostics.append(
                    Diagnostic("S009", "a key has to be a word or a text", key.span, "write `key: value`")
                )
            elif key.text == "<<" and key.plain:
                message = "merge keys (`<<`) are not allowed"
                self.diagnostics.append(Diagnostic("S009", message, key.span, "write out the keys"))
            elif key.text in entries:
                self.diagnostics.append(_key_twice(key, entries[key.text]))
            else:
                entries[key.text] = Entry(key, value)
        return MappingNode(tuple(entries.values()), done.span)


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.plain and node.text in ("", "~", "null")
