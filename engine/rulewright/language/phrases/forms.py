"""The phrases that each word has in each language: patterns, filled in by their names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatorPhrases:
    """The phrases of an operator, with `{left}` and `{right}`.

    `holds` and `holds_not` say that a test holds, and that it does not. `needed` and `needed_not` name the operands
    that would satisfy it, and its negation; an operator with an inverse takes `needed_not` from it. `dates` has the
    phrases for dates, if they differ.
    """

    holds: str
    holds_not: str
    needed: str
    needed_not: str = ""
    dates: OperatorPhrases | None = None

    def of(self, is_date: bool) -> OperatorPhrases:
        """Return the phrases for dates, or for any other values."""
        return self.dates if is_date and self.dates is not None else self


@dataclass(frozen=True, slots=True)
class FunctionPhrases:
    """The phrases of a function: what stands before, between and behind its operands."""

    before: str
    between: str
    behind: str
