"""Time zones by name, and today's date in them."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone, tzinfo
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

UTC = "UTC"

# IANA names only. Other files of a machine's time zone folder, such as `localtime`, differ between machines.
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*")


def is_time_zone(name: str) -> bool:
    """Return whether a name is an IANA time zone."""
    if name == UTC:
        return True
    if name == "Factory" or not _NAME.fullmatch(name):  # `Factory` is the zone of a machine that was never set up
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def nearest_time_zone(name: str) -> str | None:
    """Return the time zone that a misspelt name most likely means: one of the same city, or one spelled similarly."""
    known = {zone.casefold(): zone for zone in sorted(available_timezones()) if _NAME.fullmatch(zone)}
    wanted = name.strip().replace(" ", "_").casefold()
    if wanted in known:
        return known[wanted]
    # `GMT+8` usually means eight hours ahead, but `Etc/GMT+8` is eight hours behind
    known = {folded: zone for folded, zone in known.items() if not zone.startswith("Etc/")}
    cities = [zone for folded, zone in known.items() if folded.rpartition("/")[2] == wanted.rpartition("/")[2]]
    if cities:
        return min(cities, key=len)
    near = get_close_matches(wanted, known, n=1, cutoff=0.85)
    return known[near[0]] if near else None


def today(time_zone: str) -> date:
    """Return today's date in a time zone."""
    zone: tzinfo = timezone.utc if time_zone == UTC else ZoneInfo(time_zone)
    return datetime.now(zone).date()
