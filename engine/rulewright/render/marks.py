"""Marks of outcomes and truths in texts."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Truth

MARKS: Mapping[Outcome | Truth | None, str] = {
    Outcome.VIOLATED: "✗",
    Outcome.UNKNOWN: "?",
    Outcome.ADVISED: "!",
    Outcome.MET: "✓",
    Outcome.CONCLUDED: "→",
    Outcome.SILENT: "·",
    Outcome.NOT_APPLICABLE: "–",
    Truth.TRUE: "✓",
    Truth.FALSE: "✗",
    Truth.UNKNOWN: "?",
    None: "–",
}
PLAIN_MARKS = str.maketrans({"✗": "x", "✓": "+", "→": ">", "·": "-", "–": "-"})

VERDICT_STYLES = {
    Verdict.READY: "bold green",
    Verdict.NOT_READY: "bold red",
    Verdict.NEEDS_INFORMATION: "bold yellow",
    Verdict.NOT_APPLICABLE: "bold",
}
OUTCOME_STYLES = {Outcome.VIOLATED: "red", Outcome.UNKNOWN: "yellow", Outcome.ADVISED: "cyan", Outcome.MET: "green"}


def encodable(text: str, console: Console) -> str:
    """Return the text with a question mark for each character outside the console's encoding."""
    return text.encode(console.encoding, "replace").decode(console.encoding, "replace")


def mark(key: Outcome | Truth | None, console: Console) -> str:
    """Return the mark of an outcome or a truth, in ASCII if the console's encoding lacks it."""
    found = MARKS[key]
    return found if encodable(found, console) == found else found.translate(PLAIN_MARKS)
