"""All types of field."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.language.types import dates, numbers, texts, yes_no
from rulewright.language.types.entry import ValueType
from rulewright.model.values import FieldType

TYPES: Mapping[FieldType, ValueType] = {
    entry.type: entry for module in (texts, numbers, yes_no, dates) for entry in module.TYPES
}
