"""Instances as an inventory lists them, by the shipped rulebook `alibaba-cloud-icp-filing`, clean and with dirt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.workload.blocks import BLOCK, source_of

#: The date on which cases are evaluated, and so the edition of 2023-09-28.
AS_OF = date(2026, 1, 1)
SERVICES = ("ecs", "cloud_web_hosting", "simple_application_server", "ens", "linkedmall", "iot_studio", "other")
MAINLAND = (
    *("cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "cn-qingdao", "cn-zhangjiakou"),
    *("cn-guangzhou", "cn-chengdu", "cn-heyuan", "cn-wulanchabu", "cn-huhehaote", "cn-nanjing"),
)
ELSEWHERE = ("cn-hongkong", "ap-southeast-1", "ap-northeast-1", "us-west-1", "eu-central-1")
MAINLAND_NEEDED = frozenset(SERVICES) - {"linkedmall"}
MONTHS_NEEDED = frozenset(SERVICES) - {"iot_studio", "other"}
ORDER_NEEDED = frozenset({"linkedmall", "iot_studio"})
HIGHER_EDITIONS = frozenset({"enterprise", "ultimate"})
MINIMUM_MONTHS, MINIMUM_ORDER = 3, 100
NUMBERS_ALLOWED = {**dict.fromkeys(SERVICES[:4], 5), "linkedmall": 2, "iot_studio": 1}

#: The requirements that an instance can violate, in the order of the rulebook.
RULES = (
    "service-type-listed",
    "region-in-mainland",
    "subscription-long-enough",
    "not-pay-as-you-go",
    "public-bandwidth-purchased",
    "server-instance-purchased",
    "order-amount-sufficient",
    "product-edition-eligible",
    "service-number-left",
    "instance-in-service",
    "subscription-begun",
)
READY, NOT_READY = "ready", "not_ready"

#: One line in a thousand is spoilt in each of these ways. A null states nothing, so its line is evaluated.
CUT_SHORT, NOT_JSON, UNKNOWN_KEY, QUOTED_NUMBER, NULL = "cut short", "not JSON", "unknown key", "quoted number", "null"
DIRT = (CUT_SHORT, NOT_JSON, UNKNOWN_KEY, QUOTED_NUMBER, NULL)
_ONE_IN = 1_000


def block(seed: int, number: int) -> Iterator[dict[str, Any]]:
    """Yield the instances of a block."""
    draw = source_of(seed, number)
    for index in range(number * BLOCK, (number + 1) * BLOCK):
        yield {"ref": f"i-bp1{index * 2654435761 % 2**32:08x}{draw.getrandbits(40):010x}", **_instance(draw)}


def _instance(draw: Random) -> dict[str, Any]:
    """Draw the fields of an instance; those that its service does not have are left out."""
    service = draw.choices(SERVICES, (62, 6, 16, 5, 4, 4, 3))[0]
    created = AS_OF - timedelta(days=draw.randint(1, 2_000) if draw.random() < 0.995 else -draw.randint(1, 20))
    start = created if draw.random() < 0.8 else created + timedelta(days=draw.randint(1, 90))
    days = draw.choices((31, 61, 92, 183, 366, 731, 1_100), (4, 2, 8, 14, 48, 14, 10))[0]
    end = start + timedelta(days=days)
    while end < AS_OF and draw.random() < 0.97:
        end += timedelta(days=days)
    used = draw.choices(range(7), (45, 25, 12, 7, 5, 4, 2))[0]
    fields: dict[str, Any] = {
        "account": f"{draw.choice((1, 5)) * 10**15 + draw.randrange(4_000) * 264_811_907_113 % 10**15}",
        "service_type": service,
        "region": draw.choice(MAINLAND if draw.random() < 0.88 else ELSEWHERE),
        "billing": "subscription" if draw.random() < 0.9 else "pay_as_you_go",
        "created": created.isoformat(),
        "subscription_start": start.isoformat(),
        "subscription_end": end.isoformat(),
        "public_bandwidth_purchased": draw.random() < 0.86,
        "service_numbers_used": min(used, 1) if service in ORDER_NEEDED and draw.random() < 0.8 else used,
        "locked": draw.random() < 0.01,
    }
    if fields["locked"]:
        fields["lock_reason"] = draw.choice(("financial", "security", "recycling"))
    if service == "simple_application_server":
        fields["server_instance_purchased"] = draw.random() < 0.95
    if service in ORDER_NEEDED:
        fields["order_amount_cny"] = draw.choice((50, 99.5, 100, 199.9, 299, 1_280.55, 12_000))
    if service == "iot_studio":
        fields["product_edition"] = draw.choice(("Basic", "Enterprise", "Ultimate"))
    return fields


def decide(case: dict[str, Any]) -> tuple[list[str], str]:
    """Return the requirements that an instance violates and its verdict, without checking any value."""
    violated = []
    service = case["service_type"]
    is_subscription = case["billing"] == "subscription"
    if service not in NUMBERS_ALLOWED:
        violated.append("service-type-listed")
    if service in MAINLAND_NEEDED and case["region"] not in MAINLAND:
        violated.append("region-in-mainland")
    months = _months(date.fromisoformat(case["subscription_start"]), date.fromisoformat(case["subscription_end"]))
    if service in MONTHS_NEEDED and (service != "ecs" or is_subscription) and months < MINIMUM_MONTHS:
        violated.append("subscription-long-enough")
    if service == "ecs":
        if not is_subscription:
            violated.append("not-pay-as-you-go")
        if not case["public_bandwidth_purchased"]:
            violated.append("public-bandwidth-purchased")
    if service == "simple_application_server" and not case["server_instance_purchased"]:
        violated.append("server-instance-purchased")
    if service in ORDER_NEEDED and case["order_amount_cny"] < MINIMUM_ORDER:
        violated.append("order-amount-sufficient")
    if service == "iot_studio" and case["product_edition"].lower() not in HIGHER_EDITIONS:
        violated.append("product-edition-eligible")
    if service in NUMBERS_ALLOWED and case["service_numbers_used"] >= NUMBERS_ALLOWED[service]:
        violated.append("service-number-left")
    if case["subscription_end"] < AS_OF.isoformat():
        violated.append("instance-in-service")
    if case["subscription_start"] > AS_OF.isoformat() or case["created"] > AS_OF.isoformat():
        violated.append("subscription-begun")
    return violated, NOT_READY if violated else READY


def _months(start: date, end: date) -> int:
    """Return the whole months between two dates; up to the last day of a shorter month counts as whole."""
    is_last = (end + timedelta(days=1)).day == 1
    return 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day and not is_last)


def dirt_of(index: int) -> str | None:
    """Return the way in which the line at an index is spoilt; none for most lines."""
    place = index * 2654435761 % 2**32 % _ONE_IN
    return DIRT[place] if place < len(DIRT) else None


def is_rejected(index: int) -> bool:
    """Return true where the spoilt line at an index is no valid case."""
    return dirt_of(index) not in (None, NULL)


def spoil(index: int, line: bytes) -> bytes:
    """Return the line at an index with its dirt, if it has some."""
    match dirt_of(index):
        case "cut short":
            return line[: len(line) * 2 // 3] + b"\n"
        case "not JSON":
            return b"ERROR 500 Internal Server Error, request " + line[8:28] + b"\n"
        case "unknown key":
            return line.replace(b'"region":', b'"regoin":')
        case "quoted number":
            used = json.loads(line)["service_numbers_used"]
            return line.replace(b'"service_numbers_used": %d' % used, b'"service_numbers_used": "%d"' % used)
        case "null":
            return line.replace(b"}\n", b', "state": null}\n')
        case _:
            return line
