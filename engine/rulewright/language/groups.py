"""The groups of types that words take."""

from __future__ import annotations

from rulewright.model.entries import TypeGroup
from rulewright.model.values import NUMBERS as NUMBER_TYPES, FieldType

TEXTS = TypeGroup("texts", frozenset({FieldType.TEXT}))
NUMBERS = TypeGroup("numbers", NUMBER_TYPES)
DATES = TypeGroup("dates", frozenset({FieldType.DATE}))
NUMBERS_OR_DATES = TypeGroup("numbers or dates", NUMBER_TYPES | {FieldType.DATE})
