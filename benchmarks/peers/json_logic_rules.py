"""JSONLogic: a tree for each rule; the verdict is derived here."""

from __future__ import annotations

from typing import Any

from json_logic import jsonLogic

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.workload.flat import (
    HIGHER_EDITIONS,
    MAINLAND,
    MAINLAND_NEEDED,
    MONTHS_NEEDED,
    ORDER_NEEDED,
    verdict_of,
)


def _is(name: str, value: object) -> dict[str, Any]:
    return {"==": [{"var": name}, value]}


def _in(name: str, values: frozenset[str]) -> dict[str, Any]:
    return {"in": [{"var": name}, sorted(values)]}


def _compare(operator: str, name: str, number: int) -> dict[str, Any]:
    return {operator: [{"var": name}, number]}


def _all(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"and": list(parts)}


def _not(part: dict[str, Any]) -> dict[str, Any]:
    return {"!": [part]}


_HOSTS = MAINLAND_NEEDED & MONTHS_NEEDED
_VIOLATIONS = {
    "mainland-region": _all(_in("service_type", MAINLAND_NEEDED), _not(_in("region", MAINLAND))),
    "months-enough": _all(_in("service_type", MONTHS_NEEDED), _compare("<", "subscription_months", 3)),
    "bandwidth-bought": _all(_is("service_type", "ecs"), _not({"var": "has_bandwidth_plan"})),
    "prepaid": _all(_is("service_type", "ecs"), _is("charge_type", "PostPaid")),
    "server-bought": _all(_is("service_type", "simple_application_server"), _not({"var": "server_instance_purchased"})),
    "order-enough": _all(_in("service_type", ORDER_NEEDED), _compare("<", "order_amount", 100)),
    "higher-edition": _all(_is("service_type", "iot_studio"), _not(_in("edition", HIGHER_EDITIONS))),
    "number-left": {
        "or": [
            _all(_in("service_type", _HOSTS), _compare(">=", "used_service_numbers", 5)),
            _all(_is("service_type", "linkedmall"), _compare(">=", "used_service_numbers", 2)),
            _all(_is("service_type", "iot_studio"), _compare(">=", "used_service_numbers", 1)),
        ]
    },
    "expiry-far": _compare("<", "days_to_expiry", 30),
    "not-expired": _compare("<", "days_to_expiry", 0),
}


def prepare() -> Judge:
    """What judges a file."""

    def judge(case: Case) -> Answer:
        violated = [rule for rule, condition in _VIOLATIONS.items() if jsonLogic(condition, case)]
        return violated, verdict_of(violated)

    return by_case(judge)
