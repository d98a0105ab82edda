"""Rows as in their file, and the conversion of nodes to JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rulewright.json_values import json_value
from rulewright.source import ListNode, MappingNode, Node


@dataclass(frozen=True, slots=True)
class RawRows:
    """The rows of a case as in the file: the text of each, the line of the first, and the file's header.

    `kept` has the values of the columns that `--keep` names, an object for each row.
    """

    texts: tuple[str, ...]
    line: int
    header: str | None = None
    kept: tuple[dict[str, Any], ...] = ()


def json_of(node: Node) -> Any:
    """Convert a node to a JSON value."""
    if isinstance(node, ListNode):
        return [json_of(item) for item in node.items]
    if isinstance(node, MappingNode):
        return {entry.key.text: json_of(entry.value) for entry in node.entries}
    if not node.plain:
        return node.text
    if node.text.lower() in _LITERALS:
        return _LITERALS[node.text.lower()]
    if _WHOLE_NUMBER.fullmatch(node.text):
        return json_value(int(node.text))
    return json_value(Decimal(node.text)) if _NUMBER.fullmatch(node.text) else node.text


_LITERALS = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,100}")
_NUMBER = re.compile(r"-?[0-9]{1,100}(?:\.[0-9]{1,100})?(?:[eE][+-]?[0-9]{1,2})?")


def json_text(node: Node) -> str:
    """Return a node as JSON in one line; numbers retain their digits."""
    if isinstance(node, ListNode):
        return "[" + ",".join(map(json_text, node.items)) + "]"
    if isinstance(node, MappingNode):
        entries = (
            f"{json.dumps(entry.key.text, ensure_ascii=False)}:{json_text(entry.value)}" for entry in node.entries
        )
        return "{" + ",".join(entries) + "}"
    is_literal = node.plain and (_NUMBER.fullmatch(node.text) or node.text in ("true", "false", "null"))
    return node.text if is_literal else json.dumps(node.text, ensure_ascii=False)
