"""Checks of one rule text: its variables, the allowed syntax, and the types of its expressions."""

from __future__ import annotations

from jinja2 import nodes

from rulewright.diagnostics import Diagnostic, Related, Span, did_you_mean
from rulewright.lint.template_language import (
    ALLOWED,
    FILTERS_OF_NUMBERS,
    REFUSED,
    SIGNS,
    TEXT,
    VERDICTS,
    YES_NO,
    TextType,
    common_type,
    comparable,
    type_of_field,
)
from rulewright.lint.template_text import Role, TemplateText
from rulewright.model.outcomes import VERDICT
from rulewright.model.rulebook import Rule, Rulebook
from rulewright.model.values import NUMBERS, FieldType
from rulewright.text_environment import FILTERS, TESTS

#: The unit that each filter writes.
_UNITS = {"months": "month", "days": "day", "years": "year"}


class TemplateChecks:
    """Checks one text and collects its `diagnostics`."""

    def __init__(self, text: TemplateText, rule: Rule, rulebook: Rulebook) -> None:
        self.text = text
        self.kind = rulebook.kinds[rule.about]
        self.rulebook = rulebook
        self.diagnostics: list[Diagnostic] = []
        self._places: dict[int, Span] = {}

    def check(self, node: nodes.Node) -> None:
        """Check a template, or a part of one that is not an expression."""
        match node:
            case nodes.Template():
                for child in node.body:
                    self.check(child)
            case nodes.Output():
                for child in node.nodes:
                    self._shown(child)
            case nodes.If(test=nodes.Expr() as test):
                self._condition(test)
                for child in (*node.body, *node.elif_, *node.else_):
                    self.check(child)
            case _:
                self._refuse(node)

    def _report(
        self, code: str, message: str, span: Span, help_: str | None = None, related: tuple[Related, ...] = ()
    ) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, help_, related))

    def _refuse(self, node: nodes.Node) -> None:
        sign, what = REFUSED.get(type(node), ("", ""))
        signs = (sign,) if sign else ()
        what = what or (f"`{sign}`" if sign else "this")
        self._report("R042", f"a rule text may not have {what}", self.text.place(node.lineno, *signs), ALLOWED)

    # --- expressions ---------------------------------------------------------------------------------------------

    def _shown(self, node: nodes.Expr) -> None:
        if isinstance(node, nodes.TemplateData):
            return
        type_ = self._type(node)
        if type_ is not None and type_.is_list:
            message = f"{_called(node)} is a list, which a text cannot show"
            self._report("R020", message, self._place(node), "a list can stand behind `in`")

    def _condition(self, node: nodes.Expr) -> None:
        type_ = self._type(node)
        if type_ is not None and (type_.is_list or type_.type is not FieldType.YES_NO):
            message = f"a condition is expected, and {_called(node)} is a {type_}"
            self._report("R020", message, self._place(node), "compare it, or ask whether it `is given`")

    def _type(self, node: nodes.Expr) -> TextType | None:
        """Check an expression and return its type, or None if the type is unknown."""
        match node:
            case nodes.Name():
                return self._variable(node)
            case nodes.Getattr():
                return self._reached(node)
            case nodes.Const():
                return self._constant(node)
            case nodes.Filter():
                return self._filtered(node)
            case nodes.Test():
                return self._tested(node)
            case nodes.CondExpr():
                return self._conditional(node)
            case nodes.Compare():
                return self._compared(node)
            case nodes.And() | nodes.Or():
                self._condition(node.left)
                self._condition(node.right)
                return YES_NO
            case nodes.Not():
                self._condition(node.node)
                return YES_NO
            case nodes.Add() | nodes.Sub():
                return self._calculated(node)
            case nodes.Neg():
                type_ = self._type(node.node)
                return type_ if self._is_number(node.node, type_, "`-`") else None
            case nodes.Concat():
                for part in node.nodes:
                    self._shown(part)
                return TEXT
            case _:
                self._refuse(node)
                return None

    def _variable(self, node: nodes.Name) -> TextType | None:
        name = node.name
        place = self._places[id(node)] = self.text.next_place(node.lineno, name, Role.VARIABLE)
        if name == "ref":
            return TEXT
        if name == "as_of":
            return TextType(FieldType.DATE)
        if name in self.kind.fields:
            return type_of_field(self.kind.fields[name])
        parameter = self.rulebook.parameters.get(name)
        if parameter is not None:
            return TextType(parameter.type, is_list=parameter.is_list)
        if name not in self.rulebook.unread:
            known = [*self.kind.fields, *self.rulebook.parameters, "ref", "as_of"]
            self._report(
                "R041",
                f"unknown variable `{name}` in a text about `{self.kind.name}`",
                place,
                did_you_mean(name, known),
                (Related(f"`{self.kind.name}` is declared", self.kind.span),),
            )
        return None

    def _reached(self, node: nodes.Getattr) -> TextType | None:
        base = self._type(node.node)
        place = self._places[id(node)] = self.text.next_place(node.lineno, node.attr, Role.ATTRIBUTE)
        if base is None:
            return None
        if base.is_list or base.refers_to is None:
            message = f"{_called(node.node)} is no reference, so {_called(node)} reaches nothing"
            self._report("R013", message, self._place(node.node), "a path goes through fields of type `reference`")
            return None
        kind = self.rulebook.kinds.get(base.refers_to)
        if kind is None or node.attr in self.rulebook.unread:
            return None
        if node.attr == VERDICT:
            return TextType(FieldType.CHOICE, VERDICTS)
        if node.attr == "ref":
            return TEXT
        field = kind.fields.get(node.attr)
        if field is None:
            self._report(
                "R041",
                f"unknown field `{node.attr}` of `{kind.name}`",
                place,
                did_you_mean(node.attr, [*kind.fields, "ref", VERDICT]),
                (Related(f"`{kind.name}` is declared", kind.span),),
            )
            return None
        return type_of_field(field)

    def _constant(self, node: nodes.Const) -> TextType | None:
        match node.value:
            case bool():
                return YES_NO
            case int():
                return TextType(FieldType.WHOLE_NUMBER)
            case str():
                return TEXT
            case _:
                what = "`none`" if node.value is None else "a number with a point"
                help_ = "ask whether it `is given`" if node.value is None else "make it a parameter"
                self._report(
                    "R042", f"a rule text may not have {what}", self.text.place(node.lineno, str(node.value)), help_
                )
                return None

    def _filtered(self, node: nodes.Filter) -> TextType | None:
        type_ = None if node.node is None else self._type(node.node)
        place = self.text.next_place(node.lineno, node.name, Role.FILTER)
        if node.name not in FILTERS:
            self._report(
                "R042", f"a rule text may not have the filter `{node.name}`", place, did_you_mean(node.name, FILTERS)
            )
            return None
        arguments = [argument.value if isinstance(argument, nodes.Const) else None for argument in node.args]
        extra = node.kwargs or node.dyn_args or node.dyn_kwargs
        if node.name == "money":
            if extra or len(arguments) != 1 or not isinstance(arguments[0], str):
                self._report("R042", "the filter `money` takes a currency", place, "write it as in `money('CNY')`")
        elif extra or arguments:
            self._report(
                "R042", f"the filter `{node.name}` takes nothing in parentheses", place, f"write `| {node.name}`"
            )
        if node.name in FILTERS_OF_NUMBERS and node.node is not None:
            self._is_number(node.node, type_, f"`{node.name}`", place)
        if node.name in _UNITS and node.node is not None:
            unit = self._unit(node.node)
            if unit is not None and unit != _UNITS[node.name]:
                message = f"`{node.name}` writes a number of {node.name}, and {_called(node.node)} is in {unit}"
                self._report("R048", message, place, "use the filter of its unit")
        if node.name == "money" and node.node is not None and arguments and isinstance(arguments[0], str):
            unit = self._unit(node.node)
            if unit is not None and unit != arguments[0]:
                message = f"`money('{arguments[0]}')` writes {arguments[0]}, and {_called(node.node)} is in {unit}"
                self._report("R048", message, place, "name the currency of the field")
        if node.name == "date" and type_ is not None and (type_.is_list or type_.type is not FieldType.DATE):
            self._report("R020", f"`date` works on dates, and {_called(node.node)} is a {type_}", place)
        return TEXT

    def _unit(self, node: nodes.Expr) -> str | None:
        """Return the declared unit of a field, a parameter, a sum or a difference, or None."""
        match node:
            case nodes.Name() | nodes.Getattr():
                path = _called(node).strip("`").split(".")
                field = self.rulebook.field_at(self.kind.name, tuple(path))
                parameter = self.rulebook.parameters.get(path[0]) if len(path) == 1 else None
                return field.unit if field is not None else None if parameter is None else parameter.unit
            case nodes.Add() | nodes.Sub():
                return self._unit(node.left) or self._unit(node.right)
            case nodes.Neg():
                return self._unit(node.node)
            case _:
                return None

    def _tested(self, node: nodes.Test) -> TextType:
        self._type(node.node)
        place = self.text.next_place(node.lineno, node.name, Role.TEST)
        if node.name not in TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._report(
                "R042", f"a rule text may not have the test `{node.name}`", place, did_you_mean(node.name, TESTS)
            )
        return YES_NO

    def _conditional(self, node: nodes.CondExpr) -> TextType | None:
        first = self._type(node.expr1)
        self._condition(node.test)
        if node.expr2 is None:
            self._report(
                "R042", "this `if` has no `else`", self.text.place(node.lineno, "if"), "add `else ''` for nothing"
            )
            return first
        second = self._type(node.expr2)
        return None if first is None or second is None else common_type(first, second)

    def _is_number(self, node: nodes.Expr, type_: TextType | None, who: str, place: Span | None = None) -> bool:
        """Return whether an expression may be a number. Report it if not."""
        if type_ is None or (type_.type in NUMBERS and not type_.is_list):
            return True
        self._report("R020", f"{who} works on numbers, and {_called(node)} is a {type_}", place or self._place(node))
        return False

    def _calculated(self, node: nodes.Add | nodes.Sub) -> TextType | None:
        sign = "`+`" if isinstance(node, nodes.Add) else "`-`"
        parts = [(part, self._type(part)) for part in (node.left, node.right)]
        fit = [self._is_number(part, type_, sign) for part, type_ in parts]
        if not all(fit):
            return None
        types = {type_.type if type_ is not None else None for _, type_ in parts}
        return (
            None
            if None in types
            else TextType(FieldType.DECIMAL if FieldType.DECIMAL in types else FieldType.WHOLE_NUMBER)
        )

    def _compared(self, node: nodes.Compare) -> TextType:
        left_node, left = node.expr, self._type(node.expr)
        for operand in node.ops:
            right = self._type(operand.expr)
            place = self.text.place(node.lineno, *SIGNS[operand.op].split())
            if left is not None and right is not None:
                if not comparable(operand.op, left, right):
                    self._report("R020", f"`{SIGNS[operand.op]}` cannot compare a {left} with a {right}", place)
                self._check_choice(left_node, right)
                self._check_choice(operand.expr, left)
            left_node, left = operand.expr, right
        return YES_NO

    def _check_choice(self, node: nodes.Expr, other: TextType) -> None:
        """Report a text that is compared with a choice but is not one of the choices."""
        if not isinstance(node, nodes.Const) or not isinstance(node.value, str) or not other.choices:
            return
        if node.value not in other.choices:
            place = self.text.place(node.lineno, f"'{node.value}'", f'"{node.value}"')
            help_ = did_you_mean(node.value, other.choices)
            self._report("R022", f"`{node.value}` is not one of the choices", place, help_)

    def _place(self, node: nodes.Expr) -> Span:
        """Return the place of an expression: of its first variable if it has one, else of its line."""
        for part in (node, *node.find_all((nodes.Name, nodes.Getattr))):
            if id(part) in self._places:
                return self._places[id(part)]
        return self.text.place(node.lineno)


def _called(node: nodes.Expr | None) -> str:
    match node:
        case nodes.Name():
            return f"`{node.name}`"
        case nodes.Getattr():
            return f"`{_called(node.node).strip('`')}.{node.attr}`"
        case _:
            return "this"
