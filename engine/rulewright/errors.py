"""The exceptions of the library: each carries diagnostics, and none is raised for anything but bad input."""

from __future__ import annotations

from collections.abc import Iterable

from rulewright.diagnostics import Diagnostic, in_source_order


class RulewrightError(Exception):
    """Something that was given cannot be used; `diagnostics` say what, where, and what to do about it.

    The base class of all exceptions that the library raises for bad input. `diagnostics` is never empty, and is in
    source order. The text of the exception has all of them.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(in_source_order(diagnostics))
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[type[RulewrightError], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


class RulebookError(RulewrightError):
    """A rulebook, or its edition for some date, cannot be used."""


class InputError(RulewrightError):
    """A case, or a file of cases, cannot be evaluated: its facts are invalid or contradict each other."""


class ArgumentError(RulewrightError, ValueError):
    """An argument of a call has no meaning: an unknown language, a date that is none, an option that does not fit."""


class OutputError(RulewrightError):
    """A batch was not completed: its output cannot be written, or too many cases were rejected."""
