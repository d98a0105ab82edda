"""business-rules: its rules as data, over variables that it is shown; the verdict is derived here."""

from __future__ import annotations

from typing import Any

from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from business_rules.variables import (
    BaseVariables,
    boolean_rule_variable,
    numeric_rule_variable,
    string_rule_variable,
)

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.workload.flat import HIGHER_EDITIONS, MAINLAND, verdict_of


class _Variables(BaseVariables):
    """The fields of a case; those that stand for a list negated are its host's to compute."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @string_rule_variable()
    def service_type(self) -> str:
        return self.case["service_type"]

    @string_rule_variable()
    def charge_type(self) -> str:
        return self.case["charge_type"]

    @numeric_rule_variable()
    def subscription_months(self) -> int:
        return self.case["subscription_months"]

    @numeric_rule_variable()
    def order_amount(self) -> float:
        return self.case["order_amount"]

    @numeric_rule_variable()
    def used_service_numbers(self) -> int:
        return self.case["used_service_numbers"]

    @numeric_rule_variable()
    def days_to_expiry(self) -> int:
        return self.case["days_to_expiry"]

    @boolean_rule_variable()
    def has_bandwidth_plan(self) -> bool:
        return self.case["has_bandwidth_plan"]

    @boolean_rule_variable()
    def server_instance_purchased(self) -> bool:
        return self.case["server_instance_purchased"]

    @boolean_rule_variable()
    def is_in_mainland(self) -> bool:
        return self.case["region"] in MAINLAND

    @boolean_rule_variable()
    def is_higher_edition(self) -> bool:
        return self.case["edition"] in HIGHER_EDITIONS


class _Actions(BaseActions):
    def __init__(self, violated: list[str]) -> None:
        self.violated = violated

    @rule_action(params={"rule": FIELD_TEXT})
    def violate(self, rule: str) -> None:
        self.violated.append(rule)


def _condition(name: str, operator: str, value: object = None) -> dict[str, Any]:
    return {"name": name, "operator": operator, "value": value}


def _of(*services: str) -> dict[str, Any]:
    return {"any": [_condition("service_type", "equal_to", service) for service in services]}


def _used(number: int, *services: str) -> dict[str, Any]:
    return {"all": [_of(*services), _condition("used_service_numbers", "greater_than_or_equal_to", number)]}


_HOSTS = ("ecs", "cloud_web_hosting", "simple_application_server", "ens")
_VIOLATIONS: dict[str, dict[str, Any]] = {
    "mainland-region": {"all": [_of(*_HOSTS, "iot_studio"), _condition("is_in_mainland", "is_false")]},
    "months-enough": {"all": [_of(*_HOSTS, "linkedmall"), _condition("subscription_months", "less_than", 3)]},
    "bandwidth-bought": {"all": [_of("ecs"), _condition("has_bandwidth_plan", "is_false")]},
    "prepaid": {"all": [_of("ecs"), _condition("charge_type", "equal_to", "PostPaid")]},
    "server-bought": {"all": [_of("simple_application_server"), _condition("server_instance_purchased", "is_false")]},
    "order-enough": {"all": [_of("linkedmall", "iot_studio"), _condition("order_amount", "less_than", 100)]},
    "higher-edition": {"all": [_of("iot_studio"), _condition("is_higher_edition", "is_false")]},
    "number-left": {"any": [_used(5, *_HOSTS), _used(2, "linkedmall"), _used(1, "iot_studio")]},
    "expiry-far": {"all": [_condition("days_to_expiry", "less_than", 30)]},
    "not-expired": {"all": [_condition("days_to_expiry", "less_than", 0)]},
}
_RULES = [
    {"conditions": conditions, "actions": [{"name": "violate", "params": {"rule": rule}}]}
    for rule, conditions in _VIOLATIONS.items()
]


def prepare() -> Judge:
    """What judges a file."""

    def judge(case: Case) -> Answer:
        violated: list[str] = []
        run_all(_RULES, _Variables(case), _Actions(violated))
        return violated, verdict_of(violated)

    return by_case(judge)
