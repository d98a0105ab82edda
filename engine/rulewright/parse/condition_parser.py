"""Parser of conditions: mappings from fields to tests, nested by `all`, `any` and `not`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rulewright.diagnostics import Span, did_you_mean
from rulewright.language.operators import KEYWORDS
from rulewright.language.operators.equality import IS
from rulewright.language.operators.presence import GIVEN
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    AsOf,
    Comparison,
    Condition,
    CountOf,
    Expression,
    FieldOf,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    RuleOutcome,
)
from rulewright.model.entries import Comparator, Inclusion, Keyword, Presence
from rulewright.model.outcomes import Outcome
from rulewright.model.values import NUMBERS, FieldType
from rulewright.parse.expression_parser import field_path, parameter, read_expression_mapping, read_related, read_sum
from rulewright.parse.language_keys import OPERATORS, RELATED, SUM
from rulewright.parse.scope import Scope, StaticType
from rulewright.parse.sections import Section, as_list, as_mapping, each, named_entries, read_scalar, unknown_name
from rulewright.parse.suggestions import help_for_operator, help_for_sentence, help_for_sign, operators_for
from rulewright.scalars import Mismatch, describe, is_null, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, short


def read_condition(node: Node, scope: Scope) -> Condition | None:
    """Return the condition of a mapping, all of whose entries must hold. Report mistakes and return None."""
    if isinstance(node, ListNode):
        scope.report.add(
            "R003", "a list stands where a condition is expected", node.span, "write `all:` or `any:` before the list"
        )
        return None
    if isinstance(node, ScalarNode) and (help_ := help_for_sentence(node.text)) is not None:
        message = f"{describe(node)} was found where a condition is expected"
        scope.report.add("R003", message, node.span, help_)
        return None
    mapping = as_mapping(node, "a condition", scope.report)
    if mapping is None:
        return None
    if not mapping.entries:
        scope.report.add(
            "R003", "an empty mapping stands where a condition is expected", node.span, "write `field: value`"
        )
        return None
    parts: tuple[Condition, ...] = each(mapping.entries, lambda entry: _entry(entry, scope))
    if len(parts) != len(mapping.entries):
        return None
    return parts[0] if len(parts) == 1 else AllOf(parts, span=mapping.span)


def _entry(entry: Entry, scope: Scope) -> Condition | None:
    key, value = entry.key, entry.value
    match key.text:
        case "all" | "any" if isinstance(value, MappingNode):
            section = Section(value, RELATED, f"`{key.text}` of related facts", scope.report)
            related = read_related(section, scope, read_condition)
            if related is None:
                return None
            return (AllRelated if key.text == "all" else AnyRelated)(related, span=key.span)
        case "all" | "any":
            items = as_list(value, "a list of conditions", scope.report)
            parts: tuple[Condition, ...] = each(items, lambda item: read_condition(item, scope))
            if not items or len(parts) != len(items):
                return None
            return (AllOf if key.text == "all" else AnyOf)(parts, span=key.span)
        case "not":
            part = read_condition(value, scope)
            return None if part is None else Not(part, span=key.span)
        case "outcome":
            return _outcomes(value, scope)
        case "count" | "sum":
            return _aggregate(entry, scope)
        case _:
            left = field_path(key, scope)
            return None if left is None else _tests(left, value, scope)


def _outcomes(node: Node, scope: Scope) -> Condition | None:
    words = {outcome.value for outcome in Outcome if outcome is not Outcome.UNKNOWN}
    parts: list[Condition] = []
    entries = named_entries(node, "the outcomes of rules", scope.report)
    if not entries and isinstance(node, MappingNode):
        scope.report.add("R003", "no outcome stands here", node.span, "write `rule: outcome`")
    for entry in entries:
        rule, about = entry.key.text, scope.rules.get(entry.key.text)
        if about is None:
            unknown_name("R016", "rule", rule, scope.rules, entry.key.span, scope.report)
            continue
        if about != scope.kind:
            message = f"the rule `{rule}` is about `{about}`, and here the subject is `{scope.kind}`"
            scope.report.add("R016", message, entry.key.span, f"name a rule about `{scope.kind}`")
            continue
        word = read_scalar(entry.value, FieldType.TEXT, scope.report)
        if isinstance(word, str):
            if word not in words:
                help_ = "test `known: no` of what it waits for" if word == "unknown" else did_you_mean(word, words)
                scope.report.add("R022", f"`{short(word)}` is no outcome that can be tested", entry.value.span, help_)
                continue
            parts.append(RuleOutcome(rule, word, span=entry.key.span))
    if not entries or len(parts) != len(entries):
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts), span=node.span)


def _aggregate(entry: Entry, scope: Scope) -> Condition | None:
    mapping = as_mapping(entry.value, f"a {entry.key.text}", scope.report)
    if mapping is None:
        return None
    left: Expression | None
    if entry.key.text == "count":
        section = Section(mapping, {**RELATED, **OPERATORS}, "the count", scope.report)
        related = read_related(section, scope, read_condition)
        left = None if related is None else CountOf(related, span=entry.key.span)
    else:
        section = Section(mapping, {**SUM, **OPERATORS}, "the sum", scope.report)
        left = read_sum(section, scope, read_condition, entry.key.span)
    if left is None:
        return None
    operators = MappingNode(tuple(e for e in mapping.entries if e.key.text in OPERATORS), mapping.span)
    if not operators.entries:
        if any(e.key.text not in section.keys for e in mapping.entries):
            return None  # the unknown key is already reported, and is probably the operator
        scope.report.add(
            "R003",
            f"the {entry.key.text} is compared with nothing",
            entry.key.span,
            "add `at_least:` or another operator",
        )
        return None
    return _operators(left, operators, scope)


def _tests(left: Expression, node: Node, scope: Scope) -> Condition | None:
    if isinstance(node, MappingNode):
        return _operators(left, node, scope)
    if isinstance(node, ListNode):
        scope.report.add("R003", "a list stands where one value is expected", node.span, "write `in:` before the list")
        return None
    right = _operand(left, node, scope)
    return None if right is None else Comparison(left, IS, right, span=node.span)


def _operators(left: Expression, node: MappingNode, scope: Scope) -> Condition | None:
    ignore_case, is_valid = False, True
    for flag_key, flag in ((entry.key, entry.value) for entry in node.entries if entry.key.text == "ignore_case"):
        ignore_case = read_scalar(flag, FieldType.YES_NO, scope.report) is True
        static = scope.type_of(left)
        if static is not None and static.type not in (FieldType.TEXT, FieldType.CHOICE):
            message = f"`ignore_case` is for texts, and {_called(left)} is a {static.type.value}"
            scope.report.add("R020", message, flag_key.span, "leave it out")
            is_valid = False
    entries = [entry for entry in node.entries if entry.key.text != "ignore_case"]
    parts: tuple[Condition, ...] = each(entries, lambda entry: _operator(left, entry, scope, ignore_case))
    if not entries:
        scope.report.add("R003", "no operator stands here", node.span, "write an operator such as `is:` or `in:`")
        return None
    if not is_valid or len(parts) != len(entries):
        return None
    return parts[0] if len(parts) == 1 else AllOf(parts, span=node.span)


def _operator(left: Expression, entry: Entry, scope: Scope, ignore_case: bool) -> Condition | None:
    name, value = entry.key.text, entry.value
    written = KEYWORDS.get(name)
    if written is None:
        static = scope.type_of(left)
        type_ = None if static is None else static.type
        about = "" if type_ is None else f" for {_called(left)}, which is a {type_.value}"
        message = f"unknown operator `{short(name)}`{about}"
        scope.report.add("R017", message, entry.key.span, help_for_operator(name, type_))
        return None
    if not _takes(written.keyword, left, entry, scope):
        return None
    test: Condition | None
    match written.operator:
        case Presence() as operator:
            test = _presence(operator, left, entry, scope)
        case Inclusion():
            test = _membership(left, value, scope, ignore_case)
            if test is not None and written.keyword.negated:
                test = replace(test, span=entry.key.span)
        case Comparator() as operator:
            right = _operand(left, value, scope)
            test = None if right is None else Comparison(left, operator, right, ignore_case, span=entry.key.span)
        case _:
            raise TypeError(f"no test is read for {written.operator}")
    return Not(test, span=entry.key.span) if test is not None and written.keyword.negated else test


def _takes(keyword: Keyword, left: Expression, entry: Entry, scope: Scope) -> bool:
    """Return whether a keyword takes values of the type on its left. Report it if not."""
    static = scope.type_of(left)
    if keyword.types is None or static is None or static.type in keyword.types.types:
        return True
    help_ = "use one of " + ", ".join(f"`{one}`" for one in operators_for(static.type))
    message = f"`{keyword.word}` compares {keyword.types.noun}, and {_called(left)} is a {static.type.value}"
    scope.report.add("R020", message, entry.key.span, help_)
    return False


def _presence(operator: Presence, left: Expression, entry: Entry, scope: Scope) -> Condition | None:
    wanted = read_scalar(entry.value, FieldType.YES_NO, scope.report)
    if not isinstance(left, FieldOf):
        scope.report.add("R020", f"`{entry.key.text}` is for fields only", entry.key.span)
        return None
    if not isinstance(wanted, bool):
        return None
    test = (IsGiven if operator == GIVEN else IsKnown)(left, span=entry.key.span)
    return test if wanted else Not(test, span=entry.key.span)


def _membership(left: Expression, node: Node, scope: Scope, ignore_case: bool) -> Membership | None:
    static = scope.type_of(left)
    if isinstance(node, MappingNode):
        name = node.get("parameter")
        if len(node.entries) != 1 or not isinstance(name, ScalarNode) or is_null(name):
            scope.report.add(
                "R003", "a mapping stands where a list is expected", node.span, "write a list, or `{parameter: name}`"
            )
            return None
        listed = parameter(name.text, name.span, scope, is_list=True)
        if listed is None:
            return None
        other = scope.type_of(listed)
        if static is not None and other is not None and not static.fits(other):
            _unlike(static, other, listed.span, scope)
            return None
        return Membership(left, listed, ignore_case, span=node.span)
    items = as_list(node, "a list of values", scope.report)
    options = each(items, lambda item: _literal(static, item, scope))
    if not items or len(options) != len(items):
        return None
    return Membership(left, options, ignore_case, span=node.span)


def _operand(left: Expression, node: Node, scope: Scope) -> Expression | None:
    static = scope.type_of(left)
    if not isinstance(node, MappingNode):
        if isinstance(node, ListNode):
            scope.report.add("R003", "a list stands where one value is expected", node.span, "use `in` for a list")
            return None
        return _literal(static, node, scope)
    right = read_expression_mapping(node, scope, read_condition)
    if right is None:
        return None
    other = scope.type_of(right)
    if static is not None and other is not None and not static.fits(other):
        _unlike(static, other, right.span, scope)
        return None
    return right


def _unlike(left: StaticType, right: StaticType, span: Span, scope: Scope) -> None:
    message = f"a {left.type.value} cannot be compared with a {right.type.value}"
    if left.type is right.type is FieldType.REFERENCE:
        message = f"a reference to `{left.refers_to}` cannot be compared with one to `{right.refers_to}`"
    scope.report.add("R020", message, span)


def _called(expression: Expression) -> str:
    return (
        f"`{expression}`" if isinstance(expression, FieldOf) else "`as_of`" if isinstance(expression, AsOf) else "this"
    )


def _literal(static: StaticType | None, node: Node, scope: Scope) -> Literal | None:
    if static is None:
        return None
    # a whole number may be compared with a fraction, so the literal is read as a decimal
    type_ = FieldType.DECIMAL if static.type in NUMBERS else static.type
    value = typed_value(node, type_, static.choices)
    if isinstance(value, Mismatch):
        help_ = _help_for_literal(node, type_, scope) or value.help
        scope.report.add("R022" if value.outside_choices else "R021", value.message, node.span, help_)
        return None
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    warn_of_name(node, static.type, scope)
    return Literal(value, span=node.span)


def _help_for_literal(node: Node, type_: FieldType, scope: Scope) -> str | None:
    """Return the help for an operand of the wrong type, or None if there is nothing more specific than the type."""
    if not isinstance(node, ScalarNode):
        return None
    if node.text == "needs_information":
        return "a verdict that needs information is unknown: test `known: no`"
    if node.text == "as_of" or scope.has_path(node.text):
        return f"write `{{field: {node.text}}}` to compare with the field"
    if node.text in scope.parameters:
        return f"write `{{parameter: {node.text}}}` to compare with the parameter"
    return help_for_sign(node.text, type_)


def warn_of_name(node: Node, type_: FieldType, scope: Scope) -> None:
    """Warn of an unquoted text that is also a name, because the author may have meant the name."""
    if type_ is not FieldType.TEXT or not isinstance(node, ScalarNode) or not node.plain:
        return
    if scope.has_path(node.text):
        message = f"`{node.text}` is a text here, and also the name of a field of `{scope.kind}`"
        help_ = f'write `{{field: {node.text}}}` for the field, or `"{node.text}"` in quotes for the text'
    elif node.text in scope.parameters:
        message = f"`{node.text}` is a text here, and also the name of a parameter"
        help_ = f'write `{{parameter: {node.text}}}` for the parameter, or `"{node.text}"` in quotes for the text'
    elif node.text in OPERATORS:
        written = KEYWORDS.get(node.text)
        operand = "yes" if written is not None and isinstance(written.operator, Presence) else "…"
        message = f"`{node.text}` is a text here, and also the name of an operator"
        help_ = f'write `{{{node.text}: {operand}}}` for the operator, or `"{node.text}"` in quotes for the text'
    else:
        return
    scope.report.add("W010", message, node.span, help_)
