"""Cedar: a policy that permits, and one that forbids for each rule; the verdict is derived from those that did."""

from __future__ import annotations

from collections.abc import Iterator

import cedarpy

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_batch
from benchmarks.workload.flat import RULES, verdict_of

_HOSTS = '"ecs", "cloud_web_hosting", "simple_application_server", "ens"'
_FORBIDDEN = {
    "mainland-region": f'[{_HOSTS}, "iot_studio"].contains(context.service_type)'
    ' && !["cn-hangzhou", "cn-beijing", "cn-shanghai", "cn-shenzhen"].contains(context.region)',
    "months-enough": f'[{_HOSTS}, "linkedmall"].contains(context.service_type) && context.subscription_months < 3',
    "bandwidth-bought": 'context.service_type == "ecs" && !context.has_bandwidth_plan',
    "prepaid": 'context.service_type == "ecs" && context.charge_type == "PostPaid"',
    "server-bought": 'context.service_type == "simple_application_server" && !context.server_instance_purchased',
    "order-enough": '["linkedmall", "iot_studio"].contains(context.service_type) && context.order_amount < 10000',
    "higher-edition": 'context.service_type == "iot_studio" && !["Enterprise", "Ultimate"].contains(context.edition)',
    "number-left": f"([{_HOSTS}].contains(context.service_type) && context.used_service_numbers >= 5)"
    ' || (context.service_type == "linkedmall" && context.used_service_numbers >= 2)'
    ' || (context.service_type == "iot_studio" && context.used_service_numbers >= 1)',
    "expiry-far": "context.days_to_expiry < 30",
    "not-expired": "context.days_to_expiry < 0",
}
_PERMIT = "permitted"
_PLACES = {rule: place for place, rule in enumerate(RULES)}


def prepare() -> Judge:
    """What judges a file."""
    forbidding = [
        f'@id("{rule}")\nforbid(principal, action, resource) when {{ {condition} }};'
        for rule, condition in _FORBIDDEN.items()
    ]
    policies = "\n".join([f'@id("{_PERMIT}")\npermit(principal, action, resource);', *forbidding])
    parsed = cedarpy.PolicySet.from_str(policies)
    entities = cedarpy.Entities.from_json_str("[]")

    def judge(cases: list[Case]) -> Iterator[Answer]:
        return map(_answer, cedarpy.is_authorized_batch([_request(case) for case in cases], parsed, entities))

    return by_batch(judge)


def _request(case: Case) -> dict[str, object]:
    # Cedar has whole numbers only
    context = {**case, "order_amount": round(case["order_amount"] * 100)}
    return {
        "principal": 'User::"operator"',
        "action": 'Action::"host"',
        "resource": f'Instance::"{case["id"]}"',
        "context": context,
    }


def _answer(result: cedarpy.AuthzResult) -> Answer:
    if result.diagnostics.errors:  # of which Cedar says nothing in its decision
        raise ValueError(result.diagnostics.errors)
    names = result.diagnostics.id_annotations_by_reason
    reasons = [names.get(reason, reason) for reason in result.diagnostics.reasons]
    violated = sorted((reason for reason in reasons if reason != _PERMIT), key=_PLACES.__getitem__)
    return violated, verdict_of(violated)
