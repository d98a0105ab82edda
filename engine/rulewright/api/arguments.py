"""Arguments of calls: dates and languages as users write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import NoReturn, TypeVar

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.errors import ArgumentError
from rulewright.model.languages import Language

Word = TypeVar("Word", bound=Enum)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def refuse(code: str, message: str, help_: str | None = None) -> NoReturn:
    """Raise the error of an argument."""
    raise ArgumentError([Diagnostic(code, message, help=help_)])


def date_of(value: str | date | None, name: str) -> date | None:
    """Return the date that an argument states, as a date or as text in the form 2023-09-28."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, str) and _DATE.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            refuse("U004", f"`{name}` is `{value}`, which is not a day of the calendar")
    refuse("U004", f"`{name}` is {value!r}, which is not a date", "write it as `2023-09-28`, or give a `datetime.date`")


def languages_of(named: str | Iterable[str]) -> list[Language]:
    """Return the languages that an argument names, each once."""
    known = {language.value: language for language in Language}
    found: list[Language] = []
    for word in [named] if isinstance(named, str) else named:
        if word not in known:
            refuse("U015", f"`{word}` is not a language of reports", did_you_mean(str(word), known))
        found += [] if known[word] in found else [known[word]]
    if not found:
        refuse("U015", "no language is named", "name `en` or `zh`")
    return found


def word_of(value: str, words: type[Word], name: str) -> Word:
    """Return the word that an argument names, of an enumeration of words."""
    known = {word.value: word for word in words}
    if value not in known:
        refuse("U004", f"`{name}` is {value!r}", did_you_mean(str(value), known))
    return known[value]


def at_least_one(number: int, name: str) -> int:
    """Return a number that an argument states and that is 1 at least."""
    if number < 1:
        refuse("U004", f"`{name}` is {number}: the minimum is 1")
    return number
