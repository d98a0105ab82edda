"""Suggestions for words of other languages and tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rulewright.diagnostics import did_you_mean
from rulewright.language.functions import FUNCTIONS
from rulewright.language.operators import KEYWORDS
from rulewright.language.types import TYPES as ENTRIES
from rulewright.model.values import FieldType
from rulewright.parse.language_keys import EXPRESSIONS, OPERATORS

#: Help for names of types in other languages.
TYPES: Mapping[str, str] = {word: help_ for entry in ENTRIES.values() for word, help_ in entry.synonyms.items()}

#: Help for condition keywords of other languages.
_CONDITIONS: Mapping[str, str] = {
    **dict.fromkeys(("and", "&&", "all_of"), "write `all:` with a list of conditions"),
    **dict.fromkeys(("or", "||", "any_of", "one_of"), "write `any:` with a list of conditions"),
    **dict.fromkeys(("if", "then", "else", "unless"), "write the condition in `applies` or `when` of the rule"),
    **dict.fromkeys(("!", "none", "none_of", "nor"), "write `not:` with a condition"),
    **dict.fromkeys(("today", "now"), "write `as_of`, the date on which a case is evaluated"),
}

#: Help for logical words where an operator is expected.
_OTHER_OPERATORS: Mapping[str, str] = {
    "not": "write `is_not:`, or `not:` in front of the field",
    **dict.fromkeys(("and", "all"), "write several operators in one mapping: all of them have to hold"),
    **dict.fromkeys(("or", "any"), "write `any:` with a list of conditions in front of the field"),
}
_HINTS: Mapping[str, str] = {
    **_OTHER_OPERATORS,
    **{word: hint for written in KEYWORDS.values() for word, hint in written.keyword.hints.items()},
}
_FUNCTIONS: Mapping[str, str] = {word: name for name, entry in FUNCTIONS.items() for word in entry.synonyms}

_SIGN = re.compile(r"(>=|<=|=<|==|!=|<>|[<>=≥≤])\s*(.+)\Z", re.DOTALL)
_SENTENCE = re.compile(r"([A-Za-z_][\w.]*)\s*(>=|<=|=<|==|!=|<>|[<>=≥≤])\s*(.+)\Z", re.DOTALL)
_FORMULA = re.compile(r"[\w.\s]+[-+*/%][\w.\s]+\Z")


def operators_for(type_: FieldType | None) -> tuple[str, ...]:
    """Return the operators that fit values of a type, or all operators if the type is unknown."""
    taken = ((word, written.keyword.types) for word, written in KEYWORDS.items())
    return tuple(word for word, group in taken if type_ is None or group is None or type_ in group.types)


def help_for_operator(name: str, type_: FieldType | None) -> str:
    """Return the help for an unknown operator on values of a type."""
    fitting = operators_for(type_)
    if re.fullmatch("[0-9]{3}", name):
        return "a comma in `{…}` separates entries: write the number without a comma"
    if name.lower() in ("between", "range", "within"):
        pair = ("on_or_after", "on_or_before") if type_ is FieldType.DATE else ("at_least", "at_most")
        return f"write `{pair[0]}:` and `{pair[1]}:` in one mapping"
    known = _operator_of(name.lower(), type_)
    if known is not None:
        return f"write `{known}:`"
    if name.lower() in _HINTS:
        return _HINTS[name.lower()]
    if name in EXPRESSIONS:
        return f"write `is: {{{name}: …}}`, or another operator in place of `is`"
    near = did_you_mean(name, fitting)
    if near is not None and near.startswith("did you mean"):
        return near
    return "use one of " + ", ".join(f"`{one}`" for one in fitting)


def _operator_of(word: str, type_: FieldType | None) -> str | None:
    """Return the operator that has a sign or word of another language as a synonym, or None."""
    keywords = [written.keyword for written in KEYWORDS.values() if word in written.keyword.synonyms]
    fitting = (one.word for one in keywords if one.types is None or type_ in one.types.types)
    return next(fitting, None) or next((one.word for one in keywords), None)


def help_for_condition(name: str, names: Iterable[str]) -> str | None:
    """Return the help for a condition key that is not a field."""
    if name.lower() in _CONDITIONS:
        return _CONDITIONS[name.lower()]
    if name in OPERATORS:
        return f"`{name}` is an operator and goes under a field: `field: {{{name}: …}}`"
    operator = _operator_of(name, None)
    if operator is not None:
        return f"write the field first: `field: {{{operator}: …}}`"
    return did_you_mean(name, names)


def help_for_operation(name: str) -> str | None:
    """Return the help for an expression key that is not an operation."""
    if name.lower() in _FUNCTIONS:
        return f"write `{_FUNCTIONS[name.lower()]}`"
    near = did_you_mean(name, EXPRESSIONS)
    if near is not None and near.startswith("did you mean"):
        return near
    return "an expression is one of " + ", ".join(f"`{one}`" for one in EXPRESSIONS)


def help_for_formula(text: str) -> str | None:
    """Return the help for a formula in one text, as in `a + b`; None for any other text."""
    if not _FORMULA.match(text):
        return None
    sign = next(sign for sign in text if sign in "-+*/%")
    operation = _FUNCTIONS.get(sign)
    if operation is None:
        return "an operation is a mapping, one of " + ", ".join(f"`{one}`" for one in FUNCTIONS)
    left, _, right = text.partition(sign)
    return f"write `{{{operation}: [{left.strip()}, {right.strip()}]}}`"


def help_for_sentence(text: str) -> str | None:
    """Return the help for a condition in one text, as in `days >= 3`; None for any other text."""
    found = _SENTENCE.match(text.strip())
    if found is None:
        return None
    operator = _operator_of(found[2], None)
    return None if operator is None else f"write `{found[1]}: {{{operator}: {found[3].strip()}}}`"


def help_for_sign(text: str, type_: FieldType) -> str | None:
    """Return the help for an operand with a comparison sign, as in `>= 3`; None for any other text."""
    found = _SIGN.match(text.strip())
    operator = None if found is None else _operator_of(found[1], type_)
    return None if found is None or operator is None else f"write the test as `{operator}: {found[2].strip()}`"
