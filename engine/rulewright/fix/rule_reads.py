"""Find kinds and fields that rules read: under `known`, in counts and sums, or directly in a requirement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from rulewright.lint.traversal import all_expressions, all_tests
from rulewright.model.conditions import AllRelated, AnyRelated, CountOf, IsKnown, SumOf
from rulewright.model.dependencies import FieldItem, Item, RuleItem, condition_reads, dependencies, expression_reads
from rulewright.model.rulebook import Require, Rulebook


def fields_tested_for_known(rulebook: Rulebook) -> tuple[tuple[str, str], ...]:
    """Return the fields, by kind and name, that a test with `known` depends on."""
    tested = [
        item
        for kind, test in all_tests(rulebook)
        if isinstance(test, IsKnown)
        for item in expression_reads(test.operand, kind, rulebook)
    ]
    if not tested:
        return ()
    reached = reachable(dependencies(rulebook), tested)
    return tuple((item.kind, item.field) for item in reached if isinstance(item, FieldItem))


def reachable(graph: Mapping[Item, Collection[Item]], start: Iterable[Item]) -> dict[Item, None]:
    """Return these items and all items that they read, directly or indirectly."""
    found: dict[Item, None] = {}
    pending = list(start)
    while pending:
        item = pending.pop()
        if item not in found:
            found[item] = None
            pending += graph.get(item, ())
    return found


def kinds_that_could_be_added(rulebook: Rulebook, rules: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds for which an added fact can change the outcome of these rules.

    Rules quantify over such facts, count or sum them, or reach them through a reference that can change.
    """
    read = reachable(dependencies(rulebook), [RuleItem(rule) for rule in rules])
    related = [test.related for _, test in all_tests(rulebook) if isinstance(test, AnyRelated | AllRelated)]
    related += [one.related for _, one in all_expressions(rulebook) if isinstance(one, CountOf | SumOf)]
    kinds = {one.of for one in related if FieldItem(one.of, one.through) in read}
    for item in read:
        if isinstance(item, FieldItem):
            field = rulebook.kinds[item.kind].fields[item.field]
            if field.refers_to is not None and field.changes is not None:
                kinds.add(field.refers_to)
    return tuple(kind for kind in rulebook.kinds if kind in kinds)


def direct_fields(rulebook: Rulebook, rule: str) -> frozenset[tuple[str, str]]:
    """Return the fields, by kind and name, that the condition of a requirement reads directly."""
    action = rulebook.rules[rule].action
    condition = action.condition if isinstance(action, Require) else None
    reads = condition_reads(condition, rulebook.rules[rule].about, rulebook)
    return frozenset((item.kind, item.field) for item in reads if isinstance(item, FieldItem))
