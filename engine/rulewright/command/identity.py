"""The identity of the run of a command: its time and its arguments."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from rulewright import __version__
from rulewright.batch.tally import Tally
from rulewright.diagnostics import Diagnostic
from rulewright.model.run import MOST_REJECTS, Counts, Run, RunInput

#: The environment variable that fixes the time of runs whose output must have the same bytes.
EPOCH = "SOURCE_DATE_EPOCH"
_BEGIN = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: The last second of the year 2999, beyond which not all formats can write a time.
_LATEST = 32_503_679_999


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a run; `fixed` is true if its times are those of SOURCE_DATE_EPOCH."""

    time: datetime
    is_fixed: bool
    arguments: tuple[str, ...]

    def end(self) -> datetime:
        """Return the time of now, or the fixed one."""
        return self.time if self.is_fixed else _now()

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
        counts = Counts(
            tally.read,
            tally.evaluated_rows,
            tally.rejected_rows,
            {reason: number for reason, number in sorted(tally.skipped.items()) if number},
            tally.unread,
            tally.cases,
        )
        shown = tuple(rejects[:MOST_REJECTS])
        more = max(0, total - len(shown))
        return Run(self.time, self.end(), __version__, self.arguments, tuple(inputs), counts, shown, more, allows)


def start_run(arguments: tuple[str, ...]) -> Start | Diagnostic:
    """Return the start of a run with these arguments, or the diagnostic of a wrong SOURCE_DATE_EPOCH."""
    fixed = os.environ.get(EPOCH)
    if not fixed:
        return Start(_now(), False, arguments)
    if not re.fullmatch(r"[0-9]{1,12}", fixed) or int(fixed) > _LATEST:
        help_ = f"set it to a whole number of seconds since 1970-01-01, at most {_LATEST}, or unset it"
        return Diagnostic("U030", f"{EPOCH} is `{fixed}`, which is not a time", help=help_)
    return Start(_BEGIN + timedelta(seconds=int(fixed)), True, arguments)


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)
