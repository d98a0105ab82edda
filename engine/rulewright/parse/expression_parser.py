"""Parser of expressions: fields, parameters, arithmetic, counts and sums over related facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from rulewright.diagnostics import Related, Span, did_you_mean
from rulewright.language.functions import FUNCTIONS
from rulewright.model.conditions import (
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
)
from rulewright.model.entries import Function
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Kind
from rulewright.model.values import NUMBERS, FieldType
from rulewright.parse.language_keys import EXPRESSIONS, RELATED, SUM
from rulewright.parse.scope import Scope
from rulewright.parse.sections import Section, as_list, as_mapping, read_scalar, unknown_name
from rulewright.parse.suggestions import help_for_condition, help_for_formula, help_for_operation, help_for_sentence
from rulewright.scalars import Mismatch, describe, is_null, number_help, typed_value
from rulewright.source import MappingNode, Node, ScalarNode, short

ReadCondition: TypeAlias = "Callable[[Node, Scope], Condition | None]"


def field_path(node: ScalarNode, scope: Scope) -> FieldOf | AsOf | None:
    """Return the field that a dotted path names in a scope. Report an unknown name and return None."""
    if node.text == "as_of":
        return AsOf(span=node.span)
    parts = tuple(node.text.split("."))
    kind = scope.kind
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if last and part == VERDICT:
            return FieldOf(parts, span=node.span)
        declared = scope.kinds.get(kind)
        if declared is None:
            return None
        found = declared.fields.get(part)
        if found is None:
            words = [*declared.fields, *(["as_of"] if position == 0 else []), *([VERDICT] if last else [])]
            _unknown_field(part, declared, words, _part_span(node, parts, position), scope)
            return None
        if not last:
            if found.refers_to is None:
                scope.report.add(
                    "R013",
                    f"`{part}` of `{kind}` is no reference, so `{short(node.text)}` reaches nothing",
                    _part_span(node, parts, position),
                    "a path goes through fields of type `reference`",
                    (Related(f"`{part}` is declared", found.span),),
                )
                return None
            kind = found.refers_to
    return FieldOf(parts, span=node.span)


def _unknown_field(name: str, kind: Kind, words: list[str], span: Span, scope: Scope) -> None:
    if name in scope.report.unread and kind.name in scope.report.partial:
        return
    scope.report.add(
        "R012",
        f"unknown field `{short(name)}` of `{kind.name}`",
        span,
        help_for_sentence(name) or help_for_formula(name) or help_for_condition(name, words),
        (Related(f"`{kind.name}` is declared", kind.span),),
    )


def _part_span(node: ScalarNode, parts: tuple[str, ...], position: int) -> Span:
    """Return the place of one part of a dotted path, or of the whole path if the text is not verbatim in the file."""
    if node.content is None:
        return node.span
    before = sum(len(part) + 1 for part in parts[:position])
    return replace(node.content, column=node.content.column + before)


def parameter(name: str, span: Span, scope: Scope, is_list: bool = False) -> ParameterOf | None:
    """Return the parameter of a name. Report an unknown name, or a list in place of a single value, and return None."""
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
    """Return the expression of a node: a bare word is a field, a number is itself, a mapping is an operation."""
    if isinstance(node, ScalarNode):
        for type_ in (FieldType.WHOLE_NUMBER, FieldType.DECIMAL):
            number = typed_value(node, type_)
            if not isinstance(number, Mismatch):
                return Literal(number, span=node.span)
        if not node.plain or is_null(node) or node.text[0].isdigit():
            help_ = number_help(node)
            if help_ is None and not node.plain and (node.text == "as_of" or scope.has_path(node.text)):
                help_ = "write the name of the field without quotes"
            if help_ is None and is_null(node):
                help_ = "write the name of a field, a number, or an operation such as `plus: [a, b]`"
            message = f"{describe(node)} was found where a field, a number or an operation is expected"
            scope.report.add("R003", message, node.span, help_ or help_for_formula(node.text))
            return None
        help_ = help_for_formula(node.text)
        if help_ is not None:
            message = f"{describe(node)} was found where a field, a number or an operation is expected"
            scope.report.add("R003", message, node.span, help_)
            return None
        return field_path(node, scope)
    mapping = as_mapping(node, "an expression", scope.report)
    return None if mapping is None else read_expression_mapping(mapping, scope, read_condition)


def read_expression_mapping(node: MappingNode, scope: Scope, read_condition: ReadCondition) -> Expression | None:
    """Return the expression of a mapping with one key: `field`, `parameter`, `count`, `sum` or an operation."""
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
            return field_path(value, scope) if isinstance(value, ScalarNode) and text is not None else None
        case "parameter":
            text = read_scalar(value, FieldType.TEXT, scope.report)
            return parameter(text, value.span, scope) if isinstance(text, str) else None
        case "count":
            mapping = as_mapping(value, "a count", scope.report)
            section = None if mapping is None else Section(mapping, RELATED, "the count", scope.report)
            related = None if section is None else read_related(section, scope, read_condition)
            return None if related is None else CountOf(related, span=key.span)
        case "sum":
            mapping = as_mapping(value, "a sum", scope.report)
            section = None if mapping is None else Section(mapping, SUM, "the sum", scope.report)
            return None if section is None else read_sum(section, scope, read_condition, key.span)
        case name if name in FUNCTIONS:
            return _read_function(FUNCTIONS[name], value, scope, read_condition, key.span)
        case name:
            scope.report.add("R001", f"unknown operation `{short(name)}`", key.span, help_for_operation(name))
            return None


def _read_function(
    function: Function, node: Node, scope: Scope, read_condition: ReadCondition, span: Span
) -> Expression | None:
    items = as_list(node, f"a list of what `{function.key}` works on", scope.report, least=2)
    if function.most is not None and len(items) > function.most:
        scope.report.add("R003", f"`{function.key}` takes two parts and not {len(items)}", node.span)
        return None
    parts, fitting = [], True
    for item in items:
        part = read_expression(item, scope, read_condition)
        if part is None:
            continue
        parts.append(part)
        if isinstance(part, Literal):
            fits = not NUMBERS.isdisjoint(function.operands.types)
            came = "a number"
        else:
            static = scope.type_of(part)
            came = "nothing" if static is None else f"a {static.type.value}"
            fits = static is not None and static.type in function.operands.types
        if not fits:
            expected = function.operands.noun
            scope.report.add("R020", f"`{function.key}` works on {expected}, and this is {came}", item.span)
            fitting = False
    if not items or not fitting or len(parts) != len(items):
        return None
    dates = [part for part in parts if (static := scope.type_of(part)) is not None and static.type is FieldType.DATE]
    if dates and len(dates) != len(parts):
        scope.report.add("R020", f"`{function.key}` cannot work on dates and numbers together", span)
        return None
    return Arithmetic(function, tuple(parts), span=span)


def read_related(section: Section, scope: Scope, read_condition: ReadCondition) -> RelatedFacts | None:
    """Return the related facts of the keys `of`, `through` and `where` of a section."""
    of, through = section.text("of"), section.text("through")
    if of is None:
        return None
    if of not in scope.kinds:
        unknown_name("R010", "kind", of, scope.kinds, section.span_of("of"), scope.report)
        return None
    where_node = section.node("where")
    where = None if where_node is None else read_condition(where_node, scope.about(of))
    candidates = [field.name for field in scope.kinds[of].fields.values() if field.refers_to == scope.kind]
    if through is None and len(candidates) == 1:
        through = candidates[0]
    if through is None or through not in candidates:
        if of not in scope.report.partial:
            _unclear_reference(of, through, candidates, section, scope)
        return None
    if where_node is not None and where is None:
        return None
    return RelatedFacts(of, through, where, span=section.span)


def _unclear_reference(of: str, through: str | None, candidates: list[str], section: Section, scope: Scope) -> None:
    related = (Related(f"`{of}` is declared", scope.kinds[of].span),)
    declare = f"declare one in `{of}`, with `type: reference` and `to: {scope.kind}`"
    if through is not None:
        scope.report.add(
            "R015",
            f"`{short(through)}` is no field of `{of}` that refers to `{scope.kind}`",
            section.span_of("through"),
            did_you_mean(through, candidates) or declare,
            related,
        )
    elif candidates:
        names = " and ".join(f"`{name}`" for name in candidates)
        scope.report.add(
            "R015",
            f"`{of}` refers to `{scope.kind}` by {names}, so which facts are meant is not clear",
            section.span_of("of"),
            f"add `through:` and one of {names}",
            related,
        )
    else:
        scope.report.add(
            "R015", f"no field of `{of}` refers to `{scope.kind}`", section.span_of("of"), declare, related
        )


def read_sum(section: Section, scope: Scope, read_condition: ReadCondition, span: Span) -> SumOf | None:
    """Return the sum of a section."""
    related = read_related(section, scope, read_condition)
    name = section.text("field")
    if related is None or name is None:
        return None
    fields = scope.kinds[related.of].fields
    found = fields.get(name)
    if found is None:
        unknown_name("R012", "field", name, fields, section.span_of("field"), scope.report, of=f"`{related.of}`")
        return None
    if found.type not in NUMBERS:
        scope.report.add("R020", f"`{name}` is a {found.type.value} and cannot be summed", section.span_of("field"))
        return None
    return SumOf(name, related, span=span)
