"""Compiling a rulebook that has no errors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

from rulewright.compile.network import build_inference
from rulewright.compile.program import Inference, Level, Program
from rulewright.compile.strata import levels_of
from rulewright.model.dependencies import FieldItem, RuleItem, VerdictItem
from rulewright.model.rulebook import Rule, Rulebook


def compile_rulebook(rulebook: Rulebook) -> Program:
    """The program of a rulebook; the rulebook has to be free of errors, of cycles above all."""
    levels = levels_of(rulebook)
    base: dict[str, tuple[str, ...]] = {}
    fields_at: dict[int, dict[str, tuple[str, ...]]] = {}
    rules_at: dict[int, dict[str, list[Rule]]] = {}
    for kind in rulebook.kinds.values():
        base[kind.name] = tuple(name for name in kind.fields if levels[FieldItem(kind.name, name)] == 0)
        for name in kind.fields:
            level = levels[FieldItem(kind.name, name)]
            if level > 0:
                at = fields_at.setdefault(level, {})
                at[kind.name] = (*at.get(kind.name, ()), name)
    for rule in rulebook.rules.values():
        rules_at.setdefault(levels[RuleItem(rule.name)], {}).setdefault(rule.about, []).append(rule)
    numbers = sorted({*fields_at, *rules_at})
    program_levels = []
    for number in numbers:
        inferences: dict[str, Inference] = {}
        for kind_name, rules in rules_at.get(number, {}).items():
            decides = None
            prior: list[str] = []
            if levels[VerdictItem(kind_name)] == number:
                decides = [rule.name for rule in rulebook.rules_about(kind_name) if rule.decides]
                here = {rule.name for rule in rules}
                prior = [name for name in decides if name not in here]
            inferences[kind_name] = build_inference(f"{kind_name}-{number}", kind_name, rules, prior, decides)
        program_levels.append(Level(number, MappingProxyType(fields_at.get(number, {})), MappingProxyType(inferences)))
    return Program(rulebook, tuple(program_levels), MappingProxyType(base), digest(rulebook))


def digest(rulebook: Rulebook) -> str:
    """The SHA-256 of what the rulebook says, whatever its file's layout and comments."""
    text = json.dumps(_canonical(rulebook), ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        content = {field.name: _canonical(getattr(value, field.name)) for field in fields(value) if field.compare}
        return [type(value).__name__, content]
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if isinstance(value, Mapping):
        return [[key, _canonical(item)] for key, item in value.items()]
    if isinstance(value, (tuple, list)):
        return [_canonical(item) for item in value]
    if isinstance(value, (Decimal, date)):
        return [type(value).__name__, str(value)]
    return value
