"""CEL, its implementation in Rust: a compiled program for each rule; the verdict is derived here."""

from __future__ import annotations

import cel

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.peers.expressions import violations
from benchmarks.workload.flat import verdict_of


def prepare() -> Judge:
    """What judges a file."""
    programs = [(rule, cel.compile(text)) for rule, text in violations("&&", "||", "!", "100.0").items()]

    def judge(case: Case) -> Answer:
        # CEL does not compare whole numbers with others
        context = cel.Context(variables={**case, "order_amount": float(case["order_amount"])})
        violated = [rule for rule, program in programs if program.execute(context)]
        return violated, verdict_of(violated)

    return by_case(judge)
