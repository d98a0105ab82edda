"""Reading expressions: fields, parameters, arithmetic, counts and sums over related facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from rulewright.diagnostics import Related, Span, did_you_mean
from rulewright.model.conditions import (
    Arithmetic,
    AsOf,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    Literal,
    Operation,
    ParameterOf,
    RelatedFacts,
    SumOf,
)
from rulewright.model.outcomes import VERDICT
from rulewright.model.values import NUMBERS, FieldType
from rulewright.parse.keys import EXPRESSIONS, OPERATIONS, RELATED, SUM
from rulewright.parse.scope import Scope
from rulewright.parse.sections import Section, as_list, as_mapping, read_scalar, unknown_name
from rulewright.scalars import Mismatch, describe, typed_value
from rulewright.source import MappingNode, Node, ScalarNode

ReadCondition: TypeAlias = "Callable[[Node, Scope], Condition | None]"

_TWO_PARTS = (Operation.MINUS, Operation.MONTHS_BETWEEN, Operation.DAYS_BETWEEN)
_OF_DATES = (Operation.MONTHS_BETWEEN, Operation.DAYS_BETWEEN)


def field_path(text: str, span: Span, scope: Scope) -> FieldOf | AsOf | None:
    """The field that a dotted path names in a scope; a name that stands for nothing is told."""
    if text == "as_of":
        return AsOf(span=span)
    parts = tuple(text.split("."))
    kind = scope.kind
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if last and part == VERDICT:
            return FieldOf(parts, span=span)
        declared = scope.kinds.get(kind)
        if declared is None:
            return None
        found = declared.fields.get(part)
        if found is None:
            scope.report.add(
                "R012",
                f"unknown field `{part[:60]}` of `{kind}`",
                span,
                did_you_mean(part, [*declared.fields, "as_of", VERDICT]),
                (Related(f"`{kind}` is declared", declared.span),),
            )
            return None
        if not last:
            if found.refers_to is None:
                scope.report.add(
                    "R013",
                    f"`{part}` of `{kind}` is no reference, so `{text[:60]}` reaches nothing",
                    span,
                    None,
                    (Related(f"`{part}` is declared", found.span),),
                )
                return None
            kind = found.refers_to
    return FieldOf(parts, span=span)


def parameter(name: str, span: Span, scope: Scope, is_list: bool = False) -> ParameterOf | None:
    """The parameter of a name, a list or a single value as expected here; anything else is told."""
    found = scope.parameters.get(name)
    if found is None:
        unknown_name("R014", "parameter", name, scope.parameters, span, scope.report)
        return None
    if found.is_list != is_list:
        came, expected = ("a list", "a single value") if found.is_list else ("a single value", "a list")
        scope.report.add(
            "R020",
            f"the parameter `{name}` is {came} where {expected} is expected",
            span,
            "use it with `in`" if found.is_list else "give the parameter a list of values",
            (Related(f"`{name}` is declared", found.span),),
        )
        return None
    return ParameterOf(name, span=span)


def read_expression(node: Node, scope: Scope, read_condition: ReadCondition) -> Expression | None:
    """The expression of a node: a bare word is a field, a number itself, a mapping an operation or a count."""
    if isinstance(node, ScalarNode):
        for type_ in (FieldType.WHOLE_NUMBER, FieldType.DECIMAL):
            number = typed_value(node, type_)
            if not isinstance(number, Mismatch):
                return Literal(number, span=node.span)
        if not node.plain:
            scope.report.add(
                "R003", f"{describe(node)} stands where a field, a number or an operation is expected", node.span
            )
            return None
        return field_path(node.text, node.span, scope)
    mapping = as_mapping(node, "an expression", scope.report)
    return None if mapping is None else read_expression_mapping(mapping, scope, read_condition)


def read_expression_mapping(node: MappingNode, scope: Scope, read_condition: ReadCondition) -> Expression | None:
    """The expression of a mapping with one key: `field`, `parameter`, `count`, `sum` or an operation."""
    if len(node.entries) != 1:
        scope.report.add(
            "R003",
            f"a mapping of {len(node.entries)} keys stands where an expression is expected",
            node.span,
            "an expression has one key: " + ", ".join(f"`{name}`" for name in EXPRESSIONS),
        )
        return None
    key, value = node.entries[0].key, node.entries[0].value
    match key.text:
        case "field":
            text = read_scalar(value, FieldType.TEXT, scope.report)
            return field_path(text, value.span, scope) if isinstance(text, str) else None
        case "parameter":
            text = read_scalar(value, FieldType.TEXT, scope.report)
            return parameter(text, value.span, scope) if isinstance(text, str) else None
        case "count":
            related = read_related(value, scope, read_condition, "a count")
            return None if related is None else CountOf(related, span=key.span)
        case "sum":
            return _read_sum(value, scope, read_condition, key.span)
        case name if name in OPERATIONS:
            return _read_operation(Operation(name), value, scope, read_condition, key.span)
        case name:
            unknown_name("R001", "operation", name, EXPRESSIONS, key.span, scope.report)
            return None


def _read_operation(
    operation: Operation, node: Node, scope: Scope, read_condition: ReadCondition, span: Span
) -> Expression | None:
    items = as_list(node, f"what `{operation.value}` works on", scope.report, least=2)
    if operation in _TWO_PARTS and len(items) > 2:
        scope.report.add("R003", f"`{operation.value}` takes two parts and not {len(items)}", node.span)
        return None
    parts = []
    for item in items:
        part = read_expression(item, scope, read_condition)
        if part is None:
            continue
        parts.append(part)
        if isinstance(part, Literal):
            fits = operation not in _OF_DATES
            came = "a number"
        else:
            static = scope.type_of(part)
            came = "nothing" if static is None else f"a {static.type.value}"
            if operation in _OF_DATES:
                fits = static is not None and static.type is FieldType.DATE
            elif operation in (Operation.MAXIMUM, Operation.MINIMUM):
                fits = static is not None and (static.type in NUMBERS or static.type is FieldType.DATE)
            else:
                fits = static is not None and static.type in NUMBERS
        if not fits:
            expected = "dates" if operation in _OF_DATES else "numbers"
            scope.report.add("R020", f"`{operation.value}` works on {expected}, and this is {came}", item.span)
            return None
    if not items or len(parts) != len(items):
        return None
    dates = [part for part in parts if (static := scope.type_of(part)) is not None and static.type is FieldType.DATE]
    if dates and len(dates) != len(parts):
        scope.report.add("R020", f"`{operation.value}` cannot work on dates and numbers together", span)
        return None
    return Arithmetic(operation, tuple(parts), span=span)


def read_related(
    node: Node, scope: Scope, read_condition: ReadCondition, what: str, ignore: frozenset[str] = frozenset()
) -> RelatedFacts | None:
    """The related facts that a mapping names, its keys in `ignore` left to the caller."""
    mapping = as_mapping(node, what, scope.report)
    if mapping is None:
        return None
    own = MappingNode(tuple(entry for entry in mapping.entries if entry.key.text not in ignore), mapping.span)
    section = Section(own, RELATED, what, scope.report)
    of = section.text("of")
    if of is None:
        return None
    if of not in scope.kinds:
        unknown_name("R010", "kind", of, scope.kinds, section.span_of("of"), scope.report)
        return None
    candidates = [field.name for field in scope.kinds[of].fields.values() if field.refers_to == scope.kind]
    through = section.text("through")
    if through is None:
        if len(candidates) != 1:
            found = " and ".join(f"`{name}`" for name in candidates) or "no field"
            scope.report.add(
                "R015",
                f"`{of}` refers to `{scope.kind}` by {found}, so which facts are meant is not clear",
                section.span_of("of"),
                f"say `through:` with the field of `{of}` that refers to `{scope.kind}`",
            )
            return None
        through = candidates[0]
    elif through not in candidates:
        scope.report.add(
            "R015",
            f"`{through[:60]}` is no field of `{of}` that refers to `{scope.kind}`",
            section.span_of("through"),
            did_you_mean(through, candidates),
        )
        return None
    where_node = section.node("where")
    where = None if where_node is None else read_condition(where_node, scope.about(of))
    if where_node is not None and where is None:
        return None
    return RelatedFacts(of, through, where, span=node.span)


def _read_sum(node: Node, scope: Scope, read_condition: ReadCondition, span: Span) -> SumOf | None:
    mapping = as_mapping(node, "a sum", scope.report)
    if mapping is None:
        return None
    return sum_of(mapping, scope, read_condition, span, frozenset())


def sum_of(
    mapping: MappingNode, scope: Scope, read_condition: ReadCondition, span: Span, ignore: frozenset[str]
) -> SumOf | None:
    """The sum that a mapping names, its keys in `ignore` left to the caller."""
    own = MappingNode(tuple(entry for entry in mapping.entries if entry.key.text not in ignore), mapping.span)
    section = Section(own, SUM, "a sum", scope.report)
    related = read_related(mapping, scope, read_condition, "a sum", ignore | {"field"})
    name = section.text("field")
    if related is None or name is None:
        return None
    found = scope.kinds[related.of].fields.get(name)
    if found is None:
        unknown_name(
            "R012",
            f"field of `{related.of}`",
            name,
            scope.kinds[related.of].fields,
            section.span_of("field"),
            scope.report,
        )
        return None
    if found.type not in NUMBERS:
        scope.report.add("R020", f"`{name}` is a {found.type.value} and cannot be summed", section.span_of("field"))
        return None
    return SumOf(name, related, span=span)
