"""The identity of a command's run: its times and arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rulewright.batch.accounts import counted
from rulewright.batch.tally import Tally
from rulewright.clock import fixed_time, now
from rulewright.diagnostics import Diagnostic
from rulewright.model.run import MOST_REJECTS, Run, RunInput
from rulewright.version import __version__


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a run; `is_fixed` is true if its times are those of SOURCE_DATE_EPOCH."""

    time: datetime
    is_fixed: bool
    arguments: tuple[str, ...]

    def end(self) -> datetime:
        """Return the current time, or the fixed one."""
        return self.time if self.is_fixed else now()

    def run(
        self,
        tally: Tally,
        inputs: Sequence[RunInput],
        rejects: Sequence[Diagnostic] = (),
        total: int = 0,
        *,
        allows: bool,
    ) -> Run:
        """Return the run that ends now; `total` is the number of all diagnostics of rejected rows."""
        shown = tuple(rejects[:MOST_REJECTS])
        more = max(0, total - len(shown))
        return Run(
            self.time, self.end(), __version__, self.arguments, tuple(inputs), counted(tally), shown, more, allows
        )


def start_run(arguments: tuple[str, ...]) -> Start | Diagnostic:
    """Return the start of a run with these arguments, or the error of an invalid SOURCE_DATE_EPOCH."""
    fixed = fixed_time()
    if isinstance(fixed, Diagnostic):
        return fixed
    return Start(now(), False, arguments) if fixed is None else Start(fixed, True, arguments)
