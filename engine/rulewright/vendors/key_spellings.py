"""Keys of answers in the spellings of SDKs and tools: `InstanceId`, `instanceId`, `instance_id`, `INSTANCE-ID`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """Return a key in snake case: `InternetMaxBandwidthOut` becomes `internet_max_bandwidth_out`."""
    return _WORD_START.sub("_", name).lower()


def find_key(keys: Iterable[str], name: str) -> str | None:
    """Return the key that matches a name in any spelling, or None. An exact match comes first."""
    if name in keys:
        return name
    wanted = _plain(name)
    return next((key for key in keys if len(key) >= len(wanted) and _plain(key) == wanted), None)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
