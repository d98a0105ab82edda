"""Nodes of a source text: scalars as written, lists and mappings, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from rulewright.diagnostics import NOWHERE, Span

#: Maximum size of a YAML or JSON document, in bytes.
MAXIMUM_BYTES = 4 * 1024 * 1024
#: Maximum nesting depth of mappings and lists.
MAXIMUM_DEPTH = 64
#: Maximum number of nodes in a document. Nodes repeated by aliases count each time.
MAXIMUM_NODES = 500_000


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar as written. `plain` is false for quoted and block scalars.

    `content_after` is the offset from the node to the first character of the text, in lines and columns. It is None
    unless the file contains the text verbatim: without escapes, and with all lines of a block indented alike.
    """

    text: str
    plain: bool
    span: Span = field(default=NOWHERE, compare=False)
    content_after: tuple[int, int] | None = field(default=None, compare=False, kw_only=True)

    @property
    def content(self) -> Span | None:
        """Return the place of the first character of the text, or None if it is not verbatim in the file."""
        if self.content_after is None:
            return None
        lines, columns = self.content_after
        return Span(self.span.file, self.span.line + lines, self.span.column + columns)


@dataclass(frozen=True, slots=True)
class DateNode(ScalarNode):
    """A date given as a date value, not as a text."""


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping and its value."""

    key: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping with unique keys, its entries in source order."""

    entries: tuple[Entry, ...]
    span: Span = field(default=NOWHERE, compare=False)

    def get(self, key: str) -> Node | None:
        """Return the value under a key, or None if the key is missing."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


Node: TypeAlias = ScalarNode | ListNode | MappingNode
