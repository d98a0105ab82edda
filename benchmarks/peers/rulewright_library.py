"""Rulewright's library: one loaded rulebook that evaluates a dictionary at a time. Its own rules derive the verdict."""

from __future__ import annotations

import rulewright
from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.workload import FLAT
from rulewright import Outcome


def prepare() -> Judge:
    """What judges a file."""
    rulebook = rulewright.load(FLAT.rulebook, as_of="2026-01-01")

    def judge(case: Case) -> Answer:
        ref = case.pop(FLAT.key)
        result = rulebook.check({"instance": {"ref": ref, **case}})
        case[FLAT.key] = ref
        outcomes = result.subjects[ref].outcomes
        violated = [rule for rule in FLAT.rules if outcomes[rule] is Outcome.VIOLATED]
        return violated, result.results["state"][ref]

    return by_case(judge)
