"""Instances of eleven fields, by ten rules and what is derived of them: `hosting-check`."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from benchmarks.workload.blocks import BLOCK, source_of

SERVICES = ("ecs", "cloud_web_hosting", "simple_application_server", "ens", "linkedmall", "iot_studio")
REGIONS = ("cn-hangzhou", "cn-beijing", "cn-shanghai", "cn-shenzhen", "cn-hongkong", "ap-southeast-1", "us-west-1")
MAINLAND = frozenset(REGIONS[:4])
MAINLAND_NEEDED = frozenset(SERVICES) - {"linkedmall"}
MONTHS_NEEDED = frozenset(SERVICES) - {"iot_studio"}
ORDER_NEEDED = frozenset({"linkedmall", "iot_studio"})
HIGHER_EDITIONS = frozenset({"Enterprise", "Ultimate"})
MINIMUM_MONTHS, MINIMUM_ORDER, DAYS_NOTICE = 3, 100, 30
NUMBERS_ALLOWED = {**dict.fromkeys(SERVICES, 5), "linkedmall": 2, "iot_studio": 1}

#: The rules that a case can violate, in the order of the rulebook; the warnings come last.
RULES = (
    "mainland-region",
    "months-enough",
    "bandwidth-bought",
    "prepaid",
    "server-bought",
    "order-enough",
    "higher-edition",
    "number-left",
    "expiry-far",
    "not-expired",
)
WARNINGS = frozenset(RULES[8:])
READY, AT_RISK, NOT_READY = "ready", "at_risk", "not_ready"


def block(seed: int, number: int) -> Iterator[dict[str, Any]]:
    """The instances of a block."""
    draw = source_of(seed, number)
    for index in range(number * BLOCK, (number + 1) * BLOCK):
        yield {"id": f"i-{index * 2654435761 % 2**32:08x}", **instance(draw)}


def instance(draw: Random) -> dict[str, Any]:
    """The fields of an instance, as often right and wrong as in a fleet that is looked after by and large."""
    service = draw.choices(SERVICES, (50, 10, 20, 6, 7, 7))[0]
    months = draw.choices((0, 1, 2, 3, 6, 12, 24, None), (2, 6, 3, 15, 14, 40, 12, 8))[0]
    used = draw.choices(range(7), (45, 25, 12, 7, 4, 4, 3))[0]
    if NUMBERS_ALLOWED[service] <= 2 and draw.random() < 0.7:
        used = 0
    return {
        "service_type": service,
        "region": draw.choices(REGIONS, (30, 22, 18, 14, 7, 6, 3))[0],
        "charge_type": draw.choices(("PrePaid", "PostPaid"), (82, 18))[0],
        "subscription_months": draw.randint(0, 24) if months is None else months,
        "has_bandwidth_plan": draw.random() < 0.86,
        "server_instance_purchased": draw.random() < 0.9,
        "order_amount": _amount(draw),
        "edition": draw.choices(("Basic", "Enterprise", "Ultimate"), (40, 45, 15))[0],
        "used_service_numbers": used,
        "days_to_expiry": draw.randint(-10, 60) if draw.random() < 0.35 else draw.randint(30, 400),
    }


def _amount(draw: Random) -> float:
    return draw.choice((0, 50, 100, 199, 300)) if draw.random() < 0.4 else round(draw.uniform(0, 500), 2)


def decide(case: dict[str, Any]) -> tuple[list[str], str]:
    """What an instance violates and whether it is ready, as one writes it by hand, checking no value."""
    violated = []
    service = case["service_type"]
    if service in MAINLAND_NEEDED and case["region"] not in MAINLAND:
        violated.append("mainland-region")
    if service in MONTHS_NEEDED and case["subscription_months"] < MINIMUM_MONTHS:
        violated.append("months-enough")
    if service == "ecs":
        if not case["has_bandwidth_plan"]:
            violated.append("bandwidth-bought")
        if case["charge_type"] != "PrePaid":
            violated.append("prepaid")
    if service == "simple_application_server" and not case["server_instance_purchased"]:
        violated.append("server-bought")
    if service in ORDER_NEEDED and case["order_amount"] < MINIMUM_ORDER:
        violated.append("order-enough")
    if service == "iot_studio" and case["edition"] not in HIGHER_EDITIONS:
        violated.append("higher-edition")
    if case["used_service_numbers"] >= NUMBERS_ALLOWED[service]:
        violated.append("number-left")
    verdict = NOT_READY if violated else READY
    if case["days_to_expiry"] < DAYS_NOTICE:
        verdict = verdict if violated else AT_RISK
        violated.append("expiry-far")
        if case["days_to_expiry"] < 0:
            violated.append("not-expired")
    return violated, verdict


def verdict_of(violated: list[str]) -> str:
    """The verdict, for tools that cannot derive it themselves."""
    if not violated:
        return READY
    return AT_RISK if WARNINGS.issuperset(violated) else NOT_READY
