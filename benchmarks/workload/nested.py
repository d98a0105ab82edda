"""Filings with three instances and four other services each, by rules about all three kinds: `site-filing`."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from benchmarks.workload import flat
from benchmarks.workload.blocks import BLOCK, source_of

PRODUCTS = ("oss", "cdn", "waf", "load_balancer")
NUMBER_NEEDED = frozenset({"oss", "cdn", "waf"})
INSTANCES, SERVICES = 3, 4
MAXIMUM_ABROAD, MINIMUM_ORDERS, MAXIMUM_UNNUMBERED = 1, 150, 0

RULES = (
    *flat.RULES[:8],
    "same-account",
    *flat.RULES[8:],
    "number-before-domain",
    "instances-ready",
    "services-ready",
    "few-services-abroad",
    "some-instance-lasting",
    "orders-enough",
    "ports-open",
)


def block(seed: int, number: int) -> Iterator[dict[str, Any]]:
    """The filings of a block."""
    draw = source_of(seed, number)
    for index in range(number * BLOCK, (number + 1) * BLOCK):
        account = f"account-{draw.randrange(1_000)}"
        yield {
            "case": f"f-{index * 2654435761 % 2**32:08x}",
            "filing": {"ref": "site", "account": account, "port_80_open": draw.random() < 0.95},
            "instance": [_instance(draw, f"web-{place}", account) for place in range(INSTANCES)],
            "service": [_service(draw, f"service-{place}") for place in range(SERVICES)],
        }


def _instance(draw: Random, ref: str, account: str) -> dict[str, Any]:
    fields = flat.instance(draw)
    fields["order_amount"] = round(fields["order_amount"] * 2) / 2  # which sums of binary numbers keep exactly
    its_account = account if draw.random() < 0.97 else "another"
    return {"ref": ref, "filing": "site", "account": its_account, **fields}


def _service(draw: Random, ref: str) -> dict[str, Any]:
    return {
        "ref": ref,
        "filing": "site",
        "product": draw.choices(PRODUCTS, (30, 30, 20, 20))[0],
        "has_own_domain": draw.random() < 0.6,
        "in_mainland": draw.random() < 0.8,
        "has_number": draw.random() < 0.9,
    }


def decide(case: dict[str, Any]) -> tuple[list[str], str]:
    """What a case violates and whether all of it is ready, as one writes it by hand, checking no value."""
    violated = set()
    filing = case["filing"]
    are_instances_ready, is_some_lasting, orders = True, False, 0
    for instance in case["instance"]:
        its_violated, verdict = flat.decide(instance)
        if instance["account"] != filing["account"]:
            its_violated.append("same-account")
            verdict = flat.NOT_READY
        violated.update(its_violated)
        are_instances_ready = are_instances_ready and verdict != flat.NOT_READY
        is_some_lasting = is_some_lasting or instance["days_to_expiry"] >= flat.DAYS_NOTICE
        orders += instance["order_amount"]
    abroad = unnumbered = 0
    for service in case["service"]:
        if service["has_own_domain"]:
            if not service["in_mainland"]:
                abroad += 1
            if service["product"] in NUMBER_NEEDED and not service["has_number"]:
                unnumbered += 1
    if unnumbered:
        violated.add("number-before-domain")
    if not are_instances_ready:
        violated.add("instances-ready")
    if unnumbered > MAXIMUM_UNNUMBERED:
        violated.add("services-ready")
    if abroad > MAXIMUM_ABROAD:
        violated.add("few-services-abroad")
    if not is_some_lasting:
        violated.add("some-instance-lasting")
    if orders < MINIMUM_ORDERS:
        violated.add("orders-enough")
    if not filing["port_80_open"]:
        violated.add("ports-open")
    if not violated:
        return [], flat.READY
    ordered = [rule for rule in RULES if rule in violated]
    return ordered, flat.verdict_of(ordered)
