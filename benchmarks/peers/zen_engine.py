"""GoRules ZEN: a decision table that collects what is violated, and a node of expressions for the verdict."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import zen

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.workload.flat import WARNINGS

_FIELDS = (
    "service_type",
    "region",
    "subscription_months",
    "has_bandwidth_plan",
    "charge_type",
    "server_instance_purchased",
    "order_amount",
    "edition",
    "used_service_numbers",
    "days_to_expiry",
)
_HOSTS = "'ecs','cloud_web_hosting','simple_application_server','ens'"
_ROWS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "mainland-region",
        {
            "service_type": f"{_HOSTS},'iot_studio'",
            "region": "not in ['cn-hangzhou','cn-beijing','cn-shanghai','cn-shenzhen']",
        },
    ),
    ("months-enough", {"service_type": f"{_HOSTS},'linkedmall'", "subscription_months": "< 3"}),
    ("bandwidth-bought", {"service_type": "'ecs'", "has_bandwidth_plan": "false"}),
    ("prepaid", {"service_type": "'ecs'", "charge_type": "'PostPaid'"}),
    ("server-bought", {"service_type": "'simple_application_server'", "server_instance_purchased": "false"}),
    ("order-enough", {"service_type": "'linkedmall','iot_studio'", "order_amount": "< 100"}),
    ("higher-edition", {"service_type": "'iot_studio'", "edition": "not in ['Enterprise','Ultimate']"}),
    ("number-left", {"service_type": _HOSTS, "used_service_numbers": ">= 5"}),
    ("number-left", {"service_type": "'linkedmall'", "used_service_numbers": ">= 2"}),
    ("number-left", {"service_type": "'iot_studio'", "used_service_numbers": ">= 1"}),
    ("expiry-far", {"days_to_expiry": "< 30"}),
    ("not-expired", {"days_to_expiry": "< 0"}),
)
_NAME = "hosting-check"


def prepare() -> Judge:
    """What judges a file."""
    return by_case(judge(traced=False))


def judge(traced: bool) -> Any:
    """What judges a case, with its trace if wanted."""
    # what a loader holds is compiled once; a decision made of its content anew in each evaluation
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {_NAME: _decision()}}})
    arguments = ({"trace": True},) if traced else ()

    def answer(case: Case) -> Answer:
        result = engine.evaluate(_NAME, case, *arguments)["result"]
        return result["violated"], result["verdict"]

    return answer


def _decision() -> dict[str, Any]:
    rules = [
        {"_id": f"row-{number}", "rule": f"'{rule}'", **{field: conditions.get(field, "") for field in _FIELDS}}
        for number, (rule, conditions) in enumerate(_ROWS)
    ]
    common = {"passThrough": False, "inputField": None, "executionMode": "single"}
    table = {
        "hitPolicy": "collect",
        "rules": rules,
        "inputs": [{"id": field, "name": field, "field": field} for field in _FIELDS],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "outputPath": "hits",
        **common,
    }
    warnings = ", ".join(f"'{rule}'" for rule in sorted(WARNINGS))
    verdict = "$.is_ready ? (len($.violated) > 0 ? 'at_risk' : 'ready') : 'not_ready'"
    expressions = {
        "violated": "map(hits, #.rule)",
        "is_ready": f"all(hits, #.rule in [{warnings}])",
        "verdict": verdict,
    }
    derived = {
        "expressions": [{"id": key, "key": key, "value": value} for key, value in expressions.items()],
        "outputPath": None,
        **common,
    }
    nodes = [
        {"id": "request", "type": "inputNode"},
        {"id": "checks", "type": "decisionTableNode", "content": table},
        {"id": "verdict", "type": "expressionNode", "content": derived},
        {"id": "response", "type": "outputNode"},
    ]
    placed = [{**node, "name": node["id"], "position": {"x": x, "y": 0}} for x, node in enumerate(nodes)]
    edges = [
        {"id": f"edge-{one['id']}", "type": "edge", "sourceId": one["id"], "targetId": other["id"]}
        for one, other in pairwise(nodes)
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": placed, "edges": edges}
