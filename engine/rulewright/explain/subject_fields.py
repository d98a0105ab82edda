"""Find which fields of the subject expressions, tests and texts read, and whether they read other subjects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jinja2 import nodes
from typing_extensions import assert_never

from rulewright.explain.index import Index, values_of
from rulewright.model.conditions import (
    AllRelated,
    AnyRelated,
    Arithmetic,
    AsOf,
    CountOf,
    Expression,
    FieldOf,
    Literal,
    ParameterOf,
    RuleOutcome,
    SumOf,
    Test,
    expressions_of,
    tests_of,
)
from rulewright.model.dependencies import conditions_of
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Kind, Rule

#: The most places that are listed for an expression. With more, the place is looked up for each subject.
_LISTED = 40


def fields_of_expression(expression: Expression) -> tuple[str, ...] | None:
    """Return the fields of the subject that an expression reads; none if it reads a verdict or another subject."""
    match expression:
        case Literal() | ParameterOf() | AsOf():
            return ()
        case FieldOf(path):
            return path if len(path) == 1 and path[0] != VERDICT else None
        case Arithmetic(_, parts):
            return union_of(map(fields_of_expression, parts))
        case CountOf() | SumOf():
            return None
        case _:
            assert_never(expression)


def union_of(reads: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """Return the union of these fields; none if any element is none."""
    found: dict[str, None] = {}
    for names in reads:
        if names is None:
            return None
        found.update(dict.fromkeys(names))
    return tuple(found)


def fields_of_tests(tests: Sequence[Test]) -> tuple[str, ...] | None:
    """Return the fields of the subject that tests read; none if they read a verdict or another subject."""
    return union_of([fields_of_expression(value) for test in tests for value in values_of(test)])


@dataclass(frozen=True, slots=True)
class TextReads:
    """The names that a text reads: fields, `verdict`, and `ref` unless the text only shows the ref."""

    names: tuple[str, ...]
    only_shows_ref: bool


def text_reads(tree: nodes.Template, kind: Kind) -> TextReads | None:
    """Return the names that a text about a kind reads of its subject; none if it may read other subjects."""
    if tree.find(nodes.Getattr) is not None or tree.find(nodes.Getitem) is not None:
        return None
    named = [node.name for node in tree.find_all(nodes.Name)]
    shown = [
        node.name for output in tree.find_all(nodes.Output) for node in output.nodes if isinstance(node, nodes.Name)
    ]
    names = [name for name in dict.fromkeys(named) if name in kind.fields or name in ("ref", VERDICT)]
    for name in names:
        # a reference that is only shown is a ref; any other use of it may read the other subject
        if name in kind.fields and kind.fields[name].refers_to and named.count(name) > shown.count(name):
            return None
    only_shows_ref = named.count("ref") == shown.count("ref")
    return TextReads(tuple(name for name in names if name != "ref" or not only_shows_ref), only_shows_ref)


@dataclass(frozen=True, slots=True)
class SourceField:
    """A field that may be the stated source of a value, provided that these rules have concluded."""

    concluded_by: tuple[str, ...]
    field: str


def source_fields(index: Index, kind: str, expression: Expression) -> tuple[SourceField, ...] | None:
    """Return the fields that may be the stated source of an expression's value; the first stated one is its origin.

    None if a source may be a field of another subject, or if there are more than `_LISTED`.
    """
    found: dict[SourceField, None] = {}

    def within(part: Expression, concluded_by: tuple[str, ...]) -> bool:
        match part:
            case Arithmetic(_, parts):
                return all(within(below, concluded_by) for below in reversed(parts))
            case FieldOf(path) if path[-1] != VERDICT:
                return len(path) == 1 and at(path[0], concluded_by)
            case _:
                return True

    def at(name: str, concluded_by: tuple[str, ...]) -> bool:
        place = SourceField(concluded_by, name)
        if place in found:
            return True
        found[place] = None
        if len(found) > _LISTED:
            return False
        for rule in reversed(index.concluding.get((kind, name), ())):
            for test in reversed(index.tests[rule.name]):
                if not all(within(value, (*concluded_by, rule.name)) for value in values_of(test)[:1]):
                    return False
        field = index.rulebook.kinds[kind].fields[name]
        if field.from_table is not None:
            return at(index.rulebook.tables[field.from_table].by, concluded_by)
        return field.computed is None or within(field.computed, concluded_by)

    return tuple(found) if within(expression, ()) else None


def depends_on_subject_only(index: Index, rule: Rule) -> bool:
    """Return whether the outcome of a rule can depend only on facts of its subject."""
    fields = index.rulebook.kinds[rule.about].fields
    rules, names = {rule.name: rule}, set[str]()
    pending: list[Rule | str] = [rule]
    while pending:
        one = pending.pop()
        if isinstance(one, Rule):
            tests = [test for condition in conditions_of(one) for test in tests_of(condition)]
            if any(isinstance(test, (AnyRelated, AllRelated)) for test in tests):
                return False
            reads = union_of([fields_of_expression(part) for test in tests for part in expressions_of(test)])
            others = [index.rulebook.rules[test.rule] for test in tests if isinstance(test, RuleOutcome)]
        else:
            field = fields[one]
            reads = () if field.computed is None else fields_of_expression(field.computed)
            if field.from_table is not None:
                reads = (index.rulebook.tables[field.from_table].by,)
            others = list(index.concluding.get((rule.about, one), ()))
        if reads is None:
            return False
        pending += [other for other in others if other.name not in rules]
        pending += [name for name in reads if name not in names]
        rules.update((other.name, other) for other in others)
        names.update(reads)
    return True
