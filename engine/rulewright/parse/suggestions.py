"""Words of other languages and tools, with the words that say the same here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rulewright.diagnostics import did_you_mean
from rulewright.model.values import NUMBERS, FieldType
from rulewright.parse.keys import EXPRESSIONS, OPERATIONS, OPERATORS

#: What to write for the names of types in other languages.
TYPES: Mapping[str, str] = {
    **dict.fromkeys(("string", "str", "varchar", "char", "uuid", "url", "email"), "write `text`"),
    **dict.fromkeys(("integer", "int", "long", "bigint", "int64", "int32"), "write `whole number`"),
    **dict.fromkeys(("float", "double", "real", "numeric", "float64", "percent", "percentage"), "write `decimal`"),
    "number": "write `whole number` or `decimal`",
    **dict.fromkeys(("boolean", "bool", "flag", "yes_no", "yesno", "yes-no", "true/false"), "write `yes/no`"),
    **dict.fromkeys(("money", "currency", "amount", "price"), "write `decimal`, and add a `unit` such as CNY"),
    **dict.fromkeys(
        ("enum", "enumeration", "select", "option", "one of"), "write `choice`, and list its words in `of`"
    ),
    **dict.fromkeys(("datetime", "timestamp", "day"), "write `date`; a time of day cannot be declared"),
    **dict.fromkeys(("ref", "foreign key", "relation", "link"), "write `reference`, and name the kind in `to`"),
    **dict.fromkeys(("list", "array", "map", "object"), "declare a kind of its own, with a field of type `reference`"),
}

#: Words that open a condition elsewhere, and how it is written here.
_CONDITIONS: Mapping[str, str] = {
    **dict.fromkeys(("and", "&&", "all_of"), "write `all:` with a list of conditions"),
    **dict.fromkeys(("or", "||", "any_of", "one_of"), "write `any:` with a list of conditions"),
    **dict.fromkeys(("if", "then", "else", "unless"), "write the condition in `applies` or `when` of the rule"),
    **dict.fromkeys(("!", "none", "none_of", "nor"), "write `not:` with a condition"),
    **dict.fromkeys(("today", "now"), "write `as_of`, the date on which a case is evaluated"),
}

_NUMBER_OF: Mapping[str, str] = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
_DATE_OF: Mapping[str, str] = {">=": "on_or_after", "<=": "on_or_before", ">": "after", "<": "before"}
_EQUALITY: Mapping[str, str] = {
    **dict.fromkeys(("==", "=", "===", "equals", "equal", "eq", "equal_to", "is_equal_to"), "is"),
    **dict.fromkeys(("!=", "<>", "not_equals", "not_equal", "ne", "neq", "differs_from", "isnt"), "is_not"),
}
_WORDS_OF_SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("gte", "ge", "min", "minimum", "greater_or_equal", "greater_than_or_equal", "from", "≥"), ">="),
    **dict.fromkeys(("lte", "le", "max", "maximum", "less_or_equal", "less_than_or_equal", "until", "≤", "=<"), "<="),
    **dict.fromkeys(("gt", "greater", "greater_than", "above", "over", "later_than", "exceeds"), ">"),
    **dict.fromkeys(("lt", "less", "below", "under", "smaller_than", "earlier_than"), "<"),
}
_OTHER_OPERATORS: Mapping[str, str] = {
    **dict.fromkeys(("exists", "is_given", "present", "is_present", "not_null", "required"), "write `given: yes`"),
    **dict.fromkeys(("missing", "is_missing", "absent", "null", "is_null", "empty", "blank"), "write `given: no`"),
    **dict.fromkeys(("one_of", "any_of", "is_in", "includes", "among", "is_one_of"), "write `in:` with a list"),
    **dict.fromkeys(("none_of", "is_not_in", "notin", "nin", "excludes", "not_one_of"), "write `not_in:` with a list"),
    "not": "write `is_not:`, or `not:` in front of the field",
    **dict.fromkeys(("and", "all"), "write several operators in one mapping: all of them have to hold"),
    **dict.fromkeys(("or", "any"), "write `any:` with a list of conditions in front of the field"),
}
_OPERATIONS: Mapping[str, str] = {
    **dict.fromkeys(("add", "+", "total"), "write `plus`"),
    **dict.fromkeys(("subtract", "-", "difference"), "write `minus`"),
    **dict.fromkeys(("max", "greatest", "largest"), "write `maximum`"),
    **dict.fromkeys(("min", "least", "smallest"), "write `minimum`"),
    **dict.fromkeys(("months", "month_diff"), "write `months_between`"),
    **dict.fromkeys(("days", "date_diff", "datediff"), "write `days_between`"),
}

_SIGN = re.compile(r"(>=|<=|=<|==|!=|<>|[<>=≥≤])\s*(.+)\Z", re.DOTALL)
_SENTENCE = re.compile(r"([A-Za-z_][\w.]*)\s*(>=|<=|=<|==|!=|<>|[<>=≥≤])\s*(.+)\Z", re.DOTALL)
_FORMULA = re.compile(r"[\w.\s]+[-+*/%][\w.\s]+\Z")
_SIGNS_OF_OPERATIONS: Mapping[str, str] = {"+": "plus", "-": "minus"}


def operators_for(type_: FieldType | None) -> tuple[str, ...]:
    """Return the operators that fit values of a type, all of them where it is not known."""
    order = {"at_least", "at_most", "more_than", "less_than"}
    dates = {"before", "after", "on_or_before", "on_or_after"}
    left_out = {"ignore_case"}
    if type_ is not None:
        left_out |= set() if type_ in NUMBERS else order
        left_out |= set() if type_ is FieldType.DATE else dates
    return tuple(name for name in OPERATORS if name not in left_out)


def help_for_operator(name: str, type_: FieldType | None) -> str:
    """Return the way out for a word that is no operator, for values of a type."""
    fitting = operators_for(type_)
    if re.fullmatch("[0-9]{3}", name):
        return "a comma in `{…}` separates entries: write the number without a comma"
    if name.lower() in ("between", "range", "within"):
        pair = ("on_or_after", "on_or_before") if type_ is FieldType.DATE else ("at_least", "at_most")
        return f"write `{pair[0]}:` and `{pair[1]}:` in one mapping"
    known = _operator_of(name.lower(), type_)
    if known is not None:
        return f"write `{known}:`"
    if name.lower() in _OTHER_OPERATORS:
        return _OTHER_OPERATORS[name.lower()]
    if name in EXPRESSIONS:
        return f"write `is: {{{name}: …}}`, or another operator in place of `is`"
    near = did_you_mean(name, fitting)
    if near is not None and near.startswith("did you mean"):
        return near
    return "use one of " + ", ".join(f"`{one}`" for one in fitting)


def _operator_of(word: str, type_: FieldType | None) -> str | None:
    """Return the operator for a sign or a word of other languages."""
    if word in _EQUALITY:
        return _EQUALITY[word]
    signs = _DATE_OF if type_ is FieldType.DATE else _NUMBER_OF
    return signs.get(_WORDS_OF_SIGNS.get(word, word))


def help_for_condition(name: str, names: Iterable[str]) -> str | None:
    """Return the way out for a key of a condition that is no field."""
    if name.lower() in _CONDITIONS:
        return _CONDITIONS[name.lower()]
    if name in OPERATORS:
        return f"`{name}` is an operator and goes under a field: `field: {{{name}: …}}`"
    operator = _operator_of(name, None)
    if operator is not None:
        return f"write the field first: `field: {{{operator}: …}}`"
    return did_you_mean(name, names)


def help_for_operation(name: str) -> str | None:
    """Return the way out for a key of an expression that is no operation."""
    if name.lower() in _OPERATIONS:
        return _OPERATIONS[name.lower()]
    near = did_you_mean(name, EXPRESSIONS)
    if near is not None and near.startswith("did you mean"):
        return near
    return "an expression is one of " + ", ".join(f"`{one}`" for one in EXPRESSIONS)


def help_for_formula(text: str) -> str | None:
    """Return the way out for a formula in one text, as in `a + b`; none for a text that is no formula."""
    if not _FORMULA.match(text):
        return None
    sign = next(sign for sign in text if sign in "-+*/%")
    operation = _SIGNS_OF_OPERATIONS.get(sign)
    if operation is None:
        return "an operation is a mapping, one of " + ", ".join(f"`{one}`" for one in OPERATIONS)
    left, _, right = text.partition(sign)
    return f"write `{{{operation}: [{left.strip()}, {right.strip()}]}}`"


def help_for_sentence(text: str) -> str | None:
    """Return the way out for a condition in one text, as in `days >= 3`; none for other texts."""
    found = _SENTENCE.match(text.strip())
    if found is None:
        return None
    operator = _operator_of(found[2], None)
    return None if operator is None else f"write `{found[1]}: {{{operator}: {found[3].strip()}}}`"


def help_for_sign(text: str, type_: FieldType) -> str | None:
    """Return the way out for an operand with a sign of comparison in it, as in `>= 3`; none for other texts."""
    found = _SIGN.match(text.strip())
    operator = None if found is None else _operator_of(found[1], type_)
    return None if found is None or operator is None else f"write the test as `{operator}: {found[2].strip()}`"
