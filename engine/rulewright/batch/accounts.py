"""The account of the rows of a run: each row read is evaluated, rejected or skipped."""

from __future__ import annotations

from rulewright.batch.tally import Tally
from rulewright.diagnostics import Diagnostic
from rulewright.model.run import Counts


def counted(tally: Tally) -> Counts:
    """Return the account of a run."""
    return Counts(
        tally.read,
        tally.evaluated_rows,
        tally.rejected_rows,
        {reason: number for reason, number in sorted(tally.skipped.items()) if number},
        tally.unread,
        tally.cases,
    )


def counts_of(tally: Tally) -> str:
    """Return the account in one line, with the reasons of skipped rows and the inputs that cannot be read."""
    parts = [f"{tally.evaluated_rows:,} evaluated", f"{tally.rejected_rows:,} rejected"]
    reasons = ", ".join(f"{reason}: {number:,}" for reason, number in tally.skipped.most_common() if number)
    parts.append(f"{tally.skipped.total():,} skipped" + (f" ({reasons})" if reasons else ""))
    line = f"{tally.read:,} row{'' if tally.read == 1 else 's'} read: {', '.join(parts)}"
    if tally.unread:
        line += f"; {tally.unread:,} input{'' if tally.unread == 1 else 's'} not read to the end"
    return line


def nothing_evaluated(tally: Tally) -> Diagnostic | None:
    """Return the diagnostic of a run without any evaluated case; None if a case was evaluated."""
    if tally.cases:
        return None
    if tally.rejected:
        help_ = "correct the rejected rows, and run the command again"
    elif tally.skipped:
        help_ = "check that the input is the one you mean: all of its rows are skipped"
    else:
        help_ = "check that the input is the one you mean: it is empty, or has only a header"
    return Diagnostic("U028", f"no case was evaluated: {counts_of(tally)}", help=help_)


def miscounted(tally: Tally) -> Diagnostic | None:
    """Return the diagnostic of a run with rows that are not accounted for; None if all rows are."""
    if tally.uncounted == 0:
        return None
    message = f"{counts_of(tally)}: these do not add up, so the output is not written"
    return Diagnostic("U023", message, help="report this mistake of rulewright, with the input if you can")
