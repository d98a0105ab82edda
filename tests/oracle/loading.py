"""YAML and JSON as plain data that keeps every scalar as written.

Mappings become dictionaries, sequences become lists, and every scalar becomes a text. A scalar without quotes becomes
a `Bare` text. So `no` and "no", `3` and "3", `1.50` and `1.5` stay different until the vocabulary gives a type.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, SequenceNode


class Bare(str):
    """A scalar that is written without quotes."""

    __slots__ = ()


def load(text: str) -> Any:
    """Return the only document of a text."""
    (document,) = load_all(text)
    return document


def load_all(text: str) -> list[Any]:
    """Return the documents of a text."""
    return [_data(node) for node in YAML(typ="safe", pure=True).compose_all(text)]


def _data(node: Any) -> Any:
    if isinstance(node, MappingNode):
        return {str(_data(key)): _data(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_data(item) for item in node.value]
    # JSON escapes a character beyond the first plane as two halves, which YAML reads as two characters
    text = node.value.encode("utf-16", "surrogatepass").decode("utf-16")
    return Bare(text) if node.style is None else text
