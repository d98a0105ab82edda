"""Versions of installed packages, without `importlib.metadata`, whose import takes longer than evaluating a case."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec


def installed_version(package: str, module: str) -> str:
    """Return the version of the package that a top-level module comes from.

    Installers put a folder such as `durable_rules-2.0.28.dist-info` beside the module. Where there is not exactly one
    for the package, `importlib.metadata` answers, or raises a PackageNotFoundError.
    """
    spec = find_spec(module)
    if spec is not None and spec.origin is not None:
        here = os.path.dirname(spec.origin)  # noqa: PTH120  Path takes longer
        beside = os.path.dirname(here) if spec.submodule_search_locations else here  # noqa: PTH120
        name = re.sub(r"[-_.]+", "_", package.lower())
        found = {one for entry in _entries(beside) if (one := _version(entry, name)) is not None}
        if len(found) == 1:
            return found.pop()
    from importlib.metadata import version  # noqa: PLC0415  start-up time

    return version(package)


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def _version(entry: str, name: str) -> str | None:
    if not entry.endswith(".dist-info"):
        return None
    named, _, version = entry.removesuffix(".dist-info").partition("-")
    return version if re.sub(r"[-_.]+", "_", named.lower()) == name else None
