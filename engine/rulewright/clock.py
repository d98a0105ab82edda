"""The time of runs: the true one, or the one that SOURCE_DATE_EPOCH fixes for output with the same bytes."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta, timezone

from rulewright.diagnostics import Diagnostic

#: The environment variable that fixes the time of runs whose output must have the same bytes.
EPOCH = "SOURCE_DATE_EPOCH"
_BEGIN = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: The last second of the year 2999, beyond which not all formats can write a time.
_LATEST = 32_503_679_999


def fixed_time() -> datetime | Diagnostic | None:
    """Return the time that SOURCE_DATE_EPOCH fixes, none if it is not set, or the diagnostic of a wrong value."""
    fixed = os.environ.get(EPOCH)
    if not fixed:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", fixed) or int(fixed) > _LATEST:
        help_ = f"set it to a whole number of seconds since 1970-01-01, at most {_LATEST}, or unset it"
        return Diagnostic("U030", f"{EPOCH} is `{fixed}`, which is not a time", help=help_)
    return _BEGIN + timedelta(seconds=int(fixed))


def now() -> datetime:
    """Return the time of the call, in UTC and to the second."""
    return datetime.now(timezone.utc).replace(microsecond=0)
