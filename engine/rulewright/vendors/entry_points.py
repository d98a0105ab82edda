"""Places of importers: the shipped ones, and the entry points of installed packages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions

#: The group of entry points that name importers.
GROUP = "rulewright.importers"
#: The shipped importers, as in the entry points of pyproject.toml, so that a checkout works without installation.
SHIPPED: Mapping[str, str] = {
    "aliyun-ecs": "rulewright.vendors.alibaba_cloud.ecs:ALIYUN_ECS",
    "aliyun-swas": "rulewright.vendors.alibaba_cloud.swas:ALIYUN_SWAS",
    "aliyun-ens": "rulewright.vendors.alibaba_cloud.ens:ALIYUN_ENS",
    "aliyun-bss": "rulewright.vendors.alibaba_cloud.bss:ALIYUN_BSS",
    "aliyun-bsn": "rulewright.vendors.alibaba_cloud.bsn:ALIYUN_BSN",
    "aliyun-oss": "rulewright.vendors.alibaba_cloud.oss:ALIYUN_OSS",
    "aliyun-cdn": "rulewright.vendors.alibaba_cloud.cdn:ALIYUN_CDN",
    "aliyun-waf": "rulewright.vendors.alibaba_cloud.waf:ALIYUN_WAF",
    "aliyun-ddos": "rulewright.vendors.alibaba_cloud.ddos:ALIYUN_DDOS",
    "aliyun-icp": "rulewright.vendors.alibaba_cloud.icp:ALIYUN_ICP",
    "aliyun-config": "rulewright.vendors.alibaba_cloud.config:ALIYUN_CONFIG",
    "terraform": "rulewright.vendors.alibaba_cloud.terraform:TERRAFORM",
}
_OWN_PACKAGE = "rulewright"


@dataclass(frozen=True, slots=True)
class ImporterPlace:
    """The place of an importer: its package, and the entry point of the object."""

    package: str
    entry: EntryPoint


@dataclass(frozen=True, slots=True)
class ImporterPlaces:
    """The places of all importers by name, and the packages with unreadable entry points."""

    by_name: Mapping[str, tuple[ImporterPlace, ...]]
    unreadable: tuple[str, ...] = ()


def find_places() -> ImporterPlaces:
    """Return the places of all importers without loading any: the shipped ones first, then those of other packages."""
    found = {name: (ImporterPlace(_OWN_PACKAGE, EntryPoint(name, value, GROUP)),) for name, value in SHIPPED.items()}
    unreadable: list[str] = []
    seen = {_OWN_PACKAGE}
    for distribution in distributions():
        if GROUP not in (distribution.read_text("entry_points.txt") or ""):
            continue
        package = _name_of(distribution)
        # if a package is on the path twice, Python imports the first
        if _normalized(package) in seen:
            continue
        seen.add(_normalized(package))
        try:
            entries = [entry for entry in distribution.entry_points if entry.group == GROUP]
        except Exception:  # damaged metadata of another package can raise any exception
            unreadable.append(package)
            continue
        for entry in entries:
            found[entry.name] = (*found.get(entry.name, ()), ImporterPlace(package, entry))
    return ImporterPlaces(found, tuple(unreadable))


def _name_of(distribution: Distribution) -> str:
    try:
        return str(distribution.metadata["Name"])
    except Exception:  # missing or damaged metadata
        return "unknown"


def _normalized(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
