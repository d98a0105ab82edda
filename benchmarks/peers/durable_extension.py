"""durable-rules' extension module driven directly: the same rules and the same chain, without a Host."""

from __future__ import annotations

import json

import durable_rules_engine as durable
import orjson

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_case
from benchmarks.peers.durable_rulesets import ASSERTING, DERIVED, PLACES, conditions, fact_of


def prepare() -> Judge:
    """What judges a file."""
    rules = {rule: {"all": [{"m": condition}], "pri": 1} for rule, condition in conditions().items()}
    handle = durable.create_ruleset("hosting", json.dumps({**rules, **DERIVED}))

    def judge(case: Case) -> Answer:
        session = case["id"]
        violated, verdict = [], ""
        _, state = durable.assert_fact(handle, orjson.dumps({**case, "kind": "instance", "sid": session}).decode())
        answer = durable.start_action_for_state(handle, state)
        text = answer[1] if answer else None
        while text:
            name = text[2 : text.index('"', 2)]  # of {"prepaid":{"m":{…}}}
            if name in ASSERTING:
                durable.assert_fact(handle, f'{{"kind":"{name}","sid":"{session}"}}')
            elif name in DERIVED:
                verdict = name
            else:
                violated.append(name)
                durable.assert_fact(handle, f'{{"kind":"{fact_of(name)}","rule":"{name}","sid":"{session}"}}')
            text = durable.complete_and_start_action(handle, state)
        durable.delete_state(handle, session)
        return sorted(violated, key=PLACES.__getitem__), verdict

    return by_case(judge)
