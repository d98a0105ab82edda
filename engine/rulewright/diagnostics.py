"""Diagnostics as values: the mistake in an input, its place, and its correction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import category

from rulewright.diagnostic_types import DIAGNOSTIC_TYPES, Severity as Severity


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in an input: the file as the user named it, line and column counted from 1.

    For values without a file, `file` is the path of the value, as in `employee[0].contract`. The line is then 0, and
    the column is the number of the value in reading order.
    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


#: The place of values that were not read from a file.
NOWHERE = Span("", 0, 0)


@dataclass(frozen=True, slots=True)
class Related:
    """A further place that belongs to a diagnostic."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A mistake: a declared code, a message, its place, a help line, and related places."""

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    related: tuple[Related, ...] = ()

    @property
    def severity(self) -> Severity:
        """Return the severity declared for the code."""
        return DIAGNOSTIC_TYPES[self.code].severity

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        lines = [f"{place}{self.code} {self.message}"]
        if self.help:
            lines.append(f"  help: {self.help}")
        lines += [f"  note: {related.message} at {related.span}" for related in self.related]
        return "\n".join(map(visible, lines))


def visible(line: str) -> str:
    """Return a line with control characters and bidirectional marks escaped.

    A message quotes text from files, and its control characters could steer a terminal.
    """
    return "".join(
        character.encode("unicode_escape").decode() if category(character) in _INVISIBLE else character
        for character in line
    )


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether any of the diagnostics is an error, not only a warning."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def in_source_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return unique diagnostics by file, line and column; those without a place come first."""

    def place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
        span = diagnostic.span or NOWHERE
        # paths of values are in reading order, not in alphabetical order
        return (span.file if span.line else "", span.line, span.column, diagnostic.code)

    return sorted(dict.fromkeys(diagnostics), key=place)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return the help for a misspelt name: the nearest known name, or all known names if they are few."""
    names = sorted(set(known))
    near = get_close_matches(name, names, n=1, cutoff=0.65)
    if near:
        return f"did you mean `{cut(near[0])}`?"
    if 0 < len(names) <= 12:
        return "known here: " + ", ".join(f"`{cut(known_name)}`" for known_name in names)
    return None


def cut(name: str) -> str:
    """Return a name shortened for a message."""
    return short(name)


def short(text: str, limit: int = 60) -> str:
    """Return a text shortened to `limit` characters for a message."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
