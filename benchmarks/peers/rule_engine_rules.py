"""rule-engine: a compiled expression for each rule; the verdict is derived here."""

from __future__ import annotations

from rule_engine import Rule

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.peers.expressions import violations
from benchmarks.workload.flat import verdict_of


def prepare() -> Judge:
    """What judges a file."""
    rules = [(name, Rule(text)) for name, text in violations("and", "or", "not ").items()]

    def judge(case: Case) -> Answer:
        violated = [name for name, rule in rules if rule.matches(case)]
        return violated, verdict_of(violated)

    return by_case(judge)
