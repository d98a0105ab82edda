"""What a tool makes of a fact that is not there: tried on an instance that is ready but for it."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.contenders import Contender
from benchmarks.equality import answer_of
from benchmarks.measure import FailedError
from benchmarks.results import Missing
from benchmarks.workload import FLAT, Case

#: A number, a yes/no and a text.
FIELDS = ("subscription_months", "has_bandwidth_plan", "region")
_READY: Case = {
    "id": "i-0",
    "service_type": "ecs",
    "region": "cn-hangzhou",
    "charge_type": "PrePaid",
    "subscription_months": 12,
    "has_bandwidth_plan": True,
    "server_instance_purchased": True,
    "order_amount": 100,
    "edition": "Basic",
    "used_service_numbers": 0,
    "days_to_expiry": 300,
}


def missing(contender: Contender, folder: Path) -> list[Missing]:
    """What became of the instance without each of some fields."""
    assert FLAT.decide(_READY) == ([], "ready"), "nothing else is to be missing"
    return [_without(contender, field, folder) for field in FIELDS]


def _without(contender: Contender, field: str, folder: Path) -> Missing:
    source, output = folder / "missing.jsonl", folder / "missing.results.jsonl"
    source.write_text(json.dumps({name: value for name, value in _READY.items() if name != field}) + "\n", "utf-8")
    try:
        contender.judge_file(source, output)
    except FailedError:
        return Missing(field=field, outcome="an error")
    violated, verdict = answer_of(json.loads(output.read_text(encoding="utf-8")), FLAT)
    if violated:
        return Missing(field=field, outcome="a violation")
    return Missing(field=field, outcome="passed silently" if verdict == "ready" else "unknown")
