"""Conversion of scalars to typed values, without coercion. A mismatch says what was expected and what was given."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.diagnostics import did_you_mean, short
from rulewright.language.types import TYPES, numbers as number_types
from rulewright.language.types.entry import Mismatch as Mismatch
from rulewright.language.types.written import NULL, describe_scalar, mismatch
from rulewright.model.values import FieldType, Known, normal_form
from rulewright.nodes import DateNode
from rulewright.source import ListNode, MappingNode, Node, ScalarNode


def is_null(node: Node) -> bool:
    """Return whether a node is the null of YAML or JSON, which states nothing."""
    return isinstance(node, ScalarNode) and node.plain and node.text in NULL


def describe(node: Node) -> str:
    """Return a short description of a node, for messages."""
    match node:
        case MappingNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case ScalarNode(text, plain):
            return describe_scalar(text, plain)


def typed_value(node: Node, type_: FieldType, choices: Mapping[str, str] | None = None) -> Known | Mismatch:
    """Return the value of a node for a type, or the mismatch.

    A text field takes the strings of YAML 1.2, so `no`, the country, is a text. A yes/no field takes the plain words
    yes, no, true and false. A number field takes plain numbers; a date field takes `YYYY-MM-DD`.
    """
    entry = TYPES[type_]
    if not isinstance(node, ScalarNode):
        return Mismatch(f"{describe(node)} stands where {entry.expected} is expected")
    if entry.is_text and isinstance(node, DateNode):
        return mismatch(node.text, node.plain, entry.expected, f'write it as a text: "{normal_form(node.text)}"')
    value = entry.read(node.text, node.plain)
    if type_ is FieldType.CHOICE and choices is not None and isinstance(value, str) and value not in choices:
        message = f"`{short(value)}` is not one of the choices"
        return Mismatch(message, did_you_mean(value, choices), outside_choices=True)
    return value


def number_help(node: ScalarNode) -> str | None:
    """Return how to write a text that looks like a number, as in `20%` or `3 months`; None for a valid number."""
    return number_types.number_help(node.text, node.plain)
