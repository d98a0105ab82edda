"""The templates of rule texts: sandboxed, strict, with the filters that put numbers, dates and money into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rulewright.model.values import Absent, Value

LOCALE = Locale("en")


class ChoiceText(str):
    """A choice in a template: compares as the word of the rulebook, is shown by its label."""

    label: str

    def __new__(cls, value: str, label: str) -> ChoiceText:
        """The choice `value`, shown as `label`."""
        made = super().__new__(cls, value)
        made.label = label
        return made


class SubjectView:
    """A subject in a template: its fields by name and nothing else."""

    __slots__ = ("_look_up",)

    def __init__(self, look_up: Callable[[str], object]) -> None:
        self._look_up = look_up

    def __getitem__(self, name: str) -> object:
        return self._look_up(name)

    def __str__(self) -> str:
        return str(self._look_up("ref"))


def show(value: object) -> str:
    """A value in words: yes or no, a date, a number with its separators, `unknown` and `none`."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Absent():
            return value.value
        case ChoiceText():
            return value.label
        case int() | Decimal():
            return format_decimal(value, locale=LOCALE, decimal_quantization=False)
        case date():
            return format_date(value, "d MMMM y", locale=LOCALE)
        case _:
            return str(value)


def show_with_unit(value: Value, unit: str | None) -> str:
    """A value in words with its unit: months, days and years, money for a currency, else the unit behind the number."""
    if unit is None or isinstance(value, (Absent, bool, str, date)):
        return show(value)
    if unit in ("month", "day", "year"):
        return _count(unit, value)
    if len(unit) == 3 and unit.isupper():
        return _money(value, unit)
    return f"{show(value)} {unit}"


def _count(unit: str, value: object) -> str:
    if isinstance(value, Absent):
        return f"{'no' if value is Absent.NONE else 'an unknown number of'} {unit}s"
    return format_unit(_number(value), f"duration-{unit}", length="long", locale=LOCALE)


def _money(value: object, currency: str) -> str:
    if isinstance(value, Absent):
        return f"{'no' if value is Absent.NONE else 'an unknown'} amount"
    return format_currency(_number(value), currency, "¤¤ #,##0.00", locale=LOCALE, decimal_quantization=False)


def _number(value: object) -> int | Decimal:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return value
    raise TypeError(f"a number is expected, and this is {show(value)!r}")


def _months(value: object) -> str:
    return _count("month", value)


def _days(value: object) -> str:
    return _count("day", value)


def _years(value: object) -> str:
    return _count("year", value)


#: What a rule text can apply to its variables.
FILTERS: Mapping[str, Callable[..., str]] = {
    "months": _months,
    "days": _days,
    "years": _years,
    "date": show,
    "number": show,
    "money": _money,
    "lower": lambda value: show(value).lower(),
    "upper": lambda value: show(value).upper(),
}

#: What a rule text can ask of its variables, as in `{% if region is given %}`.
TESTS: Mapping[str, Callable[[object], bool]] = {
    "given": lambda value: not isinstance(value, Absent),
    "known": lambda value: value is not Absent.UNKNOWN,
}


def text_environment() -> ImmutableSandboxedEnvironment:
    """The environment of rule texts: nothing but our filters and tests, and an undefined variable is an error."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=show)
    environment.globals = {}
    environment.filters = dict(FILTERS)
    environment.tests = dict(TESTS)
    environment.policies.clear()
    return environment


def render_text(template: Template, context: Mapping[str, Any]) -> str:
    """The text of a template, its white space in single spaces."""
    return " ".join(template.render(context).split())
