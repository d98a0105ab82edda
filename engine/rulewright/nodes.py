"""Nodes of a source text: scalars as written, lists and mappings, each with its place; nothing is resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from rulewright.diagnostics import NOWHERE, Span

#: A document of YAML or JSON is at most this many bytes.
MAXIMUM_BYTES = 4 * 1024 * 1024
#: Mappings and lists nest at most this deep.
MAXIMUM_DEPTH = 64
#: A document has at most this many nodes, those that its aliases repeat counted each time.
MAXIMUM_NODES = 500_000


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar as it was written; `plain` is false for one in quotes or in a block.

    `content_after` is how many lines further down and columns further right than the node its first character stands,
    when each character of the text stands in the file as it is: with no escapes, and with all its lines (only in a
    block has it several) indented alike.
    """

    text: str
    plain: bool
    span: Span = field(default=NOWHERE, compare=False)
    content_after: tuple[int, int] | None = field(default=None, compare=False, kw_only=True)

    @property
    def content(self) -> Span | None:
        """Where the first character of the text stands, when each stands in the file as it is."""
        if self.content_after is None:
            return None
        lines, columns = self.content_after
        return Span(self.span.file, self.span.line + lines, self.span.column + columns)


@dataclass(frozen=True, slots=True)
class DateNode(ScalarNode):
    """A date that was given as one, not as a text."""


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
    """A mapping: its entries in source order, no key twice."""

    entries: tuple[Entry, ...]
    span: Span = field(default=NOWHERE, compare=False)

    def get(self, key: str) -> Node | None:
        """The value under a key; none when the key is not there."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


Node: TypeAlias = ScalarNode | ListNode | MappingNode
