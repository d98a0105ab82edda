"""Texts, choices and references: values that are texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import date
from functools import partial

from rulewright.diagnostics import short
from rulewright.language.types.entry import Mismatch, ValueType, not_few, nothing_further
from rulewright.language.types.written import BOOLEAN, NULL, NUMBER, OTHER_NUMBER, mismatch
from rulewright.model.entries import Schema
from rulewright.model.rulebook import Field
from rulewright.model.values import MAXIMUM_TEXT, FieldType, Known, folded, normal_form

_TEXT, _CHOICE, _REFERENCE = "a text", "a choice", "the ref of another fact"


def _read(expected: str, text: str, plain: bool) -> str | Mismatch:
    """Read what YAML 1.2 calls a string, so `no`, the country, is a text."""
    value = normal_form(text)
    if plain and (value in NULL or value in BOOLEAN or NUMBER.match(value) or OTHER_NUMBER.match(value)):
        help_ = f'put it in quotes: "{short(value, 40)}"' if value not in NULL else None
        return mismatch(text, plain, expected, help_)
    if len(value) > MAXIMUM_TEXT:
        return Mismatch(f"a text of {len(value):,} characters; at most {MAXIMUM_TEXT:,} are taken")
    if "\x00" in value:
        return Mismatch("the text has the character U+0000 in it, which cannot be kept")
    return value


def _schema(declared: Field) -> Schema:
    return {"type": ["string", "null"], "maxLength": MAXIMUM_TEXT}


def _choice_schema(declared: Field) -> Schema:
    return {"enum": [*declared.choices, None]}


def _named(operands: Set[Known]) -> set[str]:
    return {value for value in operands if isinstance(value, str)}


def _tried(declared: Field, operands: Set[Known], day: date, filler: str) -> Sequence[str]:
    return (*sorted(_named(operands)), filler)


def _choices_tried(declared: Field, operands: Set[Known], day: date, filler: str) -> Iterator[str]:
    alike = {folded(name) for name in _named(operands)}
    yield from (choice for choice in declared.choices if folded(choice) in alike)
    yield from [choice for choice in declared.choices if folded(choice) not in alike][:1]


def _choices(declared: Field) -> Sequence[Known]:
    return list(declared.choices)


TEXT = ValueType(
    type=FieldType.TEXT,
    expected=_TEXT,
    family="text",
    read=partial(_read, _TEXT),
    schema=_schema,
    sql="VARCHAR",
    columns=("VARCHAR",),
    tried=_tried,
    every=not_few,
    further=nothing_further,
    is_text=True,
    synonyms=dict.fromkeys(("string", "str", "varchar", "char", "uuid", "url", "email"), "write `text`"),
)
CHOICE = ValueType(
    type=FieldType.CHOICE,
    expected=_CHOICE,
    family="text",
    read=partial(_read, _CHOICE),
    schema=_choice_schema,
    sql="VARCHAR",
    columns=("VARCHAR", "ENUM"),
    tried=_choices_tried,
    every=_choices,
    further=nothing_further,
    is_text=True,
    synonyms=dict.fromkeys(
        ("enum", "enumeration", "select", "option", "one of"), "write `choice`, and list its words in `of`"
    ),
)
REFERENCE = ValueType(
    type=FieldType.REFERENCE,
    expected=_REFERENCE,
    family="reference",
    read=partial(_read, _REFERENCE),
    schema=_schema,
    sql="VARCHAR",
    columns=("VARCHAR",),
    tried=_tried,
    every=not_few,
    further=nothing_further,
    is_text=True,
    synonyms={
        **dict.fromkeys(("ref", "foreign key", "relation", "link"), "write `reference`, and name the kind in `to`"),
        **dict.fromkeys(
            ("list", "array", "map", "object"), "declare a kind of its own, with a field of type `reference`"
        ),
    },
)

TYPES = (TEXT, CHOICE, REFERENCE)
