"""Levels: each field, rule and verdict stands above all that it reads, so that negation and counting are exact."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.model.dependencies import FieldItem, Item, RuleItem, VerdictItem, dependencies
from rulewright.model.rulebook import Conclude, Rulebook


def levels_of(rulebook: Rulebook) -> Mapping[Item, int]:
    """The level of each item; 0 for fields that only case files give.

    A verdict has the level of the last rule that counts for it, with which it is inferred. A rule that nothing but its
    subject's verdict reads waits for that level too, so that as many rules as can be are inferred together.
    """
    graph = dependencies(rulebook)
    levels: dict[Item, int] = {}
    for item in _bottom_up(graph):
        below = [levels[read] for read in graph[item]]
        if isinstance(item, VerdictItem):
            levels[item] = max(below, default=1)
        elif isinstance(item, RuleItem):
            levels[item] = 1 + max(below, default=0)
        else:
            levels[item] = 1 + max(below) if below else (1 if _is_derived(rulebook, item) else 0)
    read_by_others = {read for item, reads in graph.items() if not isinstance(item, VerdictItem) for read in reads}
    for kind in rulebook.kinds:
        last = levels[VerdictItem(kind)]
        for rule in rulebook.rules_about(kind):
            item = RuleItem(rule.name)
            if item not in read_by_others and not isinstance(rule.action, Conclude):
                levels[item] = max(levels[item], last)
    return levels


def _is_derived(rulebook: Rulebook, item: FieldItem) -> bool:
    field = rulebook.kinds[item.kind].fields[item.field]
    return field.computed is not None or field.from_table is not None


def _bottom_up(graph: Mapping[Item, tuple[Item, ...]]) -> list[Item]:
    order: list[Item] = []
    seen: set[Item] = set()
    for start in graph:
        if start in seen:
            continue
        seen.add(start)
        pending: list[tuple[Item, int]] = [(start, 0)]
        while pending:
            item, position = pending.pop()
            reads = graph[item]
            while position < len(reads) and reads[position] in seen:
                position += 1
            if position == len(reads):
                order.append(item)
            else:
                pending.append((item, position + 1))
                seen.add(reads[position])
                pending.append((reads[position], 0))
    return order
