"""The dependency graph of a rulebook: the items that each field, rule and verdict reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from typing_extensions import assert_never

from rulewright.model.conditions import (
    AllRelated,
    AnyRelated,
    Arithmetic,
    AsOf,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    Literal,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    SumOf,
    expressions_of,
    tests_of,
)
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Advise, Conclude, Require, Rule, Rulebook


@dataclass(frozen=True, slots=True)
class FieldItem:
    """A field of a kind."""

    kind: str
    field: str

    def __str__(self) -> str:
        return f"`{self.field}` of `{self.kind}`"


@dataclass(frozen=True, slots=True)
class RuleItem:
    """The outcome of a rule."""

    rule: str

    def __str__(self) -> str:
        return f"rule `{self.rule}`"


@dataclass(frozen=True, slots=True)
class VerdictItem:
    """The verdict of the subjects of a kind."""

    kind: str

    def __str__(self) -> str:
        return f"the verdict of `{self.kind}`"


Item: TypeAlias = FieldItem | RuleItem | VerdictItem


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """Return the conditions of a rule: `applies`, and the condition of its verb."""
    match rule.action:
        case Require(condition):
            own: Condition | None = condition
        case Conclude(when) | Advise(when):
            own = when
        case _:
            assert_never(rule.action)
    return tuple(condition for condition in (rule.applies, own) if condition is not None)


def dependencies(rulebook: Rulebook) -> Mapping[Item, tuple[Item, ...]]:
    """Map each item to the items it reads directly, in source order and without duplicates."""
    graph: dict[Item, list[Item]] = {}
    for kind in rulebook.kinds.values():
        for field in kind.fields.values():
            reads: list[Item] = []
            if field.from_table is not None:
                reads.append(FieldItem(kind.name, rulebook.tables[field.from_table].by))
            if field.computed is not None:
                reads.extend(expression_reads(field.computed, kind.name, rulebook))
            graph[FieldItem(kind.name, field.name)] = reads
        graph[VerdictItem(kind.name)] = [
            RuleItem(rule.name) for rule in rulebook.rules_about(kind.name) if rule.decides
        ]
    for rule in rulebook.rules.values():
        graph[RuleItem(rule.name)] = [
            item for condition in conditions_of(rule) for item in condition_reads(condition, rule.about, rulebook)
        ]
        if isinstance(rule.action, Conclude):
            for field_name in rule.action.values:
                graph[FieldItem(rule.about, field_name)].append(RuleItem(rule.name))
    return {item: tuple(dict.fromkeys(reads)) for item, reads in graph.items()}


def condition_reads(condition: Condition | None, kind: str, rulebook: Rulebook) -> Iterator[Item]:
    """Yield the items that a condition about facts of `kind` reads, including those inside related facts."""
    for test in tests_of(condition):
        match test:
            case AnyRelated(related) | AllRelated(related):
                yield from _related_reads(related, rulebook)
            case RuleOutcome(rule):
                yield RuleItem(rule)
            case _:
                for expression in expressions_of(test):
                    yield from expression_reads(expression, kind, rulebook)


def expression_reads(expression: Expression, kind: str, rulebook: Rulebook) -> Iterator[Item]:
    """Yield the items that an expression about facts of `kind` reads."""
    match expression:
        case Literal() | ParameterOf() | AsOf():
            return
        case FieldOf(path):
            current = kind
            for name in path:
                if name == VERDICT:
                    yield VerdictItem(current)
                    return
                yield FieldItem(current, name)
                field = rulebook.kinds[current].fields[name]
                current = field.refers_to or current
        case Arithmetic(_, parts):
            for part in parts:
                yield from expression_reads(part, kind, rulebook)
        case CountOf(related):
            yield from _related_reads(related, rulebook)
        case SumOf(of_field, related):
            yield FieldItem(related.of, of_field)
            yield from _related_reads(related, rulebook)
        case _:
            assert_never(expression)


def _related_reads(related: RelatedFacts, rulebook: Rulebook) -> Iterator[Item]:
    yield FieldItem(related.of, related.through)
    yield from condition_reads(related.where, related.of, rulebook)


def find_cycle(graph: Mapping[Item, tuple[Item, ...]]) -> tuple[Item, ...]:
    """Return the first cycle of a dependency graph; empty if it has none.

    Each item of the cycle reads the next one, and the last reads the first.
    """
    done: set[Item] = set()
    for start in graph:
        if start in done:
            continue
        path: list[Item] = [start]
        on_path = {start}
        pending = [iter(graph[start])]
        while pending:
            item = next(pending[-1], None)
            if item is None:
                pending.pop()
                finished = path.pop()
                on_path.discard(finished)
                done.add(finished)
            elif item in on_path:
                return tuple(path[path.index(item) :])
            elif item not in done:
                path.append(item)
                on_path.add(item)
                pending.append(iter(graph.get(item, ())))
    return ()


def bottom_up(graph: Mapping[Item, tuple[Item, ...]]) -> list[Item]:
    """Return the items of a dependency graph, each after the items it reads, except on cycles."""
    order: list[Item] = []
    seen: set[Item] = set()
    for start in graph:
        if start in seen:
            continue
        seen.add(start)
        pending: list[tuple[Item, int]] = [(start, 0)]
        while pending:
            item, position = pending.pop()
            reads = graph.get(item, ())
            while position < len(reads) and reads[position] in seen:
                position += 1
            if position == len(reads):
                order.append(item)
            else:
                pending.append((item, position + 1))
                seen.add(reads[position])
                pending.append((reads[position], 0))
    return order


def related_facts(rulebook: Rulebook) -> Iterator[RelatedFacts]:
    """Yield all related facts in a rulebook, including those nested in others."""
    for kind in rulebook.kinds.values():
        for field in kind.fields.values():
            if field.computed is not None:
                yield from _related_in_expression(field.computed)
    for rule in rulebook.rules.values():
        for condition in conditions_of(rule):
            yield from _related_in_condition(condition)


def _related_in_condition(condition: Condition | None) -> Iterator[RelatedFacts]:
    for test in tests_of(condition):
        if isinstance(test, (AnyRelated, AllRelated)):
            yield test.related
            yield from _related_in_condition(test.related.where)
        for expression in expressions_of(test):
            yield from _related_in_expression(expression)


def _related_in_expression(expression: Expression) -> Iterator[RelatedFacts]:
    if isinstance(expression, (CountOf, SumOf)):
        yield expression.related
        yield from _related_in_condition(expression.related.where)
    elif isinstance(expression, Arithmetic):
        for part in expression.parts:
            yield from _related_in_expression(part)
