"""The flat workload in the language of durable-rules: rules on the instance, and some that chain to the verdict."""

from __future__ import annotations

from typing import Any

from benchmarks.workload.flat import (
    HIGHER_EDITIONS,
    MAINLAND,
    MAINLAND_NEEDED,
    MONTHS_NEEDED,
    RULES,
    WARNINGS,
)

#: What a rule asserts when it fires.
VIOLATION, WARNING = "violation", "warning"
PLACES = {rule: place for place, rule in enumerate(RULES)}
_HOSTS = sorted(MAINLAND_NEEDED & MONTHS_NEEDED)


def fact_of(rule: str) -> str:
    """What kind of fact a violated rule asserts."""
    return WARNING if rule in WARNINGS else VIOLATION


def _of(*services: str) -> dict[str, Any]:
    if len(services) == 1:
        return {"service_type": services[0]}
    return {"$or": [{"service_type": service} for service in services]}


def _all(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"$and": list(conditions)}


def conditions() -> dict[str, dict[str, Any]]:
    """What violates each rule, as a condition on the fact of the instance."""
    used = "used_service_numbers"
    return {
        "mainland-region": _all(
            _of(*sorted(MAINLAND_NEEDED)), *({"$neq": {"region": one}} for one in sorted(MAINLAND))
        ),
        "months-enough": _all(_of(*sorted(MONTHS_NEEDED)), {"$lt": {"subscription_months": 3}}),
        "bandwidth-bought": _all(_of("ecs"), {"has_bandwidth_plan": False}),
        "prepaid": _all(_of("ecs"), {"charge_type": "PostPaid"}),
        "server-bought": _all(_of("simple_application_server"), {"server_instance_purchased": False}),
        "order-enough": _all(_of("linkedmall", "iot_studio"), {"$lt": {"order_amount": 100}}),
        "higher-edition": _all(_of("iot_studio"), *({"$neq": {"edition": one}} for one in sorted(HIGHER_EDITIONS))),
        "number-left": {
            "$or": [
                _all(_of(*_HOSTS), {"$gte": {used: 5}}),
                _all(_of("linkedmall"), {"$gte": {used: 2}}),
                _all(_of("iot_studio"), {"$gte": {used: 1}}),
            ]
        },
        "expiry-far": _all({"kind": "instance"}, {"$lt": {"days_to_expiry": 30}}),
        "not-expired": _all({"kind": "instance"}, {"$lt": {"days_to_expiry": 0}}),
    }


#: Rules that derive the verdict. Of what is not there durable-rules is only right when it is asked last, so a fact of
#: its own says that the violations are all there.
DERIVED: dict[str, dict[str, Any]] = {
    "not_ready": {"all": [{"v": {"kind": VIOLATION}}], "cap": 16, "pri": 2},
    "all_asserted": {"all": [{"i": {"kind": "instance"}}], "pri": 3},
    "eligible": {"all": [{"a": {"kind": "all_asserted"}}, {"v$not": {"kind": VIOLATION}}], "pri": 4},
    "at_risk": {"all": [{"e": {"kind": "eligible"}}, {"w": {"kind": WARNING}}], "cap": 4, "pri": 5},
    "ready": {"all": [{"e": {"kind": "eligible"}}, {"w$not": {"kind": WARNING}}], "pri": 6},
}
#: Those that assert a fact named like themselves; the others are the verdict.
ASSERTING = ("all_asserted", "eligible")
