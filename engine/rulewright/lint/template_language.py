"""Allowed syntax of rule texts, and the static types of their expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import nodes

from rulewright.language.types import TYPES
from rulewright.model.outcomes import Verdict
from rulewright.model.rulebook import Field
from rulewright.model.values import NUMBERS, FieldType

#: Help for a text with anything else.
ALLOWED = "a text may have fields, parameters, `if`, comparisons, `and`, `or`, `not`, `+`, `-`, `~`, filters and tests"
#: Syntax nodes that a text may not have, each with its sign and, if the sign is not enough, a description.
REFUSED: Mapping[type[nodes.Node], tuple[str, str]] = {
    nodes.For: ("for", ""),
    nodes.Assign: ("set", ""),
    nodes.AssignBlock: ("set", ""),
    nodes.With: ("with", ""),
    nodes.Import: ("import", ""),
    nodes.FromImport: ("from", ""),
    nodes.Include: ("include", ""),
    nodes.Extends: ("extends", ""),
    nodes.Block: ("block", ""),
    nodes.Macro: ("macro", ""),
    nodes.CallBlock: ("call", ""),
    nodes.FilterBlock: ("filter", ""),
    nodes.Call: ("(", "a call"),
    nodes.Getitem: ("[", ""),
    nodes.Mul: ("*", ""),
    nodes.Div: ("/", ""),
    nodes.FloorDiv: ("//", ""),
    nodes.Mod: ("%", ""),
    nodes.Pow: ("**", ""),
    nodes.Pos: ("+", ""),
    nodes.List: ("[", "a list"),
    nodes.Tuple: (",", "a list"),
    nodes.Dict: ("{", "a mapping"),
}
#: The filters that format a number.
FILTERS_OF_NUMBERS = ("months", "days", "years", "money", "number")
#: Comparison signs by Jinja's names.
SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}
#: The verdicts that a text can compare with.
VERDICTS = {verdict.value: verdict.value for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class TextType:
    """The static type of an expression, with the choices of a choice and the target kind of a reference."""

    type: FieldType
    choices: Mapping[str, str] | None = None
    refers_to: str | None = None
    is_list: bool = False

    def __str__(self) -> str:
        return "list" if self.is_list else self.type.value


YES_NO = TextType(FieldType.YES_NO)
TEXT = TextType(FieldType.TEXT)


def type_of_field(field: Field) -> TextType:
    """Return the type of a field in a text."""
    return TextType(field.type, field.choices or None, field.refers_to)


def comparable(sign: str, left: TextType, right: TextType) -> bool:
    """Return whether values of the two types can be compared; `sign` is one of Jinja's names."""
    if TYPES[left.type].family != TYPES[right.type].family or left.is_list:
        return False
    if sign in ("in", "notin"):
        return right.is_list or TYPES[right.type].family == TYPES[FieldType.TEXT].family
    if right.is_list:
        return False
    return left.type is not FieldType.REFERENCE if sign in ("eq", "ne") else TYPES[left.type].ordered is not None


def common_type(left: TextType, right: TextType) -> TextType:
    """Return the type of a value that has one of two types: the operations that both types allow."""
    if left.is_list or right.is_list:
        return left if left.is_list else right
    if left.type in NUMBERS and right.type in NUMBERS:
        return left if left.type is FieldType.DECIMAL else right
    return left if left == right else TEXT
