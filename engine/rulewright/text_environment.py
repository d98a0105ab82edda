"""Templates of rule texts: sandboxed and strict, with filters that format numbers, dates and money."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rulewright.model.languages import Language
from rulewright.model.values import Absent, Value


class ChoiceText(str):
    """A choice in a template. It compares as the rulebook's word and is shown by its label."""

    label: str

    def __new__(cls, value: str, label: str) -> ChoiceText:
        """Return the choice `value`, shown as `label`."""
        made = super().__new__(cls, value)
        made.label = label
        return made


class SubjectView:
    """A subject in a template, which exposes its fields by name and nothing else."""

    __slots__ = ("_look_up",)

    def __init__(self, look_up: Callable[[str], object]) -> None:
        self._look_up = look_up

    def __getitem__(self, name: str) -> object:
        return self._look_up(name)

    def __str__(self) -> str:
        return str(self._look_up("ref"))


# Babel is slow, and most cases share the same few numbers and dates.
@lru_cache(maxsize=4096, typed=True)
def _decimal(value: int | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale, decimal_quantization=False)


@lru_cache(maxsize=4096)
def _date(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


@lru_cache(maxsize=4096, typed=True)
def _unit(value: int | Decimal, unit: str, length: Literal["short", "long", "narrow"], locale: str) -> str:
    return format_unit(value, unit, length=length, locale=locale)


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of values in one language.

    `absent_units` and `absent_amounts` are the phrases for a missing number of units and a missing amount of money.
    `money_patterns` has patterns by currency, which override `money_pattern`.
    """

    language: Language
    yes: str
    no: str
    absent: Mapping[Absent, str]
    absent_units: Mapping[Absent, str]
    absent_amounts: Mapping[Absent, str]
    units: Mapping[str, str]
    unit_length: Literal["short", "long", "narrow"]
    date_pattern: str
    money_pattern: str
    money_patterns: Mapping[str, str]

    def show(self, value: object) -> str:
        """Return a value in words: yes or no, a date, a number with separators, `unknown` or `none`."""
        match value:
            case bool():
                return self.yes if value else self.no
            case Absent():
                return self.absent[value]
            case ChoiceText():
                return value.label
            case int() | Decimal():
                return _decimal(value, self.language.locale)
            case date():
                return _date(value, self.date_pattern, self.language.locale)
            case _:
                return str(value)

    def show_with_unit(self, value: Value, unit: str | None) -> str:
        """Return a value with its unit: a duration, an amount of money, or a number followed by the unit."""
        if unit is None or isinstance(value, (Absent, bool, str, date)):
            return self.show(value)
        if unit in self.units:
            return self.count(unit, value)
        if len(unit) == 3 and unit.isupper():
            return self.money(value, unit)
        return f"{self.show(value)} {unit}"

    def count(self, unit: str, value: object) -> str:
        """Return a number of months, days or years in words."""
        if isinstance(value, Absent):
            return self.absent_units[value].format(unit=self.units[unit])
        return _unit(self._number(value), f"duration-{unit}", self.unit_length, self.language.locale)

    def money(self, value: object, currency: str) -> str:
        """Return an amount of money in words."""
        if isinstance(value, Absent):
            return self.absent_amounts[value]
        pattern = self.money_patterns.get(currency, self.money_pattern)
        locale = self.language.locale
        return format_currency(self._number(value), currency, pattern, locale=locale, decimal_quantization=False)

    def _number(self, value: object) -> int | Decimal:
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return value
        raise TypeError(f"a number is expected, and this is {self.show(value)!r}")

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """Return the filters of rule texts by name."""
        return {
            "months": lambda value: self.count("month", value),
            "days": lambda value: self.count("day", value),
            "years": lambda value: self.count("year", value),
            "date": self.show,
            "number": self.show,
            "money": self.money,
            "lower": lambda value: self.show(value).lower(),
            "upper": lambda value: self.show(value).upper(),
        }


FORMATS: Mapping[Language, Formats] = {
    Language.ENGLISH: Formats(
        Language.ENGLISH,
        yes="yes",
        no="no",
        absent={Absent.UNKNOWN: "unknown", Absent.NONE: "none"},
        absent_units={Absent.UNKNOWN: "an unknown number of {unit}", Absent.NONE: "no {unit}"},
        absent_amounts={Absent.UNKNOWN: "an unknown amount", Absent.NONE: "no amount"},
        units={"month": "months", "day": "days", "year": "years"},
        unit_length="long",
        date_pattern="d MMMM y",
        money_pattern="¤¤ #,##0.00",
        money_patterns={},
    ),
    Language.CHINESE: Formats(
        Language.CHINESE,
        yes="是",
        no="否",
        absent={Absent.UNKNOWN: "未知", Absent.NONE: "无"},
        absent_units={Absent.UNKNOWN: "未知的{unit}", Absent.NONE: "无{unit}"},
        absent_amounts={Absent.UNKNOWN: "未知金额", Absent.NONE: "无金额"},
        units={"month": "月数", "day": "天数", "year": "年数"},
        unit_length="short",  # Unicode CLDR has no long form of months in Chinese
        date_pattern="y年M月d日",
        money_pattern="¤¤ #,##0.00",
        money_patterns={"CNY": "#,##0.00 元"},
    ),
}

#: The names of the filters of rule texts.
FILTERS = frozenset(FORMATS[Language.ENGLISH].filters())

#: The tests of rule texts by name, as in `{% if region is given %}`.
TESTS: Mapping[str, Callable[[object], bool]] = {
    "given": lambda value: not isinstance(value, Absent),
    "known": lambda value: value is not Absent.UNKNOWN,
}


def text_environment(formats: Formats = FORMATS[Language.ENGLISH]) -> ImmutableSandboxedEnvironment:
    """Return the environment of rule texts: only our filters and tests; an undefined variable is an error."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=formats.show)
    environment.globals = {}
    environment.filters = dict(formats.filters())
    environment.tests = dict(TESTS)
    environment.policies.clear()
    return environment


def render_text(template: Template, context: Mapping[str, Any]) -> str:
    """Return the text of a template, with runs of white space replaced by single spaces."""
    return " ".join(template.render(context).split())
