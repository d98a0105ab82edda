"""Vocabulary of the importers for Alibaba Cloud: the kinds of fact and the fields that they can state.

The names are those of the vocabulary of the shipped rulebooks.
"""

from __future__ import annotations

from rulewright.vendors.tables import Kind

INSTANCE = Kind(
    "instance",
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
    # an expired instance is stopped, too
    progress={"state": ("running", "stopped", "expired", "released")},
)
CLOUD_SERVICE = Kind(
    "cloud_service",
    ("product", "domain", "custom_domain", "origin_in_mainland", "has_icp_number"),
    "a domain",
    "domains",
    "cloud_service: a case that lists some says that there are no others: add those that the website uses besides",
    prefix_words="the product",
)
ACCESS_CHANGE = Kind(
    "access_change",
    ("domain", "filed_through", "moves_to", "subdomain_only", "commercial_license", "province_requires_ip_match"),
    "a filed domain",
    "filed domains",
    "access_change: says through whom a domain is filed, for the day its website moves; take out those that stay",
)

#: The kinds in the order of a case file.
VOCABULARY = (INSTANCE, CLOUD_SERVICE, ACCESS_CHANGE)
