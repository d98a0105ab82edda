"""durable-rules as its documentation has it, through a Host, without the threads that it would start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from durable.engine import Host

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.peers.durable_rulesets import ASSERTING, DERIVED, PLACES, conditions, fact_of

_NAME = "hosting"


class _QuietHost(Host):
    def _run(self) -> None:
        """Start no threads: they fire rules, too."""


def prepare() -> Judge:
    """What judges a file."""
    violated: list[str] = []
    verdicts: list[str] = []
    rules: dict[str, dict[str, Any]] = {
        rule: {"all": [{"m": condition}], "pri": 1, "run": _violating(rule, violated)}
        for rule, condition in conditions().items()
    }
    for name, rule in DERIVED.items():
        action = _asserting(name) if name in ASSERTING else _deciding(name, verdicts)
        rules[f"derived_{name}"] = {**rule, "run": action}
    return by_case(partial(_judge, _QuietHost({_NAME: rules}), violated, verdicts))


def _judge(host: Host, violated: list[str], verdicts: list[str], case: Case) -> Answer:
    violated.clear()
    verdicts.clear()
    host.assert_fact(_NAME, {**case, "kind": "instance", "sid": case["id"]})
    host.delete_state(_NAME, case["id"])
    return sorted(violated, key=PLACES.__getitem__), verdicts[-1]


# an action is told from an asynchronous one by how many parameters it has
def _violating(rule: str, violated: list[str]) -> Callable[[Any], None]:
    def act(context: Any) -> None:
        violated.append(rule)
        context.assert_fact({"kind": fact_of(rule), "rule": rule})

    return act


def _asserting(name: str) -> Callable[[Any], None]:
    def act(context: Any) -> None:
        context.assert_fact({"kind": name})

    return act


def _deciding(verdict: str, verdicts: list[str]) -> Callable[[Any], None]:
    def act(context: Any) -> None:
        del context
        verdicts.append(verdict)

    return act
