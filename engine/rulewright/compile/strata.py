"""Levels: each field, rule and verdict is above everything it observes, so that counts are final when they are read.

A dependency on the outcome of another rule about the same subject does not need a level of its own. One inference
chains from rule to rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.compile.chaining import concluding_rules, rule_dependencies
from rulewright.model.conditions import tests_of
from rulewright.model.dependencies import (
    FieldItem,
    Item,
    RuleItem,
    VerdictItem,
    bottom_up,
    condition_reads,
    conditions_of,
    dependencies,
)
from rulewright.model.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Strata:
    """The level of each item, the items that each observes at lower levels, and the rule dependencies of each rule.

    `levels` is in bottom-up order. Level 0 has the fields that only case files state. Fields that are concluded and
    never observed have no level.
    """

    levels: Mapping[Item, int]
    observes: Mapping[Item, tuple[Item, ...]]
    rule_dependencies: Mapping[str, tuple[str, ...]]


def strata_of(rulebook: Rulebook) -> Strata:
    """Return the strata of a rulebook without cycles."""
    graph = dependencies(rulebook)
    order = bottom_up(graph)
    observes, dependent_on = _split(rulebook, graph)
    observed = {read for item, reads in observes.items() if not isinstance(item, VerdictItem) for read in reads}
    for item in order:
        if isinstance(item, FieldItem) and item not in observed and not _is_observation(rulebook, item):
            del observes[item]  # only results read it, and they need no column
    levels: dict[Item, int] = {}
    for item in order:
        below = [levels[read] for read in observes.get(item, ())]
        if isinstance(item, VerdictItem):
            levels[item] = max(below, default=1)
        elif isinstance(item, RuleItem):
            levels[item] = max(
                [1 + max(below, default=0), *(levels[RuleItem(rule)] for rule in dependent_on[item.rule])]
            )
        elif item in observes:
            levels[item] = 1 + max(below, default=-1 if not _is_observation(rulebook, item) else 0)
    _raise(rulebook, order, levels, observes, dependent_on)
    return Strata(levels, observes, dependent_on)


def _split(
    rulebook: Rulebook, graph: Mapping[Item, tuple[Item, ...]]
) -> tuple[dict[Item, tuple[Item, ...]], dict[str, tuple[str, ...]]]:
    """Return the items that each item observes, and the rules that each rule depends on in its inference."""
    concluding = concluding_rules(rulebook)
    observes = dict(graph)
    dependent_on = {}
    for rule in rulebook.rules.values():
        reads: dict[Item, None] = {}
        rules: dict[str, None] = {}
        for condition in conditions_of(rule):
            for test in tests_of(condition):
                others = rule_dependencies(test, rule.about, rulebook, concluding)
                rules.update(dict.fromkeys(others))
                if not others:
                    reads.update(dict.fromkeys(condition_reads(test, rule.about, rulebook)))
        observes[RuleItem(rule.name)] = tuple(reads)
        dependent_on[rule.name] = tuple(rules)
    return observes, dependent_on


def _raise(
    rulebook: Rulebook,
    order: list[Item],
    levels: dict[Item, int],
    observes: Mapping[Item, tuple[Item, ...]],
    dependent_on: Mapping[str, tuple[str, ...]],
) -> None:
    """Raise unobserved rules to the lowest level of the rules that depend on them, to merge inferences."""
    observed = {read for item, reads in observes.items() if not isinstance(item, VerdictItem) for read in reads}
    last = dict.fromkeys(rulebook.kinds, 1)
    for rule in rulebook.rules.values():
        last[rule.about] = max(last[rule.about], levels[RuleItem(rule.name)])
    dependents: dict[str, list[str]] = {}
    for name, others in dependent_on.items():
        for other in others:
            dependents.setdefault(other, []).append(name)
    for item in reversed(order):
        if not isinstance(item, RuleItem) or item in observed:
            continue
        rule = rulebook.rules[item.rule]
        readers: list[Item] = [RuleItem(name) for name in dependents.get(rule.name, ())]
        if rule.decides and VerdictItem(rule.about) in observed:
            readers.append(VerdictItem(rule.about))
        levels[item] = max(levels[item], min((levels[reader] for reader in readers), default=last[rule.about]))
    for kind in rulebook.kinds:
        deciding = [levels[RuleItem(rule.name)] for rule in rulebook.rules_about(kind) if rule.decides]
        levels[VerdictItem(kind)] = max(deciding, default=1)


def _is_observation(rulebook: Rulebook, item: FieldItem) -> bool:
    """Return whether a field is computed or comes from a table, so that it always has a column."""
    field = rulebook.kinds[item.kind].fields[item.field]
    return field.computed is not None or field.from_table is not None
