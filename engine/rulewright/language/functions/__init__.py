"""All functions of expressions."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.language.functions import arithmetic, dates
from rulewright.model.entries import Function

FUNCTIONS: Mapping[str, Function] = {entry.key: entry for module in (arithmetic, dates) for entry in module.FUNCTIONS}
