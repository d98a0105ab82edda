"""The kinds of fact that importers write, with the fields that they can state, in the order they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """The fields of a kind of fact, and how one, and several, of what an answer lists are called."""

    fields: tuple[str, ...]
    one: str
    several: str
    caution: str = ""


#: The names are those of the rulebook's vocabulary; the kinds stand in the order in which a case file has them.
KINDS: Mapping[str, Kind] = {
    "instance": Kind(
        (
            "service_type",
            "region",
            "in_mainland",
            "account",
            "billing",
            "created",
            "subscription_start",
            "subscription_end",
            "public_bandwidth_purchased",
            "server_instance_purchased",
            "service_numbers_used",
            "state",
            "locked",
            "lock_reason",
        ),
        "an instance",
        "instances",
    ),
    "cloud_service": Kind(
        ("product", "domain", "custom_domain", "origin_in_mainland", "has_icp_number"),
        "a domain",
        "domains",
        "cloud_service: a case that lists some says that there are no others: add those that the website uses besides",
    ),
    "access_change": Kind(
        (
            "domain",
            "filed_through",
            "moves_to",
            "subdomain_only",
            "commercial_license",
            "province_requires_ip_match",
        ),
        "a filed domain",
        "filed domains",
        "access_change: says through whom a domain is filed, for the day its website moves; take out those that stay",
    ),
}


def in_words(kind: str) -> str:
    """The name of a kind of fact as it is said in a sentence."""
    return kind.replace("_", " ")
