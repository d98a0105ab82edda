"""`rulewright check --record`: records of the decisions of a check."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rulewright.command.outputs import tell, write_output
from rulewright.diagnostics import Diagnostic
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.record.record_writer import record_name, record_text

AT_FAULT = 2


def refuse(format_: str) -> int:
    """Report that a format for many cases has no records; return the exit status."""
    message = f"no records are kept of a check in the format {format_}"
    help_ = "take another format; with --detail full, each line of jsonl has the whole result"
    tell([Diagnostic("U017", message, help=help_)])
    return AT_FAULT


def keep(decisions: Iterable[tuple[Case, Explanation]], folder: str) -> Diagnostic | None:
    """Write a record of each decision to a folder, each completely or not at all; return the first error."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        help_ = "check the folder, its space and your rights"
        return Diagnostic("U005", f"`{folder}` cannot be written: {reason}", help=help_)
    for case, explanation in decisions:
        text = record_text(case, explanation)
        failure = write_output(text, str(Path(folder) / record_name(case.name, text)))
        if failure is not None:
            return failure
    return None
