"""Options and arguments of commands, with their texts for help pages and usage errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    _ChoiceType = click.Choice[str]
    _NumberType = click.ParamType[int, Any]
else:  # before Click 8.2, these classes are not generic
    _ChoiceType = click.Choice
    _NumberType = click.ParamType


class WrongUsageError(click.UsageError):
    """An error in the arguments of a command, with a hint."""

    def __init__(self, message: str, hint: str | None, ctx: click.Context | None) -> None:
        super().__init__(message, ctx)
        self.hint = hint


class Choice(_ChoiceType):
    """A choice from a list; `former` maps old values to the current ones."""

    def __init__(self, choices: Sequence[str], former: Mapping[str, str] | None = None) -> None:
        super().__init__(choices)
        self._former = former or {}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value; raises WrongUsageError with the nearest value of the list."""
        from rulewright.diagnostics import cut, did_you_mean  # noqa: PLC0415  start-up time: for mistakes only

        value = self._former.get(value, value)
        if value in self.choices:
            return str(value)
        words = ", ".join(self.choices)
        near = did_you_mean(str(value), self.choices) or ""
        hint = near if near.startswith("did you mean") else f"write one of {words}"
        raise WrongUsageError(f"`{cut(str(value))}` is not a value of {name_of(param)}", hint, ctx)


class Number(_NumberType):
    """A whole number with a minimum."""

    name = "number"

    def __init__(self, minimum: int) -> None:
        self.minimum = minimum

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; raises WrongUsageError."""
        from rulewright.diagnostics import cut  # noqa: PLC0415  start-up time: for mistakes only

        try:
            number = int(value)
        except ValueError:
            hint = f"write a number, as in {max(self.minimum, 10)}"
            message = f"`{cut(str(value))}` after {name_of(param)} is not a whole number"
            raise WrongUsageError(message, hint, ctx) from None
        if number < self.minimum:
            message = f"`{number}` after {name_of(param)} is out of range: the minimum is {self.minimum}"
            raise WrongUsageError(message, f"write {self.minimum} or more", ctx)
        return number


class Option(click.Option):
    """An option in a section of the help page."""

    def __init__(self, *words: Any, section: str = "Other", default_text: str | None = None, **attributes: Any) -> None:
        super().__init__(*words, **attributes)
        self.section = section
        self.default_text = default_text

    @property
    def names(self) -> str:
        """Return the names of the option, the short one first, and the name of its value."""
        shown = ", ".join(sorted(self.opts, key=len))
        if self.secondary_opts:
            return f"{shown} / {', '.join(self.secondary_opts)}"
        return shown if self.is_flag else f"{shown} {self.metavar or self.type.name.upper()}"

    @property
    def text(self) -> str:
        """Return the help text of the option, with its values and its default."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield self.help or ""
        if isinstance(self.type, Choice):
            yield f"One of {', '.join(self.type.choices)}."
        if self.multiple:
            yield "May be repeated."
        default = self.default_text or ("" if self.is_flag else self.default)
        if default != "" and isinstance(default, int | str):
            yield f"Default: {default}."


class Argument(click.Argument):
    """An argument with a description on the help page."""

    def __init__(self, *words: Any, description: str, **attributes: Any) -> None:
        super().__init__(*words, **attributes)
        self.description = description

    @property
    def text(self) -> str:
        """Return the help text of the argument, with its values and its default."""
        words = f" One of {', '.join(self.type.choices)}." if isinstance(self.type, Choice) else ""
        default = f" Default: {self.default}." if isinstance(self.default, str) else ""
        return f"{self.description}{words}{default}"


def name_of(parameter: click.Parameter | None) -> str:
    """Return the name of a parameter for messages: the long name of an option, or the name of an argument's value."""
    if parameter is None:
        return "the argument"
    if isinstance(parameter, click.Option):
        return f"`{max(parameter.opts, key=len)}`"
    return f"`{(parameter.metavar or parameter.name or '').strip('[]')}`"


option = partial(click.option, cls=Option)
argument = partial(click.argument, cls=Argument)
