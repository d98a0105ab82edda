"""Today, where the documents of rulebooks are in force."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

#: Cases without a date of their own are judged on today's date there.
TIME_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """Today's date where the rulebooks' documents are in force."""
    return datetime.now(TIME_ZONE).date()
