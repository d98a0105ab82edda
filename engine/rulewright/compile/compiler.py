"""The compiler of valid rulebooks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from rulewright.compile.chaining import concluding_rules
from rulewright.compile.inferences import build_inference
from rulewright.compile.program import Inference, Level, Program
from rulewright.compile.strata import Strata, strata_of
from rulewright.model.dependencies import FieldItem, RuleItem, VerdictItem
from rulewright.model.entries import Entry, Function
from rulewright.model.rulebook import Rule, Rulebook

#: Types with an equivalent in JSON.
_PLAIN = frozenset({str, int, bool, type(None)})


def compile_rulebook(rulebook: Rulebook) -> Program:
    """Compile a rulebook, which must be valid and without cycles."""
    strata = strata_of(rulebook)
    fields_at: dict[int, dict[str, list[str]]] = {}
    rules_at: dict[int, dict[str, list[Rule]]] = {}
    for item, level in strata.levels.items():
        if isinstance(item, FieldItem) and level > 0:
            fields_at.setdefault(level, {}).setdefault(item.kind, []).append(item.field)
        elif isinstance(item, RuleItem):
            rule = rulebook.rules[item.rule]
            rules_at.setdefault(level, {}).setdefault(rule.about, []).append(rule)
    inferences = _inferences(rulebook, strata, rules_at)
    levels = tuple(
        Level(
            number,
            MappingProxyType({kind: tuple(names) for kind, names in fields_at.get(number, {}).items()}),
            MappingProxyType(inferences.get(number, {})),
        )
        for number in sorted({*fields_at, *rules_at})
    )
    return Program(rulebook, strata, levels, digest(rulebook))


def _inferences(
    rulebook: Rulebook, strata: Strata, rules_at: Mapping[int, Mapping[str, list[Rule]]]
) -> dict[int, dict[str, Inference]]:
    concluding = concluding_rules(rulebook)
    deciding = {kind: [rule.name for rule in rulebook.rules_about(kind) if rule.decides] for kind in rulebook.kinds}
    found: dict[int, dict[str, Inference]] = {}
    for number, by_kind in rules_at.items():
        for kind, rules in by_kind.items():
            is_decided = bool(deciding[kind]) and strata.levels[VerdictItem(kind)] == number
            here = {rule.name for rule in rules}
            prior_names = [name for rule in rules for name in strata.rule_dependencies[rule.name]]
            prior = [
                name
                for name in dict.fromkeys([*prior_names, *(deciding[kind] if is_decided else ())])
                if name not in here
            ]
            found.setdefault(number, {})[kind] = build_inference(
                f"{kind}-{number}", kind, rules, prior, deciding[kind], is_decided, rulebook, concluding
            )
    return found


def digest(rulebook: Rulebook) -> str:
    """Return the SHA-256 of the content of a rulebook, independent of the layout and comments of its file."""
    text = json.dumps(_canonical(rulebook, {}), ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any, compared: dict[type, tuple[str, ...] | None]) -> Any:
    """Return a value as JSON data; `compared` caches, by class, the fields that take part in equality."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Entry):
        # digests must not change; functions had the class name Operation when the first digests were recorded
        return ["Operation" if isinstance(value, Function) else kind.__name__, value.key]
    if kind not in compared:
        names = tuple(field.name for field in fields(value) if field.compare) if is_dataclass(value) else None
        compared[kind] = names
    if (known := compared[kind]) is not None:
        return [kind.__name__, {name: _canonical(getattr(value, name), compared) for name in known}]
    if isinstance(value, (tuple, list)):
        return [_canonical(item, compared) for item in value]
    if isinstance(value, Enum):
        return [kind.__name__, value.value]
    if isinstance(value, Mapping):
        return [[key, _canonical(item, compared)] for key, item in value.items()]
    return [kind.__name__, str(value)]  # a decimal, or a date
