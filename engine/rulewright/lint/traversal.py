"""Iterators over all conditions and expressions of a rulebook, including those about related facts."""

from __future__ import annotations

from collections.abc import Iterator

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
    SumOf,
    Test,
    expressions_of,
    tests_of,
)
from rulewright.model.dependencies import conditions_of
from rulewright.model.rulebook import Rulebook


def all_tests(rulebook: Rulebook) -> Iterator[tuple[str, Test]]:
    """Yield every test of the rulebook, with the kind of fact that it is about."""
    for rule in rulebook.rules.values():
        for condition in conditions_of(rule):
            yield from _tests(condition, rule.about)
    for kind in rulebook.kinds.values():
        for field in kind.fields.values():
            if field.computed is not None:
                for _, expression in _parts(field.computed, kind.name):
                    if isinstance(expression, CountOf | SumOf):
                        yield from _tests(expression.related.where, expression.related.of)


def all_expressions(rulebook: Rulebook) -> Iterator[tuple[str, Expression]]:
    """Yield every expression of the rulebook and each of its parts, with the kind of fact that it is about."""
    for kind_name, test in all_tests(rulebook):
        for expression in expressions_of(test):
            yield from _parts(expression, kind_name)
        if isinstance(test, AnyRelated | AllRelated):
            yield test.related.of, FieldOf((test.related.through,))
    for kind in rulebook.kinds.values():
        for field in kind.fields.values():
            if field.computed is not None:
                yield from _parts(field.computed, kind.name)


def _tests(condition: Condition | None, kind: str) -> Iterator[tuple[str, Test]]:
    for test in tests_of(condition):
        yield kind, test
        related: list[RelatedFacts] = []
        if isinstance(test, AnyRelated | AllRelated):
            related.append(test.related)
        for expression in expressions_of(test):
            related.extend(part.related for _, part in _parts(expression, kind) if isinstance(part, CountOf | SumOf))
        for facts in related:
            yield from _tests(facts.where, facts.of)


def _parts(expression: Expression, kind: str) -> Iterator[tuple[str, Expression]]:
    yield kind, expression
    match expression:
        case Arithmetic(_, parts):
            for part in parts:
                yield from _parts(part, kind)
        case CountOf(related):
            yield related.of, FieldOf((related.through,))
        case SumOf(of_field, related):
            yield related.of, FieldOf((of_field,))
            yield related.of, FieldOf((related.through,))
        case Literal() | FieldOf() | ParameterOf() | AsOf():
            return
        case _:
            assert_never(expression)
