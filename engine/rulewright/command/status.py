"""Exit statuses: one meaning for each number, in every command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rulewright.batch.tally import Tally
from rulewright.diagnostics import Diagnostic
from rulewright.model.outcomes import Verdict

#: All cases are ready or not applicable; some case is not; failure or incomplete work; rows were rejected.
FINE, NOT_READY, AT_FAULT, REJECTED = 0, 1, 2, 3
_GOOD = (Verdict.READY.value, Verdict.NOT_APPLICABLE.value)
_NUMBER = re.compile(r"[0-9]{1,18}")
_PERCENTAGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)%")


@dataclass(frozen=True, slots=True)
class Allowance:
    """The accepted number of rejected rows, or their percentage of the rows read."""

    number: int = 0
    percentage: Decimal | None = None

    def covers(self, tally: Tally) -> bool:
        """Return whether the rejected rows are within the allowance; never with an input not read to its end."""
        if tally.unread:
            return False
        if self.percentage is not None:
            return tally.rejected_rows * 100 <= self.percentage * tally.read
        return tally.rejected_rows <= self.number


def read_allowance(text: str | None) -> Allowance | Diagnostic:
    """Return the value of `--allow-rejected`: a number, as in `10`, or a percentage, as in `0.5%`."""
    if text is None:
        return Allowance()
    if _NUMBER.fullmatch(text):
        return Allowance(int(text))
    found = _PERCENTAGE.fullmatch(text)
    if found is not None and Decimal(found[1]) <= 100:
        return Allowance(percentage=Decimal(found[1]))
    message = f"`{text}` after --allow-rejected is not a number of rows or a percentage"
    return Diagnostic("U029", message, help="write a whole number, as in 10, or a percentage up to 100%, as in 0.5%")


def status_of(verdicts: Iterable[str]) -> int:
    """Return the exit status for verdicts."""
    return FINE if all(verdict in _GOOD for verdict in verdicts) else NOT_READY


def status_of_run(tally: Tally, allowance: Allowance) -> int:
    """Return the exit status of a finished run; rejected rows beyond the allowance take precedence over verdicts."""
    if not tally.cases:
        return AT_FAULT
    if tally.rejected and not allowance.covers(tally):
        return REJECTED
    return status_of(verdict for verdict, number in tally.verdicts.items() if number)
